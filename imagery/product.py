"""What a scene is to the detector, whatever file it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagery.cfar import BandTile
from imagery.geolocation import PolynomialGeometry
from imagery.orbit import StateVectors
from imagery.radiometry import Lut, NoiseModel, Window
from umimori.records.scene import Scene

FloatArray = NDArray[np.float64]


class ImageGeometry(Protocol):
    """From pixels to the ground and back."""

    def lonlat(self, rows: ArrayLike, cols: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return longitudes in [-180, 180) and latitudes, degrees."""
        ...

    def unwrapped_lonlat(self, rows: ArrayLike, cols: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return longitudes without a step inside the scene, and latitudes."""
        ...

    def pixel(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return line and sample of positions."""
        ...


class TileReader(Protocol):
    """Reads calibrated windows; picklable, opens its files where it is used."""

    def read(self, window: Window) -> tuple[BandTile, ...]:
        """Return all polarisations of a window.

        Raises:
            CorruptFileError: when the pixels cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SwathPart:
    """Samples of the merged image that come from one sub-swath, and its pulse repetition."""

    swath: str
    first_sample: int
    last_sample: int
    first_line: int
    last_line: int
    prf_hz: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Radar:
    """What only a radar scene with its annotation can tell."""

    geometry: PolynomialGeometry
    orbit: StateVectors
    swaths: tuple[SwathPart, ...]
    wavelength_m: float
    first_line_utc: datetime
    last_line_utc: datetime

    def line_time(self, row: float, height: int) -> datetime:
        """Return the zero-Doppler time of a line, by its place between first and last."""
        share = row / max(height - 1, 1)
        span = (self.last_line_utc - self.first_line_utc).total_seconds()
        return self.first_line_utc + timedelta(seconds=share * span)

    def prf_hz(self, row: float, col: float) -> float | None:
        """Return the pulse repetition frequency of the sub-swath at a pixel."""
        for part in self.swaths:
            if (
                part.first_sample <= round(col) <= part.last_sample
                and part.first_line <= round(row) <= part.last_line
            ):
                return part.prf_hz
        by_column = [p for p in self.swaths if p.first_sample <= round(col) <= p.last_sample]
        nearest = by_column or list(self.swaths)
        return nearest[0].prf_hz if nearest else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A scene that can be detected in.

    ``radar`` is absent for plain images, ``geometry`` for images without georeference.
    ``calibrated``: the numbers are sigma nought, so decibels mean something absolute.
    """

    scene: Scene
    reader: TileReader
    geometry: ImageGeometry | None
    radar: Radar | None
    calibrated: bool
    resolution_m: tuple[float, float] | None
    """Along azimuth (lines) and along range (samples)."""

    @property
    def spacing_m(self) -> tuple[float, float] | None:
        """Return metres per line and per sample, when known."""
        azimuth, ground_range = self.scene.azimuth_spacing_m, self.scene.range_spacing_m
        if azimuth is None or ground_range is None:
            return None
        return (azimuth, ground_range)


@dataclass(frozen=True, slots=True, kw_only=True)
class BandFiles:
    """Where the pixels and tables of one polarisation are."""

    polarisation: str
    measurement: str
    calibration: Lut
    noise: NoiseModel


Progress = Callable[[str, float], None]
"""Called with a stage name and the share done, 0 to 1."""
