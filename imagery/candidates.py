"""From marked pixels to candidate objects of one tile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from imagery.cfar import GROW, SEED, BandTile, CfarTile, Water
from imagery.measurement import Extent, measure
from imagery.parameters import BLOCK_PX

EIGHT = np.ones((3, 3), bool)
LAND_REACH_PX = 3
"""An object this near to the land mask hangs together with the land."""
CHIP_PX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One object, image coordinates of the whole scene.

    Args:
        peak: brightest sigma nought (noise removed) per polarisation, linear.
        clutter: local mean of sigma nought per polarisation.
        noise: thermal noise per polarisation at the peak.
        contrast: fused peak over clutter.
        margin: best peak over its seed level is not kept; this is the number of seed pixels.
        chip: per polarisation in decibels, float16 (bands, CHIP_PX, CHIP_PX).
    """

    extent: Extent
    peak_row: int
    peak_col: int
    peak: tuple[float, ...]
    clutter: tuple[float, ...]
    noise: tuple[float, ...]
    contrast: float
    mean_contrast: float
    pixels: int
    seeds: int
    touches_land: bool
    touches_edge: bool
    chip: NDArray[np.float16]


def find_candidates(
    tested: CfarTile,
    bands: tuple[BandTile, ...],
    water: Water,
    origin: tuple[int, int],
    core: tuple[int, int, int, int],
    spacing_m: tuple[float, float],
    resolution_m: tuple[float, float],
    min_pixels: int,
) -> list[Candidate]:
    """Return the objects whose peak lies in the tile's core.

    Args:
        tested: result of the CFAR test.
        bands: calibrated pixels.
        water: sea mask.
        origin: line and sample of the tile's first pixel in the scene.
        core: first line, first sample, end line, end sample of the core inside the tile.
        spacing_m: metres per line and sample.
        resolution_m: half-power widths along lines and samples.
        min_pixels: smaller objects are speckle grains.
    """
    marked = (tested.marks & (SEED | GROW)) != 0
    if not (tested.marks & SEED).any():
        return []
    labels, count = ndimage.label(ndimage.binary_dilation(marked, EIGHT), EIGHT)
    seeded = np.unique(labels[(tested.marks & SEED) != 0])
    boxes = ndimage.find_objects(labels, count)
    found = []
    for label in seeded[seeded > 0]:
        box = boxes[label - 1]
        inside = (labels[box] == label) & marked[box]
        rows, cols = np.nonzero(inside)
        if rows.size < min_pixels:
            continue
        rows, cols = rows + box[0].start, cols + box[1].start
        best = int(np.argmax(tested.ratio[rows, cols]))
        peak = (int(rows[best]), int(cols[best]))
        if core[0] <= peak[0] < core[2] and core[1] <= peak[1] < core[3]:
            found.append(
                _candidate(tested, bands, water, origin, rows, cols, peak, spacing_m, resolution_m)
            )
    return found


def _candidate(
    tested: CfarTile,
    bands: tuple[BandTile, ...],
    water: Water,
    origin: tuple[int, int],
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    peak: tuple[int, int],
    spacing_m: tuple[float, float],
    resolution_m: tuple[float, float],
) -> Candidate:
    ratio = tested.ratio[rows, cols].astype(np.float64)
    extent = measure(
        rows.astype(float) + origin[0],
        cols.astype(float) + origin[1],
        np.maximum(ratio, 1.0),
        spacing_m,
        resolution_m,
    )
    height, width = water.skip.shape
    block = (
        min(peak[0] // BLOCK_PX, tested.clutter[0].shape[0] - 1),
        min(peak[1] // BLOCK_PX, tested.clutter[0].shape[1] - 1),
    )
    near_land = _around(water.skip, rows, cols, LAND_REACH_PX)
    gap = any(np.isnan(_around_values(band.power, peak, 4)).any() for band in bands)
    border = (
        rows.min() == 0 or cols.min() == 0 or rows.max() == height - 1 or cols.max() == width - 1
    )
    return Candidate(
        extent=extent,
        peak_row=peak[0] + origin[0],
        peak_col=peak[1] + origin[1],
        peak=tuple(_peak(band, rows, cols) for band in bands),
        clutter=tuple(float(plane[block]) for plane in tested.clutter),
        noise=tuple(float(band.noise[peak]) for band in bands),
        contrast=float(ratio.max()),
        mean_contrast=float(ratio.mean()),
        pixels=int(rows.size),
        seeds=int(((tested.marks[rows, cols] & SEED) != 0).sum()),
        touches_land=near_land,
        touches_edge=bool(border or gap),
        chip=_chip(bands, peak),
    )


def _peak(band: BandTile, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> float:
    values = band.power[rows, cols] - band.noise[rows, cols]
    return float(max(np.nanmax(values), 1e-12)) if np.isfinite(values).any() else 1e-12


def _around(
    mask: NDArray[np.uint8], rows: NDArray[np.int64], cols: NDArray[np.int64], reach: int
) -> bool:
    height, width = mask.shape
    for dy in (-reach, 0, reach):
        for dx in (-reach, 0, reach):
            if mask[np.clip(rows + dy, 0, height - 1), np.clip(cols + dx, 0, width - 1)].any():
                return True
    return False


def _around_values(
    plane: NDArray[np.float32], at: tuple[int, int], reach: int
) -> NDArray[np.float32]:
    return plane[
        max(at[0] - reach, 0) : at[0] + reach + 1, max(at[1] - reach, 0) : at[1] + reach + 1
    ]


def _chip(bands: tuple[BandTile, ...], peak: tuple[int, int]) -> NDArray[np.float16]:
    """Return the surroundings of the peak in decibels; NaN outside the image."""
    half = CHIP_PX // 2
    chip = np.full((len(bands), CHIP_PX, CHIP_PX), np.nan, np.float16)
    height, width = bands[0].power.shape
    top, left = peak[0] - half, peak[1] - half
    rows = slice(max(top, 0), min(top + CHIP_PX, height))
    cols = slice(max(left, 0), min(left + CHIP_PX, width))
    for index, band in enumerate(bands):
        values = np.maximum(band.power[rows, cols], 1e-6)
        chip[index, rows.start - top : rows.stop - top, cols.start - left : cols.stop - left] = (
            10.0 * np.log10(values)
        )
    return chip
