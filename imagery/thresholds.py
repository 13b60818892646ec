"""CFAR thresholds for gamma and K distributed sea clutter.

L-look speckle on a constant sea is gamma distributed: T/m = gammaincinv(L, 1 - PFA) / L.
On a sea whose own cross section is gamma distributed with order nu it is K distributed:
P(x > T) = integral of gamma_pdf(tau; nu, 1/nu) * Q(L, L T / tau) d tau
(Ward, Tough, Watts, "Sea Clutter", 2nd ed., IET 2013, section 4.3). The order comes from the
moments: 1 + 1/nu = (1 + CV^2) / (1 + 1/L), CV = standard deviation over mean.
A Gaussian threshold is no constant false alarm rate here: k = 6 ("1e-9") gives 8e-5.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

FloatArray = NDArray[np.float64]

TEXTURE_NODES = np.concatenate([[0.0], np.geomspace(0.005, 2.0, 24)])
"""Values of 1/nu that the table holds; 0 is a sea without texture (gamma)."""
LOOKS_STEP = 0.02
"""A fiftieth of the looks changes a threshold by less than 1 %."""
_TAIL_NODES = 320
_RATIO_NODES = np.geomspace(1.0, 400.0, 120)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdTable:
    """Multiples of the clutter mean over 1/nu, for one number of looks and one PFA."""

    looks: float
    pfa: float
    thresholds: FloatArray

    def at(self, texture: FloatArray) -> FloatArray:
        """Return thresholds for an array of 1/nu; beyond the table the last one holds."""
        return np.interp(texture, TEXTURE_NODES, self.thresholds)


def texture_of(cv_squared: FloatArray, looks: float) -> FloatArray:
    """Return 1/nu from the squared coefficient of variation; 0 where speckle explains it all."""
    return np.maximum((1.0 + cv_squared) / (1.0 + 1.0 / looks) - 1.0, 0.0)


def gamma_threshold(looks: float, pfa: float) -> float:
    """Return T/m for L-look speckle on a sea without texture."""
    return float(special.gammainccinv(looks, pfa) / looks)


def k_tail(ratio: FloatArray, looks: float, texture: float) -> FloatArray:
    """Return P(x > ratio * mean) of the K distribution with order 1/texture."""
    if texture <= 0.0:
        return np.asarray(special.gammaincc(looks, looks * ratio), float)
    order = 1.0 / texture
    spread = 9.0 / np.sqrt(order)
    log_tau = np.linspace(-max(3.0 * spread, 8.0), np.log(1.0 + 12.0 * spread) + 1.5, _TAIL_NODES)
    tau = np.exp(log_tau)
    log_pdf = order * np.log(order) + (order - 1.0) * log_tau - order * tau - special.gammaln(order)
    weight = np.exp(log_pdf) * tau * (log_tau[1] - log_tau[0])
    tails = special.gammaincc(looks, looks * ratio[:, None] / tau[None, :])
    return np.asarray(tails @ weight, float)


def threshold_table(looks: float, pfa: float) -> ThresholdTable:
    """Return the thresholds for all textures; computed once per looks (in steps of 2 %) and PFA."""
    step = round(float(np.log(looks)) / LOOKS_STEP)
    return _table(float(np.exp(step * LOOKS_STEP)), pfa)


@lru_cache(maxsize=256)
def _table(looks: float, pfa: float) -> ThresholdTable:
    thresholds = np.empty(TEXTURE_NODES.size)
    thresholds[0] = gamma_threshold(looks, pfa)
    for index, texture in enumerate(TEXTURE_NODES[1:], start=1):
        tail = np.log(np.maximum(k_tail(_RATIO_NODES, looks, float(texture)), 1e-300))
        thresholds[index] = np.exp(np.interp(-np.log(pfa), -tail, np.log(_RATIO_NODES)))
    return ThresholdTable(looks=looks, pfa=pfa, thresholds=np.maximum.accumulate(thresholds))
