"""Values of AIS messages: the "not available" numbers of the standard become None.

Recommendation ITU-R M.1371-5, annex 8: table 48 (messages 1-3), 51 (4), 69 (9), 71 (18),
72 (19), 74 (21), 84 (27). Station numbers: Recommendation ITU-R M.585-9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from umimori.geodesy import MPS_PER_KNOT, LonLat
from umimori.records import AisMessageKind, AisPosition

MAX_MMSI = 999_999_999
LAT_NOT_AVAILABLE = 91.0
LON_NOT_AVAILABLE = 181.0
SOG_NOT_AVAILABLE_KN = 102.3
"""1023 tenths of a knot; 1022 means "102.2 kn or more", no speed either."""
SOG_LIMIT_KN = 102.2
SOG_NOT_AVAILABLE_LONG_RANGE_KN = 63.0
SOG_NOT_AVAILABLE_AIRCRAFT_KN = 1022.0
COG_NOT_AVAILABLE_DEG = 360.0
HEADING_NOT_AVAILABLE_DEG = 511.0
NAV_STATUS_NOT_DEFINED = 15

_FULL_TURN = 360.0


class PositionProblem(StrEnum):
    """Why a report gives no usable position; the value is what import reports print."""

    NO_POSITION = "position_not_available"
    OUTSIDE_GLOBE = "position_outside_globe"
    NULL_ISLAND = "position_zero_zero"
    BAD_MMSI = "station_number_invalid"
    NO_TIME = "no_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReport:
    """The numbers of one position report as they were sent; None where a field is missing."""

    mmsi: int | None
    lon_deg: float | None
    lat_deg: float | None
    sog_kn: float | None
    cog_deg: float | None
    heading_deg: float | None
    nav_status: int | None
    kind: AisMessageKind
    utc_second: int | None = None


def clean_position(
    raw: RawReport, *, time_utc: datetime | None, source: str, simulated: bool
) -> AisPosition | PositionProblem:
    """Return the position report with sentinels removed, or why there is none."""
    if raw.mmsi is None or not 0 < raw.mmsi <= MAX_MMSI:
        return PositionProblem.BAD_MMSI
    where = clean_lonlat(raw.lon_deg, raw.lat_deg)
    if isinstance(where, PositionProblem):
        return where
    if time_utc is None:
        return PositionProblem.NO_TIME
    kind = station_kind(raw.mmsi, raw.kind)
    return AisPosition(
        mmsi=raw.mmsi,
        time_utc=time_utc,
        position=where,
        sog_mps=clean_sog_mps(raw.sog_kn, kind),
        cog_deg=clean_angle(raw.cog_deg, COG_NOT_AVAILABLE_DEG),
        heading_deg=clean_angle(raw.heading_deg, HEADING_NOT_AVAILABLE_DEG),
        nav_status=None if raw.nav_status == NAV_STATUS_NOT_DEFINED else raw.nav_status,
        kind=kind,
        source=source,
        simulated=simulated,
    )


def clean_lonlat(lon_deg: float | None, lat_deg: float | None) -> LonLat | PositionProblem:
    """Return the position, or the reason why the two numbers are none."""
    if lon_deg is None or lat_deg is None or not math.isfinite(lon_deg + lat_deg):
        return PositionProblem.NO_POSITION
    if lat_deg == LAT_NOT_AVAILABLE or lon_deg == LON_NOT_AVAILABLE:
        return PositionProblem.NO_POSITION
    if abs(lat_deg) > 90.0 or abs(lon_deg) > 180.0:
        return PositionProblem.OUTSIDE_GLOBE
    if lon_deg == 0.0 and lat_deg == 0.0:
        # Transponders without a fix send zeros; nothing sails exactly there.
        return PositionProblem.NULL_ISLAND
    return LonLat(float(lon_deg), float(lat_deg))


def clean_sog_mps(sog_kn: float | None, kind: AisMessageKind) -> float | None:
    """Return the speed over ground, m/s; None when it was sent as "not available"."""
    if sog_kn is None or not math.isfinite(sog_kn) or sog_kn < 0.0:
        return None
    limit = SOG_LIMIT_KN
    if kind is AisMessageKind.SAR_AIRCRAFT:
        limit = SOG_NOT_AVAILABLE_AIRCRAFT_KN
    elif kind is AisMessageKind.LONG_RANGE:
        limit = SOG_NOT_AVAILABLE_LONG_RANGE_KN
    # Tenths travel as binary fractions: 102.2 may arrive a hair below itself.
    if sog_kn >= limit - 1e-6:
        return None
    return sog_kn * MPS_PER_KNOT


def clean_angle(value_deg: float | None, not_available_deg: float) -> float | None:
    """Return a course or heading in [0, 360), or None."""
    if value_deg is None or not math.isfinite(value_deg):
        return None
    if value_deg >= min(not_available_deg, _FULL_TURN) or value_deg < 0.0:
        return None
    return float(value_deg)


def station_kind(mmsi: int, message_kind: AisMessageKind) -> AisMessageKind:
    """Return what a station is, its number being stronger than its message type.

    00MIDxxxx coast stations, 111MIDxxx search and rescue aircraft, 99MIDxxxx aids to navigation
    (ITU-R M.585-9, annex 1).
    """
    text = f"{mmsi:09d}"
    if text.startswith("00"):
        return AisMessageKind.BASE_STATION if mmsi > MAX_SHORT_NUMBER else message_kind
    if text.startswith("111"):
        return AisMessageKind.SAR_AIRCRAFT
    if text.startswith("99"):
        return AisMessageKind.ATON
    return message_kind


MAX_SHORT_NUMBER = 999_999
"""Numbers of up to six digits are serial numbers of data sets, not coast stations."""
