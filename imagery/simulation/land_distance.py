"""Distance from positions to the coast that a scene was made with, before it was displaced."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from umimori.geodesy import LocalFrame, LonLat

REACH_M = 120_000.0
"""Land further from the origin than this along an axis does not count."""
FAR_M = 1.0e6
"""Returned where there is no land at all."""


class LandDistance:
    """Land polygons in a metric frame; answers how far places are from their shore."""

    def __init__(self, polygons: Sequence[Polygon], frame: LocalFrame) -> None:
        self.frame = frame
        shapes = [_metric(polygon, frame) for polygon in polygons]
        self._land = shapely.union_all(shapes) if shapes else Polygon()
        shapely.prepare(self._land)
        self._shore = self._land.boundary

    def shore_m(self, x_m: float, y_m: float) -> float:
        """Return metres to the shore, negative on land."""
        return float(self.shores_m(np.array([x_m]), np.array([y_m]))[0])

    def shores_m(self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return metres to the shore of many places, negative on land."""
        points = shapely.points(x_m, y_m)
        if self._land.is_empty:
            return np.full(len(points), FAR_M)
        distance = shapely.distance(self._shore, points)
        return np.where(shapely.contains(self._land, points), -distance, distance)

    def of_positions(self, positions: Sequence[LonLat]) -> list[float | None]:
        """Return metres to the shore of positions, 0 on land; None without any land."""
        if self._land.is_empty or not positions:
            return [None] * len(positions)
        x, y = self.frame.to_xy([p.lon_deg for p in positions], [p.lat_deg for p in positions])
        return [max(0.0, float(d)) for d in self.shores_m(x, y)]


def _metric(polygon: Polygon, frame: LocalFrame) -> BaseGeometry:
    ring = np.asarray(polygon.exterior.coords, dtype=float)
    x, y = frame.to_xy(ring[:, 0], ring[:, 1])
    shape = Polygon(np.stack([x, y], axis=1))
    shape = shape if shape.is_valid else shape.buffer(0)
    return shapely.clip_by_rect(shape, -REACH_M, -REACH_M, REACH_M, REACH_M)
