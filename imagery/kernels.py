# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call"
# ruff: noqa: ANN001, ANN201, ANN202 - numba reads the types from the signatures
"""Compiled inner loops. Explicit signatures: they compile once, at set-up, and are then loaded.

Every kernel releases the interpreter lock, so that tiles run side by side in threads. Images are
C-ordered float32 (height, width); "blocks" are squares of ``step`` pixels, the last row and column
of blocks may be smaller.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(
    "void(uint16[:,::1], float32[:,::1], int64[::1], float32[::1], float32[:,::1], int64[::1],"
    " float32[::1], float32[:,::1], float32[:,::1], float32[:,::1])",
    cache=True,
    nogil=True,
)
def calibrate(dn, gain, gain_index, gain_weight, eta, eta_index, eta_weight, azimuth, power, noise):
    """Fill power = DN^2 / A^2 (NaN where DN is 0) and noise = eta / A^2."""
    height, width = dn.shape
    for i in range(height):
        gi, gw = gain_index[i], gain_weight[i]
        ni, nw = eta_index[i], eta_weight[i]
        for j in range(width):
            a = gain[gi, j] * (np.float32(1.0) - gw) + gain[gi + 1, j] * gw
            n = eta[ni, j] * (np.float32(1.0) - nw) + eta[ni + 1, j] * nw
            inverse = np.float32(1.0) / (a * a)
            noise[i, j] = n * azimuth[i, j] * inverse
            value = np.float32(dn[i, j])
            power[i, j] = value * value * inverse if dn[i, j] > 0 else np.float32(np.nan)


@njit(
    "void(float32[:,::1], float32[:,::1], uint8[:,::1], int64, float64[:,::1], float64[:,::1],"
    " float64[:,::1])",
    cache=True,
    nogil=True,
)
def block_moments(values, offset, skip, step, count, total, squares):
    """Fill count, sum and sum of squares of ``values - offset`` per block, without skipped pixels."""
    height, width = values.shape
    count[:] = 0.0
    total[:] = 0.0
    squares[:] = 0.0
    for i in range(height):
        bi = i // step
        for bj in range(count.shape[1]):
            n = 0
            s = np.float32(0.0)
            s2 = np.float32(0.0)
            for j in range(bj * step, min(bj * step + step, width)):
                v = values[i, j]
                if skip[i, j] == 0 and v == v:
                    d = v - offset[i, j]
                    n += 1
                    s += d
                    s2 += d * d
            count[bi, bj] += n
            total[bi, bj] += s
            squares[bi, bj] += s2


@njit("void(float32[:,::1], int64, int64, int64, float32[::1])", cache=True, nogil=True)
def _grid_row(grid, step, i, width, out):
    """Fill one image row with the bilinear values of a grid whose nodes are block centres."""
    rows, cols = grid.shape
    half = (step - 1) / 2.0
    y = (i - half) / step
    y = min(max(y, 0.0), rows - 1.0)
    r0 = min(int(y), max(rows - 2, 0))
    r1 = min(r0 + 1, rows - 1)
    wy = np.float32(y - r0)
    for j in range(width):
        x = (j - half) / step
        x = min(max(x, 0.0), cols - 1.0)
        c0 = min(int(x), max(cols - 2, 0))
        c1 = min(c0 + 1, cols - 1)
        wx = np.float32(x - c0)
        top = grid[r0, c0] + (grid[r0, c1] - grid[r0, c0]) * wx
        low = grid[r1, c0] + (grid[r1, c1] - grid[r1, c0]) * wx
        out[j] = top + (low - top) * wy


@njit(
    "void(float32[:,::1], float32[:,::1], float32[:,::1], int64, float32[:,::1])",
    cache=True,
    nogil=True,
)
def contrast(power, noise, mean, step, ratio):
    """Fill ratio = power / (local mean of sigma nought + local noise); 0 where there is no data."""
    height, width = power.shape
    row = np.empty(width, np.float32)
    for i in range(height):
        _grid_row(mean, step, i, width, row)
        for j in range(width):
            p = power[i, j]
            level = max(row[j], np.float32(0.0)) + noise[i, j]
            ratio[i, j] = p / level if (p == p and level > 0.0) else np.float32(0.0)


@njit(
    "void(float32[:,::1], float32[:,::1], int64, uint8[:,::1], uint8, uint8[:,::1])",
    cache=True,
    nogil=True,
)
def mark_above(ratio, threshold, step, skip, mark, out):
    """Set the bits ``mark`` in ``out`` where ratio exceeds the bilinear threshold grid."""
    height, width = ratio.shape
    row = np.empty(width, np.float32)
    for i in range(height):
        _grid_row(threshold, step, i, width, row)
        for j in range(width):
            if ratio[i, j] > row[j] and skip[i, j] == 0:
                out[i, j] |= mark


@njit("void(float32[:,::1], float32[:,::1])", cache=True, nogil=True)
def box3(values, out):
    """Fill ``out`` with the mean of the 3 x 3 neighbourhood, smaller at the image border."""
    height, width = values.shape
    sums = np.empty(width, np.float32)
    for i in range(height):
        top, low = max(i - 1, 0), min(i + 1, height - 1)
        lines = np.float32(low - top + 1)
        for j in range(width):
            s = np.float32(0.0)
            for k in range(top, low + 1):
                s += values[k, j]
            sums[j] = s
        for j in range(width):
            left, right = max(j - 1, 0), min(j + 1, width - 1)
            s = np.float32(0.0)
            for k in range(left, right + 1):
                s += sums[k]
            out[i, j] = s / (lines * np.float32(right - left + 1))


@njit("void(uint8[:,::1], uint8, int64, uint8[:,::1])", cache=True, nogil=True)
def spread(marks, mark, reach, out):
    """Set ``out`` to 1 within ``reach`` pixels (square) of every pixel that carries ``mark``."""
    height, width = marks.shape
    for i in range(height):
        for j in range(width):
            if marks[i, j] & mark:
                for k in range(max(i - reach, 0), min(i + reach + 1, height)):
                    for m in range(max(j - reach, 0), min(j + reach + 1, width)):
                        out[k, m] = 1


@njit("void(float32[:,::1], int64, float32, uint8[:,::1], uint8[:,::1])", cache=True, nogil=True)
def sea_masks(signed_m, step, error_m, skip, doubtful):
    """Fill ``skip`` (land) and ``doubtful`` (land or nearer than the coast's error) per pixel."""
    height, width = skip.shape
    row = np.empty(width, np.float32)
    for i in range(height):
        _grid_row(signed_m, step, i, width, row)
        for j in range(width):
            skip[i, j] = np.uint8(1) if row[j] <= 0.0 else np.uint8(0)
            doubtful[i, j] = np.uint8(1) if row[j] <= error_m else np.uint8(0)


@njit("void(float32[:,::1], float32[:,::1], int64, float32[:,::1])", cache=True, nogil=True)
def shrink(power, noise, step, out):
    """Fill ``out`` with the mean of power - noise over blocks; NaN where a block has no data."""
    height, width = power.shape
    for bi in range(out.shape[0]):
        for bj in range(out.shape[1]):
            n = 0
            s = np.float32(0.0)
            for i in range(bi * step, min(bi * step + step, height)):
                for j in range(bj * step, min(bj * step + step, width)):
                    p = power[i, j]
                    if p == p:
                        n += 1
                        s += p - noise[i, j]
            out[bi, bj] = s / np.float32(n) if n > 0 else np.float32(np.nan)
