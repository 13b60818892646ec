"""What an officer wants looked at; the input of planning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from umimori.geodesy import LonLat
from umimori.records.vehicle import VehicleKind


class TaskKind(StrEnum):
    """What kind of mission answers the task."""

    COAST_PATROL = "coast_patrol"
    ISLAND_PATROL = "island_patrol"
    AREA_SEARCH = "area_search"
    TARGET_SEARCH = "target_search"
    UNDERWATER_INSPECTION = "underwater_inspection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to be looked at, with where it came from."""

    id: str
    kind: TaskKind
    vehicle_kind: VehicleKind
    name: str
    area: tuple[LonLat, ...]
    """Open ring or line; one position for a point target."""
    anomaly_ids: tuple[str, ...]
    priority: float
    created_utc: datetime
    simulated: bool
