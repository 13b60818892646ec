"""How far a flight was from where it was planned to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from umimori.geodesy import LocalFrame, LonLat
from umimori.missionfiles.commands import Command, is_navigation
from umimori.records.mission import Mission
from umimori.records.vehicle import VehicleKind

PERCENTILES = (50.0, 95.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossTrack:
    """Horizontal distances from the planned path, metres."""

    p50_m: float
    p95_m: float
    max_m: float


def planned_path(mission: Mission) -> tuple[LonLat, ...]:
    """Return the predicted path, or home and the positions of the items where there is none."""
    if len(mission.path) > 1:
        return tuple(LonLat(lon, lat) for lon, lat, _ in mission.path)
    places = [mission.home, *(item.position for item in mission.items if item.position)]
    return tuple(places)


def legs_to_measure(mission: Mission) -> frozenset[int]:
    """Return the items whose legs are straight and begun at a waypoint.

    Left out: the climb-out and the leg that joins from it (where they run depends on wind and
    runway), and circles, of which a path shows the centre or one way round only.
    """
    measured: set[int] = set()
    joined = mission.vehicle_kind is VehicleKind.SUB
    for item in mission.items:
        if not is_navigation(item):
            continue
        is_leg = item.command in {Command.NAV_WAYPOINT, Command.NAV_LAND}
        if is_leg and joined:
            measured.add(item.seq)
        joined = is_leg or (joined and item.command != Command.NAV_TAKEOFF)
    return frozenset(measured)


def cross_track(flown: Sequence[LonLat], planned: Sequence[LonLat]) -> CrossTrack | None:
    """Return the distances of flown positions from a planned line; None without either."""
    if len(flown) < 2 or len(planned) < 2:
        return None
    frame = LocalFrame(planned[0])
    line = shapely.linestrings(_plane(frame, planned))
    points = shapely.points(_plane(frame, flown))
    values = np.percentile(shapely.distance(points, line), PERCENTILES)
    return CrossTrack(p50_m=float(values[0]), p95_m=float(values[1]), max_m=float(values[2]))


def flown_length_m(flown: Sequence[LonLat]) -> float | None:
    """Return the length of the polyline through flown positions."""
    if len(flown) < 2:
        return None
    xy = _plane(LocalFrame(flown[0]), flown)
    return float(np.hypot(*np.diff(xy, axis=0).T).sum())


def _plane(
    frame: LocalFrame, places: Sequence[LonLat]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    x, y = frame.to_xy([p.lon_deg for p in places], [p.lat_deg for p in places])
    return np.column_stack([x, y])
