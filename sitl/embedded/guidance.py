"""Lateral guidance of the fixed wing in a flat east/north frame.

Straight legs: S. Park, J. Deyst, J. How, "A New Nonlinear Guidance Logic for Trajectory
Tracking", AIAA GNC 2004, with the period/damping form that ArduPlane documents for NAVL1_PERIOD
and NAVL1_DAMPING. Circles: D. Nelson et al., "Vector Field Path Following for Miniature Air
Vehicles", IEEE Trans. Robotics 23(3), 2007. Courses are radians clockwise from north.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

GRAVITY_MPS2 = 9.80665
"""Standard gravity (CGPM 1901)."""
MAX_INTERCEPT_RAD = math.radians(45.0)
"""Steepest angle at which a leg is intercepted (ArduPlane documentation of NAVL1)."""
BEHIND_START_RAD = math.radians(135.0)
RIGHT_ANGLE_DEG = 90.0
CIRCLE_COURSE_GAIN_PER_S = 1.0
"""Lateral acceleration per metre per second of speed and radian of course error on a circle."""


@dataclass(frozen=True, slots=True)
class Point:
    """East and north metres in the vehicle's local frame."""

    x_m: float
    y_m: float

    def distance_m(self, other: Point) -> float:
        """Return the straight distance to another point."""
        return math.hypot(other.x_m - self.x_m, other.y_m - self.y_m)

    def course_to(self, other: Point) -> float:
        """Return the course towards another point, radians clockwise from north."""
        return math.atan2(other.x_m - self.x_m, other.y_m - self.y_m)


@dataclass(frozen=True, slots=True)
class Motion:
    """Where a vehicle is and how it moves over the ground."""

    at: Point
    vx_mps: float
    vy_mps: float

    @property
    def speed_mps(self) -> float:
        """Return the ground speed."""
        return math.hypot(self.vx_mps, self.vy_mps)

    @property
    def course(self) -> float:
        """Return the course over ground, radians."""
        return math.atan2(self.vx_mps, self.vy_mps)


@dataclass(frozen=True, slots=True)
class L1Tuning:
    """NAVL1_PERIOD (seconds) and NAVL1_DAMPING."""

    period_s: float
    damping: float

    def distance_m(self, ground_speed_mps: float) -> float:
        """Return the look-ahead length of the L1 law: damping x period x speed / pi."""
        return self.damping * self.period_s * max(ground_speed_mps, 0.1) / math.pi


def wrap_pi(angle: float) -> float:
    """Return an angle in [-pi, pi)."""
    return (angle + math.pi) % (2.0 * math.pi) - math.pi


def cross_track_m(at: Point, start: Point, end: Point) -> float:
    """Return the distance from the line start-end, positive to the right of it."""
    course = start.course_to(end)
    dx, dy = at.x_m - start.x_m, at.y_m - start.y_m
    return dx * math.cos(course) - dy * math.sin(course)


def along_track_m(at: Point, start: Point, end: Point) -> float:
    """Return how far the foot of the perpendicular lies beyond the start."""
    course = start.course_to(end)
    dx, dy = at.x_m - start.x_m, at.y_m - start.y_m
    return dx * math.sin(course) + dy * math.cos(course)


def past_finish_line(at: Point, start: Point, end: Point) -> bool:
    """Return whether the line through the end, square to the leg, has been crossed."""
    return along_track_m(at, start, end) >= start.distance_m(end)


def follow_line(motion: Motion, start: Point, end: Point, tuning: L1Tuning) -> float:
    """Return the lateral acceleration (m/s2, right positive) that joins and follows a leg."""
    speed = max(motion.speed_mps, 0.1)
    look_ahead = tuning.distance_m(speed)
    leg_m = start.distance_m(end)
    if leg_m < 1.0:
        wanted = motion.at.course_to(end)
    else:
        along = along_track_m(motion.at, start, end)
        to_start = motion.at.distance_m(start)
        if to_start > look_ahead and along < to_start * math.cos(BEHIND_START_RAD):
            wanted = motion.at.course_to(start)
        elif along > leg_m + 3.0 * speed:
            wanted = motion.at.course_to(end)
        else:
            ratio = cross_track_m(motion.at, start, end) / look_ahead
            limit = math.sin(MAX_INTERCEPT_RAD)
            wanted = start.course_to(end) - math.asin(max(-limit, min(limit, ratio)))
    return _towards(motion, wanted, tuning)


def _towards(motion: Motion, wanted: float, tuning: L1Tuning) -> float:
    speed = max(motion.speed_mps, 0.1)
    eta = max(-math.pi / 2, min(math.pi / 2, wrap_pi(wanted - motion.course)))
    gain = 4.0 * tuning.damping * tuning.damping
    return gain * speed * speed / tuning.distance_m(speed) * math.sin(eta)


def follow_circle(
    motion: Motion, centre: Point, radius_m: float, clockwise: bool, tuning: L1Tuning
) -> float:
    """Return the lateral acceleration (m/s2, right positive) that joins and holds a circle."""
    speed = max(motion.speed_mps, 0.1)
    turn = 1.0 if clockwise else -1.0
    range_m = motion.at.distance_m(centre)
    outward = centre.course_to(motion.at)
    reach = max(0.7 * tuning.distance_m(speed), 1.0)
    wanted = outward + turn * (math.pi / 2 + math.atan((range_m - radius_m) / reach))
    error = max(-math.pi / 2, min(math.pi / 2, wrap_pi(wanted - motion.course)))
    on_circle = max(0.0, 1.0 - abs(range_m - radius_m) / max(radius_m, 1.0))
    return CIRCLE_COURSE_GAIN_PER_S * speed * error + turn * on_circle * speed * speed / radius_m


def bank_for(acceleration_mps2: float, max_bank_rad: float) -> float:
    """Return the bank of a level coordinated turn, atan(a / g), within the limit."""
    bank = math.atan(acceleration_mps2 / GRAVITY_MPS2)
    return max(-max_bank_rad, min(max_bank_rad, bank))


def turn_distance_m(
    waypoint_radius_m: float, turn_angle_deg: float, ground_speed_mps: float, tuning: L1Tuning
) -> float:
    """Return how early the next leg is taken: the radius, shrunk for a shallow turn.

    ArduPlane takes min(radius, L1 length) for turns of 90 degrees and more and scales it with
    the angle below (documentation of WP_RADIUS; tried on the real SITL).
    """
    at_right_angle = min(waypoint_radius_m, tuning.distance_m(ground_speed_mps))
    return at_right_angle * min(abs(turn_angle_deg), RIGHT_ANGLE_DEG) / RIGHT_ANGLE_DEG
