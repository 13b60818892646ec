"""Windows of raster files, with every reader error turned into one plain line."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window as RasterWindow

from imagery.cfar import BandTile
from imagery.product import BandFiles
from imagery.radiometry import Window, calibrate
from umimori.errors import CorruptFileError

os.environ.setdefault("GDAL_CACHEMAX", "384")
"""MiB. GDAL's own default is 5 % of the machine's memory, however much that is. Read at first use."""

_OPEN = threading.local()
_OPEN_LIMIT = 8
_OPENING = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeTileReader:
    """Calibrated windows of the measurement files of a SAFE product."""

    bands: tuple[BandFiles, ...]

    def read(self, window: Window) -> tuple[BandTile, ...]:
        """Return all polarisations of a window."""
        return tuple(_calibrated(band, window) for band in self.bands)


def _calibrated(band: BandFiles, window: Window) -> BandTile:
    dn = read_window(band.measurement, window).astype(np.uint16, copy=False)
    power, noise = calibrate(dn, window, band.calibration, band.noise)
    return BandTile(polarisation=band.polarisation, power=power, noise=noise)


def read_window(path: str, window: Window, index: int = 1) -> NDArray[Any]:
    """Return one band of a window.

    Raises:
        CorruptFileError: when the file cannot be opened or the block cannot be decoded.
    """
    with reading(path):
        dataset = _dataset(path)
        area = RasterWindow(window.col, window.row, window.width, window.height)
        pixels: NDArray[Any] = dataset.read(index, window=area)
    return pixels


@contextmanager
def reading(path: str) -> Iterator[None]:
    """Turn GDAL's and rasterio's errors into ours."""
    try:
        yield
    except (RasterioError, OSError, ValueError) as error:
        close_all()
        raise CorruptFileError(
            f"{Path(path).name} is truncated or not a readable image.",
            remedy="Download the product again, then check its size and checksum.",
        ) from error


def _dataset(path: str) -> Any:
    """Return this thread's own handle of a file; GDAL handles must not be shared by threads."""
    cache: dict[str, Any] = _OPEN.__dict__.setdefault("cache", {})
    if path not in cache:
        if len(cache) >= _OPEN_LIMIT:
            close_all()
        cache[path] = open_raster(path)
    return cache[path]


def open_raster(path: str) -> Any:
    """Open a raster for reading; images without georeference are expected here."""
    # Warning filters belong to the process, not to the thread, hence the lock.
    with _OPENING, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(path)


def close_all() -> None:
    """Close this thread's handles."""
    cache: dict[str, Any] = _OPEN.__dict__.setdefault("cache", {})
    for dataset in cache.values():
        dataset.close()
    cache.clear()
