"""Azimuth ambiguities: ghosts of bright sources, displaced along the flight direction.

The pulse repetition samples the Doppler spectrum at PRF; what lies beyond folds back and appears
at ``k * wavelength * range * PRF / (2 * speed)`` along azimuth, k = +-1, +-2, with the source's
polarisation ratio and 20 to 30 dB below it (Cumming and Wong, "Digital Processing of Synthetic
Aperture Radar Data", 2005, section 5.4; SUMO searches 250 m boxes for a tenfold stronger peak).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from imagery.candidates import Candidate
from imagery.product import Product, Radar
from imagery.radiometry import Window

ORDERS = (-2, -1, 1, 2)
BOX_M = 250.0
"""Edge of the box round the expected source (SUMO)."""
SOURCE_OVER_GHOST = 20.0
"""13 dB. Ghosts of Sentinel-1 lie 20 to 30 dB below; the rest is fluctuation of both."""
RATIO_TOLERANCE_DB = 9.0
SEEN_OVER_CLUTTER = 4.0
"""A cross-polarised peak below this says nothing about the ratio."""

Peaks = tuple[float, ...]
SourcePeaks = Callable[[float, float], Peaks | None]


def displacement_m(order: int, radar: Radar, row: float, col: float, height: int) -> float | None:
    """Return the along-azimuth distance of a ghost from its source; None without a PRF."""
    prf = radar.prf_hz(row, col)
    if prf is None:
        return None
    slant_range = float(radar.geometry.slant_range_m(row, col))
    speed = radar.orbit.speed_mps(radar.line_time(row, height))
    return order * radar.wavelength_m * slant_range * prf / (2.0 * speed)


def is_ghost(candidate: Candidate, product: Product, source_peaks: SourcePeaks) -> bool:
    """Return whether a much brighter source lies where a ghost would come from."""
    radar, spacing = product.radar, product.spacing_m
    if radar is None or spacing is None:
        return False
    height = product.scene.height_px
    for order in ORDERS:
        shift = displacement_m(order, radar, candidate.peak_row, candidate.peak_col, height)
        if shift is None:
            continue
        row = candidate.peak_row + shift / spacing[0]
        peaks = source_peaks(row, float(candidate.peak_col))
        if peaks is not None and _explains(peaks, candidate):
            return True
    return False


def sources_of(
    candidates: Sequence[Candidate], product: Product, on_land: Callable[[float, float], bool]
) -> SourcePeaks:
    """Return a look-up of the brightest source in the box round a pixel, per polarisation.

    Sources at sea are the other candidates; on land the pixels themselves are read.
    """
    spacing = product.spacing_m or (1.0, 1.0)
    half_rows, half_cols = (round(BOX_M / 2.0 / side) for side in spacing)
    rows = np.array([c.peak_row for c in candidates], float)
    cols = np.array([c.peak_col for c in candidates], float)

    def look(row: float, col: float) -> Peaks | None:
        if not 0 <= row < product.scene.height_px:
            return None
        near = np.flatnonzero((abs(rows - row) <= half_rows) & (abs(cols - col) <= half_cols))
        peaks = [candidates[int(index)].peak for index in near]
        if on_land(row, col):
            peaks += list(_read_peaks(product, row, col, half_rows, half_cols))
        return max(peaks, key=lambda values: values[0], default=None)

    return look


def _read_peaks(
    product: Product, row: float, col: float, half_rows: int, half_cols: int
) -> Iterator[Peaks]:
    top, left = max(round(row) - half_rows, 0), max(round(col) - half_cols, 0)
    bottom = min(round(row) + half_rows + 1, product.scene.height_px)
    right = min(round(col) + half_cols + 1, product.scene.width_px)
    window = Window(row=top, col=left, height=bottom - top, width=right - left)
    bands = product.reader.read(window)
    if all(np.isfinite(band.power).any() for band in bands):
        yield tuple(float(np.nanmax(band.power)) for band in bands)


def _explains(source: Peaks, ghost: Candidate) -> bool:
    if source[0] < SOURCE_OVER_GHOST * ghost.peak[0]:
        return False
    if len(source) < 2 or ghost.peak[1] < SEEN_OVER_CLUTTER * (ghost.clutter[1] + ghost.noise[1]):
        return True
    difference = 10.0 * np.log10(source[0] / source[1]) - 10.0 * np.log10(
        ghost.peak[0] / ghost.peak[1]
    )
    return bool(abs(difference) <= RATIO_TOLERANCE_DB)
