"""Passes: tracks that must be flown along, in the order and sense that costs the least.

When tracks are closer than two turn radii, a plane that goes to and fro flies a bulb at every end.
Skipping tracks (0, k, 1, k+1, ...) makes each end one half circle.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from mission_planner.swaths import Piece
from umimori.geodesy import FloatArray
from umimori.models.dubins import Pose, shortest_path


@dataclass(frozen=True, slots=True)
class Pass:
    """A directed track: points (n, 2) in metres, n >= 2, flown first to last.

    ``straight`` passes get a straight lead-in; others (coasts, rings) begin on the curve.
    """

    points: FloatArray
    straight: bool = True

    @property
    def length_m(self) -> float:
        """Return the length of the track."""
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum())

    @property
    def first(self) -> Pose:
        """Return the pose at the beginning."""
        return _pose(self.points[0], self.points[1] - self.points[0])

    @property
    def last(self) -> Pose:
        """Return the pose at the end."""
        return _pose(self.points[-1], self.points[-1] - self.points[-2])

    def reversed(self) -> Pass:
        """Return the same track the other way."""
        return Pass(self.points[::-1], self.straight)

    def extended(self, lead_m: float, overshoot_m: float) -> Pass:
        """Return the track begun ``lead_m`` earlier and ended ``overshoot_m`` later, straight."""
        first, last = self.first, self.last
        head = self.points[0] - lead_m * _direction(first)
        tail = self.points[-1] + overshoot_m * _direction(last)
        inner = self.points[1:-1]
        return Pass(np.vstack([head, inner, tail]), self.straight)


def cut(track: Pass, at_m: float) -> tuple[Pass, Pass]:
    """Return the two parts of a pass, cut ``at_m`` metres from its beginning."""
    steps = np.hypot(*np.diff(track.points, axis=0).T)
    reach = np.concatenate([[0.0], np.cumsum(steps)])
    at = min(max(at_m, 0.01 * reach[-1]), 0.99 * reach[-1])
    index = int(np.searchsorted(reach, at)) - 1
    share = (at - reach[index]) / steps[index]
    point = track.points[index] + share * (track.points[index + 1] - track.points[index])
    head = np.vstack([track.points[: index + 1], point])
    tail = np.vstack([point, track.points[index + 1 :]])
    return Pass(head, track.straight), Pass(tail, track.straight)


def order_cells(cells: list[list[Piece]], start: FloatArray, radius_m: float) -> list[Pass]:
    """Return directed passes over all cells, beginning near ``start`` (2,).

    Cells are taken nearest first; inside a cell the cheapest of all skips, both ends and both
    senses is chosen by the Dubins lengths of its turns.
    """
    remaining = [cell for cell in cells if cell]
    done: list[Pass] = []
    here = np.asarray(start, float)
    while remaining:
        index = min(range(len(remaining)), key=lambda i: _entry_distance(remaining[i], here))
        chosen = _cheapest_order(remaining.pop(index), here, radius_m)
        done += chosen
        here = chosen[-1].points[-1]
    return done


def order_lines(lines: list[Pass], start: FloatArray) -> list[Pass]:
    """Return passes nearest first, each entered at its nearer end."""
    remaining = list(lines)
    done: list[Pass] = []
    here = np.asarray(start, float)
    while remaining:
        options = [
            (float(np.hypot(*(here - candidate.points[0]))), index, candidate)
            for index, line in enumerate(remaining)
            for candidate in (line, line.reversed())
        ]
        _, index, best = min(options, key=lambda option: option[:2])
        remaining.pop(index)
        done.append(best)
        here = best.points[-1]
    return done


def skip_order(count: int, skip: int) -> list[int]:
    """Return 0..count-1 in blocks of 2*skip as 0, k, 1, k+1, ...; ``skip`` 1 is to and fro."""
    if skip <= 1:
        return list(range(count))
    order: list[int] = []
    begin = 0
    while begin < count:
        size = min(2 * skip, count - begin)
        half = math.ceil(size / 2)
        for i in range(half):
            order.append(begin + i)
            if half + i < size:
                order.append(begin + half + i)
        begin += size
    return order


def _cheapest_order(cell: list[Piece], here: FloatArray, radius_m: float) -> list[Pass]:
    spacing = _row_distance(cell)
    most = min(len(cell), math.ceil(2.0 * radius_m / spacing) + 1) if spacing > 0.0 else 1
    best: tuple[float, list[Pass]] | None = None
    for skip in range(1, max(most, 1) + 1):
        sequence = [cell[i] for i in skip_order(len(cell), skip)]
        for rows in (sequence, [cell[len(cell) - 1 - i] for i in skip_order(len(cell), skip)]):
            for forth in (True, False):
                passes = _alternate(rows, forth)
                cost = float(np.hypot(*(passes[0].points[0] - here))) + _turns_m(passes, radius_m)
                if best is None or cost < best[0] - 1e-6:
                    best = (cost, passes)
    return best[1] if best else []


def _alternate(rows: list[Piece], forth: bool) -> list[Pass]:
    passes = []
    for i, piece in enumerate(rows):
        points = np.vstack([piece.start, piece.end])
        passes.append(Pass(points if forth == (i % 2 == 0) else points[::-1]))
    return passes


def _turns_m(passes: list[Pass], radius_m: float) -> float:
    return sum(
        shortest_path(a.last, b.first, radius_m).length_m for a, b in itertools.pairwise(passes)
    )


def _entry_distance(cell: list[Piece], here: FloatArray) -> float:
    ends = [point for piece in (cell[0], cell[-1]) for point in (piece.start, piece.end)]
    return min(float(np.hypot(*(point - here))) for point in ends)


def _row_distance(cell: list[Piece]) -> float:
    if len(cell) < 2:
        return 0.0
    step = cell[0].end - cell[0].start
    across = np.array([-step[1], step[0]]) / max(float(np.hypot(*step)), 1e-9)
    return abs(float((cell[1].start - cell[0].start) @ across))


def _pose(at: FloatArray, step: FloatArray) -> Pose:
    return Pose(float(at[0]), float(at[1]), math.atan2(float(step[1]), float(step[0])))


def _direction(pose: Pose) -> FloatArray:
    return np.array([math.cos(pose.angle_rad), math.sin(pose.angle_rad)])
