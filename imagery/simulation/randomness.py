"""Counter-based noise: every random number is a function of seed, stream and place alone.

Philox (J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) of numpy. A row of
an image has its own counter, so that it does not matter in which strips or order rows are drawn.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]

_ROW_OFFSET = 1 << 20
"""Keeps the counters of rows before the first (halos) positive."""


class Stream(IntEnum):
    """The independent sources of noise in a scene."""

    WIND = 1
    SWELL = 2
    TEXTURE = 3
    SPECKLE_VV = 4
    SPECKLE_VH = 5
    LAND = 6
    COAST = 7
    TRAFFIC = 8
    TARGETS = 9
    AIS = 10

    def generator(self, seed: int, place: int = 0) -> np.random.Generator:
        """Return the generator of a stream at a place (a row, a target number)."""
        key = np.array([seed & 0xFFFF_FFFF_FFFF_FFFF, int(self)], dtype=np.uint64)
        counter = np.array([0, 0, place + _ROW_OFFSET, 0], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=key, counter=counter))


def stable_number(text: str) -> int:
    """Return a 40-bit number of a name, the same in every process."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:5], "big")


def row_noise(stream: Stream, seed: int, first_row: int, rows: int, width: int) -> Float32Array:
    """Return standard normal noise, shape (rows, width), row by row from its own counter."""
    noise = np.empty((rows, width), dtype=np.float32)
    for i in range(rows):
        stream.generator(seed, first_row + i).standard_normal(out=noise[i], dtype=np.float32)
    return noise
