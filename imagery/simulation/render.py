"""The image, strip by strip: sea or land, speckle, thermal noise, targets, digital numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from imagery.simulation.instrument import POLARISATIONS
from imagery.simulation.land import LandPainter
from imagery.simulation.radiometry import Radiometry
from imagery.simulation.randomness import Stream
from imagery.simulation.sea import SEA_CELL, SeaPainter
from imagery.simulation.speckle import speckle
from imagery.simulation.targets import Patch

Float32Array = NDArray[np.float32]
Uint16Array = NDArray[np.uint16]

STRIP_PIXELS = 1_500_000
"""About 60 MB of working memory for each thread."""
MAX_STRIP_LINES = 512
_STREAMS = {"vv": Stream.SPECKLE_VV, "vh": Stream.SPECKLE_VH}


@dataclass(frozen=True, kw_only=True)
class ImageModel:
    """Everything that decides the pixels."""

    lines: int
    samples: int
    seed: int
    sea: SeaPainter
    land: LandPainter
    radiometry: Radiometry
    patches: tuple[Patch, ...]
    polarisations: tuple[str, ...] = POLARISATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Finished lines of the image in each polarisation."""

    first_line: int
    images: Mapping[str, Uint16Array]


def strip_lines(samples: int) -> int:
    """Return the height of a strip, a multiple of the sea lattice's spacing."""
    lines = min(MAX_STRIP_LINES, max(SEA_CELL, STRIP_PIXELS // samples))
    return lines // SEA_CELL * SEA_CELL


def render(model: ImageModel, workers: int = 2) -> Iterator[Strip]:
    """Yield the image from the first line to the last.

    The pixels do not depend on ``workers`` or on the height of the strips. Threads suffice: noise
    and kernels run without the interpreter's lock.
    """
    height = strip_lines(model.samples)
    starts = list(range(0, model.lines, height))
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        pending = []
        for start in starts:
            lines = min(height, model.lines - start)
            pending.append(pool.submit(render_strip, model, start, lines))
            if len(pending) > workers:
                yield pending.pop(0).result()
        for future in pending:
            yield future.result()


def render_strip(model: ImageModel, first_line: int, lines: int) -> Strip:
    """Return some lines of the image; ``first_line`` is a multiple of the sea lattice's spacing."""
    cell_rows = lines // SEA_CELL + 2
    sea = dict(zip(POLARISATIONS, model.sea.strip(first_line // SEA_CELL, cell_rows), strict=True))
    mask = model.land.mask(first_line, lines)
    land = dict(
        zip(POLARISATIONS, model.land.strip(first_line // SEA_CELL, cell_rows), strict=True)
    )
    images = {}
    for polarisation in model.polarisations:
        bright = speckle(_STREAMS[polarisation], model.seed, first_line, lines, model.samples)
        gain = model.radiometry.gain(polarisation, first_line, lines)
        noise = model.radiometry.noise(polarisation, first_line, lines)
        extra = _targets(model, polarisation, first_line, lines)
        images[polarisation] = _digitise(
            sea[polarisation], land[polarisation], mask, bright, gain, noise, extra
        )
    return Strip(first_line=first_line, images=images)


def _targets(model: ImageModel, polarisation: str, first_line: int, lines: int) -> Float32Array:
    layer = np.zeros((lines, model.samples), dtype=np.float32)
    for patch in model.patches:
        image: Float32Array = patch.vv if polarisation == "vv" else patch.vh
        top = max(patch.first_line, first_line)
        bottom = min(patch.first_line + image.shape[0], first_line + lines)
        left = max(patch.first_sample, 0)
        right = min(patch.first_sample + image.shape[1], model.samples)
        if top < bottom and left < right:
            layer[top - first_line : bottom - first_line, left:right] += image[
                top - patch.first_line : bottom - patch.first_line,
                left - patch.first_sample : right - patch.first_sample,
            ]
    return layer


@njit(
    "u2[:,::1](f4[:,::1], f4[:,::1], b1[:,::1], f4[:,::1], f4[:,::1], f4[:,::1], f4[:,::1])",
    cache=True,
    nogil=True,
)
def _digitise(
    sea: Float32Array,
    land: Float32Array,
    mask: NDArray[np.bool_],
    speckle_: Float32Array,
    gain: Float32Array,
    noise: Float32Array,
    targets: Float32Array,
) -> Uint16Array:
    """Return digital numbers: sqrt((gain * sigma + noise) * speckle + gain * targets).

    Sea and thermal noise are both circular Gaussian, so one speckle serves their sum; targets
    carry their own fluctuation. Sea and land are interpolated from their lattice of 4 pixels.
    """
    rows, cols = speckle_.shape
    out = np.empty((rows, cols), dtype=np.uint16)
    gain_rows = gain.shape[0]
    for r in range(rows):
        i = r // 4
        fy = np.float32((r % 4) / 4.0)
        g = r if gain_rows > 1 else 0
        for c in range(cols):
            j = c // 4
            fx = np.float32((c % 4) / 4.0)
            field = land if mask[r, c] else sea
            top = field[i, j] * (1 - fx) + field[i, j + 1] * fx
            low = field[i + 1, j] * (1 - fx) + field[i + 1, j + 1] * fx
            sigma = top * (1 - fy) + low * fy
            power = (gain[g, c] * sigma + noise[r, c]) * speckle_[r, c] + gain[g, c] * targets[r, c]
            value = np.sqrt(power) + np.float32(0.5)
            out[r, c] = np.uint16(min(value, np.float32(65535.0)))
    return out
