"""How bright the sea is: backscatter laws, the wind over the scene, swell and texture.

Two lattices: the wind (streaks, gusts, a front, slicks) on a lattice of 16 pixels, once for the
scene; sigma nought, swell and K-texture on one of 4 pixels, for each strip. Sea texture comes from
counter-based noise keyed by lattice row, so that strips join without a seam whatever their height.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.special import gammaincinv, ndtr

from imagery.simulation.frame import PIXEL_SPACING_M
from imagery.simulation.randomness import Stream, row_noise

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]

WIND_CELL = 16
SEA_CELL = 4
"""Lattice spacings in pixels."""

_CMOD5N = (
    0.0, -0.6878, -0.7957, 0.3380, -0.1728, 0.0000, 0.0040, 0.1103, 0.0159, 6.7329,
    2.7713, -2.2885, 0.4971, -0.7250, 0.0450, 0.0066, 0.3222, 0.0120, 22.7000, 2.0813,
    3.0000, 8.3659, -3.3428, 1.3236, 6.2437, 2.3893, 0.3249, 4.1590, 1.6930,
)  # fmt: skip
"""Coefficients of H. Hersbach, "CMOD5.N: a C-band geophysical model function for equivalent
neutral wind", ECMWF Technical Memorandum 554 (2008), table 1; index 0 unused."""


def vv_sigma(wind_mps: ArrayLike, relative_deg: ArrayLike, incidence_deg: ArrayLike) -> FloatArray:
    """Return sigma nought of the sea in VV by CMOD5.N (arrays broadcast).

    Args:
        wind_mps: neutral wind at 10 m; calmer than 0.2 m/s counts as 0.2.
        relative_deg: angle between the wind's direction and the look direction, 0 = blowing
            towards the radar.
        incidence_deg: incidence angle, valid for 18 to 58 degrees.
    """
    c = _CMOD5N
    v = np.maximum(np.asarray(wind_mps, float), 0.2)
    cosine = np.cos(np.radians(np.asarray(relative_deg, float)))
    x = (np.asarray(incidence_deg, float) - 40.0) / 25.0
    a0 = c[1] + c[2] * x + c[3] * x**2 + c[4] * x**3
    a1 = c[5] + c[6] * x
    a2 = c[7] + c[8] * x
    gamma = c[9] + c[10] * x + c[11] * x**2
    s0 = c[12] + c[13] * x
    s = a2 * v
    clipped = np.maximum(s, s0)
    a3 = 1.0 / (1.0 + np.exp(-clipped))
    a3 = np.where(s < s0, a3 * (s / s0) ** (s0 * (1.0 - a3)), a3)
    b0 = a3**gamma * 10.0 ** (a0 + a1 * v)
    b1 = c[15] * v * (0.5 + x - np.tanh(4.0 * (x + c[16] + c[17] * v)))
    b1 = (c[14] * (1.0 + x) - b1) / (1.0 + np.exp(0.34 * (v - c[18])))
    b2 = _upwind_downwind(v, x)
    return np.asarray(b0 * (1.0 + b1 * cosine + b2 * (2.0 * cosine**2 - 1.0)) ** 1.6)


def _upwind_downwind(v: FloatArray, x: FloatArray) -> FloatArray:
    c = _CMOD5N
    y0, n = c[19], c[20]
    a = y0 - (y0 - 1.0) / n
    b = 1.0 / (n * (y0 - 1.0) ** (n - 1.0))
    v0 = c[21] + c[22] * x + c[23] * x**2
    d1 = c[24] + c[25] * x + c[26] * x**2
    d2 = c[27] + c[28] * x
    y = v / v0 + 1.0
    v2 = np.where(y < y0, a + b * np.maximum(y - 1.0, 1e-9) ** n, y)
    return np.asarray((-d1 + d2 * v2) * np.exp(-v2))


