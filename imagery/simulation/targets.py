"""How bright a vessel is and what it looks like in the image."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from imagery.simulation.randomness import Stream
from imagery.simulation.speckle import LOOK_WEIGHTS, response

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]

PIXEL_AREA_M2 = 100.0
SENTINEL_OFFSET_DB = -1.5
SCATTER_DB = 4.0
"""Spread of the total cross section between ships of one length and incidence."""
CROSS_POLAR_DB = -10.5
CROSS_POLAR_SPREAD_DB = 2.5
REACH_PIXELS = 14
"""How far side lobes are drawn beyond the hull."""
_METRES_PER_SCATTERER = 5.0


def ship_cross_section_m2(length_m: float, incidence_deg: float) -> float:
    """Return the median C-band cross section of a ship: 0.08 L^(7/3) (0.78 + 0.11 incidence).

    P. Vachon, J. Campbell, C. Bjerkelund, F. Dobson, M. Rey, "Ship detection by the RADARSAT SAR:
    validation of detection model predictions", Canadian J. Remote Sensing 23 (1997); the form with
    the incidence factor as in D. Crisp, "The state-of-the-art in ship detection in synthetic
    aperture radar imagery", DSTO-RR-0272 (2004), section 3. The law was fitted to HH; the ships of
    OpenSARShip (L. Huang et al., IEEE JSTARS 11 (2018)) lie 1.5 dB lower in VV, with its slope.
    """
    law = 0.08 * length_m ** (7.0 / 3.0) * (0.78 + 0.11 * incidence_deg)
    return float(law * 10.0 ** (SENTINEL_OFFSET_DB / 10.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something bright at a fractional line and sample.

    ``bow`` is the unit vector of the bow in (lines, samples). Cross sections are totals in square
    metres. ``smear_pixels`` is the deviation of the smearing along lines. ``number`` picks the
    noise of this target.
    """

    number: int
    line: float
    sample: float
    length_m: float
    width_m: float
    bow: tuple[float, float]
    vv_m2: float
    vh_m2: float
    smear_pixels: float = 0.0
    hull: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Sigma nought to be added to the image from a first line and sample on."""

    first_line: int
    first_sample: int
    vv: Float32Array
    vh: Float32Array


def paint(target: Target, seed: int) -> Patch:
    """Return the image of a target: many point scatterers through the processor's response.

    Each look sees the scatterers with other phases; their weighted intensities add up to the
    cross section over the pixel area.
    """
    rng = Stream.TARGETS.generator(seed, target.number)
    y, x, power = _scatterers(target, rng)
    reach = REACH_PIXELS + math.ceil(3 * target.smear_pixels)
    top, left = math.floor(y.min()) - reach, math.floor(x.min()) - reach
    rows = np.arange(top, math.ceil(y.max()) + reach + 1)
    cols = np.arange(left, math.ceil(x.max()) + reach + 1)
    shape_y = response(rows[:, None] - y[None, :])
    shape_x = response(x[:, None] - cols[None, :])
    images = []
    for total, evenness, spread in ((target.vv_m2, 1.0, 0.5), (target.vh_m2, 0.5, 0.3)):
        # VV is ruled by a few corners; VH comes from many edges and tilted plates.
        share = power**evenness * np.exp(spread * rng.standard_normal(len(power)))
        amplitude = np.sqrt(share / share.sum() * total / PIXEL_AREA_M2)
        images.append(_multilook(shape_y, shape_x, amplitude, rng))
    smeared = [
        gaussian_filter1d(image, target.smear_pixels, axis=0) if target.smear_pixels else image
        for image in images
    ]
    vv, vh = (np.ascontiguousarray(image, dtype=np.float32) for image in smeared)
    return Patch(first_line=int(top), first_sample=int(left), vv=vv, vh=vh)


def _multilook(
    shape_y: FloatArray, shape_x: FloatArray, amplitude: FloatArray, rng: np.random.Generator
) -> FloatArray:
    image = np.zeros((shape_y.shape[0], shape_x.shape[1]))
    weights = LOOK_WEIGHTS / LOOK_WEIGHTS.sum()
    for weight in weights:
        phase = rng.uniform(0.0, 2.0 * math.pi, len(amplitude))
        echo = (shape_y * (amplitude * np.exp(1j * phase))) @ shape_x
        image += weight * np.abs(echo) ** 2
    return image


def _scatterers(
    target: Target, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return lines, samples and relative power of the scatterers of a hull (or a blob).

    The hull tapers to the bow over its foremost quarter; the house aft and a few corners carry
    most of the power (exponential weights), as seen in C-band images of merchant ships.
    """
    count = int(np.clip(target.length_m / _METRES_PER_SCATTERER, 5, 90))
    along = rng.uniform(-0.5, 0.5, count)
    across = rng.uniform(-0.5, 0.5, count)
    power = rng.exponential(1.0, count)
    if target.hull:
        along[0], along[1] = -0.48, 0.46
        across *= np.clip((0.5 - along) / 0.25, 0.15, 1.0)
        power[(along > -0.45) & (along < -0.25)] *= 2.5
    power = np.maximum(power, 0.15)
    forward = along * target.length_m / 10.0
    aside = across * target.width_m / 10.0
    line = target.line + forward * target.bow[0] - aside * target.bow[1]
    sample = target.sample + forward * target.bow[1] + aside * target.bow[0]
    return line, sample, power
