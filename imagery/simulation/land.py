"""Land in the image: a coast that is not quite where any map has it, and how bright it is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import Affine
from scipy.ndimage import gaussian_filter
from shapely.affinity import translate
from shapely.geometry import Polygon, box

from imagery.simulation.frame import PIXEL_SPACING_M
from imagery.simulation.grid import ImageGrid
from imagery.simulation.randomness import Stream, row_noise

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

VV_MEAN = 10.0 ** (-8.0 / 10.0)
VH_MEAN = 10.0 ** (-14.5 / 10.0)
"""Vegetated hills in C-band; F. Ulaby and M. Dobson, "Handbook of Radar Scattering Statistics for
Terrain" (1989), tables for trees and shrubs at 35 to 40 degrees."""
TEXTURE_DB = 2.2
RELIEF = ((10.0, 0.55), (3.0, 0.6), (1.0, 0.58))
"""Scale in cells of 40 m and share of the deviation, of three scales of relief."""
ROUGHNESS = 0.05
"""Amplitude of the fractal shoreline over the length of a map segment."""
_DETAIL_PIXELS = 3.0
_LONG_PIXELS = 200.0
CUT_MARGIN_DEG = 0.2
"""Land is cut this far outside the image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LandPainter:
    """Mask and brightness of land; ``outlines`` are polygons in (sample, line) pixels."""

    outlines: tuple[Polygon, ...]
    samples: int
    seed: int

    def mask(self, first_line: int, lines: int) -> BoolArray:
        """Return which pixels of a strip are land."""
        window = (0.0, first_line - 1.0, float(self.samples), float(first_line + lines + 1))
        seen = [p for p in self.outlines if _overlap(p.bounds, window)]
        if not seen:
            return np.zeros((lines, self.samples), dtype=bool)
        shift = Affine.translation(-0.5, first_line - 0.5)
        burnt = rasterize(seen, out_shape=(lines, self.samples), transform=shift, dtype="uint8")
        return np.ascontiguousarray(burnt, dtype=bool)

    def strip(self, first_cell_row: int, cell_rows: int) -> tuple[Float32Array, Float32Array]:
        """Return sigma nought (VV, VH) of land on the 4-pixel lattice for some of its rows."""
        columns = math.ceil(self.samples / 4) + 2
        halo = 30
        raw = row_noise(
            Stream.LAND, self.seed, first_cell_row - halo, cell_rows + 2 * halo, columns + 2 * halo
        )
        # Three scales of relief (400 m, 120 m, 40 m); a Gaussian filter of deviation s takes the
        # deviation of white noise down by 1 / (2 sqrt(pi) s).
        field = np.zeros(raw.shape, dtype=np.float32)
        for scale, share in RELIEF:
            smooth = gaussian_filter(raw, scale, mode="nearest", truncate=halo / 10.0)
            field += np.float32(share * 2.0 * math.sqrt(math.pi) * scale) * smooth
        field = field[halo:-halo, halo:-halo]
        factor = 10.0 ** (TEXTURE_DB * field / 10.0)
        return (VV_MEAN * factor).astype(np.float32), (VH_MEAN * factor).astype(np.float32)


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def displaced_outlines(
    polygons: Iterable[Polygon], grid: ImageGrid, coast_error_m: float, seed: int
) -> tuple[Polygon, ...]:
    """Return land polygons in pixels, moved and roughened so that no map fits them exactly.

    The whole coast is moved by ``coast_error_m`` in one random direction, each polygon by up to a
    fifth of that more, and every segment gets fractal detail: real shorelines wind between the
    points of a map.
    """
    rng = Stream.COAST.generator(seed)
    angle = rng.uniform(0.0, 2.0 * math.pi)
    common = np.array([math.cos(angle), math.sin(angle)]) * coast_error_m / PIXEL_SPACING_M
    outlines = []
    for ring in _rings_near(polygons, grid):
        own = rng.normal(0.0, 0.1 * coast_error_m / PIXEL_SPACING_M, 2)
        line, sample = grid.image(ring[:, 0], ring[:, 1])
        points = np.stack([sample, line], axis=1) + common + own
        shape = Polygon(_fractal(points, rng))
        outlines.append(shape if shape.is_valid else shape.buffer(0))
    return tuple(outlines)


def _rings_near(polygons: Iterable[Polygon], grid: ImageGrid) -> Iterator[FloatArray]:
    """Yield outer rings in degrees, cut to the surroundings of the image.

    Longitudes are brought to the side of the image, whichever way the polygons count them.
    """
    line = np.linspace(0, grid.lines - 1, 5)
    sample = np.linspace(0, grid.samples - 1, 5)
    lon, lat = grid.locate(*np.meshgrid(line, sample, indexing="ij"))
    middle = float(lon[2, 2])
    offset = (lon - middle + 180.0) % 360.0 - 180.0
    window = box(
        middle + float(offset.min()) - CUT_MARGIN_DEG,
        float(lat.min()) - CUT_MARGIN_DEG,
        middle + float(offset.max()) + CUT_MARGIN_DEG,
        float(lat.max()) + CUT_MARGIN_DEG,
    )
    for polygon in polygons:
        west, _, east, _ = polygon.bounds
        turn = 360.0 * round((middle - (west + east) / 2.0) / 360.0)
        moved = translate(Polygon(polygon.exterior), xoff=turn)
        cut = shapely.clip_by_rect(moved if moved.is_valid else moved.buffer(0), *window.bounds)
        for part in shapely.get_parts(cut):
            if isinstance(part, Polygon) and not part.is_empty:
                yield np.asarray(part.exterior.coords, dtype=float)


def _fractal(points: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return a closed ring with every long segment broken by midpoint displacement."""
    ring = points
    for _ in range(8):
        a, b = ring[:-1], ring[1:]
        step = b - a
        length = np.hypot(step[:, 0], step[:, 1])
        if length.max() < _DETAIL_PIXELS:
            break
        side = np.stack([-step[:, 1], step[:, 0]], axis=1)
        # Long straight edges are cuts or artificial: they get no more detail than 2 km have.
        strength = ROUGHNESS * np.minimum(1.0, _LONG_PIXELS / np.maximum(length, 1e-9))
        kick = rng.normal(0.0, 1.0, len(a)) * strength * (length >= _DETAIL_PIXELS)
        middle = 0.5 * (a + b) + side * kick[:, None]
        woven = np.empty((2 * len(a) + 1, 2))
        woven[0:-1:2], woven[1::2], woven[-1] = a, middle, b[-1]
        ring = woven
    return ring
