"""Search patterns round a last known position, after IAMSAR (vol. II, chapter 5).

Parallel sweep (PS) for large areas, expanding square (SS) for a small datum error, sector search
(VS) for an exact datum.
"""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
import shapely

from mission_planner.passes import Pass
from umimori.errors import GeometryError
from umimori.geodesy import FloatArray

_SECTOR_TURN_DEG = 120.0
_MAX_LEGS = 400


class Pattern(StrEnum):
    """How a search area is flown."""

    PARALLEL = "parallel"
    SQUARE = "square"
    SECTOR = "sector"


def square_round(datum: FloatArray, radius_m: float) -> shapely.Polygon:
    """Return the square of a parallel sweep round a datum: IAMSAR's "search area" of 2R x 2R."""
    return shapely.box(*(datum - radius_m), *(datum + radius_m))


def expanding_square(
    datum: FloatArray, radius_m: float, spacing_m: float, first_course_deg: float
) -> list[Pass]:
    """Return one track: legs of 1, 1, 2, 2, 3, 3 ... spacings, turning right, until the radius.

    Args:
        datum: (2,) metres, where the first leg begins.
        radius_m: the pattern ends when a square of this half side is covered.
        spacing_m: track spacing; must be above 0.
        first_course_deg: course of the first leg.
    """
    points = [datum]
    course = math.radians(first_course_deg)
    leg = 0
    while leg < _MAX_LEGS:
        length = spacing_m * (leg // 2 + 1)
        # the last leg that is still needed lies at radius - spacing/2 from the datum
        if length / 2.0 > radius_m + spacing_m / 2.0:
            break
        step = length * np.array([math.sin(course), math.cos(course)])
        points.append(points[-1] + step)
        course += math.pi / 2.0
        leg += 1
    else:
        raise GeometryError(
            f"an expanding square with {_MAX_LEGS} legs is no search.",
            remedy="Use --pattern parallel, a smaller radius or a larger spacing.",
        )
    return [Pass(np.vstack(points), straight=False)]


def sector_search(datum: FloatArray, radius_m: float, first_course_deg: float) -> list[Pass]:
    """Return the three legs through the datum of a VS pattern, in flying order.

    Each leg has the length of two radii; the cross legs between their ends are the turns, which
    join adds. Every turn is 120 degrees to the right.
    """
    passes = []
    for index in range(3):
        course = math.radians(first_course_deg + index * _SECTOR_TURN_DEG)
        unit = np.array([math.sin(course), math.cos(course)])
        passes.append(Pass(np.vstack([datum - radius_m * unit, datum + radius_m * unit])))
    return passes
