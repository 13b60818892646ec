"""Was AIS heard here at that time at all? Silence means nothing where nobody listens."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from umimori.geodesy import LocalFrame
from umimori.records import AisTrack

RECEPTION_RADIUS_M = 40_000.0
"""About the VHF range between a ship's and a shore antenna (20-25 nautical miles)."""
RECEPTION_WINDOW_S = 900.0
"""Shorter than any silence that counts: a log that ends before the scene proves no silence."""


class Reception:
    """Stations heard within a quarter of an hour of a moment."""

    def __init__(self, tracks: Iterable[AisTrack], moment_s: float, frame: LocalFrame) -> None:
        lon, lat, station = [], [], []
        for track in tracks:
            for point in track.points:
                if abs(point.time_utc.timestamp() - moment_s) <= RECEPTION_WINDOW_S:
                    lon.append(point.position.lon_deg)
                    lat.append(point.position.lat_deg)
                    station.append(track.mmsi)
        self._station: NDArray[np.int64] = np.asarray(station, np.int64)
        self._tree: cKDTree | None = None
        if lon:
            x, y = frame.to_xy(lon, lat)
            self._tree = cKDTree(np.column_stack([x, y]))

    def heard_near(self, x_m: float, y_m: float, *, besides_mmsi: int | None = None) -> bool:
        """Return whether any (other) station was heard within VHF range of a place."""
        if self._tree is None:
            return False
        near = self._tree.query_ball_point([x_m, y_m], RECEPTION_RADIUS_M)
        if besides_mmsi is None:
            return bool(near)
        return bool(np.any(self._station[near] != besides_mmsi))
