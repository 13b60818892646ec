"""Local clutter statistics on a grid of blocks.

Moments of blocks of 8 x 8 pixels are summed over a square ring of blocks round each block, its
middle (the guard) left out, by summed-area tables. Between block centres the results are
interpolated bilinearly. Land, gaps and pixels already taken for targets do not count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagery import kernels
from imagery.parameters import BLOCK_PX, GUARD_BLOCKS, RING_BLOCKS, WIDE_RING_BLOCKS

FloatArray = NDArray[np.float64]
Plane = NDArray[np.float32]
Mask = NDArray[np.uint8]

FULL_SHARE = 0.35
"""A ring with less than this share of its pixels usable is replaced by the wide ring."""
CALM_QUANTILE = 0.75
"""Blocks with the least excess variance show the speckle alone."""
LOOKS_LIMITS = (1.0, 60.0)
CALM_BLOCKS = 3
"""Looks are estimated on squares of 3 x 3 blocks = 576 pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockMoments:
    """Count, sum and sum of squares per block, shape (block rows, block columns)."""

    count: FloatArray
    total: FloatArray
    squares: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class RingStatistics:
    """Mean, variance and share of usable pixels of the ring round each block."""

    mean: FloatArray
    variance: FloatArray
    usable: FloatArray


def moments_of(values: Plane, offset: Plane, skip: Mask) -> BlockMoments:
    """Return the moments of ``values - offset`` without NaN and skipped pixels."""
    shape = tuple(-(-size // BLOCK_PX) for size in values.shape)
    count, total, squares = (np.empty(shape) for _ in range(3))
    kernels.block_moments(values, offset, skip, BLOCK_PX, count, total, squares)
    return BlockMoments(count=count, total=total, squares=squares)


def ring_statistics(moments: BlockMoments, preferred: BlockMoments | None = None) -> RingStatistics:
    """Return local statistics; per block the first ring with enough pixels is taken.

    Order: normal ring, wide ring; each first on ``preferred`` (clean water away from the coast's
    error, when given), then on ``moments`` (all water); at last the mean of the whole tile.
    """
    sources = [moments] if preferred is None else [preferred, moments]
    rings = [_ring(source, half) for source in sources for half in (RING_BLOCKS, WIDE_RING_BLOCKS)]
    full = (2 * RING_BLOCKS + 1) ** 2 - (2 * GUARD_BLOCKS + 1) ** 2
    needed = FULL_SHARE * full * BLOCK_PX**2
    count, total, squares = rings[-1]
    for ring_count, ring_total, ring_squares in reversed(rings[:-1]):
        enough = ring_count >= needed
        count = np.where(enough, ring_count, count)
        total = np.where(enough, ring_total, total)
        squares = np.where(enough, ring_squares, squares)
    return _finish(count, total, squares, moments)


def estimate_looks(statistics: BlockMoments) -> float | None:
    """Return the effective number of looks of the calm parts, or None without enough water.

    Where the sea has no texture, mean^2 / variance is the number of looks; texture, fronts and
    ships only lower it, hence an upper quantile over small squares.
    """
    count, total, squares = (
        _pool(plane) for plane in (statistics.count, statistics.total, statistics.squares)
    )
    full = count >= 0.9 * (CALM_BLOCKS * BLOCK_PX) ** 2
    if int(full.sum()) < 20:
        return None
    mean = total[full] / count[full]
    variance = squares[full] / count[full] - mean**2
    looks = mean**2 / np.maximum(variance, 1e-30)
    return float(np.clip(np.quantile(looks, CALM_QUANTILE), *LOOKS_LIMITS))


def _pool(plane: FloatArray) -> FloatArray:
    rows, cols = (size // CALM_BLOCKS * CALM_BLOCKS for size in plane.shape)
    cut = plane[:rows, :cols]
    squares = cut.reshape(rows // CALM_BLOCKS, CALM_BLOCKS, cols // CALM_BLOCKS, CALM_BLOCKS)
    pooled: FloatArray = squares.sum(axis=(1, 3))
    return pooled


def _finish(
    count: FloatArray, total: FloatArray, squares: FloatArray, moments: BlockMoments
) -> RingStatistics:
    everything = max(float(moments.count.sum()), 1.0)
    overall = float(moments.total.sum()) / everything
    spread = max(float(moments.squares.sum()) / everything - overall**2, 0.0)
    known = count >= BLOCK_PX**2
    divisor = np.maximum(count, 1.0)
    mean = np.where(known, total / divisor, overall)
    variance = np.where(known, np.maximum(squares / divisor - mean**2, 0.0), spread)
    full = ((2 * RING_BLOCKS + 1) ** 2 - (2 * GUARD_BLOCKS + 1) ** 2) * BLOCK_PX**2
    return RingStatistics(mean=mean, variance=variance, usable=np.minimum(count / full, 1.0))


def _ring(moments: BlockMoments, half: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    count, total, squares = (
        box_sum(plane, half) - box_sum(plane, GUARD_BLOCKS)
        for plane in (moments.count, moments.total, moments.squares)
    )
    return count, total, squares


def box_sum(plane: FloatArray, half: int) -> FloatArray:
    """Return the sums over squares of 2 half + 1 cells, cut at the border."""
    table = np.zeros((plane.shape[0] + 1, plane.shape[1] + 1))
    np.cumsum(np.cumsum(plane, axis=0), axis=1, out=table[1:, 1:])
    rows, cols = np.arange(plane.shape[0]), np.arange(plane.shape[1])
    top, low = np.maximum(rows - half, 0), np.minimum(rows + half + 1, rows.size)
    left, right = np.maximum(cols - half, 0), np.minimum(cols + half + 1, cols.size)
    down = table[low] - table[top]
    sums: FloatArray = down[:, right] - down[:, left]
    return sums
