"""Small pictures of detections: the polarisations side by side, 8-bit grey PNG."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

DYNAMIC_DB = 30.0
"""From the darkest shown level up to white; the level follows the median of the chip."""
BELOW_MEDIAN_DB = 8.0
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chip_png(chip: NDArray[np.float16]) -> bytes:
    """Return the PNG of a chip in decibels, shape (bands, height, width); NaN becomes black."""
    panels = [_grey(band.astype(np.float32)) for band in chip]
    return encode_png(np.hstack(panels))


def _grey(decibel: NDArray[np.float32]) -> NDArray[np.uint8]:
    known = np.isfinite(decibel)
    if not known.any():
        return np.zeros(decibel.shape, np.uint8)
    low = float(np.median(decibel[known])) - BELOW_MEDIAN_DB
    scaled = np.clip((decibel - low) / DYNAMIC_DB * 255.0, 0.0, 255.0)
    return np.where(known, scaled, 0.0).astype(np.uint8)


def encode_png(grey: NDArray[np.uint8]) -> bytes:
    """Return an 8-bit grey PNG (W3C PNG specification, third edition), filter 0 on each line."""
    height, width = grey.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = np.hstack([np.zeros((height, 1), np.uint8), grey]).tobytes()
    return (
        _SIGNATURE
        + _part(b"IHDR", header)
        + _part(b"IDAT", zlib.compress(lines, 6))
        + _part(b"IEND", b"")
    )


def _part(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check
