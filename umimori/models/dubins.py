"""Shortest paths of bounded curvature between two poses.

L. E. Dubins, "On curves of minimal length with a constraint on average curvature", American
Journal of Mathematics 79 (1957); the six words as in A. M. Shkel and V. Lumelsky,
"Classification of the Dubins set", Robotics and Autonomous Systems 34 (2001).
Angles here are mathematical (radians, counter-clockwise from east).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_TAU = 2.0 * math.pi
_ARC_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Pose:
    """A point and a direction in a metric plane (radians, counter-clockwise from east)."""

    x_m: float
    y_m: float
    angle_rad: float


@dataclass(frozen=True, slots=True)
class DubinsPath:
    """A word such as "LSR" with its three segment lengths in radii."""

    start: Pose
    radius_m: float
    word: str
    segments: tuple[float, float, float]

    @property
    def length_m(self) -> float:
        """Return the length of the path."""
        return self.radius_m * sum(self.segments)

    def sample(self, step_m: float) -> list[Pose]:
        """Return poses along the path, both ends included, at most ``step_m`` apart."""
        poses = [self.start]
        pose = self.start
        for kind, amount in zip(self.word, self.segments, strict=True):
            pieces = max(1, math.ceil(amount * self.radius_m / step_m))
            for _ in range(pieces):
                pose = _advance(pose, kind, amount / pieces, self.radius_m)
                poses.append(pose)
        return poses

    def corners(self, max_arc_rad: float = math.pi / 2.0) -> list[tuple[float, float]]:
        """Return the corners whose fly-by arcs of the same radius give this path.

        An arc is cut into pieces of at most ``max_arc_rad``; the tangents at both ends of a piece
        meet in its corner. Arcs too short to matter (below 3 degrees) give none.
        """
        result: list[tuple[float, float]] = []
        pose = self.start
        for kind, amount in zip(self.word, self.segments, strict=True):
            if kind != "S" and amount > math.radians(3.0):
                pieces = max(1, math.ceil(amount / max_arc_rad - _ARC_EPSILON))
                reach = self.radius_m * math.tan(amount / pieces / 2.0)
                turning = pose
                for _ in range(pieces):
                    result.append(
                        (
                            turning.x_m + reach * math.cos(turning.angle_rad),
                            turning.y_m + reach * math.sin(turning.angle_rad),
                        )
                    )
                    turning = _advance(turning, kind, amount / pieces, self.radius_m)
            pose = _advance(pose, kind, amount, self.radius_m)
        return result


def paths_by_length(start: Pose, end: Pose, radius_m: float) -> list[DubinsPath]:
    """Return the Dubins paths of all words that exist for two poses, shortest first."""
    dx, dy = end.x_m - start.x_m, end.y_m - start.y_m
    distance = math.hypot(dx, dy) / radius_m
    bearing = math.atan2(dy, dx)
    alpha = (start.angle_rad - bearing) % _TAU
    beta = (end.angle_rad - bearing) % _TAU
    found = sorted(_words(alpha, beta, distance), key=lambda option: sum(option[1]))
    return [DubinsPath(start, radius_m, word, segments) for word, segments in found]


def shortest_path(start: Pose, end: Pose, radius_m: float) -> DubinsPath:
    """Return the shortest Dubins path from ``start`` to ``end`` with turns of ``radius_m``."""
    return paths_by_length(start, end, radius_m)[0]  # LSL and RSR always exist


def _words(a: float, b: float, d: float) -> list[tuple[str, tuple[float, float, float]]]:
    sa, sb, ca, cb, cab = math.sin(a), math.sin(b), math.cos(a), math.cos(b), math.cos(a - b)
    found: list[tuple[str, tuple[float, float, float]]] = []
    square = 2.0 + d * d - 2.0 * cab + 2.0 * d * (sa - sb)
    turn = math.atan2(cb - ca, d + sa - sb)
    found.append(("LSL", ((turn - a) % _TAU, math.sqrt(max(square, 0.0)), (b - turn) % _TAU)))
    square = 2.0 + d * d - 2.0 * cab + 2.0 * d * (sb - sa)
    turn = math.atan2(ca - cb, d - sa + sb)
    found.append(("RSR", ((a - turn) % _TAU, math.sqrt(max(square, 0.0)), (turn - b) % _TAU)))
    square = -2.0 + d * d + 2.0 * cab + 2.0 * d * (sa + sb)
    if square >= 0.0:
        p = math.sqrt(square)
        turn = math.atan2(-ca - cb, d + sa + sb) - math.atan2(-2.0, p)
        found.append(("LSR", ((turn - a) % _TAU, p, (turn - b) % _TAU)))
    square = -2.0 + d * d + 2.0 * cab - 2.0 * d * (sa + sb)
    if square >= 0.0:
        p = math.sqrt(square)
        turn = math.atan2(ca + cb, d - sa - sb) - math.atan2(2.0, p)
        found.append(("RSL", ((a - turn) % _TAU, p, (b - turn) % _TAU)))
    cosine = (6.0 - d * d + 2.0 * cab + 2.0 * d * (sa - sb)) / 8.0
    if abs(cosine) <= 1.0:
        p = (_TAU - math.acos(cosine)) % _TAU
        t = (a - math.atan2(ca - cb, d - sa + sb) + p / 2.0) % _TAU
        found.append(("RLR", (t, p, (a - b - t + p) % _TAU)))
    cosine = (6.0 - d * d + 2.0 * cab + 2.0 * d * (sb - sa)) / 8.0
    if abs(cosine) <= 1.0:
        p = (_TAU - math.acos(cosine)) % _TAU
        t = (-a - math.atan2(ca - cb, d + sa - sb) + p / 2.0) % _TAU
        found.append(("LRL", (t, p, (b - a - t + p) % _TAU)))
    return found


def _advance(pose: Pose, kind: str, amount: float, radius_m: float) -> Pose:
    x, y, angle = pose.x_m, pose.y_m, pose.angle_rad
    if kind == "S":
        reach = amount * radius_m
        return Pose(x + reach * math.cos(angle), y + reach * math.sin(angle), angle)
    sign = 1.0 if kind == "L" else -1.0
    turned = angle + sign * amount
    return Pose(
        x + sign * radius_m * (math.sin(turned) - math.sin(angle)),
        y - sign * radius_m * (math.cos(turned) - math.cos(angle)),
        turned,
    )
