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

MIN_WISH_M = 0.1
"""Least height, spacing or standoff that can be meant."""

MAX_ALT_M = 10_000.0
"""Above any vehicle planned here; the checks forbid heights far below it."""

MAX_DISTANCE_M = 100_000.0
"""Largest spacing or standoff: beyond the reach of any vehicle planned here."""

MIN_ELEVATION_M, MAX_ELEVATION_M = -430.0, 9000.0
"""Base elevations: the shore of the Dead Sea to above Mount Everest."""


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
        for label, value, least, most in (
            ("--alt", self.alt_m, MIN_WISH_M, MAX_ALT_M),
            ("--spacing", self.spacing_m, MIN_WISH_M, MAX_DISTANCE_M),
            ("--standoff", self.standoff_m, MIN_WISH_M, MAX_DISTANCE_M),
            ("--base-elevation", self.base_elevation_m, MIN_ELEVATION_M, MAX_ELEVATION_M),
        ):
            if value is not None:
                refuse_outside(label, value, least, most)
        if not 0.0 <= self.overlap < 0.95:
            raise UsageError(f"overlap {self.overlap} is not usable.", remedy="Give 0 to 0.9.")


def refuse_outside(option: str, value: float, least: float, most: float) -> None:
    """Refuse a number of metres outside its range; NaN is outside of every range.

    Raises:
        UsageError: with the range.
    """
    if not least <= value <= most:
        raise UsageError(
            f"{option} {value:g} is not usable.", remedy=f"Give metres from {least:g} to {most:g}."
        )


def parse_flow(text: str, option: str = "--wind", form: str = "SPEED@FROM_DEG") -> Wind:
    """Return the wind of "SPEED@FROM_DEG" (m/s, degrees)."""
    speed, at, direction = text.partition("@")
    if not at:
        raise UsageError(f"{option} {text} has no direction.", remedy=f"Give {form}, as 8@250.")
    values = parse_numbers(f"{speed},{direction}", 2, option, form)
    return Wind(values[0], values[1] % 360.0)
