"""The track that a fixed wing really flies through waypoints, in wind, with a bank limit.

Lateral guidance by the L1 law of S. Park, J. Deyst, J. How, "A new nonlinear guidance logic for
trajectory tracking", AIAA GNC 2004, with the distance set by period and damping,
L1 = damping * period * Vg / pi and lateral acceleration K Vg^2 / L1 * sin(eta), K = 4 damping^2.
A corner is left early by the smaller of the acceptance radius and L1, scaled by turn / 90 degrees,
as ArduPlane's documentation of WP_RADIUS and NAVL1_PERIOD describes. Positions in a metric plane.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from umimori.models.kinematics import STANDARD_GRAVITY_MPS2
from umimori.models.wind import Wind


@dataclass(frozen=True, slots=True, kw_only=True)
class Airframe:
    """What bounds the motion; the guidance constants are ArduPlane's defaults."""

    airspeed_mps: float
    bank_limit_deg: float
    climb_mps: float
    descent_mps: float
    roll_time_constant_s: float = 0.6
    l1_period_s: float = 17.0
    l1_damping: float = 0.75
    acceptance_m: float = 90.0


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """One state on the way: seconds since the start, metres, course through the air, leg flown."""

    t_s: float
    x_m: float
    y_m: float
    alt_m: float
    heading_deg: float
    bank_deg: float
    climb_mps: float
    leg: int


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A point to pass at a height."""

    x_m: float
    y_m: float
    alt_m: float


STEP_S = 0.25
_GIVE_UP_FACTOR = 4.0


def fly(
    waypoints: list[Waypoint], start: TrackPoint, airframe: Airframe, wind: Wind
) -> list[TrackPoint]:
    """Return the states every quarter second from ``start`` to the last waypoint.

    ``start`` stands on the first leg's beginning; waypoint ``i`` ends leg ``i``. A leg that cannot
    be flown (wind above airspeed) is left after four times its still-air time, so that the
    function always ends; the checks then see a track that does not reach its waypoints.
    """
    track = [start]
    state = start
    previous = (start.x_m, start.y_m)
    for leg, target in enumerate(waypoints):
        following = waypoints[leg + 1] if leg + 1 < len(waypoints) else None
        state = _fly_leg(track, state, previous, target, following, leg, airframe, wind)
        previous = (target.x_m, target.y_m)
    return track


def _fly_leg(
    track: list[TrackPoint],
    state: TrackPoint,
    origin: tuple[float, float],
    target: Waypoint,
    following: Waypoint | None,
    leg: int,
    airframe: Airframe,
    wind: Wind,
) -> TrackPoint:
    dx, dy = target.x_m - origin[0], target.y_m - origin[1]
    length = math.hypot(dx, dy)
    if length < 1.0:
        return state
    ux, uy = dx / length, dy / length
    lead = _turn_lead_m(ux, uy, target, following, airframe, wind)
    remaining = math.hypot(target.x_m - state.x_m, target.y_m - state.y_m)
    patience_s = 60.0 + _GIVE_UP_FACTOR * (length + remaining) / airframe.airspeed_mps
    deadline = state.t_s + patience_s
    while state.t_s < deadline:
        to_x, to_y = target.x_m - state.x_m, target.y_m - state.y_m
        past = to_x * ux + to_y * uy <= 0.0
        if past or to_x * to_x + to_y * to_y <= lead * lead:
            break
        state = _step(state, origin, (ux, uy), target, leg, airframe, wind)
        track.append(state)
    return state


def _turn_lead_m(
    ux: float,
    uy: float,
    target: Waypoint,
    following: Waypoint | None,
    airframe: Airframe,
    wind: Wind,
) -> float:
    """Return how far before a corner the next leg is taken up."""
    if following is None:
        return 0.0
    nx, ny = following.x_m - target.x_m, following.y_m - target.y_m
    turn = abs(math.atan2(ux * ny - uy * nx, ux * nx + uy * ny))
    ground = math.hypot(
        airframe.airspeed_mps * ux + wind.east_mps, airframe.airspeed_mps * uy + wind.north_mps
    )
    l1 = airframe.l1_damping * airframe.l1_period_s * ground / math.pi
    return min(airframe.acceptance_m, l1) * min(turn / (math.pi / 2.0), 1.0)


def _step(
    state: TrackPoint,
    origin: tuple[float, float],
    direction: tuple[float, float],
    target: Waypoint,
    leg: int,
    airframe: Airframe,
    wind: Wind,
) -> TrackPoint:
    heading = math.radians(state.heading_deg)
    vx = airframe.airspeed_mps * math.sin(heading) + wind.east_mps
    vy = airframe.airspeed_mps * math.cos(heading) + wind.north_mps
    ground = max(math.hypot(vx, vy), 1.0)
    wanted = _wanted_bank_rad(state, origin, direction, (vx, vy), ground, airframe)
    bank = math.radians(state.bank_deg)
    bank += (wanted - bank) * min(STEP_S / airframe.roll_time_constant_s, 1.0)
    heading += STANDARD_GRAVITY_MPS2 * math.tan(bank) / airframe.airspeed_mps * STEP_S
    gap = target.alt_m - state.alt_m
    climb = max(-airframe.descent_mps, min(airframe.climb_mps, gap / STEP_S))
    return TrackPoint(
        state.t_s + STEP_S,
        state.x_m + vx * STEP_S,
        state.y_m + vy * STEP_S,
        state.alt_m + climb * STEP_S,
        math.degrees(heading) % 360.0,
        math.degrees(bank),
        climb,
        leg,
    )


def _wanted_bank_rad(
    state: TrackPoint,
    origin: tuple[float, float],
    direction: tuple[float, float],
    velocity: tuple[float, float],
    ground: float,
    airframe: Airframe,
) -> float:
    """Return the bank (right positive) that the L1 law asks for, limited."""
    l1 = airframe.l1_damping * airframe.l1_period_s * ground / math.pi
    rx, ry = state.x_m - origin[0], state.y_m - origin[1]
    ux, uy = direction
    along = rx * ux + ry * uy
    right = rx * uy - ry * ux  # metres to the right of the leg
    ahead = math.sqrt(max(l1 * l1 - right * right, 0.0)) if abs(right) < l1 else 0.3 * l1
    aim_x = origin[0] + ux * (along + ahead) - state.x_m
    aim_y = origin[1] + uy * (along + ahead) - state.y_m
    vx, vy = velocity
    eta = math.atan2(vy * aim_x - vx * aim_y, vx * aim_x + vy * aim_y)  # right positive
    eta = max(-math.pi / 2.0, min(math.pi / 2.0, eta))
    gain = 4.0 * airframe.l1_damping**2
    acceleration = gain * ground * ground / l1 * math.sin(eta)
    limit = math.radians(airframe.bank_limit_deg)
    return max(-limit, min(limit, math.atan2(acceleration, STANDARD_GRAVITY_MPS2)))
