"""Cut large polygons into pieces that are read quickly, and tell cuts from shore afterwards.

Cuts lie on lines that no shore follows: multiples of 0.25 degree plus 3e-6. The default source has
coordinates of five decimals, so an edge whose two ends lie on such a line is a cut.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Polygons = NDArray[np.object_]
Ring = NDArray[np.float64]

MAX_VERTICES = 3000
DECIMALS = 6
"""Packed coordinates are integers of 1e-6 degree."""
ROUNDING_ROUNDS = 2
MIN_RING = 4
"""Vertices of the smallest closed ring."""
GRID_DEG = 0.25
OFFSET_DEG = 3e-6
TOLERANCE_DEG = 0.4e-6
"""Less than half a unit of the packed coordinates."""
SEAM_LON_DEG = 180.0
SEAM_LAT_DEG = 90.0


@dataclass(frozen=True, slots=True)
class _Piece:
    """One shell with holes, as closed rings of shape (n, 2)."""

    shell: Ring
    holes: tuple[Ring, ...]

    @property
    def vertices(self) -> int:
        """Return how many vertices all rings have."""
        return len(self.shell) + sum(map(len, self.holes))


def cut(polygons: Polygons) -> Polygons:
    """Return the polygons, those with many vertices in pieces; all valid.

    Args:
        polygons: shape (n,), lon/lat degrees; rings may touch themselves.
    """
    large = shapely.get_num_coordinates(polygons) > MAX_VERTICES
    waiting = [_piece_of(polygon) for polygon in polygons[large]]
    done: list[shapely.Polygon] = []
    while waiting:
        piece = waiting.pop()
        halves = _halve(piece) if piece.vertices > MAX_VERTICES else []
        if halves:
            waiting.extend(halves)
        else:
            done.append(shapely.Polygon(piece.shell, piece.holes))
    whole = np.concatenate([polygons[~large], np.array(done, dtype=object)])
    for _ in range(ROUNDING_ROUNDS):
        # Mending makes new corners, and rounding those may cross a line again, ever more rarely.
        whole = repaired(shapely.transform(whole, _rounded))
    return whole


def _rounded(xy: Ring) -> Ring:
    return np.round(xy, DECIMALS)


def repaired(polygons: Polygons) -> Polygons:
    """Return valid polygons without empty ones; what crosses itself is taken apart."""
    valid = shapely.is_valid(polygons)
    mended = shapely.make_valid(polygons[~valid], method="structure", keep_collapsed=False)
    return only_polygons(np.concatenate([polygons[valid], mended]))


def repaired_each(polygons: Polygons) -> Polygons:
    """Return valid geometries, one for each polygon."""
    valid = shapely.is_valid(polygons)
    fixed = polygons.copy()
    fixed[~valid] = shapely.make_valid(polygons[~valid], method="structure", keep_collapsed=False)
    return fixed


def only_polygons(geometries: Polygons) -> Polygons:
    """Return all polygons inside a mixture of geometries."""
    parts = shapely.get_parts(shapely.get_parts(geometries))
    is_polygon = shapely.get_type_id(parts) == int(shapely.GeometryType.POLYGON)
    kept: Polygons = parts[is_polygon & ~shapely.is_empty(parts)]
    return kept


def is_cut(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which edges are cuts, or lie on the antimeridian or a pole, and are no shore.

    Args:
        start: shape (n, 2), lon/lat degrees.
        end: shape (n, 2).
    """
    along = np.abs(start - end) < TOLERANCE_DEG
    steps = (start - OFFSET_DEG) / GRID_DEG
    on_line = np.abs(steps - np.rint(steps)) * GRID_DEG < TOLERANCE_DEG
    limit = np.array([SEAM_LON_DEG, SEAM_LAT_DEG])
    on_limit = np.abs(np.abs(start) - limit) < TOLERANCE_DEG
    cuts: NDArray[np.bool_] = (along & (on_line | on_limit)).any(axis=1)
    return cuts


def _piece_of(polygon: shapely.Polygon) -> _Piece:
    shell = shapely.get_coordinates(polygon.exterior)
    return _Piece(shell, tuple(shapely.get_coordinates(hole) for hole in polygon.interiors))


def _halve(piece: _Piece) -> list[_Piece]:
    """Return the piece cut across its longer side, or nothing where no line fits."""
    west, south = piece.shell.min(axis=0)
    east, north = piece.shell.max(axis=0)
    shrink = math.cos(math.radians((south + north) / 2.0))
    axis = 0 if (east - west) * shrink >= north - south else 1
    low, high = ((west, east), (south, north))[axis]
    line = round((low + high) / 2.0 / GRID_DEG) * GRID_DEG + OFFSET_DEG
    if not low < line < high:
        return []
    halves = (_side(piece, axis, line, sign) for sign in (1.0, -1.0))
    return [half for half in halves if half is not None]


def _side(piece: _Piece, axis: int, line: float, sign: float) -> _Piece | None:
    shell = clip_ring(piece.shell, axis, line, sign)
    if len(shell) < MIN_RING:
        return None
    holes = (clip_ring(hole, axis, line, sign) for hole in piece.holes)
    return _Piece(shell, tuple(hole for hole in holes if len(hole) >= MIN_RING))


def clip_ring(ring: Ring, axis: int, line: float, sign: float) -> Ring:
    """Return the part of a closed ring where ``sign * (coordinate - line) >= 0``.

    I. Sutherland and G. Hodgman, "Reentrant polygon clipping", CACM 17 (1974), for one line. Parts
    that fall apart stay joined by edges along the line, which enclose nothing.
    """
    distance = sign * (ring[:, axis] - line)
    inside = distance >= 0.0
    if inside.all():
        return ring
    if not inside.any():
        return ring[:0]
    crosses = np.flatnonzero(inside[:-1] != inside[1:])
    share = distance[crosses] / (distance[crosses] - distance[crosses + 1])
    points = ring[crosses] + share[:, None] * (ring[crosses + 1] - ring[crosses])
    points[:, axis] = line
    kept = np.flatnonzero(inside[:-1])
    order = np.argsort(np.concatenate([kept, crosses + 0.5]), kind="stable")
    clipped = np.concatenate([ring[kept], points])[order]
    closed: Ring = np.concatenate([clipped, clipped[:1]])
    return closed
