"""A mission that a given vehicle can fly: items, fence, rally points, safety parameters, checks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from umimori.geodesy import LonLat
from umimori.records.vehicle import VehicleKind


class MissionKind(StrEnum):
    """The planner that made it."""

    AREA = "area"
    COAST = "coast"
    ISLAND = "island"
    SEARCH = "search"
    INSPECT = "inspect"
    IMPORTED = "imported"


class Severity(StrEnum):
    """What a finding of the checks means: an error forbids flight."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding; ``code`` is stable, ``item_seq`` points at the item it is about."""

    code: str
    severity: Severity
    message: str
    item_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionItem:
    """One MAVLink mission item (common.xml MISSION_ITEM_INT) with a readable position.

    ``seq`` starts at 1: ArduPilot keeps home in slot 0, which the upload adds. ``frame`` and
    ``command`` are MAV_FRAME and MAV_CMD numbers. ``position`` is None for items without one.
    ``alt_m`` is relative to home in frame 3/6, positive up (so negative under water).
    """

    seq: int
    frame: int
    command: int
    param1: float = 0.0
    param2: float = 0.0
    param3: float = 0.0
    param4: float = 0.0
    position: LonLat | None = None
    alt_m: float = 0.0
    autocontinue: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """An inclusion polygon (open ring) and exclusion polygons."""

    inclusion: tuple[LonLat, ...]
    exclusions: tuple[tuple[LonLat, ...], ...]
    floor_alt_m: float | None = None
    ceiling_alt_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyParameter:
    """One parameter that was part of the checked mission.

    ``names`` lists the spellings of ArduPilot releases, newest first; the first that the vehicle
    knows is compared and set.
    """

    names: tuple[str, ...]
    value: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mission:
    """One sortie, content-addressed: the id changes when anything flown changes.

    Args:
        length_m: length of the path that will really be flown, turns included.
        duration_s: time at planned ground speeds, with the wind or current given.
        energy_fraction: share of the endurance used, reserve not counted.
        path: the flown path as predicted, for maps and checks (lon, lat, relative altitude).
        approach_note: assumptions to show to the officer (coast used, coast error, wind).
    """

    id: str
    kind: MissionKind
    vehicle_kind: VehicleKind
    vehicle: str
    name: str
    home: LonLat
    home_alt_amsl_m: float
    items: tuple[MissionItem, ...]
    fence: Fence | None
    rally: tuple[LonLat, ...]
    rally_alt_m: float
    safety_parameters: tuple[SafetyParameter, ...]
    cruise_speed_mps: float
    length_m: float
    duration_s: float
    energy_fraction: float
    path: tuple[tuple[float, float, float], ...]
    checks: tuple[Check, ...]
    sortie: int = 1
    sorties: int = 1
    task_id: str | None = None
    notes: tuple[str, ...] = ()
    simulated: bool = False

    @property
    def errors(self) -> tuple[Check, ...]:
        """Return the findings that forbid flight."""
        return tuple(check for check in self.checks if check.severity is Severity.ERROR)
