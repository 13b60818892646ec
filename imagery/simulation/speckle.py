"""Multi-look speckle as the GRD processor makes it, and its point response.

The processor forms five range looks of a Hamming-weighted spectrum, detects and adds them. Here
each look is complex Gaussian noise passed through the same response; outer looks weigh less, as
their overlap and the antenna leave 4.4 equivalent looks of 5 (Sentinel-1 Product Definition,
S1-RS-MDA-52-7440: ENL 4.4 of IW GRDH).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from imagery.simulation.randomness import Stream

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]

LOOK_WEIGHTS = np.array([0.42, 1.0, 1.0, 1.0, 0.42], dtype=np.float32)
"""(sum w)^2 / sum w^2 = 4.40."""
HAMMING = 0.7
BAND = 0.52
"""Processed band over the sampling rate at 10 m pixels: gives 20 to 22 m at half power."""
TAPS_REACH = 4


def response(offset_pixels: FloatArray) -> FloatArray:
    """Return the amplitude response of the processor at offsets in pixels, unit energy.

    A Hamming window a + (1 - a) cos over the band transforms to three sinc functions; with a = 0.7
    the first side lobe lies 21 dB below the peak.
    """
    u = np.asarray(offset_pixels, float) * BAND
    value = HAMMING * np.sinc(u) + 0.5 * (1 - HAMMING) * (np.sinc(u - 1) + np.sinc(u + 1))
    # Parseval: the energy of the window over the band.
    energy = (HAMMING**2 + 0.5 * (1 - HAMMING) ** 2) / BAND
    return np.asarray(value / np.sqrt(energy))


def speckle_taps() -> Float32Array:
    """Return the response at whole pixels, of unit energy over its nine taps."""
    taps = response(np.arange(-TAPS_REACH, TAPS_REACH + 1, dtype=float))
    return np.asarray(taps / np.sqrt(np.sum(taps**2)), dtype=np.float32)


def speckle(stream: Stream, seed: int, first_row: int, rows: int, width: int) -> Float32Array:
    """Return multi-look speckle of mean one, shape (rows, width)."""
    parts = 2 * len(LOOK_WEIGHTS)
    padded = width + 2 * TAPS_REACH
    noise = np.empty((rows + 2 * TAPS_REACH, parts, padded), dtype=np.float32)
    for i in range(len(noise)):
        generator = stream.generator(seed, first_row - TAPS_REACH + i)
        generator.standard_normal(out=noise[i], dtype=np.float32)
    weights = np.repeat(LOOK_WEIGHTS / (2.0 * LOOK_WEIGHTS.sum()), 2).astype(np.float32)
    return np.asarray(_detect(noise, speckle_taps(), weights))


@njit("void(f4[::1], f4[::1], f4[::1])", cache=True, nogil=True, fastmath=True)
def _filter_row(source: Float32Array, taps: Float32Array, target: Float32Array) -> None:
    """Write the filtered row; ``source`` is longer by the taps less one."""
    for c in range(len(target)):
        target[c] = source[c] * taps[0]
    for k in range(1, len(taps)):
        tap = taps[k]
        for c in range(len(target)):
            target[c] += source[c + k] * tap


@njit("f4[:,::1](f4[:,:,::1], f4[::1], f4[::1])", cache=True, nogil=True, fastmath=True)
def _detect(noise: Float32Array, taps: Float32Array, weights: Float32Array) -> Float32Array:
    """Filter every part along rows and columns, and add the weighted squares."""
    height, parts, padded = noise.shape
    count = len(taps)
    rows, width = height - count + 1, padded - count + 1
    out = np.zeros((rows, width), dtype=np.float32)
    filtered = np.empty((height, width), dtype=np.float32)
    line = np.empty(width, dtype=np.float32)
    for part in range(parts):
        for r in range(height):
            _filter_row(noise[r, part], taps, filtered[r])
        for r in range(rows):
            for c in range(width):
                line[c] = filtered[r, c] * taps[0]
            for k in range(1, count):
                tap = taps[k]
                for c in range(width):
                    line[c] += filtered[r + k, c] * tap
            for c in range(width):
                out[r, c] += weights[part] * line[c] * line[c]
    return out
