"""The work on one tile, and how a scene is cut into tiles.

A tile is read with a margin, so that ring statistics and objects at its border are complete; an
object belongs to the tile whose core holds its peak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagery import kernels
from imagery.candidates import Candidate, find_candidates
from imagery.cfar import channel_names, detect_tile, measure_looks
from imagery.parameters import BLOCK_PX
from imagery.product import TileReader
from imagery.radiometry import Window
from imagery.shore import ShoreGrid

CORE_PX = 2048
MARGIN_PX = 192
"""More than the wide ring's reach (136 px) plus the longest ship (40 px); a multiple of a block."""
SAMPLE_PX = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class TileJob:
    """Everything one worker needs; small and picklable."""

    reader: TileReader
    core: Window
    window: Window
    shore: ShoreGrid
    looks: dict[str, float]
    pfa: float
    min_pixels: int
    spacing_m: tuple[float, float]
    resolution_m: tuple[float, float]
    overview_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TileResult:
    """Objects of a tile and its part of the overview (sigma nought, first band)."""

    core: Window
    candidates: tuple[Candidate, ...]
    overview: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleJob:
    """A small window to measure the number of looks on."""

    reader: TileReader
    window: Window
    shore: ShoreGrid


def run_tile(job: TileJob) -> TileResult:
    """Detect in one tile."""
    window, core = job.window, job.core
    bands = job.reader.read(window)
    water = job.shore.water(window.height, window.width)
    top, left = core.row - window.row, core.col - window.col
    inner = (top, left, top + core.height, left + core.width)
    candidates: list[Candidate] = []
    if not water.skip.all():
        tested = detect_tile(bands, water, job.looks, job.pfa)
        candidates = find_candidates(
            tested,
            bands,
            water,
            (window.row, window.col),
            inner,
            job.spacing_m,
            job.resolution_m,
            job.min_pixels,
        )
    step = job.overview_step
    overview = np.empty((-(-core.height // step), -(-core.width // step)), np.float32)
    part = (slice(top, inner[2]), slice(left, inner[3]))
    kernels.shrink(
        np.ascontiguousarray(bands[0].power[part]),
        np.ascontiguousarray(bands[0].noise[part]),
        step,
        overview,
    )
    return TileResult(core=core, candidates=tuple(candidates), overview=overview)


def run_sample(job: SampleJob) -> dict[str, float]:
    """Return the looks per channel that a sample window shows."""
    bands = job.reader.read(job.window)
    water = job.shore.water(job.window.height, job.window.width)
    known = measure_looks(bands, water)
    wanted = channel_names(tuple(band.polarisation for band in bands))
    return {name: value for name, value in known.items() if name in wanted}


def cut(height: int, width: int) -> list[tuple[Window, Window]]:
    """Return (core, window with margin) of all tiles; cores begin on block borders."""
    tiles = []
    for row, rows in _spans(height):
        for col, cols in _spans(width):
            top, left = max(row - MARGIN_PX, 0), max(col - MARGIN_PX, 0)
            bottom = min(row + rows + MARGIN_PX, height)
            right = min(col + cols + MARGIN_PX, width)
            core = Window(row=row, col=col, height=rows, width=cols)
            tiles.append((core, Window(row=top, col=left, height=bottom - top, width=right - left)))
    return tiles


def sample_windows(height: int, width: int, count: int = 16) -> list[Window]:
    """Return windows spread evenly over the image."""
    per_side = max(1, round(count**0.5))
    size_rows, size_cols = min(SAMPLE_PX, height), min(SAMPLE_PX, width)
    rows = sorted({_on_block(r) for r in np.linspace(0, height - size_rows, per_side)})
    cols = sorted({_on_block(c) for c in np.linspace(0, width - size_cols, per_side)})
    return [Window(row=r, col=c, height=size_rows, width=size_cols) for r in rows for c in cols]


def _on_block(value: float) -> int:
    return int(value) // BLOCK_PX * BLOCK_PX


def _spans(size: int) -> list[tuple[int, int]]:
    parts = max(1, round(size / CORE_PX))
    step = -(-size // parts)
    step = -(-step // BLOCK_PX) * BLOCK_PX
    return [(start, min(step, size - start)) for start in range(0, size, step)]
