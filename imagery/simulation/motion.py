"""How a vessel moves: straight legs between timed points in the scene's metric frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

from umimori.errors import GeometryError
from umimori.geodesy import LocalFrame, LonLat

LONG_S = 7_200.0
"""A straight mover is defined this long before and after the scene."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Timed points; between them straight and even, beyond them the end legs go on.

    ``times_s`` counts from the scene's time, rising; ``x_m`` and ``y_m`` are east and north of the
    frame's origin.
    """

    frame: LocalFrame
    times_s: tuple[float, ...]
    x_m: tuple[float, ...]
    y_m: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what is no motion."""
        rising = all(a < b for a, b in zip(self.times_s, self.times_s[1:], strict=False))
        if len(self.times_s) < 2 or not rising:
            raise GeometryError(
                "a motion needs two or more points with rising times.",
                remedy="Give each point a later time than the one before.",
            )

    def _leg(self, time_s: float) -> int:
        for i in range(1, len(self.times_s) - 1):
            if time_s < self.times_s[i]:
                return i - 1
        return len(self.times_s) - 2

    def velocity_mps(self, time_s: float) -> tuple[float, float]:
        """Return the velocity to the east and north."""
        i = self._leg(time_s)
        span = self.times_s[i + 1] - self.times_s[i]
        return (
            (self.x_m[i + 1] - self.x_m[i]) / span,
            (self.y_m[i + 1] - self.y_m[i]) / span,
        )

    def xy_m(self, time_s: float) -> tuple[float, float]:
        """Return east and north metres."""
        i = self._leg(time_s)
        u, v = self.velocity_mps(time_s)
        dt = time_s - self.times_s[i]
        return self.x_m[i] + u * dt, self.y_m[i] + v * dt

    def position(self, time_s: float) -> LonLat:
        """Return the position on the ellipsoid."""
        return self.frame.lonlat(*self.xy_m(time_s))

    def speed_mps(self, time_s: float) -> float:
        """Return the speed over ground."""
        return math.hypot(*self.velocity_mps(time_s))

    def course_deg(self, time_s: float) -> float:
        """Return the course over ground; north when it does not move."""
        u, v = self.velocity_mps(time_s)
        return math.degrees(math.atan2(u, v)) % 360.0


def straight(
    frame: LocalFrame, x_m: float, y_m: float, course_deg: float, speed_mps: float
) -> Motion:
    """Return a steady motion that passes a point at the scene's time.

    A speed of zero is taken as 1 mm/s, so that the course stays defined.
    """
    speed = max(speed_mps, 1e-3)
    u = speed * math.sin(math.radians(course_deg))
    v = speed * math.cos(math.radians(course_deg))
    return Motion(
        frame=frame,
        times_s=(-LONG_S, LONG_S),
        x_m=(x_m - u * LONG_S, x_m + u * LONG_S),
        y_m=(y_m - v * LONG_S, y_m + v * LONG_S),
    )


def through(frame: LocalFrame, points: list[tuple[float, float, float]]) -> Motion:
    """Return the motion through (time_s, x_m, y_m) points in rising time."""
    times, xs, ys = zip(*points, strict=True)
    return Motion(frame=frame, times_s=times, x_m=xs, y_m=ys)
