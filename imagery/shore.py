"""The sea around a scene: signed distance to the shore on the block grid of the image."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagery import kernels
from imagery.cfar import Water
from imagery.parameters import BLOCK_PX
from imagery.ports import CoastPort
from imagery.product import ImageGeometry
from imagery.radiometry import Window
from umimori.geodesy import BBox, wrap_lon

Plane = NDArray[np.float32]
OUTLINE_POINTS = 5
ROUNDING = 1e-6
"""Of float32 and of the interpolation between blocks, as a share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShoreGrid:
    """Signed distance to the shoreline at block centres, metres; positive at sea.

    ``reach_m`` is how far out the coast measures: values there say "at least so far".
    """

    signed_m: Plane
    coast_error_m: float
    reach_m: float = math.inf

    def part(self, window: Window) -> ShoreGrid:
        """Return the blocks of a window that begins on a block border."""
        top, left = window.row // BLOCK_PX, window.col // BLOCK_PX
        rows, cols = -(-window.height // BLOCK_PX), -(-window.width // BLOCK_PX)
        cut = self.signed_m[top : top + rows, left : left + cols]
        return dataclasses.replace(self, signed_m=np.ascontiguousarray(cut))

    def water(self, height: int, width: int) -> Water:
        """Return the masks of a window of this size."""
        skip = np.zeros((height, width), np.uint8)
        doubtful = np.zeros((height, width), np.uint8)
        if float(self.signed_m.min()) <= self.coast_error_m + BLOCK_PX * 100.0:
            error_m = np.float32(self.coast_error_m)
            kernels.sea_masks(self.signed_m, BLOCK_PX, error_m, skip, doubtful)
        return Water(skip=skip, doubtful=doubtful)

    def at(self, row: float, col: float) -> float:
        """Return the signed distance at a pixel of the grid's own window, bilinear."""
        rows, cols = self.signed_m.shape
        y = min(max((row - (BLOCK_PX - 1) / 2) / BLOCK_PX, 0.0), rows - 1.0)
        x = min(max((col - (BLOCK_PX - 1) / 2) / BLOCK_PX, 0.0), cols - 1.0)
        r0, c0 = min(int(y), max(rows - 2, 0)), min(int(x), max(cols - 2, 0))
        r1, c1 = min(r0 + 1, rows - 1), min(c0 + 1, cols - 1)
        wy, wx = y - r0, x - c0
        top = self.signed_m[r0, c0] * (1 - wx) + self.signed_m[r0, c1] * wx
        low = self.signed_m[r1, c0] * (1 - wx) + self.signed_m[r1, c1] * wx
        return float(top * (1 - wy) + low * wy)

    def measured_at(self, row: float, col: float) -> float | None:
        """Return the unsigned distance at a pixel, or None where the shore is out of reach."""
        signed = self.at(row, col)
        return abs(signed) if signed < self.reach_m * (1.0 - ROUNDING) else None


def shore_grid(geometry: ImageGeometry, coast: CoastPort, height: int, width: int) -> ShoreGrid:
    """Return the grid of a whole image of ``height`` x ``width`` pixels."""
    middle = (BLOCK_PX - 1) / 2

    def geolocate(
        rows: NDArray[np.float64], cols: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        row = np.asarray(rows, float) * BLOCK_PX + middle
        return geometry.lonlat(row, np.asarray(cols, float) * BLOCK_PX + middle)

    grid = coast.mask_grid(geolocate, -(-height // BLOCK_PX), -(-width // BLOCK_PX))
    signed = np.where(grid.land, -grid.distance_m, grid.distance_m).astype(np.float32)
    error_m = coast.coast_error_in(_box(geometry, height, width))
    return ShoreGrid(signed_m=signed, coast_error_m=error_m, reach_m=grid.max_distance_m)


def _box(geometry: ImageGeometry, height: int, width: int) -> BBox:
    """Return the box round the outline of an image; it may cross the antimeridian."""
    rows = np.linspace(0.0, height - 1.0, OUTLINE_POINTS)
    cols = np.linspace(0.0, width - 1.0, OUTLINE_POINTS)
    row, col = np.meshgrid(rows, cols, indexing="ij")
    lon, lat = geometry.lonlat(row.ravel(), col.ravel())
    first = float(lon[0])
    offset = (lon - first + 180.0) % 360.0 - 180.0
    return BBox(
        wrap_lon(first + float(offset.min())),
        float(lat.min()),
        wrap_lon(first + float(offset.max())),
        float(lat.max()),
    )


def open_sea(height: int, width: int) -> ShoreGrid:
    """Return a grid without land, for images that cannot be placed on the globe."""
    shape = (-(-height // BLOCK_PX), -(-width // BLOCK_PX))
    return ShoreGrid(signed_m=np.full(shape, np.inf, np.float32), coast_error_m=0.0)
