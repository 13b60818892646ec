"""Steady wind and water current, and what they do to a vehicle that moves through them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from umimori.errors import UsageError


@dataclass(frozen=True, slots=True)
class Wind:
    """A steady horizontal wind, named as weather services do: where it comes FROM."""

    speed_mps: float
    from_deg: float

    def __post_init__(self) -> None:
        """Refuse what is no wind."""
        if not (math.isfinite(self.speed_mps) and math.isfinite(self.from_deg)):
            raise UsageError("a wind needs finite numbers.", remedy="Give SPEED@FROM_DEG.")
        if self.speed_mps < 0.0:
            raise UsageError(
                f"a wind of {self.speed_mps} m/s is negative.", remedy="Give SPEED@FROM_DEG."
            )

    @property
    def east_mps(self) -> float:
        """Return the eastward speed of the air."""
        return -self.speed_mps * math.sin(math.radians(self.from_deg))

    @property
    def north_mps(self) -> float:
        """Return the northward speed of the air."""
        return -self.speed_mps * math.cos(math.radians(self.from_deg))


CALM = Wind(0.0, 0.0)


def towards(speed_mps: float, to_deg: float) -> Wind:
    """Return a flow named as oceanographers do, by where it goes TO (a current)."""
    return Wind(speed_mps, (to_deg + 180.0) % 360.0)


def ground_speed_mps(airspeed_mps: float, course_deg: float, wind: Wind) -> float | None:
    """Return the speed over ground along a course held against the wind.

    Wind triangle: Vg = sqrt(Va^2 - Wc^2) + Wa with the components of the wind across (Wc) and
    along (Wa) the course. None when the vehicle cannot hold the course or would go backwards.
    """
    course = math.radians(course_deg)
    along = wind.east_mps * math.sin(course) + wind.north_mps * math.cos(course)
    across = wind.east_mps * math.cos(course) - wind.north_mps * math.sin(course)
    if abs(across) >= airspeed_mps:
        return None
    speed = math.sqrt(airspeed_mps**2 - across**2) + along
    return speed if speed > 0.0 else None
