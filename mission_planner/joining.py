"""From passes to one line of waypoints that a plane can turn through."""

from __future__ import annotations

import math

import numpy as np

from mission_planner.detour import Detour
from mission_planner.passes import Pass
from umimori.geodesy import FloatArray
from umimori.models.dubins import DubinsPath, Pose, paths_by_length, shortest_path

_SAMPLE_M = 25.0
_STRAIGHT_DEG = 0.5
_NEAR_M = 5.0


def join(
    start: Pose | None, passes: list[Pass], end: FloatArray | None, radius_m: float, detour: Detour
) -> FloatArray:
    """Return waypoints (n, 2): from ``start`` through all passes towards ``end``.

    Turns between passes are Dubins paths, written as the corners whose fly-by arcs give them;
    where such a turn would cross the barred area, the way round it is taken. Neither ``start`` nor
    ``end`` is a waypoint.
    """
    points: list[FloatArray] = []
    pose = start
    for track in passes:
        if pose is not None:
            points += _connection(pose, track.first, radius_m, detour)
        points += list(track.points)
        pose = track.last
    if end is not None and pose is not None:
        points += _homeward(pose, np.asarray(end, float), radius_m, detour)
    return _pruned(np.vstack(points))


def _connection(a: Pose, b: Pose, radius_m: float, detour: Detour) -> list[FloatArray]:
    """Return the corners between two poses: a free turn, else the way round with a turn at its end."""
    turn = _free_turn(a, b, radius_m, detour)
    if turn is None:
        way = detour.way(_place(a), _place(b))
        if len(way) > 2:
            last = way[-2]
            step = last - way[-3]
            pose = Pose(float(last[0]), float(last[1]), math.atan2(float(step[1]), float(step[0])))
            final = _free_turn(pose, b, radius_m, detour) or shortest_path(pose, b, radius_m)
            return [*way[1:-1], *_corners(final)]
    return _corners(turn or shortest_path(a, b, radius_m))


def _homeward(a: Pose, end: FloatArray, radius_m: float, detour: Detour) -> list[FloatArray]:
    """Return the corners from the last pass towards ``end``, which is not among them."""
    way = detour.way(_place(a), end)
    step = way[min(2, len(way) - 1)] - way[min(2, len(way) - 1) - 1]
    towards = Pose(float(way[1][0]), float(way[1][1]), math.atan2(float(step[1]), float(step[0])))
    turn = _free_turn(a, towards, radius_m, detour)
    return [*(_corners(turn) if turn else []), *way[1:-1]]


def _free_turn(a: Pose, b: Pose, radius_m: float, detour: Detour) -> DubinsPath | None:
    """Return the shortest turn of any Dubins word that keeps out of the barred area."""
    for path in paths_by_length(a, b, radius_m):
        samples = np.array([(pose.x_m, pose.y_m) for pose in path.sample(_SAMPLE_M)])
        if detour.is_free(samples):
            return path
    return None


def _corners(path: DubinsPath) -> list[FloatArray]:
    return [np.array(corner) for corner in path.corners()]


def _place(pose: Pose) -> FloatArray:
    return np.array([pose.x_m, pose.y_m])


def _pruned(points: FloatArray) -> FloatArray:
    """Return the points without doubles and without those in the middle of a straight line."""
    kept = [points[0]]
    for i in range(1, len(points)):
        here = points[i]
        if float(np.hypot(*(here - kept[-1]))) < _NEAR_M:
            continue
        if i + 1 < len(points) and _turn_deg(kept[-1], here, points[i + 1]) < _STRAIGHT_DEG:
            continue
        kept.append(here)
    return np.vstack(kept)


def _turn_deg(a: FloatArray, b: FloatArray, c: FloatArray) -> float:
    first, second = b - a, c - b
    cross = first[0] * second[1] - first[1] * second[0]
    return abs(math.degrees(math.atan2(float(cross), float(first @ second))))
