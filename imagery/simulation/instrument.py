"""The C-SAR instrument in IW mode: frequencies, sub-swaths, thermal noise and calibration.

Values were read from the annotation of a real product of 2 October 2022 (Sentinel-1A, orbit
45268, IPF 003.52); they are the same within a few per cent in every IW product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagery.simulation.frame import SceneFrame

FloatArray = NDArray[np.float64]

SPEED_OF_LIGHT_MPS = 299_792_458.0
RADAR_FREQUENCY_HZ = 5.405000454334350e9
WAVELENGTH_M = SPEED_OF_LIGHT_MPS / RADAR_FREQUENCY_HZ
RANGE_SAMPLING_HZ = 6.434523812571428e7
BETA_NOUGHT = 474.0
"""Digital number of a beta nought of one."""
BURST_CYCLE_S = 2.758
"""TOPS repeats its three bursts in this time."""
POLARISATIONS = ("vv", "vh")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubSwath:
    """One of the three TOPS sub-swaths.

    ``noise_db`` is the noise-equivalent sigma nought of VV at ``noise_incidence_deg``;
    ``cross_noise_db`` is added in VH. ``scallop`` is how much the noise rises at a burst's edges.
    """

    name: str
    prf_hz: float
    noise_incidence_deg: tuple[float, ...]
    noise_db: tuple[float, ...]
    cross_noise_db: float
    scallop: float
    range_resolution_m: float
    azimuth_resolution_m: float

    @property
    def first_incidence_deg(self) -> float:
        """Return the near edge."""
        return self.noise_incidence_deg[0]


SUB_SWATHS = (
    SubSwath(
        name="IW1",
        prf_hz=1717.128973878037,
        noise_incidence_deg=(30.0, 30.87, 31.54, 32.86, 34.16, 34.79, 35.42, 36.04, 36.53),
        noise_db=(-22.9, -24.13, -24.96, -25.34, -25.70, -25.94, -25.92, -25.42, -24.56),
        cross_noise_db=0.5,
        scallop=0.138,
        range_resolution_m=20.4,
        azimuth_resolution_m=22.5,
    ),
    SubSwath(
        name="IW2",
        prf_hz=1451.627112193990,
        noise_incidence_deg=(36.53, 37.21, 37.81, 38.98, 39.55, 40.12, 40.68, 41.23, 41.79),
        noise_db=(-24.96, -26.40, -27.13, -27.86, -27.98, -27.88, -27.46, -26.64, -25.20),
        cross_noise_db=0.5,
        scallop=0.100,
        range_resolution_m=20.3,
        azimuth_resolution_m=22.6,
    ),
    SubSwath(
        name="IW3",
        prf_hz=1685.817302492702,
        noise_incidence_deg=(41.79, 42.27, 42.80, 43.58, 44.35, 44.86, 45.35, 45.84, 46.3),
        noise_db=(-26.71, -28.58, -29.96, -30.75, -30.31, -29.28, -27.66, -25.46, -23.2),
        cross_noise_db=0.1,
        scallop=0.112,
        range_resolution_m=20.5,
        azimuth_resolution_m=22.6,
    ),
)
"""Resolutions: Sentinel-1 Product Definition (S1-RS-MDA-52-7440), IW GRDH table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwathSpan:
    """The samples of the image that a sub-swath fills, last one included."""

    swath: SubSwath
    first_sample: int
    last_sample: int


def swath_spans(frame: SceneFrame) -> tuple[SwathSpan, ...]:
    """Return the sub-swaths that the image sees, near to far, without gap or overlap."""
    incidence = sample_incidence_deg(frame)
    spans = []
    for number, swath in enumerate(SUB_SWATHS):
        low = -np.inf if number == 0 else swath.first_incidence_deg
        last = number == len(SUB_SWATHS) - 1
        high = np.inf if last else SUB_SWATHS[number + 1].first_incidence_deg
        inside = np.flatnonzero((incidence >= low) & (incidence < high))
        if inside.size:
            spans.append(
                SwathSpan(swath=swath, first_sample=int(inside[0]), last_sample=int(inside[-1]))
            )
    return tuple(spans)


def sample_incidence_deg(frame: SceneFrame) -> FloatArray:
    """Return the incidence angle of every sample in the middle line."""
    knots = np.linspace(0, frame.samples - 1, 65)
    angles = frame.incidence_deg((frame.lines - 1) / 2.0, knots)
    return np.interp(np.arange(frame.samples), knots, angles)


def noise_equivalent_db(swath: SubSwath, incidence_deg: ArrayLike, polarisation: str) -> FloatArray:
    """Return the noise-equivalent sigma nought in decibels along a sub-swath."""
    incidence = np.asarray(incidence_deg, float)
    value = np.interp(incidence, swath.noise_incidence_deg, swath.noise_db)
    return np.asarray(value + (swath.cross_noise_db if polarisation == "vh" else 0.0))


def burst_scalloping(swath: SubSwath, time_s: ArrayLike) -> FloatArray:
    """Return the azimuth factor of the noise, 1 in a burst's middle, larger at its edges."""
    number = [s.name for s in SUB_SWATHS].index(swath.name)
    phase = np.asarray(time_s, float) / BURST_CYCLE_S + number / len(SUB_SWATHS)
    from_middle = 2.0 * np.abs(phase - np.floor(phase) - 0.5)
    return np.asarray(1.0 + swath.scallop * from_middle**2)


def sigma_lut(incidence_deg: ArrayLike) -> FloatArray:
    """Return the digital number of a sigma nought of one: sigma = beta sin(incidence)."""
    return np.asarray(BETA_NOUGHT / np.sqrt(np.sin(np.radians(np.asarray(incidence_deg, float)))))


def gamma_lut(incidence_deg: ArrayLike) -> FloatArray:
    """Return the digital number of a gamma nought of one: gamma = sigma / cos(incidence)."""
    cosine = np.cos(np.radians(np.asarray(incidence_deg, float)))
    return np.asarray(sigma_lut(incidence_deg) * np.sqrt(cosine))
