"""Raw points of one station number to the tracks of the vessels behind it.

Several vessels may share a number (cloned or default MMSI); each point joins the vessel that
could have sailed there. Points that no vessel explains are jumps and are dropped with a count.
Gaps stay gaps. The limit of 50 kn is that of Global Fishing Watch's segmenter
(``pipe-segment``: implied speed).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from umimori.geodesy import MPS_PER_KNOT

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MAX_VESSEL_SPEED_MPS = 50.0 * MPS_PER_KNOT
MAX_AIRCRAFT_SPEED_MPS = 600.0 * MPS_PER_KNOT
POSITION_SLACK_M = 300.0
"""GNSS error, antenna offset and one second of clock error at speed."""
MIN_INTERVAL_S = 2.0
"""Class A reports every 2 s at the fastest (ITU-R M.1371-5, table 1); nearer is a repeat."""
MIN_VESSEL_POINTS = 3
"""A vessel of its own needs that many points; fewer are a jump."""
MAX_OPEN_VESSELS = 16
EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG); only for speeds implied between neighbours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointColumns:
    """Points as columns of one length; NaN marks an unknown speed or course in here only."""

    time_s: FloatArray
    lon_deg: FloatArray
    lat_deg: FloatArray
    sog_mps: FloatArray
    cog_deg: FloatArray

    def take(self, index: IntArray) -> PointColumns:
        """Return the points of an index array."""
        return PointColumns(
            time_s=self.time_s[index],
            lon_deg=self.lon_deg[index],
            lat_deg=self.lat_deg[index],
            sog_mps=self.sog_mps[index],
            cog_deg=self.cog_deg[index],
        )

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.time_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanTracks:
    """One set of points per vessel, and what was left out by reason."""

    vessels: tuple[PointColumns, ...]
    dropped: dict[str, int] = field(default_factory=dict)


def clean_tracks(
    points: PointColumns, *, max_speed_mps: float = MAX_VESSEL_SPEED_MPS
) -> CleanTracks:
    """Return the vessels behind the points of one station number, longest lived first.

    Args:
        points: any order, any number.
        max_speed_mps: the fastest that a vessel of this kind can sail.
    """
    if len(points) == 0:
        return CleanTracks(vessels=())
    order = np.lexsort((points.lat_deg, points.lon_deg, points.time_s))
    points = points.take(order.astype(np.int64))
    unique = _without_repeats(points)
    dropped = {"duplicate": len(points) - len(unique)}
    points = points.take(unique)
    groups = _separate(points, max_speed_mps)
    vessels, jumps, dense = [], 0, 0
    large = [g for g in groups if len(g) >= MIN_VESSEL_POINTS] or [max(groups, key=len)]
    jumps = len(points) - sum(len(group) for group in large)
    for group in sorted(large, key=lambda g: g[0]):
        kept = _spaced(points.time_s[group])
        dense += len(group) - len(kept)
        vessels.append(points.take(group[kept]))
    dropped |= {"position_jump": jumps, "too_dense": dense}
    return CleanTracks(vessels=tuple(vessels), dropped={k: int(v) for k, v in dropped.items() if v})


def time_resolution_s(time_s: FloatArray) -> float:
    """Return 60 when all of several times are whole minutes, else 1."""
    whole = len(time_s) >= MIN_VESSEL_POINTS and bool(np.all(time_s % 60.0 == 0.0))
    return 60.0 if whole else 1.0


def step_m(lon_deg: FloatArray, lat_deg: FloatArray) -> FloatArray:
    """Return the distance between neighbours, metres, shape (n - 1,); across 180 degrees too."""
    return great_circle_m(lon_deg[:-1], lat_deg[:-1], lon_deg[1:], lat_deg[1:])


def great_circle_m(
    lon_a: FloatArray, lat_a: FloatArray, lon_b: FloatArray, lat_b: FloatArray
) -> FloatArray:
    """Return haversine distances, metres (within 0.6 % of the ellipsoid's)."""
    d_lat = np.radians(lat_b - lat_a) / 2.0
    d_lon = np.radians(lon_b - lon_a) / 2.0
    a = np.sin(d_lat) ** 2 + np.cos(np.radians(lat_a)) * np.cos(np.radians(lat_b)) * (
        np.sin(d_lon) ** 2
    )
    return np.asarray(2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(a, 0.0, 1.0))))


def _without_repeats(points: PointColumns) -> IntArray:
    same = (
        (np.diff(points.time_s) == 0.0)
        & (np.diff(points.lon_deg) == 0.0)
        & (np.diff(points.lat_deg) == 0.0)
    )
    return np.flatnonzero(np.concatenate(([True], ~same))).astype(np.int64)


def _spaced(time_s: FloatArray) -> IntArray:
    kept, last = [], -np.inf
    for index, moment in enumerate(time_s):
        if moment - last >= MIN_INTERVAL_S:
            kept.append(index)
            last = moment
    return np.asarray(kept, np.int64)


def _separate(points: PointColumns, max_speed_mps: float) -> list[IntArray]:
    """Return index arrays, one per vessel."""
    slack_s = time_resolution_s(points.time_s)
    reach = max_speed_mps * (np.diff(points.time_s) + slack_s) + POSITION_SLACK_M
    if bool(np.all(step_m(points.lon_deg, points.lat_deg) <= reach)):
        return [np.arange(len(points), dtype=np.int64)]
    members: list[list[int]] = []
    for index in range(len(points)):
        best = _best_vessel(points, members, index, max_speed_mps, slack_s)
        if best is None:
            members.append([index])
        else:
            members[best].append(index)
    return [np.asarray(group, np.int64) for group in members]


def _best_vessel(
    points: PointColumns,
    members: list[list[int]],
    index: int,
    max_speed_mps: float,
    slack_s: float,
) -> int | None:
    """Return the vessel whose last point implies the lowest feasible speed to this one."""
    first = max(0, len(members) - MAX_OPEN_VESSELS)
    last = np.asarray([group[-1] for group in members[first:]], np.int64)
    if len(last) == 0:
        return None
    ones = np.ones(len(last))
    gone_m = great_circle_m(
        points.lon_deg[last],
        points.lat_deg[last],
        points.lon_deg[index] * ones,
        points.lat_deg[index] * ones,
    )
    waited_s = points.time_s[index] - points.time_s[last] + slack_s
    speed = np.maximum(gone_m - POSITION_SLACK_M, 0.0) / waited_s
    # Prefer the vessel with many points among the feasible: a jump must not steal the track.
    sizes = np.asarray([min(len(group), MIN_VESSEL_POINTS) for group in members[first:]])
    feasible = speed <= max_speed_mps
    if not feasible.any():
        return None
    rank = np.where(feasible, speed - max_speed_mps * (sizes >= MIN_VESSEL_POINTS), np.inf)
    return int(first + np.argmin(rank))
