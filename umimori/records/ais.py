"""AIS reports and the tracks made of them (ITU-R M.1371-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from umimori.geodesy import LonLat


class AisMessageKind(StrEnum):
    """What kind of station reports."""

    CLASS_A = "class_a"
    CLASS_B = "class_b"
    BASE_STATION = "base_station"
    SAR_AIRCRAFT = "sar_aircraft"
    ATON = "aton"
    LONG_RANGE = "long_range"


@dataclass(frozen=True, slots=True, kw_only=True)
class AisPosition:
    """One position report; sentinels of the standard (lat 91, SOG 102.3 ...) have become None."""

    mmsi: int
    time_utc: datetime
    position: LonLat
    sog_mps: float | None
    cog_deg: float | None
    heading_deg: float | None
    nav_status: int | None
    kind: AisMessageKind
    source: str
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AisStatic:
    """What a station says of itself. The text is hostile: escape it wherever it is shown."""

    mmsi: int
    name: str | None
    call_sign: str | None
    imo: int | None
    ship_type: int | None
    length_m: float | None
    width_m: float | None
    destination: str | None
    source: str
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackPoint:
    """One cleaned point of a track."""

    time_utc: datetime
    position: LonLat
    sog_mps: float | None
    cog_deg: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AisTrack:
    """Cleaned points of one station in time order; gaps are kept as gaps."""

    id: str
    mmsi: int
    name: str | None
    ship_type: int | None
    length_m: float | None
    width_m: float | None
    kind: AisMessageKind
    points: tuple[TrackPoint, ...]
    dropped: dict[str, int]
    """Count of points left out, by reason."""
    simulated: bool
