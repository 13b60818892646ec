"""What an officer may say about a plan; all but the area have defaults."""

from __future__ import annotations

from dataclasses import dataclass, field

from umimori.coordinate_text import parse_numbers
from umimori.errors import UsageError
from umimori.geodesy import LonLat
from umimori.models.wind import CALM, Wind
from umimori.records.vehicle import VehicleProfile

DEFAULT_ALT_M = 100.0
"""Height above the sea of a flight when none is given."""

DEFAULT_STANDOFF_M = 1000.0
"""Distance from the coast of a coast or island patrol when none is given."""

DEFAULT_OVERLAP = 0.2
"""Share of the swath that neighbouring tracks see twice."""

DEFAULT_SUB_STANDOFF_M = 3.0
"""Distance of an underwater vehicle from the structure it looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """Vehicle, base and wishes.

    Args:
        profile: the vehicle.
        base: take-off and landing point (or where a sub enters the water); None = assumed.
        base_elevation_m: height of the base above the sea.
        alt_m: height of the flight above the sea surface; None = the default.
        spacing_m: distance of neighbouring tracks; None = from footprint and overlap.
        standoff_m: distance from coast or structure; None = the default of the mission.
        wind: steady wind for planes, current (as "from") for subs.
        clockwise: sense of rings.
        via: extra positions to be flown over.
    """

    profile: VehicleProfile
    base: LonLat | None = None
    base_elevation_m: float = 0.0
    alt_m: float | None = None
    spacing_m: float | None = None
    standoff_m: float | None = None
    overlap: float = DEFAULT_OVERLAP
    wind: Wind = CALM
    clockwise: bool = True
    via: tuple[LonLat, ...] = ()
    name: str | None = None
    task_id: str | None = None
    simulated: bool = False
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be meant."""
        for label, value in (
            ("--alt", self.alt_m),
            ("--spacing", self.spacing_m),
            ("--standoff", self.standoff_m),
        ):
            if value is not None and not 0.0 < value < 1e6:
                raise UsageError(f"{label} {value} is not usable.", remedy="Give metres above 0.")
        if not 0.0 <= self.overlap < 0.95:
            raise UsageError(f"overlap {self.overlap} is not usable.", remedy="Give 0 to 0.9.")


def parse_flow(text: str, option: str = "--wind", form: str = "SPEED@FROM_DEG") -> Wind:
    """Return the wind of "SPEED@FROM_DEG" (m/s, degrees)."""
    speed, at, direction = text.partition("@")
    if not at:
        raise UsageError(f"{option} {text} has no direction.", remedy=f"Give {form}, as 8@250.")
    values = parse_numbers(f"{speed},{direction}", 2, option, form)
    return Wind(values[0], values[1] % 360.0)
