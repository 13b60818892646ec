"""Work beyond one endurance becomes several sorties.

Passes are packed in their order; a pass that does not fit is cut where the budget ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mission_planner.detour import Detour
from mission_planner.passes import Pass, cut
from mission_planner.progress import Progress, ignore
from umimori.geodesy import FloatArray
from umimori.models.wind import Wind, ground_speed_mps

TURN_ALLOWANCE = 1.05
"""Turns cost more power than level flight; the exact prediction afterwards corrects the rest."""

MAX_PASSES = 130
"""Keeps a sortie of four items per pass well below ArduPlane's 655."""

MAX_PASS_POINTS = 500
_WORTH_CUTTING = 0.3


@dataclass(frozen=True, slots=True)
class Pace:
    """Turns metres on a course into seconds."""

    airspeed_mps: float
    wind: Wind

    def seconds(self, points: FloatArray) -> float:
        """Return the time along a polyline (n, 2); infinite where it cannot be flown."""
        total = 0.0
        for dx, dy in np.diff(points, axis=0):
            length = math.hypot(dx, dy)
            if length == 0.0:
                continue
            course = math.degrees(math.atan2(dx, dy))
            speed = ground_speed_mps(self.airspeed_mps, course, self.wind)
            if speed is None:
                return math.inf
            total += length / speed
        return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one sortie may spend on the way between take-off and the landing pattern.

    ``turn_s`` is spent between two passes in addition to the straight way between them.
    """

    seconds: float
    turn_s: float


def split(
    passes: list[Pass],
    base: FloatArray,
    pace: Pace,
    budget: Budget,
    detour: Detour,
    progress: Progress = ignore,
) -> list[list[Pass]]:
    """Return the passes of each sortie.

    Every sortie takes at least a part of a pass, so the function ends even where the budget is
    too small.
    """
    packer = Packer(base, pace, budget, detour)
    waiting = list(passes)
    sorties: list[list[Pass]] = []
    while waiting:
        load, waiting = packer.load(waiting)
        sorties.append(load)
        progress(f"packed {len(sorties)} sorties, {len(waiting)} tracks left")
    return sorties


@dataclass(frozen=True, slots=True)
class Packer:
    """Fills one sortie after the other."""

    base: FloatArray
    pace: Pace
    budget: Budget
    detour: Detour

    def leaves_time_for(self, track: Pass, most_transit: float) -> bool:
        """Return whether the way to the ends and the middle of a pass leaves time for work."""
        ends = [track.points[0], track.points[-1], track.points[len(track.points) // 2]]
        return all(self.is_near_enough(point, most_transit) for point in ends)

    def is_near_enough(self, point: FloatArray, most_transit: float) -> bool:
        """Return whether the way to a place and back takes at most a share of the budget."""
        return self._there(point) + self._back(point) <= most_transit * self.budget.seconds

    def load(self, waiting: list[Pass]) -> tuple[list[Pass], list[Pass]]:
        """Return the passes of the next sortie and those that wait for later ones."""
        taken: list[Pass] = []
        spent, points = 0.0, 0
        here: FloatArray | None = None
        while waiting and len(taken) < MAX_PASSES and points < MAX_PASS_POINTS:
            track = waiting[0]
            way = self._there(track.points[0]) if here is None else self._between(here, track)
            work = self.pace.seconds(track.points) * TURN_ALLOWANCE
            left = self.budget.seconds - spent - way
            if work + self._back(track.points[-1]) > left:
                part = self._part(track, left)
                if part is not None and (not taken or left > _WORTH_CUTTING * self.budget.seconds):
                    head, tail = part
                    return [*taken, head], [tail, *waiting[1:]]
                if taken:
                    return taken, waiting
            taken.append(track)
            waiting = waiting[1:]
            spent += way + work
            points += len(track.points)
            here = track.points[-1]
        return taken, waiting

    def _part(self, track: Pass, left: float) -> tuple[Pass, Pass] | None:
        """Return a pass cut at the longest length that still lets the vehicle come home."""
        low, high = 0.0, 1.0
        for _ in range(12):
            middle = (low + high) / 2.0
            head, _ = cut(track, middle * track.length_m)
            cost = self.pace.seconds(head.points) * TURN_ALLOWANCE + self._back(head.points[-1])
            low, high = (middle, high) if cost <= left else (low, middle)
        return cut(track, low * track.length_m) if low > 0.02 else None

    def _there(self, point: FloatArray) -> float:
        return self.pace.seconds(self.detour.way(self.base, point)) + self.budget.turn_s

    def _back(self, point: FloatArray) -> float:
        return self.pace.seconds(self.detour.way(point, self.base)) + self.budget.turn_s

    def _between(self, here: FloatArray, track: Pass) -> float:
        return self.pace.seconds(self.detour.way(here, track.points[0])) + self.budget.turn_s