def vh_sigma(wind_mps: ArrayLike) -> FloatArray:
    """Return sigma nought of the sea in VH: -35.652 dB + 0.580 dB per m/s.

    C-2PO of B. Zhang and W. Perrie, "Cross-polarized synthetic aperture radar: a new potential
    measurement technique for hurricanes", BAMS 93 (2012), equation 1; it knows neither incidence
    nor direction.
    """
    return np.asarray(10.0 ** ((-35.652 + 0.580 * np.asarray(wind_mps, float)) / 10.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaState:
    """Wind and waves of the scene.

    ``wind_from_deg`` is where the wind comes from. ``front_step_mps`` is what the wind gains
    behind a front line through the scene (0: none). ``texture_order`` is the order of the
    K-distribution: small is spiky (2), large is Gaussian-like (20).
    """

    wind_mps: float = 6.0
    wind_from_deg: float = 225.0
    streak_strength: float = 0.06
    gust_strength: float = 0.08
    front_step_mps: float = 1.8
    swell_height_m: float = 1.5
    swell_length_m: float = 190.0
    swell_from_deg: float = 140.0
    texture_order: float = 9.0


def wind_field(
    sea: SeaState, lines: int, samples: int, heading_deg: float, seed: int
) -> Float32Array:
    """Return wind speeds on the wind lattice, shape (ceil(lines/16)+2, ceil(samples/16)+2).

    Streaks are roll vortices of about 1 km across, drawn out along the wind (R. Brown, "Secondary
    flow in the planetary boundary layer", 1980); gusts have a scale of some kilometres.
    """
    shape = (math.ceil(lines / WIND_CELL) + 2, math.ceil(samples / WIND_CELL) + 2)
    rng = Stream.WIND.generator(seed)
    cell_m = WIND_CELL * PIXEL_SPACING_M
    along, across = _image_axes(sea.wind_from_deg, heading_deg)
    ky = np.fft.fftfreq(shape[0], cell_m)[:, None]
    kx = np.fft.rfftfreq(shape[1], cell_m)[None, :]
    k_along = np.abs(ky * along[0] + kx * along[1])
    k_across = np.abs(ky * across[0] + kx * across[1])
    streak = np.exp(-(((k_across - 1 / 1_100.0) * 1_800.0) ** 2) - (k_along * 9_000.0) ** 2)
    gust = 1.0 / (1.0 + (np.hypot(kx, ky) * 6_000.0) ** 2) ** 1.5
    field = sea.streak_strength * _shaped_noise(rng, shape, streak)
    field += sea.gust_strength * _shaped_noise(rng, shape, gust)
    wind = sea.wind_mps * np.clip(1.0 + field, 0.15, 3.0)
    wind += sea.front_step_mps * _front(rng, shape)
    wind *= _slicks(rng, shape)
    return np.maximum(wind, 0.3).astype(np.float32)


def _image_axes(
    from_deg: float, heading_deg: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the unit vectors (lines, samples) along and across a compass direction."""
    angle = math.radians(from_deg - heading_deg)
    along = (math.cos(angle), math.sin(angle))
    return along, (-along[1], along[0])


def _shaped_noise(rng: np.random.Generator, shape: tuple[int, int], gain: FloatArray) -> FloatArray:
    spectrum = np.fft.rfft2(rng.standard_normal(shape)) * gain
    field = np.fft.irfft2(spectrum, shape)
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-12))


def _front(rng: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    """Return 0 before and 1 behind a meandering line through the scene."""
    rows, cols = np.mgrid[0 : shape[0], 0 : shape[1]].astype(float)
    angle = rng.uniform(0.0, 2.0 * math.pi)
    y, x = rows - rng.uniform(0.3, 0.7) * shape[0], cols - rng.uniform(0.3, 0.7) * shape[1]
    along = x * math.cos(angle) + y * math.sin(angle)
    offset = -x * math.sin(angle) + y * math.cos(angle)
    meander = 6.0 * np.sin(along / 35.0 + rng.uniform(0, 6.28)) + 2.5 * np.sin(along / 11.0)
    return np.asarray(0.5 * (1.0 + np.tanh((offset - meander) / 2.5)))


def _slicks(rng: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    """Return a factor below 1 in a few wind-shadowed or film-covered patches."""
    noise = gaussian_filter(rng.standard_normal(shape), (4.0, 14.0))
    level = np.quantile(noise, 0.985)
    depth = np.clip((noise - level) / max(float(noise.max() - level), 1e-12), 0.0, 1.0)
    return np.asarray(1.0 - 0.55 * np.sqrt(depth))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaPainter:
    """Sigma nought of the sea for strips of the image.

    ``wind`` is the wind lattice; ``incidence_deg`` belongs to the columns of the sea lattice.
    """

    sea: SeaState
    wind: Float32Array
    incidence_deg: FloatArray
    heading_deg: float
    seed: int

    def strip(self, first_cell_row: int, cell_rows: int) -> tuple[Float32Array, Float32Array]:
        """Return textured sigma nought (VV, VH) on the sea lattice for some of its rows."""
        columns = len(self.incidence_deg)
        rows = np.arange(first_cell_row, first_cell_row + cell_rows)
        ratio = SEA_CELL / WIND_CELL
        grid = np.meshgrid(rows * ratio, np.arange(columns) * ratio, indexing="ij")
        wind = map_coordinates(self.wind, grid, order=1, mode="nearest")
        look_deg = self.heading_deg + 90.0
        # The wind blows towards the radar when it comes from where the radar looks to.
        relative = self.sea.wind_from_deg - look_deg
        vv = vv_sigma(wind, relative, self.incidence_deg[None, :])
        vh = vh_sigma(wind)
        pattern = self._swell(rows, columns) * self._texture(rows, columns)
        return (vv * pattern).astype(np.float32), (vh * pattern).astype(np.float32)

    def _swell(self, rows: NDArray[np.int64], columns: int) -> Float32Array:
        """Return the brightness pattern of the swell: a narrow spectrum of nine wave trains.

        Modulation grows with the slope and with how much the waves run in range (tilt modulation
        dominates: W. Alpers, D. Ross, C. Rufenach, JGR 86 (1981)).
        """
        rng = Stream.SWELL.generator(self.seed)
        y = rows[:, None] * (SEA_CELL * PIXEL_SPACING_M)
        x = np.arange(columns)[None, :] * (SEA_CELL * PIXEL_SPACING_M)
        slope = math.pi * self.sea.swell_height_m / self.sea.swell_length_m
        pattern = np.ones((len(rows), columns), dtype=np.float32)
        trains = 9
        for _ in range(trains):
            length = self.sea.swell_length_m * math.exp(rng.normal(0.0, 0.12))
            direction = self.sea.swell_from_deg + rng.normal(0.0, 9.0)
            along, _ = _image_axes(direction, self.heading_deg)
            gain = 4.0 * slope * (0.25 + 0.75 * abs(along[1])) / math.sqrt(trains)
            k = 2.0 * math.pi / length
            phase = (k * along[0]) * y + rng.uniform(0.0, 2.0 * math.pi)
            # cos(a + b) by its two factors: rows and columns once instead of every point.
            bx = (k * along[1]) * x
            wave = np.cos(phase) @ np.cos(bx) - np.sin(phase) @ np.sin(bx)
            pattern += (gain * wave).astype(np.float32)
        return np.maximum(pattern, np.float32(0.2))

    def _texture(self, rows: NDArray[np.int64], columns: int) -> Float32Array:
        """Return gamma-distributed texture of mean one, correlated over about 100 m.

        Gamma texture times multi-look speckle is the K-distribution (E. Jakeman and P. Pusey,
        IEEE Trans. AP 24 (1976)); a Gaussian field is mapped through both distribution functions.
        """
        halo = 4
        raw = row_noise(
            Stream.TEXTURE, self.seed, int(rows[0]) - halo, len(rows) + 2 * halo, columns + 2 * halo
        )
        smooth = gaussian_filter(raw, _TEXTURE_SIGMA, mode="nearest", truncate=halo / 1.5)
        smooth = smooth[halo:-halo, halo:-halo] * np.float32(_TEXTURE_GAIN)
        table_x = np.linspace(-4.5, 4.5, 512)
        order = self.sea.texture_order
        table = gammaincinv(order, ndtr(table_x)) / order
        return np.asarray(np.interp(smooth, table_x, table), dtype=np.float32)


_TEXTURE_SIGMA = 1.3
"""Cells; a correlation length of about 100 m."""
_TEXTURE_GAIN = 2.0 * math.sqrt(math.pi) * _TEXTURE_SIGMA
"""Undoes the loss of variance of a Gaussian filter, so that the field keeps a deviation of one."""
