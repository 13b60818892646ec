"""What a downward sensor sees of flat water."""

from __future__ import annotations

import math

import shapely

MAX_HALF_ANGLE_DEG = 80.0


def swath_width_m(height_m: float, half_angle_deg: float) -> float:
    """Return the width seen across track from ``height_m`` above flat water, 2 h tan(a)."""
    angle = min(half_angle_deg, MAX_HALF_ANGLE_DEG)
    return 2.0 * height_m * math.tan(math.radians(angle))


def spacing_m(swath_m: float, overlap: float) -> float:
    """Return the distance between neighbouring tracks that gives an overlap of 0..1."""
    return swath_m * (1.0 - overlap)


def seen_area(track_xy: list[tuple[float, float]], swath_m: float) -> shapely.Geometry:
    """Return what was seen along a track in a metric plane: the track widened to the swath.

    Flat ends: nothing is claimed before the first and after the last position.
    """
    return shapely.LineString(track_xy).buffer(swath_m / 2.0, cap_style="flat", join_style="round")
