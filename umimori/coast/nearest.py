"""Distance from positions to the nearest shore, by cells and growing neighbourhoods. Pure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from umimori.geodesy import LocalFrame, LonLat

FloatArray = NDArray[np.float64]
Box = tuple[float, float, float, float]
EdgesNear = Callable[[Box], FloatArray]

METRES_PER_DEG = 111_195.0
"""Length of one degree on a sphere of 6,371 km."""
EARTH_RADIUS_M = 6_371_008.8
SEARCH_RADII_M = (20_000.0, 100_000.0, 500_000.0)
"""Neighbourhoods that are tried one after the other."""
CELL_DEG = 0.5
MIN_COSINE = 0.02


def distances_to_shore_m(
    edges_near: EdgesNear,
    thinned: Callable[[], tuple[FloatArray, FloatArray]],
    lon_deg: FloatArray,
    lat_deg: FloatArray,
) -> FloatArray:
    """Return distances in metres, shape (n,); NaN positions give NaN.

    Args:
        edges_near: shore edges (m, 2, 2) in lon/lat degrees near a box, its longitudes unwrapped.
        thinned: makes the positions of a thinned shore of the world.
        lon_deg: shape (n,).
        lat_deg: shape (n,).
    """
    result = np.full(lon_deg.shape, np.nan)
    known = np.flatnonzero(np.isfinite(lon_deg) & np.isfinite(lat_deg))
    cells = np.floor(np.column_stack([lon_deg[known], lat_deg[known]]) / CELL_DEG)
    _, group = np.unique(cells, axis=0, return_inverse=True)
    group = group.ravel()
    far: list[NDArray[np.intp]] = []
    for number in range(int(group.max()) + 1 if len(known) else 0):
        rows = known[group == number]
        found = _near(edges_near, lon_deg[rows], lat_deg[rows])
        result[rows] = found
        far.append(rows[np.isinf(found)])
    rest = np.concatenate(far) if far else np.empty(0, np.intp)
    if len(rest):
        shore = thinned()
        result[rest] = _on_the_globe(shore, lon_deg[rest], lat_deg[rest])
    return result


def _near(edges_near: EdgesNear, lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Return distances of positions in one cell; infinite where all neighbourhoods are empty."""
    centre = LonLat(float(np.clip(lon.mean(), -180, 180)), float(lat.mean()))
    frame = LocalFrame(centre)
    x, y = frame.to_xy(lon, lat)
    points = shapely.points(x, y)
    result = np.full(lon.shape, np.inf)
    waiting = np.arange(len(lon))
    for radius_m in SEARCH_RADII_M:
        pad_lat = radius_m / METRES_PER_DEG
        widest = min(89.0, max(abs(lat.min()), abs(lat.max())) + pad_lat)
        pad_lon = min(180.0, pad_lat / max(MIN_COSINE, float(np.cos(np.radians(widest)))))
        box = (lon.min() - pad_lon, lat.min() - pad_lat, lon.max() + pad_lon, lat.max() + pad_lat)
        edges = edges_near(box)
        if not len(edges):
            continue
        ex, ey = frame.to_xy(edges[..., 0], edges[..., 1])
        tree = shapely.STRtree(shapely.linestrings(np.stack([ex, ey], axis=-1)))
        hits, distance = tree.query_nearest(
            points[waiting], return_distance=True, all_matches=False
        )
        result[waiting[hits[0]]] = distance
        # A nearer shore may lie outside the box when this one is farther than the search.
        sure = result[waiting] <= radius_m
        result[waiting[~sure]] = np.inf
        waiting = waiting[~sure]
        if not len(waiting):
            break
    return result


def _on_the_globe(
    shore: tuple[FloatArray, FloatArray], lon: FloatArray, lat: FloatArray
) -> FloatArray:
    tree = cKDTree(_unit_vectors(*shore))
    chord, _ = tree.query(_unit_vectors(lon, lat))
    arc: FloatArray = 2.0 * np.arcsin(np.clip(np.asarray(chord) / 2.0, 0.0, 1.0))
    return arc * EARTH_RADIUS_M


def _unit_vectors(lon: FloatArray, lat: FloatArray) -> FloatArray:
    x, y = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
