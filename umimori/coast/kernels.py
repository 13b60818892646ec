"""Compiled loops of the coast rasters (numba). Pure: arrays in, arrays out."""

from __future__ import annotations

import math

import numpy as np
from numba import boolean, float32, float64, int64, njit, types
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SWEEP_ROUNDS = 2
LAST_CELL = 1.000001
"""Keeps an interpolation inside the last cell of a grid."""


@njit(
    boolean[:, ::1](
        float64[::1], float64[::1], float64[::1], float64[::1], int64, int64, int64, int64
    ),
    cache=True,
    nogil=True,
)
def fill_windings(
    row_a: FloatArray,
    col_a: FloatArray,
    row_b: FloatArray,
    col_b: FloatArray,
    top: int,
    left: int,
    height: int,
    width: int,
) -> BoolArray:
    """Return which pixel centres of a window lie inside closed rings (nonzero winding rule).

    Args:
        row_a: start of each edge, pixel coordinates (0 is the middle of the first line).
        col_a: start.
        row_b: end.
        col_b: end.
        top: first line of the window.
        left: first sample of the window.
        height: lines.
        width: samples.
    """
    winding = np.zeros((height, width + 1), np.int16)
    for k in range(row_a.shape[0]):
        if row_a[k] == row_b[k]:
            continue
        turn = 1 if row_b[k] > row_a[k] else -1
        low, high = min(row_a[k], row_b[k]), max(row_a[k], row_b[k])
        first = max(math.ceil(low), top)
        last = min(math.ceil(high) - 1, top + height - 1)
        slope = (col_b[k] - col_a[k]) / (row_b[k] - row_a[k])
        for row in range(first, last + 1):
            crossing = math.ceil(col_a[k] + (row - row_a[k]) * slope) - left
            winding[row - top, min(max(crossing, 0), width)] += turn
    inside = np.empty((height, width), np.bool_)
    for i in range(height):
        total = 0
        for j in range(width):
            total += winding[i, j]
            inside[i, j] = total != 0
    return inside


@njit(float64(float64, float64, float64[:, ::1], int64), cache=True, nogil=True)
def _to_edge_m(x: float, y: float, edges: FloatArray, k: int) -> float:
    ax, ay = edges[k, 0], edges[k, 1]
    dx, dy = edges[k, 2] - ax, edges[k, 3] - ay
    length2 = dx * dx + dy * dy
    t = 0.0
    if length2 > 0.0:
        t = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / length2))
    return math.hypot(x - ax - t * dx, y - ay - t * dy)


@njit(
    types.void(float64[:, ::1], float64, float64, float64, int64[:, ::1], float32[:, ::1]),
    cache=True,
    nogil=True,
)
def _sow(
    edges: FloatArray,
    x0: float,
    y0: float,
    cell: float,
    best: NDArray[np.int64],
    distance: Float32Array,
) -> None:
    """Give each cell that an edge runs through its nearest such edge."""
    height, width = best.shape
    for k in range(edges.shape[0]):
        dx, dy = edges[k, 2] - edges[k, 0], edges[k, 3] - edges[k, 1]
        steps = int(math.hypot(dx, dy) / (0.5 * cell)) + 1
        for s in range(steps + 1):
            j = int((edges[k, 0] + dx * s / steps - x0) / cell + 0.5)
            i = int((edges[k, 1] + dy * s / steps - y0) / cell + 0.5)
            if 0 <= i < height and 0 <= j < width:
                found = _to_edge_m(x0 + j * cell, y0 + i * cell, edges, k)
                if found < distance[i, j]:
                    distance[i, j] = found
                    best[i, j] = k


