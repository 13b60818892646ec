"""The coast as an image sees it: land mask and distance to shore of any window.

The geolocation is read at tie points only and kept as a metric plane over the pixel grid; shore
vertices are brought into pixel coordinates by its inverse, so land is filled at full resolution
without locating every pixel.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from umimori.coast import kernels
from umimori.coast.cutting import Polygons
from umimori.errors import GeometryError
from umimori.geodesy import LocalFrame, LonLat

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Box = tuple[float, float, float, float]
Geolocate = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]

TIE_STEP_PX = 64
MAX_TIES = 129
NEWTON_STEPS = 6
METRES_PER_DEG = 111_195.0
MASK_PAD_M = 2_000.0
"""Land is collected this far outside the image, so that no ring is cut at its very edge."""
LONGEST_EDGE_DEG = 0.05
"""Longer edges (the border of the collected region) get vertices between."""
FINE_PAD_M = 12_000.0
COARSE_PAD_M = 300_000.0
FINE_CELLS = 2_000_000
COARSE_CELLS = 500_000
MAX_NODE_STEP = 32
POLE_DEG = 88.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskGrid:
    """Land and distance to shore for each pixel of a window.

    Args:
        land: bool (h, w), by the coast as it is; the coast's error is not added.
        distance_m: float32 (h, w), unsigned, to the nearest shore, on land too; values above
            ``max_distance_m`` are given as that. Right within about ``cell_m`` up to 12 km from the shore; farther out a
            coarser level is used, right within about 4 %.
    """

    land: BoolArray
    distance_m: NDArray[np.float32]
    cell_m: float
    max_distance_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TieGrid:
    """Positions of pixels spread evenly from the first to the last, shape (n, m)."""

    lon_deg: FloatArray
    lat_deg: FloatArray


def tie_grid_of(lon: FloatArray, lat: FloatArray, shape: tuple[int, int], step: int) -> TieGrid:
    """Return tie points of full grids thinned evenly; grids that are tie points stay."""
    if lon.shape != shape:
        return TieGrid(lon_deg=lon, lat_deg=lat)
    rows, cols = (_even_indices(n, step) for n in shape)
    return TieGrid(lon_deg=_at(lon, rows, cols), lat_deg=_at(lat, rows, cols))


def _even_indices(count: int, step: int) -> FloatArray:
    return np.linspace(0.0, count - 1.0, max(2, min(count, math.ceil((count - 1) / step) + 1)))


def _at(grid: FloatArray, rows: FloatArray, cols: FloatArray) -> FloatArray:
    """Return the values of a full grid at fractional rows and columns (longitudes unwrapped)."""
    r0, c0 = (
        np.minimum(rows.astype(int), grid.shape[0] - 2),
        np.minimum(cols.astype(int), grid.shape[1] - 2),
    )
    fr, fc = (rows - r0)[:, None], (cols - c0)[None, :]
    corner = grid[np.ix_(r0, c0)]

    def near(rows_: NDArray[np.intp], cols_: NDArray[np.intp]) -> FloatArray:
        value = grid[np.ix_(rows_, cols_)]
        return value - 360.0 * np.rint((value - corner) / 360.0)

    top = corner * (1 - fc) + near(r0, c0 + 1) * fc
    low = near(r0 + 1, c0) * (1 - fc) + near(r0 + 1, c0 + 1) * fc
    mixed: FloatArray = top * (1 - fr) + low * fr
    return mixed


class SceneGrid:
    """Pixel grid <-> metric plane of an image, bilinear between tie points."""

    def __init__(self, ties: TieGrid, height: int, width: int) -> None:
        self.height, self.width = height, width
        lon, lat = ties.lon_deg, ties.lat_deg
        if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
            raise GeometryError(
                "the geolocation of the image has gaps.", remedy="Use a georeferenced image."
            )
        self.frame = LocalFrame(_middle(lon, lat))
        self.lon = self.frame.origin.lon_deg + _turned(lon - self.frame.origin.lon_deg)
        self.lat = np.ascontiguousarray(lat)
        self.x, self.y = self.frame.to_xy(_turned(lon), lat)
        self.row_step = (height - 1) / (lon.shape[0] - 1)
        self.col_step = (width - 1) / (lon.shape[1] - 1)

    @classmethod
    def from_geolocation(cls, geolocate: Geolocate, height: int, width: int) -> SceneGrid:
        """Read the tie points of an image from its geolocation."""
        _check_size(height, width)
        rows = np.linspace(0.0, height - 1.0, min(MAX_TIES, max(2, height // TIE_STEP_PX + 2)))
        cols = np.linspace(0.0, width - 1.0, min(MAX_TIES, max(2, width // TIE_STEP_PX + 2)))
        r, c = np.meshgrid(rows, cols, indexing="ij")
        lon, lat = geolocate(r, c)
        lon, lat = np.asarray(lon, float), np.asarray(lat, float)
        return cls(TieGrid(lon_deg=lon, lat_deg=lat), height, width)

    @classmethod
    def from_ties(cls, ties: TieGrid, height: int, width: int) -> SceneGrid:
        """Use given tie points."""
        _check_size(height, width)
        return cls(ties, height, width)

    @property
    def spacing_m(self) -> float:
        """Return the mean distance between pixel centres."""
        down = np.hypot(np.diff(self.x, axis=0), np.diff(self.y, axis=0)).mean() / self.row_step
        across = np.hypot(np.diff(self.x, axis=1), np.diff(self.y, axis=1)).mean() / self.col_step
        return float(math.sqrt(down * across))

    def box(self, pad_m: float) -> Box:
        """Return west, south, east, north of the image with a margin; longitudes unwrapped."""
        pad_lat = pad_m / METRES_PER_DEG
        south = max(-90.0, float(self.lat.min()) - pad_lat)
        north = min(90.0, float(self.lat.max()) + pad_lat)
        if max(abs(south), abs(north)) > POLE_DEG:
            return (-180.0, south, 180.0, north)
        pad_lon = pad_lat / math.cos(math.radians(max(abs(south), abs(north))))
        west, east = float(self.lon.min()) - pad_lon, float(self.lon.max()) + pad_lon
        return (west, south, east, north) if east - west < 360.0 else (-180.0, south, 180.0, north)

    def extent_m(self, pad_m: float) -> Box:
        """Return the least and greatest x and y of the image with a margin."""
        return (
            float(self.x.min()) - pad_m,
            float(self.y.min()) - pad_m,
            float(self.x.max()) + pad_m,
            float(self.y.max()) + pad_m,
        )

    def to_xy(self, rows: FloatArray, cols: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return metric positions of pixel coordinates, any shape; linear outside the image."""
        i, j, fu, fv = self._cell(rows / self.row_step, cols / self.col_step)
        return _bilinear(self.x, i, j, fu, fv)[0], _bilinear(self.y, i, j, fu, fv)[0]

    def to_pixels(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return pixel coordinates (rows, cols) of metric positions by Newton's method."""
        u, v = self._first_guess(x, y)
        for _ in range(NEWTON_STEPS):
            i, j, fu, fv = self._cell(u, v)
            px, px_u, px_v = _bilinear(self.x, i, j, fu, fv)
            py, py_u, py_v = _bilinear(self.y, i, j, fu, fv)
            determinant = px_u * py_v - px_v * py_u
            dx, dy = x - px, y - py
            u = u + (dx * py_v - dy * px_v) / determinant
            v = v + (dy * px_u - dx * py_u) / determinant
        return u * self.row_step, v * self.col_step

    def _first_guess(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        u, v = np.meshgrid(*(np.arange(n, dtype=float) for n in self.x.shape), indexing="ij")
        ones = np.ones(self.x.size)
        plane = np.column_stack([ones, self.x.ravel(), self.y.ravel()])
        fit, *_ = np.linalg.lstsq(plane, np.column_stack([u.ravel(), v.ravel()]), rcond=None)
        guess = fit[0] + x[:, None] * fit[1] + y[:, None] * fit[2]
        return guess[:, 0], guess[:, 1]

    def _cell(
        self, u: FloatArray, v: FloatArray
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, FloatArray]:
        i = np.clip(np.floor(u), 0, self.x.shape[0] - 2).astype(np.intp)
        j = np.clip(np.floor(v), 0, self.x.shape[1] - 2).astype(np.intp)
        return i, j, u - i, v - j


@dataclass(frozen=True, slots=True)
class _Level:
    """A raster of distances in the metric plane."""

    grid: NDArray[np.float32]
    x0: float
    y0: float
    cell: float


class SceneCoast:
    """Land and distance to shore of one image, for any window of it."""

    def __init__(
        self,
        grid: SceneGrid,
        land_near: Callable[[Box], Polygons],
        edges_near: Callable[[Box], FloatArray],
    ) -> None:
        self.grid = grid
        self._land_near = land_near
        self._edges_near = edges_near

    def whole(self) -> MaskGrid:
        """Return mask and distances of the whole image."""
        return self.window(slice(0, self.grid.height), slice(0, self.grid.width))

    def window(self, rows: slice, cols: slice) -> MaskGrid:
        """Return mask and distances of a window (start and stop given, step 1)."""
        return MaskGrid(
            land=self.land(rows, cols),
            distance_m=self.distance_m(rows, cols),
            cell_m=self._fine.cell,
            max_distance_m=COARSE_PAD_M,
        )

    def land(self, rows: slice, cols: slice) -> BoolArray:
        """Return which pixels of a window are land, bool (h, w)."""
        row_a, col_a, row_b, col_b = self._rings
        height, width = rows.stop - rows.start, cols.stop - cols.start
        mask: BoolArray = kernels.fill_windings(
            row_a, col_a, row_b, col_b, rows.start, cols.start, height, width
        )
        return mask

    def distance_m(self, rows: slice, cols: slice) -> NDArray[np.float32]:
        """Return the distance of each pixel of a window to the nearest shore, float32 (h, w)."""
        height, width = rows.stop - rows.start, cols.stop - cols.start
        step = int(np.clip(self._fine.cell / self.grid.spacing_m, 1, MAX_NODE_STEP))
        node_rows = np.linspace(0.0, height - 1.0, max(2, math.ceil(height / step) + 1))
        node_cols = np.linspace(0.0, width - 1.0, max(2, math.ceil(width / step) + 1))
        r, c = np.meshgrid(node_rows + rows.start, node_cols + cols.start, indexing="ij")
        x, y = self.grid.to_xy(r, c)
        nodes = np.empty(x.shape, np.float32)
        coarse = np.empty(x.shape, np.float32)
        for level, out in ((self._fine, nodes), (self._coarse, coarse)):
            kernels.sample(x, y, level.grid, level.x0, level.y0, level.cell, out)
        far = nodes >= FINE_PAD_M
        nodes[far] = np.clip(coarse[far], FINE_PAD_M, COARSE_PAD_M)
        row_step = max((height - 1) / (len(node_rows) - 1), 1e-9)
        col_step = max((width - 1) / (len(node_cols) - 1), 1e-9)
        enlarged: NDArray[np.float32] = kernels.enlarge(nodes, row_step, col_step, height, width)
        return enlarged

    @cached_property
    def _rings(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return the edges of all land round the image in pixel coordinates."""
        land = self._land_near(self.grid.box(MASK_PAD_M))
        if not len(land):
            empty = np.empty(0)
            return empty, empty, empty, empty
        dense = shapely.segmentize(shapely.orient_polygons(land), LONGEST_EDGE_DEG)
        _, xy, (offsets, _) = shapely.to_ragged_array(dense)
        x, y = self.grid.frame.to_xy(_turned(xy[:, 0]), xy[:, 1])
        row, col = self.grid.to_pixels(x, y)
        keep = np.ones(len(row) - 1, bool)
        keep[offsets[1:-1] - 1] = False
        parts = (row[:-1], col[:-1], row[1:], col[1:])
        a, b, c, d = (np.ascontiguousarray(part[keep]) for part in parts)
        return a, b, c, d

    @cached_property
    def _fine(self) -> _Level:
        return self._level(FINE_PAD_M, FINE_CELLS)

    @cached_property
    def _coarse(self) -> _Level:
        return self._level(COARSE_PAD_M, COARSE_CELLS)

    def _level(self, pad_m: float, cells: int) -> _Level:
        west, south, east, north = self.grid.extent_m(pad_m)
        cell = max(math.sqrt((east - west) * (north - south) / cells), self.grid.spacing_m)
        height, width = (int(span / cell) + 2 for span in (north - south, east - west))
        edges = self._edges_near(self.grid.box(pad_m))
        x, y = self.grid.frame.to_xy(_turned(edges[..., 0]), edges[..., 1])
        flat = np.ascontiguousarray(np.stack([x, y], axis=-1).reshape(-1, 4))
        raster = kernels.edge_distances(flat, west, south, cell, height, width)
        np.minimum(raster, np.float32(pad_m * 2.0), out=raster)
        return _Level(raster, west, south, cell)


def _check_size(height: int, width: int) -> None:
    if height < 2 or width < 2:
        raise GeometryError(
            f"an image of {height} x {width} pixels is too small for a land mask.",
            remedy="Use an image of at least 2 x 2 pixels.",
        )


def _turned(lon: FloatArray) -> FloatArray:
    """Return longitudes (or differences) in [-180, 180)."""
    return (lon + 180.0) % 360.0 - 180.0


def _middle(lon: FloatArray, lat: FloatArray) -> LonLat:
    x, y = np.radians(lon), np.radians(lat)
    vector = np.array(
        [
            (np.cos(y) * np.cos(x)).mean(),
            (np.cos(y) * np.sin(x)).mean(),
            np.sin(y).mean(),
        ]
    )
    lat_deg = math.degrees(math.atan2(vector[2], math.hypot(vector[0], vector[1])))
    return LonLat(math.degrees(math.atan2(vector[1], vector[0])), lat_deg)


def _bilinear(
    grid: FloatArray, i: NDArray[np.intp], j: NDArray[np.intp], fu: FloatArray, fv: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return value and both derivatives of a bilinear grid."""
    a, b, c, d = grid[i, j], grid[i, j + 1], grid[i + 1, j], grid[i + 1, j + 1]
    value = (a * (1 - fv) + b * fv) * (1 - fu) + (c * (1 - fv) + d * fv) * fu
    along_u = (c - a) * (1 - fv) + (d - b) * fv
    along_v = (b - a) * (1 - fu) + (d - c) * fu
    return value, along_u, along_v
