"""Tracks along a coast and rings round an island, at a distance a turning plane can follow.

The offset is closed morphologically: bays narrower than the turn are skipped, and the track never
comes nearer to the drawn land than the standoff plus the coast's own error.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry.polygon import orient

from mission_planner.land import Land
from mission_planner.passes import Pass
from umimori.errors import GeometryError
from umimori.geodesy import FloatArray

CURVE_RADII = 1.5
"""Smallest radius of the track in turn radii: leaves room for the corners of its polyline."""

BAY_RADII = 3.0
"""Bays narrower than this many turn radii are passed by."""

_MIN_TRACK_M = 500.0
_OVERLAP_M = 200.0
_MAX_TOLERANCE_M = 60.0


def patrol_line(land: Land, standoff_m: float, radius_m: float) -> Any:
    """Return the smoothed offset of all land, as (multi)polygon, in metres.

    Its boundary is the track; corners are convex with at least ``CURVE_RADII`` turn radii.
    """
    offset = max(standoff_m + land.coast_error_m, CURVE_RADII * radius_m)
    tolerance = _tolerance_m(offset)
    offset += tolerance
    bay = BAY_RADII * radius_m
    wide = land.shape.buffer(offset + bay, quad_segs=12).buffer(-bay, quad_segs=12)
    return wide.simplify(tolerance)


def island_ring(
    land: Land,
    inside: Any,
    standoff_m: float,
    radius_m: float,
    start: FloatArray,
    *,
    clockwise: bool,
) -> Pass:
    """Return the closed track round the largest island that touches ``inside``.

    Args:
        land: land near the plan.
        inside: polygon or point in metres that names the island.
        standoff_m: distance from the coast, to which the coast's own error is added.
        radius_m: turn radius.
        start: the ring begins at the place nearest to it, (2,).
        clockwise: sense as seen on the map.

    Raises:
        GeometryError: when there is no island, or the land runs on beyond the area.
    """
    islands = [part for part in shapely.get_parts(land.shape) if part.intersects(inside)]
    if not islands:
        raise GeometryError(
            f"no island of the coast lies in the area ({land.describe()}).",
            remedy="Give an area with an island, or another coast by `umimori coast import`.",
        )
    island = max(islands, key=lambda part: part.area)
    around = patrol_line(land, standoff_m, radius_m)
    ring = next(part for part in shapely.get_parts(around) if part.contains(island))
    outline = orient(shapely.Polygon(ring.exterior), sign=-1.0 if clockwise else 1.0)
    points = np.asarray(outline.exterior.coords)[:-1]
    return Pass(_begun_near(points, start), straight=False)


def coast_tracks(
    land: Land,
    inside: Any,
    standoff_m: float,
    radius_m: float,
) -> list[Pass]:
    """Return the tracks along all coast inside an area.

    Raises:
        GeometryError: when no coast lies in the area.
    """
    around = patrol_line(land, standoff_m, radius_m)
    line = shapely.intersection(around.boundary, inside)
    merged = shapely.line_merge(
        shapely.union_all(
            [part for part in shapely.get_parts(line) if part.geom_type == "LineString"]
        )
    )
    tracks = [
        Pass(np.asarray(part.coords), straight=False)
        for part in shapely.get_parts(merged)
        if part.length >= max(_MIN_TRACK_M, 4.0 * radius_m)
    ]
    if not tracks:
        raise GeometryError(
            f"no coast of at least {_MIN_TRACK_M:.0f} m lies in the area at this standoff "
            f"({land.describe()}).",
            remedy="Enlarge the area so that it holds the coast and the water before it.",
        )
    return tracks


def with_excursions(
    ring: Pass, via: list[FloatArray], seen_m: float, half_m: float
) -> tuple[list[Pass], int]:
    """Return the ring cut where extra positions are flown over, and how many it sees anyway.

    Args:
        ring: the patrol.
        via: positions (2,) in metres.
        seen_m: positions nearer than this to the ring need no excursion.
        half_m: half the length of the straight pass over a position.
    """
    line = shapely.LineString(ring.points)
    stops = []
    seen = 0
    for place in via:
        if line.distance(shapely.Point(place)) <= seen_m:
            seen += 1
            continue
        stops.append((float(line.project(shapely.Point(place))), place))
    passes: list[Pass] = []
    begin = 0.0
    for at, place in sorted(stops, key=lambda stop: stop[0]):
        if at - begin > 1.0:
            passes.append(_part(line, begin, at))
        passes.append(_over(line, at, place, half_m))
        begin = at
    if line.length - begin > 1.0:
        passes.append(_part(line, begin, line.length))
    return passes, seen


def _part(line: Any, begin: float, end: float) -> Pass:
    return Pass(np.asarray(shapely.ops.substring(line, begin, end).coords), straight=False)


def _over(line: Any, at: float, place: FloatArray, half_m: float) -> Pass:
    """Return a straight pass over a place, parallel to the ring so that the turns stay short."""
    reach = min(50.0, line.length / 4.0)
    a = np.asarray(line.interpolate(max(at - reach, 0.0)).coords[0])
    b = np.asarray(line.interpolate(min(at + reach, line.length)).coords[0])
    unit = (b - a) / max(float(np.hypot(*(b - a))), 1e-9)
    return Pass(np.vstack([place - half_m * unit, place + half_m * unit]))


def _begun_near(ring: FloatArray, start: FloatArray) -> FloatArray:
    """Return an open ring closed again at the place nearest to ``start``, with a short overlap."""
    line = shapely.LineString(np.vstack([ring, ring[:1]]))
    at = line.project(shapely.Point(start))
    head = shapely.ops.substring(line, at, line.length)
    tail = shapely.ops.substring(line, 0.0, at)
    points = np.vstack([np.asarray(head.coords), np.asarray(tail.coords)[1:]])
    whole = shapely.LineString(points)
    overlap = np.asarray(
        shapely.ops.substring(whole, 0.0, min(_OVERLAP_M, whole.length / 4)).coords
    )
    joined = np.vstack([points, overlap[1:]])
    keep = np.concatenate([[True], np.hypot(*np.diff(joined, axis=0).T) > 1.0])
    return np.asarray(joined[keep])


def _tolerance_m(offset_m: float) -> float:
    """Return how coarse the polyline of a track may be.

    A circle of radius r becomes chords of sqrt(8 r t). With t = 3 % of the offset, and the offset at
    least 1.5 turn radii R, chords are at least 0.7 R long with corners whose tangents fit.
    """
    return min(max(0.03 * offset_m, 2.0), _MAX_TOLERANCE_M)
