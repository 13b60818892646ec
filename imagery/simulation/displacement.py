"""Where the processor puts a target: azimuth displacement of movers, azimuth ambiguities."""

from __future__ import annotations

import math

from imagery.simulation.frame import PIXEL_SPACING_M
from imagery.simulation.grid import ImageGrid
from imagery.simulation.instrument import SUB_SWATHS, WAVELENGTH_M, SubSwath
from imagery.simulation.motion import Motion

AMBIGUITY_DB = {"vv": -25.0, "vh": -29.0}
"""First azimuth ambiguity of a point below the point itself. The Sentinel-1 Product Definition
(S1-RS-MDA-52-7440) asks for -22.5 dB or better."""


def azimuth_shift_m(
    slant_m: float, satellite_mps: float, incidence_deg: float, across_mps: float
) -> float:
    """Return how far along the flight direction a mover is imaged from where it is.

    ``-(R / V) v_r`` with ``v_r = across sin(incidence)``, the speed away from the radar: K. Raney,
    "Synthetic aperture imaging radar and moving targets", IEEE Trans. AES 7 (1971).

    Args:
        slant_m: distance to the satellite.
        satellite_mps: its Earth-fixed speed.
        incidence_deg: incidence angle at the target.
        across_mps: speed over ground away from the radar, to the right of the flight direction.
    """
    return -slant_m / satellite_mps * across_mps * math.sin(math.radians(incidence_deg))


def sensed_at_s(grid: ImageGrid, motion: Motion) -> float:
    """Return when the radar passes a mover broadside, seconds from the middle of the image."""
    time_s = 0.0
    for _ in range(4):  # the ship moves 0.1 % of what the satellite does: converges at once
        line, _ = grid.image(*motion.position(time_s).xy)
        time_s = float(grid.line_time_s(line))
    return time_s


def across_speed_mps(grid: ImageGrid, speed_mps: float, course_deg: float) -> float:
    """Return the part of a velocity that points away from the radar (to its right)."""
    return speed_mps * math.sin(math.radians(course_deg - grid.heading_deg))


def shift_lines(grid: ImageGrid, motion: Motion, time_s: float) -> float:
    """Return the azimuth displacement in lines of a mover sensed at a time."""
    line, sample = grid.image(*motion.position(time_s).xy)
    across = across_speed_mps(grid, motion.speed_mps(time_s), motion.course_deg(time_s))
    shift = azimuth_shift_m(
        float(grid.slant_range_m(line, sample)),
        grid.satellite_speed_mps,
        float(grid.incidence_deg(line, sample)),
        across,
    )
    return shift / PIXEL_SPACING_M


def swath_at(incidence_deg: float) -> SubSwath:
    """Return the sub-swath that sees an incidence angle."""
    seen = [s for s in SUB_SWATHS if s.first_incidence_deg <= incidence_deg]
    return seen[-1] if seen else SUB_SWATHS[0]


def ambiguity_offset_m(
    slant_m: float, satellite_mps: float, incidence_deg: float, prf_hz: float
) -> tuple[float, float]:
    """Return how far in azimuth and ground range the first ambiguities lie from the target.

    Azimuth: ``wavelength R PRF / (2 V)``; ground range: ``azimuth^2 / (2 R sin(incidence))``, away
    from the radar. J. Curlander and R. McDonough, "Synthetic Aperture Radar" (1991), section 6.5.
    """
    azimuth = WAVELENGTH_M * slant_m * prf_hz / (2.0 * satellite_mps)
    return azimuth, azimuth**2 / (2.0 * slant_m * math.sin(math.radians(incidence_deg)))
