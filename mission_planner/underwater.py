"""Tracks of an underwater vehicle: layers round a structure, or legs over an area.

Layers are a footprint apart: what a camera at standoff d with vertical half angle a sees of a wall
is 2 d tan(a) high.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry.polygon import orient

from mission_planner.swaths import lay_swaths
from umimori.errors import GeometryError
from umimori.geodesy import FloatArray
from umimori.models.footprint import spacing_m, swath_width_m
from umimori.models.wind import Wind

MIN_LAYER_STEP_M = 0.5
_SIMPLIFY_SHARE = 0.1
_MIN_POINT_M = 0.5


def layer_depths(
    top_m: float, bottom_m: float, standoff_m: float, half_angle_deg: float, overlap: float
) -> list[float]:
    """Return the depths (positive down) of layers that see a wall from ``top_m`` to ``bottom_m``.

    Raises:
        GeometryError: when the bottom is not below the top.
    """
    if bottom_m < top_m or top_m < 0.0:
        raise GeometryError(
            f"the depths {top_m} to {bottom_m} m are not usable.",
            remedy="Give depths in metres, positive down, with the bottom below the top.",
        )
    step = max(spacing_m(swath_width_m(standoff_m, half_angle_deg), overlap), MIN_LAYER_STEP_M)
    count = max(1, math.ceil((bottom_m - top_m) / step - 1e-9) + 1)
    return [float(depth) for depth in np.linspace(top_m, bottom_m, count)]


def outline_ring(structure: Any, standoff_m: float, start: FloatArray) -> FloatArray:
    """Return the closed ring (n, 2) at a standoff round a line, polygon or point.

    It begins at the place nearest to ``start``. Parts further apart than two standoffs are refused.
    """
    wide = structure.buffer(standoff_m, quad_segs=4)
    if wide.geom_type != "Polygon":
        raise GeometryError(
            "the structure has several separate parts.", remedy="Inspect one part at a time."
        )
    ring = orient(shapely.Polygon(wide.exterior), sign=-1.0).exterior
    ring = ring.simplify(_SIMPLIFY_SHARE * standoff_m)
    at = ring.project(shapely.Point(start))
    line = shapely.LineString(ring.coords)
    head = shapely.get_coordinates(shapely.ops.substring(line, at, line.length))
    tail = shapely.get_coordinates(shapely.ops.substring(line, 0.0, at))
    points = np.vstack([head, tail[1:] if len(tail) > 1 else tail])
    keep = np.concatenate([[True], np.hypot(*np.diff(points, axis=0).T) > _MIN_POINT_M])
    closed = points[keep]
    return np.vstack([closed, closed[:1]]) if len(closed) > 1 else closed


def layered(ring: FloatArray, depths: list[float]) -> FloatArray:
    """Return (n, 3): the ring flown once per depth, top to bottom, then up at its beginning."""
    rows = [np.column_stack([ring, np.full(len(ring), -depth)]) for depth in depths]
    return np.vstack(rows)


def legs_at_depth(
    area: Any,
    distance_m: float,
    depth_m: float,
    start: FloatArray,
    flow: Wind,
    speed_mps: float,
) -> FloatArray:
    """Return (n, 3): parallel legs over an area at one depth, to and fro, nearest end first."""
    cells = lay_swaths(
        area, shapely.Polygon(), distance_m, wind=flow, airspeed_mps=speed_mps, turn_m=distance_m
    )
    points: list[FloatArray] = []
    here = start
    for cell in cells:
        rows = cell if _near(cell[0].start, cell[-1].start, here) else cell[::-1]
        forth = bool(np.hypot(*(rows[0].start - here)) <= np.hypot(*(rows[0].end - here)))
        for index, piece in enumerate(rows):
            ends = [piece.start, piece.end]
            points += ends if forth == (index % 2 == 0) else ends[::-1]
        here = points[-1]
    track = np.vstack(points)
    return np.column_stack([track, np.full(len(track), -depth_m)])


def _near(a: FloatArray, b: FloatArray, here: FloatArray) -> bool:
    return bool(np.hypot(*(a - here)) <= np.hypot(*(b - here)))
