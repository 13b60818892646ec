"""Where a moving target appears in a SAR image.

A target with line-of-sight velocity v_r (positive away from the radar) is imaged displaced along
the flight direction by

    dx = -(R / V) v_r,      v_r = v_ground sin(incidence)

with slant range R, platform speed V and v_ground the velocity component along the ground look
direction (Raney, "Synthetic aperture imaging radar and moving targets", IEEE Trans. AES 7 (3),
1971; Cumming and Wong, "Digital Processing of Synthetic Aperture Radar Data", 2005, ch. 12).
Approaching ships move along the flight, receding ones against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

RIGHT_LOOK_TURN_DEG = 90.0
LEFT_LOOK_TURN_DEG = -90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LookGeometry:
    """How the radar saw one place.

    Args:
        incidence_deg: incidence angle at the ellipsoid.
        slant_range_m: one-way slant range.
        platform_speed_mps: speed of the platform, for the Doppler rate (Earth-fixed).
        platform_heading_deg: direction of flight over ground.
        right_look: True for Sentinel-1.
    """

    incidence_deg: float
    slant_range_m: float
    platform_speed_mps: float
    platform_heading_deg: float
    right_look: bool

    @property
    def flight_direction(self) -> tuple[float, float]:
        """Return the unit vector of flight (east, north)."""
        angle = math.radians(self.platform_heading_deg)
        return math.sin(angle), math.cos(angle)

    @property
    def look_direction(self) -> tuple[float, float]:
        """Return the unit vector from the ground track towards the target (east, north)."""
        turn = RIGHT_LOOK_TURN_DEG if self.right_look else LEFT_LOOK_TURN_DEG
        angle = math.radians(self.platform_heading_deg + turn)
        return math.sin(angle), math.cos(angle)

    @property
    def shift_per_radial_speed_s(self) -> float:
        """Return metres of displacement per m/s along the ground look direction (positive)."""
        ratio_s = self.slant_range_m / self.platform_speed_mps
        return ratio_s * math.sin(math.radians(self.incidence_deg))


def azimuth_shift_m(look: LookGeometry, east_mps: float, north_mps: float) -> float:
    """Return the displacement along the flight direction, metres, signed."""
    away_east, away_north = look.look_direction
    receding_mps = east_mps * away_east + north_mps * away_north
    return -look.shift_per_radial_speed_s * receding_mps


def radial_ground_speed_mps(look: LookGeometry, shift_m: float) -> float:
    """Return the receding ground speed that a displacement of ``shift_m`` reveals, m/s."""
    return -shift_m / look.shift_per_radial_speed_s
