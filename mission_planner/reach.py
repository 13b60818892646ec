"""How far a vehicle gets from its base, what of the work lies beyond, and how much work is planned.

Reach counts as the way out and back within one endurance; beyond ``MOST_TRANSIT`` of it a sortie
would be all way and no work.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
import shapely.ops

from mission_planner.passes import Pass
from mission_planner.sorties import TURN_ALLOWANCE, Budget, Pace, Packer
from umimori.errors import GeometryError
from umimori.geodesy import FloatArray
from umimori.models.wind import ground_speed_mps

MOST_TRANSIT = 0.92
"""Largest share of a sortie that may go into the way out and back."""

MAX_SORTIES = 200
"""More sorties than this are refused: no officer reads or flies them as one plan."""

_DIRECTIONS = 72
_GRID_POINTS = 3000
_STEP_M = 1000.0
_MOST_SAMPLES = 400
_M2_PER_KM2 = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """Work that one endurance from the base does not reach.

    Args:
        area_m2: of it, 0 where work is no area.
        length_m: of its tracks, 0 where none were laid.
        sample: the part of its tracks that stands for it, at most one endurance of work.
    """

    area_m2: float = 0.0
    length_m: float = 0.0
    sample: tuple[Pass, ...] = ()

    def describe(self) -> str:
        """Return how much it is."""
        if self.area_m2 > 0.0:
            return f"{self.area_m2 / _M2_PER_KM2:.1f} km2 of the area"
        return f"{self.length_m / 1000.0:.1f} km of the track"


def reach_shape(base: FloatArray, pace: Pace, budget: Budget) -> Any:
    """Return where straight ways out and back take at most ``MOST_TRANSIT`` of a sortie.

    Along a direction the way out and back over distance d takes d (1 / v_out + 1 / v_back).
    """
    seconds = MOST_TRANSIT * budget.seconds - 2.0 * budget.turn_s
    if seconds <= 0.0:
        return shapely.Polygon()
    corners = []
    for course in np.arange(_DIRECTIONS) * 360.0 / _DIRECTIONS:
        out = ground_speed_mps(pace.airspeed_mps, float(course), pace.wind)
        back = ground_speed_mps(pace.airspeed_mps, float(course) + 180.0, pace.wind)
        far = seconds / (1.0 / out + 1.0 / back) if out and back else 0.0
        angle = math.radians(float(course))
        corners.append((base[0] + far * math.sin(angle), base[1] + far * math.cos(angle)))
    shape = shapely.Polygon(corners)
    return shape if shape.is_valid else shape.buffer(0.0)


def sorties_for_area(
    work: Any, base: FloatArray, spacing_m: float, pace: Pace, budget: Budget
) -> float:
    """Return about how many sorties see an area within reach, before any track is laid.

    Every square metre costs 1 / (spacing x speed) seconds; a sortie to distance d has what the
    straight way out and back leaves of its budget.
    """
    if work.is_empty:
        return 0.0
    west, south, east, north = work.bounds
    step = max(math.sqrt((east - west) * (north - south) / _GRID_POINTS), 1.0)
    grid_x, grid_y = np.meshgrid(np.arange(west, east, step), np.arange(south, north, step))
    inside = shapely.contains_xy(work, grid_x.ravel(), grid_y.ravel())
    centre = work.representative_point()
    xs = grid_x.ravel()[inside] if inside.any() else np.array([centre.x])
    ys = grid_y.ravel()[inside] if inside.any() else np.array([centre.y])
    far = np.hypot(xs - base[0], ys - base[1])
    left = _left_s(far, pace, budget)
    cost = work.area / len(xs) / (spacing_m * pace.airspeed_mps) * TURN_ALLOWANCE
    return float((cost / left).sum())


def sorties_for_passes(passes: list[Pass], base: FloatArray, pace: Pace, budget: Budget) -> float:
    """Return about how many sorties tracks within reach need."""
    total = 0.0
    for track in passes:
        middle = track.points.mean(axis=0)
        left = _left_s(np.array([np.hypot(*(middle - base))]), pace, budget)
        total += track.length_m / pace.airspeed_mps * TURN_ALLOWANCE / float(left[0])
    return total


def nearest_piece(shape: Any, base: FloatArray, spacing_m: float, pace: Pace, work_s: float) -> Any:
    """Return the part of a shape nearest to the base that is about ``work_s`` seconds of work."""
    near = shapely.ops.nearest_points(shape, shapely.Point(base))[0]
    half = math.sqrt(spacing_m * pace.airspeed_mps * max(work_s, 1.0))
    box = shapely.box(near.x - half, near.y - half, near.x + half, near.y + half)
    return shapely.intersection(shape, box)


def refuse_too_many(sorties: float, vehicle: str, what: str = "sorties") -> None:
    """Refuse work of more than ``MAX_SORTIES`` sorties (or dives).

    Raises:
        GeometryError: with the number of sorties that it would need.
    """
    if sorties > MAX_SORTIES:
        raise GeometryError(
            f"this would need about {_rounded(sorties)} {what} of {vehicle}; "
            f"{MAX_SORTIES} are planned at most.",
            remedy="Choose a smaller area, a wider --spacing or a nearer --base.",
        )


def parted(passes: list[Pass], packer: Packer) -> tuple[list[Pass], list[Pass]]:
    """Return the tracks within reach (by ways round land), and those beyond."""
    within: list[Pass] = []
    beyond: list[Pass] = []
    for track in passes:
        if packer.leaves_time_for(track, MOST_TRANSIT):
            within.append(track)
            continue
        for part, reached in _runs(track, packer):
            (within if reached else beyond).append(part)
    return within, beyond


def _runs(track: Pass, packer: Packer) -> list[tuple[Pass, bool]]:
    """Return the parts of a track and whether each is within reach at both of its ends."""
    count = int(min(max(math.ceil(track.length_m / _STEP_M), 2), _MOST_SAMPLES))
    line = shapely.LineString(track.points)
    at = np.linspace(0.0, line.length, count + 1)
    places = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
    free = [packer.is_near_enough(place, MOST_TRANSIT) for place in places]
    reached = [a and b for a, b in itertools.pairwise(free)]
    runs: list[tuple[Pass, bool]] = []
    begin = 0
    for end in range(1, count + 1):
        if end == count or reached[end] != reached[begin]:
            part = shapely.get_coordinates(
                shapely.ops.substring(line, float(at[begin]), float(at[end]))
            )
            runs.append((Pass(part, track.straight), reached[begin]))
            begin = end
    return runs


def _left_s(far_m: FloatArray, pace: Pace, budget: Budget) -> FloatArray:
    """Return the seconds for work that ways to distances (n,) and back leave, never none."""
    least = max((1.0 - MOST_TRANSIT) * budget.seconds, 1.0)
    return np.maximum(budget.seconds - 2.0 * far_m / pace.airspeed_mps, least)


def _rounded(number: float) -> int:
    """Return a number with two digits: an estimate claims no more."""
    digits = max(math.floor(math.log10(number)) - 1, 0)
    step = int(10**digits)
    return round(number / step) * step
