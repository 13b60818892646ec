"""The constant-false-alarm test on one tile.

Channels: each polarisation over its own local mean; their average (fusion: speckle of the two is
independent, so the number of looks adds up); and its 3 x 3 mean, which gathers what a small boat
spreads over the resolution cell. Each channel has its own looks and texture, hence its own K
threshold; the asked PFA is shared out among them. Two passes: what the first finds does not count
in the statistics of the second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagery import kernels
from imagery.clutter import RingStatistics, estimate_looks, moments_of, ring_statistics
from imagery.parameters import BLOCK_PX
from imagery.thresholds import texture_of, threshold_table

Plane = NDArray[np.float32]
Mask = NDArray[np.uint8]

CENSOR_PFA = 1e-5
"""First pass: brighter pixels and their neighbours do not count as clutter."""
GROW_PFA = 1e-3
"""Pixels joined to a seed (SUMO joins at 3 sigma)."""
GROW_SMOOTH_PFA = 1e-4
SEED, GROW, CENSORED = np.uint8(1), np.uint8(2), np.uint8(4)
CENSOR_REACH_PX = 2
NOMINAL_LOOKS = 4.4
"""IW GRDH: 5 range looks, overlapping (annotation of S1A 20221002T205126; satellite.md 3.2)."""
FUSED, SMOOTH = "fused", "smooth"


@dataclass(frozen=True, slots=True, kw_only=True)
class BandTile:
    """One polarisation of a tile, float32 (height, width), linear sigma nought.

    ``power`` contains the thermal ``noise``; NaN where there is no data.
    """

    polarisation: str
    power: Plane
    noise: Plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Water:
    """Which pixels are sea: ``skip`` 1 on land; ``doubtful`` 1 on land or within its error."""

    skip: Mask
    doubtful: Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class CfarTile:
    """What the test leaves of a tile.

    ``marks`` carries the bits SEED and GROW; ``ratio`` is the fused contrast; ``clutter`` holds the
    local mean of sigma nought per band on the block grid.
    """

    marks: Mask
    ratio: Plane
    ratios: tuple[Plane, ...]
    clutter: tuple[Plane, ...]


def channel_names(polarisations: tuple[str, ...]) -> tuple[str, ...]:
    """Return the channels that are tested for the given polarisations."""
    fused = (FUSED,) if len(polarisations) > 1 else ()
    return (*polarisations, *fused, SMOOTH)


def measure_looks(bands: tuple[BandTile, ...], water: Water) -> dict[str, float]:
    """Return the looks of each channel that the calm parts of a tile show (absent: too little)."""
    means = [_censored_mean(band, water, NOMINAL_LOOKS)[0] for band in bands]
    ratios, fused, smooth = _channels(bands, means)
    planes = dict(zip((band.polarisation for band in bands), ratios, strict=True))
    planes |= {FUSED: fused, SMOOTH: smooth}
    looks: dict[str, float] = {}
    for name, plane in planes.items():
        value = estimate_looks(moments_of(plane, np.zeros_like(plane), water.doubtful))
        if value is not None:
            looks[name] = value
    return looks


def detect_tile(
    bands: tuple[BandTile, ...], water: Water, looks: dict[str, float], pfa: float
) -> CfarTile:
    """Return seeds, growth and contrasts of one tile.

    Args:
        bands: the polarisations, all of one shape.
        water: the sea mask of the tile.
        looks: effective number of looks by channel name.
        pfa: probability per pixel of calling clutter a seed, all channels together.
    """
    names = channel_names(tuple(band.polarisation for band in bands))
    marks = np.zeros(water.skip.shape, np.uint8)
    means: list[Plane] = []
    for band in bands:
        mean, censored = _censored_mean(band, water, looks[band.polarisation])
        means.append(mean)
        np.bitwise_or(marks, censored, out=marks)
    ratios, fused, smooth = _channels(bands, means)
    share = pfa / len(names)
    planes = dict(zip((band.polarisation for band in bands), ratios, strict=True))
    planes |= {FUSED: fused, SMOOTH: smooth}
    for name in names:
        grow = {SMOOTH: GROW_SMOOTH_PFA, FUSED: GROW_PFA}.get(name)
        if len(bands) == 1 and name != SMOOTH:
            grow = GROW_PFA
        _test(planes[name], looks[name], water, marks, share, grow)
    return CfarTile(marks=marks, ratio=fused, ratios=tuple(ratios), clutter=tuple(means))


def _channels(bands: tuple[BandTile, ...], means: list[Plane]) -> tuple[list[Plane], Plane, Plane]:
    ratios = []
    for band, mean in zip(bands, means, strict=True):
        ratio = np.empty_like(band.power)
        kernels.contrast(band.power, band.noise, mean, BLOCK_PX, ratio)
        ratios.append(ratio)
    fused = ratios[0] if len(ratios) == 1 else (ratios[0] + ratios[1]) * np.float32(0.5)
    smooth = np.empty_like(fused)
    kernels.box3(fused, smooth)
    return ratios, fused, smooth


def _censored_mean(band: BandTile, water: Water, looks: float) -> tuple[Plane, Mask]:
    """Return the local mean of sigma nought without targets, and the censored pixels."""
    first = _statistics(band.power, band.noise, water)
    noise = _block_noise(band.noise)
    level = np.maximum(first.mean, 0.0) + noise
    texture = texture_of(first.variance / np.maximum(level, 1e-30) ** 2, looks)
    threshold = threshold_table(looks, CENSOR_PFA).at(np.minimum(texture, 0.5))
    ratio = np.empty_like(band.power)
    kernels.contrast(band.power, band.noise, _plane(first.mean), BLOCK_PX, ratio)
    marks = np.zeros(water.skip.shape, np.uint8)
    kernels.mark_above(ratio, _plane(threshold), BLOCK_PX, water.skip, CENSORED, marks)
    second = _statistics(band.power, band.noise, _without(water, marks))
    return _plane(np.maximum(second.mean, 0.0)), marks


def _test(
    plane: Plane, looks: float, water: Water, marks: Mask, pfa: float, grow_pfa: float | None
) -> None:
    """Set SEED (and GROW) where a channel exceeds its threshold."""
    clean = _without(water, marks)
    ring = _statistics(plane, np.zeros_like(plane), clean)
    mean = np.maximum(ring.mean, 1e-6)
    texture = texture_of(ring.variance / mean**2, looks)
    seed = _plane(threshold_table(looks, pfa).at(texture) * mean)
    kernels.mark_above(plane, seed, BLOCK_PX, water.skip, SEED, marks)
    if grow_pfa is not None:
        grow = _plane(threshold_table(looks, grow_pfa).at(texture) * mean)
        kernels.mark_above(plane, grow, BLOCK_PX, water.skip, GROW, marks)


def _statistics(values: Plane, offset: Plane, water: Water) -> RingStatistics:
    everywhere = moments_of(values, offset, water.skip)
    if water.doubtful is water.skip or not water.doubtful.any():
        return ring_statistics(everywhere)
    clean = moments_of(values, offset, water.doubtful)
    return ring_statistics(everywhere, clean)


def _without(water: Water, marks: Mask) -> Water:
    reached = np.zeros_like(marks)
    kernels.spread(marks, CENSORED, CENSOR_REACH_PX, reached)
    skip = water.skip | reached
    if not water.doubtful.any():
        return Water(skip=skip, doubtful=skip)
    return Water(skip=skip, doubtful=water.doubtful | reached)


def _block_noise(noise: Plane) -> NDArray[np.float64]:
    """Return the noise at the middle of each block (it varies by less than 1 % inside)."""
    half = BLOCK_PX // 2
    rows = np.minimum(
        np.arange(-(-noise.shape[0] // BLOCK_PX)) * BLOCK_PX + half, noise.shape[0] - 1
    )
    cols = np.minimum(
        np.arange(-(-noise.shape[1] // BLOCK_PX)) * BLOCK_PX + half, noise.shape[1] - 1
    )
    return noise[np.ix_(rows, cols)].astype(np.float64)


def _plane(values: NDArray[np.float64]) -> Plane:
    return np.ascontiguousarray(values, np.float32)
