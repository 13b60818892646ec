"""The fence round a path that will really be flown, and the rally points inside it.

ArduPlane reacts only after a breach, so the fence keeps a turn radius, the drift of the wind and
the reaction time away from the path. Few vertices: autopilots hold about 80.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mission_planner.land import Land
from umimori.errors import GeometryError
from umimori.geodesy import FloatArray, LocalFrame, LonLat
from umimori.models.kinematics import wind_grown_radius_m
from umimori.models.wind import Wind
from umimori.records.mission import Fence
from umimori.records.vehicle import VehicleKind, VehicleProfile

REACTION_S = 3.0
"""From the breach to a settled turn: detection at 1 Hz or faster, mode change, roll."""

MAX_FENCE_VERTICES = 60
MAX_RALLY_POINTS = 8
SUB_FENCE_BUFFER_M = 15.0
"""Twice the position error of a diver-class USBL or of GPS at the surface, rounded up."""

_SAMPLE_M = 250.0
_SIMPLIFY_M = 1.0
_RALLY_ROUNDS = 4
_ROUND_FACTOR = 1.02
"""What a buffer may fall short: 0.5 % for circles of 32 pieces, 1 % for the simplification of its
input that GEOS makes (BufferInputLineSimplifier)."""


def fence_buffer_m(profile: VehicleProfile, wind: Wind) -> float:
    """Return the least distance between the flown path and the fence."""
    if profile.kind is VehicleKind.SUB:
        return SUB_FENCE_BUFFER_M + wind.speed_mps * REACTION_S
    speed = profile.cruise_speed_mps + wind.speed_mps
    radius = wind_grown_radius_m(profile.turn_radius_m, profile.cruise_speed_mps, wind.speed_mps)
    return radius + speed * REACTION_S


def fence_round(
    path_xy: FloatArray,
    home_xy: tuple[float, float],
    home_radius_m: float,
    frame: LocalFrame,
    buffer_m: float,
    *,
    floor_alt_m: float | None,
    ceiling_alt_m: float | None,
) -> Fence:
    """Return the inclusion polygon round a path (n, 2) and a disc round home.

    Holes (the inside of a ring) are filled: the way back may lead through them.
    """
    line = shapely.LineString(path_xy).simplify(_SIMPLIFY_M)
    disc = shapely.Point(home_xy).buffer(home_radius_m)
    # what the straight pieces of buffers and of the path leave out
    buffer_m = buffer_m * _ROUND_FACTOR + 2.0 * _SIMPLIFY_M
    tolerance = 5.0
    while True:
        wide = shapely.union(
            line.buffer(buffer_m + tolerance * _ROUND_FACTOR, quad_segs=8), disc.buffer(tolerance)
        )
        outline = shapely.Polygon(shapely.get_parts(wide)[0].exterior)
        ring = np.asarray(outline.simplify(tolerance).exterior.coords)[:-1]
        if len(ring) <= MAX_FENCE_VERTICES:
            break
        tolerance *= 1.4
    lon, lat = frame.to_lonlat(ring[:, 0], ring[:, 1])
    return Fence(
        inclusion=tuple(
            LonLat(round(float(x), 7), round(float(y), 7)) for x, y in zip(lon, lat, strict=True)
        ),
        exclusions=(),
        floor_alt_m=floor_alt_m,
        ceiling_alt_m=ceiling_alt_m,
    )


def fence_polygon(ring: tuple[LonLat, ...], frame: LocalFrame) -> shapely.Polygon:
    """Return a fence ring in metres.

    Raises:
        GeometryError: fewer than three corners, or a ring that crosses itself.
    """
    if len(ring) < 3:
        raise GeometryError("the fence has fewer than three corners.", remedy="Draw it again.")
    polygon = shapely.Polygon([frame.xy(corner) for corner in ring])
    if not polygon.is_valid:
        raise GeometryError("the fence crosses itself.", remedy="Draw it without a crossing.")
    return polygon


def rally_points(
    path_xy: FloatArray, landing_xy: FloatArray, land: Land, exempt_m: float
) -> list[FloatArray]:
    """Return rally points that every part of the path reaches straight without crossing land.

    The first is the loiter of the landing. Where the straight line from the path to the nearest
    rally point would cross land (widened by the coast's error), the path itself gets one.
    """
    points = [np.asarray(landing_xy, float)]
    if land.shape.is_empty:
        return points
    barred = shapely.difference(land.keep_out(0.0), shapely.Point(landing_xy).buffer(exempt_m))
    shapely.prepare(barred)
    samples = resampled(path_xy, _SAMPLE_M)
    # a new point may become the nearest one for places that were clear before: look again
    for _ in range(_RALLY_ROUNDS):
        bad = samples[_crosses(samples, points, barred)]
        bad = bad[~shapely.contains_xy(barred, bad[:, 0], bad[:, 1])]
        if len(bad) == 0 or len(points) >= MAX_RALLY_POINTS:
            break
        for here in bad:
            if len(points) < MAX_RALLY_POINTS and _crosses(here[None], points, barred)[0]:
                points.append(here)
    return points


def _crosses(samples: FloatArray, points: list[FloatArray], barred: Any) -> NDArray[np.bool_]:
    """Return (n,): which straight ways from samples to their nearest rally point cross land."""
    targets = np.vstack(points)
    gaps = np.hypot(*np.moveaxis(samples[:, None] - targets[None], 2, 0))
    lines = shapely.linestrings(np.stack([samples, targets[gaps.argmin(axis=1)]], axis=1))
    return np.asarray(shapely.intersects(barred, lines), bool)


def direct_way_clear(
    path_xy: FloatArray, landing_xy: FloatArray, land: Land, exempt_m: float
) -> bool:
    """Return whether every straight line from the path to the landing keeps clear of land."""
    if land.shape.is_empty:
        return True
    barred = shapely.difference(land.keep_out(0.0), shapely.Point(landing_xy).buffer(exempt_m))
    shapely.prepare(barred)
    samples = resampled(path_xy, _SAMPLE_M)
    ends = np.broadcast_to(np.asarray(landing_xy, float), samples.shape)
    lines = shapely.linestrings(np.stack([samples, ends], axis=1))
    return not bool(shapely.intersects(barred, lines).any())


def resampled(path_xy: FloatArray, step_m: float) -> FloatArray:
    """Return points along a path at most ``step_m`` apart, ends included."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path_xy, axis=0).T))])
    count = max(1, math.ceil(along[-1] / step_m))
    at = np.linspace(0.0, along[-1], count + 1)
    return np.column_stack([np.interp(at, along, path_xy[:, i]) for i in (0, 1)])
