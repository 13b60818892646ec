"""The overview that the map shows: the scene in Web Mercator, warped by its true geometry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from imagery.product import ImageGeometry

Bytes = NDArray[np.uint8]

EARTH_RADIUS_M = 6_378_137.0
"""Radius of the sphere of EPSG:3857."""
NODE_PX = 32
"""The geometry is evaluated every so many output pixels and interpolated between."""
BAND_ROWS = 512
MAX_EDGE_PX = 16_384
STRETCH_QUANTILES = (0.02, 0.995)
SMALL_SCENE_PX = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MercatorGrid:
    """A north-up raster in EPSG:3857; x may pass 20,037,508 m across the antimeridian."""

    west_m: float
    north_m: float
    pixel_m: float
    height: int
    width: int


def overview_step(width_px: int) -> int:
    """Return how many image pixels make one overview pixel: 20 m for small scenes, else 40 m."""
    return 2 if width_px <= SMALL_SCENE_PX else 4


def stretch_limits_db(power: NDArray[np.float32]) -> tuple[float, float]:
    """Return the decibels that become black and white."""
    sample = power[::4, ::4]
    sample = sample[np.isfinite(sample) & (sample > 0)]
    if sample.size == 0:
        return (-30.0, 0.0)
    low, high = (10.0 * np.log10(np.quantile(sample, q)) for q in STRETCH_QUANTILES)
    return (float(low), max(float(high), float(low) + 10.0))


def to_bytes(power: NDArray[np.float32], limits_db: tuple[float, float]) -> Bytes:
    """Return decibels stretched to 1..255; 0 is "no data"."""
    low, high = limits_db
    with np.errstate(invalid="ignore"):
        decibel = 10.0 * np.log10(np.maximum(power, 1e-6))
        grey = np.clip((decibel - low) / (high - low) * 254.0 + 1.0, 1.0, 255.0)
    return np.where(np.isfinite(power), grey, 0.0).astype(np.uint8)


def mercator_grid(
    geometry: ImageGeometry, height: int, width: int, spacing_m: float
) -> MercatorGrid:
    """Return the raster that holds a whole image at about ``spacing_m`` on the ground."""
    edge = np.linspace(0.0, 1.0, 33)
    rows = np.concatenate([0 * edge, edge, 0 * edge + 1, edge]) * (height - 1)
    cols = np.concatenate([edge, 0 * edge + 1, edge, 0 * edge]) * (width - 1)
    lon, lat = geometry.unwrapped_lonlat(rows, cols)
    x, y = _to_mercator(lon, lat)
    pixel = spacing_m / float(np.cos(np.radians(np.mean(lat))))
    pixel = max(pixel, float(np.ptp(x)) / MAX_EDGE_PX, float(np.ptp(y)) / MAX_EDGE_PX)
    return MercatorGrid(
        west_m=float(x.min()),
        north_m=float(y.max()),
        pixel_m=pixel,
        height=int(np.ceil(np.ptp(y) / pixel)) + 1,
        width=int(np.ceil(np.ptp(x) / pixel)) + 1,
    )


def warp(
    image: Bytes, step: int, geometry: ImageGeometry, grid: MercatorGrid
) -> Iterator[tuple[int, Bytes]]:
    """Yield (first line, lines) of the warped image, bilinear.

    Args:
        image: overview in image geometry, ``step`` scene pixels per pixel.
        step: scene pixels per overview pixel.
        geometry: geometry of the full scene.
        grid: the wanted raster.
    """
    valid = (image > 0).astype(np.float32)
    values = image.astype(np.float32)
    for top in range(0, grid.height, BAND_ROWS):
        lines = min(BAND_ROWS, grid.height - top)
        rows, cols = _source_pixels(geometry, grid, top, lines)
        at = np.stack([(rows - (step - 1) / 2) / step, (cols - (step - 1) / 2) / step])
        share = ndimage.map_coordinates(valid, at, order=1, cval=0.0)
        grey = ndimage.map_coordinates(values, at, order=1, cval=0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            grey = np.clip(np.rint(grey / share), 1, 255)
        yield top, np.where(share > 0.5, grey, 0).astype(np.uint8)


def _source_pixels(
    geometry: ImageGeometry, grid: MercatorGrid, top: int, lines: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return scene line and sample of every pixel of a band of output lines."""
    node_y = np.arange(0, lines + NODE_PX, NODE_PX)
    node_x = np.arange(0, grid.width + NODE_PX, NODE_PX)
    x = grid.west_m + (node_x + 0.5) * grid.pixel_m
    y = grid.north_m - (top + node_y + 0.5) * grid.pixel_m
    lon, lat = _from_mercator(*np.meshgrid(x, y))
    rows, cols = geometry.pixel(lon, lat)
    want_y, want_x = np.arange(lines) / NODE_PX, np.arange(grid.width) / NODE_PX
    return _upsample(rows, want_y, want_x), _upsample(cols, want_y, want_x)


def _upsample(
    nodes: NDArray[np.float64], y: NDArray[np.float64], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    y0, x0 = y.astype(int), x.astype(int)
    wy, wx = (y - y0)[:, None], (x - x0)[None, :]
    top = nodes[y0][:, x0] * (1 - wx) + nodes[y0][:, x0 + 1] * wx
    low = nodes[y0 + 1][:, x0] * (1 - wx) + nodes[y0 + 1][:, x0 + 1] * wx
    filled: NDArray[np.float64] = top * (1 - wy) + low * wy
    return filled


def _to_mercator(
    lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x = EARTH_RADIUS_M * np.radians(lon)
    y = EARTH_RADIUS_M * np.log(np.tan(np.pi / 4 + np.radians(np.clip(lat, -85.0, 85.0)) / 2))
    return x, y


def _from_mercator(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon = np.degrees(x / EARTH_RADIUS_M)
    lat = np.degrees(2 * np.arctan(np.exp(y / EARTH_RADIUS_M)) - np.pi / 2)
    return lon, lat
