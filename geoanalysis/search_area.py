"""Where a vessel can be some time after it was seen.

The reachable set of a vessel of unknown course is a disc that grows with its greatest speed and
moves with the water (IAMSAR Manual, vol. II, ch. 4: datum, drift and total probable error).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from umimori.geodesy import LonLat, forward

RING_CORNERS = 36
SMALL_CRAFT_M = 25.0
SMALL_CRAFT_SPEED_MPS = 15.0
"""About 30 knots: open boats with outboard engines."""
SHIP_SPEED_MPS = 8.0
"""About 15 knots: cargo and fishing vessels."""
CONFIDENCE_SIGMAS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchArea:
    """A disc: its ring (open, clockwise) for planners, centre and radius for people."""

    centre: LonLat
    radius_m: float
    ring: tuple[LonLat, ...]


def greatest_speed_mps(length_m: float | None) -> float:
    """Return the speed taken for a vessel of that length; unknown counts as a ship."""
    small = length_m is not None and length_m < SMALL_CRAFT_M
    return SMALL_CRAFT_SPEED_MPS if small else SHIP_SPEED_MPS


def search_area(
    position: LonLat,
    position_error_m: float,
    elapsed_s: float,
    *,
    max_speed_mps: float,
    drift_speed_mps: float = 0.0,
    drift_toward_deg: float = 0.0,
    max_radius_m: float | None = None,
) -> SearchArea:
    """Return the reachable disc ``elapsed_s`` after a sighting.

    Args:
        position: where it was seen.
        position_error_m: one standard deviation, azimuth shift included.
        elapsed_s: time since the sighting, not negative.
        max_speed_mps: greatest speed through the water.
        drift_speed_mps: speed of water and wind drift.
        drift_toward_deg: direction towards which it drifts.
        max_radius_m: cut the disc there (a search cannot cover everything).
    """
    elapsed = max(elapsed_s, 0.0)
    centre = position
    if drift_speed_mps > 0.0 and elapsed > 0.0:
        centre = forward(position, drift_toward_deg, drift_speed_mps * elapsed)
    radius = CONFIDENCE_SIGMAS * position_error_m + max_speed_mps * elapsed
    if max_radius_m is not None:
        radius = min(radius, max_radius_m)
    return SearchArea(centre=centre, radius_m=radius, ring=disc(centre, radius))


def disc(centre: LonLat, radius_m: float, corners: int = RING_CORNERS) -> tuple[LonLat, ...]:
    """Return an open ring whose disc covers the circle (corners slightly outside it)."""
    outer = max(radius_m, 1.0) / math.cos(math.pi / corners)
    return tuple(forward(centre, 360.0 * k / corners, outer) for k in range(corners))