@njit(
    types.void(
        float64[:, ::1],
        float64,
        float64,
        float64,
        int64[:, ::1],
        float32[:, ::1],
        boolean,
        boolean,
    ),
    cache=True,
    nogil=True,
)
def _sweep(
    edges: FloatArray,
    x0: float,
    y0: float,
    cell: float,
    best: NDArray[np.int64],
    distance: Float32Array,
    down: bool,
    right: bool,
) -> None:
    """Let each cell take over the edge of a neighbour when that is nearer, from one corner."""
    height, width = best.shape
    di, dj = -1 if down else 1, -1 if right else 1
    for a in range(height):
        i = a if down else height - 1 - a
        for b in range(width):
            j = b if right else width - 1 - b
            for n in range(3):
                ni = i + di if n != 1 else i
                nj = j + dj if n != 0 else j
                if min(ni, nj) < 0 or ni >= height or nj >= width:
                    continue
                k = best[ni, nj]
                reachable = distance[ni, nj] - 1.5 * cell <= distance[i, j]
                if k >= 0 and k != best[i, j] and reachable:
                    found = _to_edge_m(x0 + j * cell, y0 + i * cell, edges, k)
                    if found < distance[i, j]:
                        distance[i, j] = found
                        best[i, j] = k


def edge_distances(
    edges: FloatArray, x0: float, y0: float, cell: float, height: int, width: int
) -> Float32Array:
    """Return the distance of each cell centre to the nearest edge; infinite without edges.

    Each cell keeps the nearest edge known so far and takes over what its neighbours know in
    sweeps from the four corners (P.-E. Danielsson, "Euclidean distance mapping", CGIP 14 (1980),
    with edges in place of points).

    Args:
        edges: shape (n, 4), metres: x and y of start, x and y of end.
        x0: x of the centre of cell (0, 0).
        y0: y of the centre of cell (0, 0).
        cell: size of a cell.
        height: cells along y.
        width: cells along x.
    """
    best = np.full((height, width), -1, np.int64)
    distance = np.full((height, width), np.inf, np.float32)
    if len(edges):
        _sow(edges, x0, y0, cell, best, distance)
        for _ in range(SWEEP_ROUNDS):
            for down, right in ((True, True), (False, True), (True, False), (False, False)):
                _sweep(edges, x0, y0, cell, best, distance, down, right)
    return distance


@njit(
    types.void(
        float64[:, ::1],
        float64[:, ::1],
        float32[:, ::1],
        float64,
        float64,
        float64,
        float32[:, ::1],
    ),
    cache=True,
    nogil=True,
)
def sample(
    x: FloatArray,
    y: FloatArray,
    grid: Float32Array,
    x0: float,
    y0: float,
    cell: float,
    out: Float32Array,
) -> None:
    """Write bilinear samples of a cell grid at metric positions into ``out``."""
    height, width = grid.shape
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            u = min(max((x[i, j] - x0) / cell, 0.0), width - LAST_CELL)
            v = min(max((y[i, j] - y0) / cell, 0.0), height - LAST_CELL)
            c, r = int(u), int(v)
            fu, fv = u - c, v - r
            top = grid[r, c] * (1.0 - fu) + grid[r, c + 1] * fu
            low = grid[r + 1, c] * (1.0 - fu) + grid[r + 1, c + 1] * fu
            out[i, j] = top * (1.0 - fv) + low * fv


@njit(
    float32[:, ::1](float32[:, ::1], float64, float64, int64, int64),
    cache=True,
    nogil=True,
)
def enlarge(
    nodes: Float32Array, row_step: float, col_step: float, height: int, width: int
) -> Float32Array:
    """Return a bilinear enlargement of nodes that stand every so many lines and samples."""
    out = np.empty((height, width), np.float32)
    rows, cols = nodes.shape
    for i in range(height):
        v = min(i / row_step, rows - LAST_CELL)
        r = int(v)
        fv = np.float32(v - r)
        for j in range(width):
            u = min(j / col_step, cols - LAST_CELL)
            c = int(u)
            fu = np.float32(u - c)
            top = nodes[r, c] + (nodes[r, c + 1] - nodes[r, c]) * fu
            low = nodes[r + 1, c] + (nodes[r + 1, c + 1] - nodes[r + 1, c]) * fu
            out[i, j] = top + (low - top) * fv
    return out
