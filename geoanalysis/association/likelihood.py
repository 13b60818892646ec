"""How well a detection fits a vessel, against the density of vessels without AIS.

    odds(i, j) = P_D(L_j) p(z_i | vessel j) p(l_i | L_j) / [beta p(l_i) (1 - P_D(L_j) P_in)]

p(z_i | j) is a Gaussian round the predicted image position; beta the density of detections that
no vessel explains (per square metre), estimated from the scene itself; p(l_i) what such
detections measure in length (Bar-Shalom, Willett and Tian, "Tracking and Data Fusion", 2011,
ch. 6: the same ratio is used in multi-hypothesis tracking).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umimori.records import AisMessageKind

FloatArray = NDArray[np.float64]

P_DETECT_MAX = 0.99
P_DETECT_HALF_LENGTH_M = 17.0
P_DETECT_SCALE_M = 5.0
"""Logistic curve near the recall that Global Fishing Watch reports for Sentinel-1: about 0.8 at
25-50 m and above 0.95 beyond 50 m (Paolo et al., Nature 625, 2024; recalled, to be replaced by
recall measured on the user's own scenes)."""
DEFAULT_LENGTH_M = {
    AisMessageKind.CLASS_A: 60.0,
    AisMessageKind.LONG_RANGE: 60.0,
    AisMessageKind.CLASS_B: 14.0,
}
"""Lengths taken where a station sends none: only for the chance to be seen."""
LENGTH_SIGMA_FLOOR_M = 12.0
LENGTH_SIGMA_FRACTION = 0.15
"""Spread of SAR lengths about AIS lengths: 16 m standard deviation on Sentinel-1 (Remote Sensing
16 (24), 4719, 2024: 1.4 +- 16.2 m)."""
LENGTH_BLUNDER = 0.05
"""Share of AIS lengths and SAR lengths that are simply wrong."""
PRIOR_LENGTH_MEDIAN_M = 60.0
PRIOR_LENGTH_LOG_SIGMA = 0.8
"""Lengths of vessels in general, log-normal: half below 60 m, one in twenty above 220 m."""
MAX_LOG_ODDS = 25.0
GATE_SIGMAS = 5.0
"""Pairs farther apart than that many standard deviations are impossible."""
_SQRT_2PI = math.sqrt(2.0 * math.pi)


def detection_probability(length_m: float | None, kind: AisMessageKind) -> float:
    """Return the chance that the radar shows a vessel of that length on open sea."""
    length = length_m if length_m else DEFAULT_LENGTH_M.get(kind, P_DETECT_HALF_LENGTH_M)
    slope = (length - P_DETECT_HALF_LENGTH_M) / P_DETECT_SCALE_M
    return P_DETECT_MAX / (1.0 + math.exp(-slope))


def position_log_density(offset_m: FloatArray, covariance_m2: FloatArray) -> float | None:
    """Return ln p of an offset (east, north) in metres; None outside the gate."""
    inverse = np.linalg.inv(covariance_m2)
    square = float(offset_m @ inverse @ offset_m)
    if square > GATE_SIGMAS**2:
        return None
    determinant = float(np.linalg.det(covariance_m2))
    return -0.5 * square - math.log(2.0 * math.pi * math.sqrt(determinant))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredLength:
    """A length seen by the radar with its standard deviation; None where it tells nothing."""

    length_m: float | None
    error_m: float | None

    def log_ratio(self, vessel_length_m: float | None) -> float:
        """Return ln of p(measured | this vessel) over p(measured | any vessel)."""
        if not self.length_m or not vessel_length_m:
            return 0.0
        sigma = math.hypot(
            max(self.error_m or 0.0, LENGTH_SIGMA_FLOOR_M),
            LENGTH_SIGMA_FRACTION * vessel_length_m,
        )
        step = (self.length_m - vessel_length_m) / sigma
        fitting = math.exp(-0.5 * step * step) / (sigma * _SQRT_2PI)
        general = _prior_length_density(self.length_m)
        return math.log(((1.0 - LENGTH_BLUNDER) * fitting + LENGTH_BLUNDER * general) / general)


def _prior_length_density(length_m: float) -> float:
    step = math.log(length_m / PRIOR_LENGTH_MEDIAN_M) / PRIOR_LENGTH_LOG_SIGMA
    return math.exp(-0.5 * step * step) / (length_m * PRIOR_LENGTH_LOG_SIGMA * _SQRT_2PI)


def odds_of_pair(
    *,
    position_log: float,
    length_log_ratio: float,
    p_detect: float,
    p_inside: float,
    free_density_per_m2: float,
) -> float:
    """Return the odds of a pair, bounded so that products stay finite."""
    seen = max(p_detect * p_inside, 1e-6)
    log_odds = (
        math.log(p_detect)
        + position_log
        + length_log_ratio
        - math.log(free_density_per_m2)
        - math.log1p(-min(seen, 1.0 - 1e-6))
    )
    return math.exp(max(-MAX_LOG_ODDS, min(MAX_LOG_ODDS, log_odds)))
