"""Ways round land: the shortest polyline between two points that keeps out of an area.

Visibility graph over the corners of the widened obstacles (T. Lozano-Perez and M. Wesley, "An
algorithm for planning collision-free paths among polyhedral obstacles", CACM 22, 1979).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from umimori.geodesy import FloatArray

_MAX_CORNERS = 160
_FIRST_TOLERANCE_M = 30.0


@dataclass(slots=True)
class Detour:
    """Finds ways that do not cross ``barred`` (metres), keeping ``clearance_m`` at its corners."""

    barred: Any
    clearance_m: float
    _corners: FloatArray | None = field(default=None, init=False)
    _between: FloatArray | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Prepare the obstacle for many tests."""
        shapely.prepare(self.barred)

    def is_free(self, points: FloatArray) -> bool:
        """Return whether a polyline (n, 2) stays out of the barred area."""
        if self.barred.is_empty:
            return True
        return not bool(shapely.intersects(self.barred, shapely.LineString(points)))

    def way(self, start: FloatArray, end: FloatArray) -> FloatArray:
        """Return the points (n, 2) between two places, both included.

        When one of them stands inside the barred area (a base on land, say), the part inside is
        straight to the nearest free place. Without any way the straight line is returned: the
        checks then name the land that it crosses.
        """
        direct = np.vstack([start, end])
        if self.is_free(direct):
            return direct
        out, into = self._freed(start), self._freed(end)
        corners = self._outline()
        nodes = np.vstack([out, into, corners])
        _, before = dijkstra(
            self._graph(nodes), directed=False, indices=0, return_predecessors=True
        )
        chain = [1]
        while chain[-1] != 0:
            previous = int(before[chain[-1]])
            if previous < 0:
                return direct
            chain.append(previous)
        points = [start, *nodes[chain[::-1]], end]
        kept = [points[0]]
        for point in points[1:]:
            if float(np.hypot(*(point - kept[-1]))) > 1.0:
                kept.append(point)
        return np.vstack(kept)

    def _freed(self, place: FloatArray) -> FloatArray:
        if not shapely.contains_xy(self.barred, *place):
            return place
        ring = self.barred.buffer(1.0).boundary
        nearest = ring.interpolate(ring.project(shapely.Point(place)))
        return np.array([nearest.x, nearest.y])

    def _outline(self) -> FloatArray:
        if self._corners is None:
            tolerance = _FIRST_TOLERANCE_M
            while True:
                wide = self.barred.buffer(self.clearance_m + tolerance, quad_segs=3)
                corners = shapely.get_coordinates(wide.simplify(tolerance))
                if len(corners) <= _MAX_CORNERS:
                    break
                tolerance *= 1.6
            self._corners = corners
        return self._corners

    def _graph(self, nodes: FloatArray) -> csr_array:
        """Return lengths between nodes that see each other; the first two are the ends."""
        if self._between is None:
            self._between = self._seen(nodes[2:], nodes[2:])
        size = len(nodes)
        lengths = np.zeros((size, size))
        lengths[2:, 2:] = self._between
        lengths[:2] = self._seen(nodes[:2], nodes)
        return csr_array(lengths)

    def _seen(self, a: FloatArray, b: FloatArray) -> FloatArray:
        """Return (len(a), len(b)) metres between places that see each other, else 0 (no edge)."""
        i, j = (grid.ravel() for grid in np.meshgrid(range(len(a)), range(len(b)), indexing="ij"))
        lines = shapely.linestrings(np.stack([a[i], b[j]], axis=1))
        free = ~shapely.intersects(self.barred, lines)
        length = np.maximum(np.hypot(*(a[i] - b[j]).T), 1e-6)
        return np.where(free, length, 0.0).reshape(len(a), len(b))
