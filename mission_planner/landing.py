"""Where a fixed wing comes down: a loiter to lose height, then a straight final into the wind.

The pattern is ArduPlane's documented one (DO_LAND_START, LOITER_TO_ALT, NAV_LAND; "Automatic
landing" of the ArduPlane wiki, which asks for a glide slope of at most 10 %).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely

from mission_planner.land import Land
from umimori.geodesy import FloatArray
from umimori.models.dubins import Pose
from umimori.models.wind import Wind

MAX_GLIDE_SLOPE = 0.10
PLANNED_GLIDE_SLOPE = 0.08
APPROACH_ALT_M = 50.0
"""Height above home at which the final begins."""

_CALM_MPS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingPattern:
    """All in metres of the plan's frame; ``loiter_radius_m`` is positive clockwise."""

    touchdown: FloatArray
    loiter_centre: FloatArray
    loiter_radius_m: float
    loiter_alt_rel_m: float
    final_length_m: float
    course_deg: float


def landing_pattern(
    touchdown: FloatArray,
    coming_from: FloatArray,
    *,
    wind: Wind,
    radius_m: float,
    cruise_alt_rel_m: float,
    land: Land,
) -> LandingPattern:
    """Return the pattern into the wind (in calm air: straight in from where the flight ends).

    Of the two loiter circles beside the final, the one over less land is taken, then the nearer.
    """
    approach_alt = min(APPROACH_ALT_M, cruise_alt_rel_m)
    final = max(approach_alt / PLANNED_GLIDE_SLOPE, 3.0 * radius_m)
    if wind.speed_mps >= _CALM_MPS:
        course = wind.from_deg
    else:
        step = touchdown - coming_from
        course = math.degrees(math.atan2(float(step[0]), float(step[1]))) % 360.0
    towards = _unit(course)
    begin = touchdown - final * towards
    options = []
    for sense in (1.0, -1.0):
        # clockwise: the centre lies to the right of the course
        right = np.array([towards[1], -towards[0]])
        centre = begin + sense * radius_m * right
        circle = shapely.Point(centre).buffer(radius_m)
        over_land = float(shapely.intersection(circle, land.shape).area)
        far = float(np.hypot(*(centre - coming_from)))
        options.append((round(over_land, 0), far, sense, centre))
    _, _, sense, centre = min(options, key=lambda option: option[:2])
    return LandingPattern(
        touchdown=touchdown,
        loiter_centre=centre,
        loiter_radius_m=sense * radius_m,
        loiter_alt_rel_m=approach_alt,
        final_length_m=final,
        course_deg=course,
    )


def loiter_exit(centre: FloatArray, signed_radius_m: float, towards: FloatArray) -> Pose:
    """Return the pose at which a loiter circle is left on its tangent towards a point."""
    radius = abs(signed_radius_m)
    step = towards - centre
    distance = max(float(np.hypot(*step)), radius * 1.0001)
    angle = math.atan2(float(step[1]), float(step[0]))
    offset = math.acos(radius / distance)
    at = angle + math.copysign(offset, signed_radius_m)
    x = float(centre[0]) + radius * math.cos(at)
    y = float(centre[1]) + radius * math.sin(at)
    return Pose(x, y, math.atan2(float(towards[1]) - y, float(towards[0]) - x))


def _unit(course_deg: float) -> FloatArray:
    course = math.radians(course_deg)
    return np.array([math.sin(course), math.cos(course)])
