"""Geometry and radiometry of a real product tree, read from its annotation values.

Written for the simulator alone: the detector reads the same files by its own code, so that an
error in one does not hide in the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import RegularGridInterpolator

from umimori.geodesy import WGS84

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]

SPEED_OF_LIGHT_MPS = 299_792_458.0
_POWERS = tuple((i, j) for i in range(4) for j in range(4) if i + j <= 3)
"""A full cubic in two variables: exact to centimetres over an IW scene."""
_NEWTON_STEPS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TiePoints:
    """The geolocation grid, flattened. Real grids follow the terrain: points have heights."""

    line: FloatArray
    sample: FloatArray
    lon_deg: FloatArray
    lat_deg: FloatArray
    height_m: FloatArray
    slant_m: FloatArray
    incidence_deg: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surface:
    """A cubic in line and sample, and what it leaves over at the tie points."""

    coefficients: FloatArray
    residual: RegularGridInterpolator


@dataclass(frozen=True, kw_only=True)
class TieGrid:
    """An image known by tie points: cubic polynomials and their residuals, at sea level.

    Over land the slant range of a sample jumps from row to row of the grid with the terrain height
    that the processor assumed; no polynomial follows that, so the residuals are interpolated.

    A point at height h is imaged with the sea that lies h / tan(incidence) nearer to the radar
    (foreshortening; G. Schreier, "SAR Geocoding" (1993), chapter 4): the points are moved there
    before the fit, so that positions at sea do not feel the mountains beside it. Longitudes are taken relative to the middle point, so that the antimeridian does not matter.
    """

    points: TiePoints
    lines: int
    samples: int
    first_line_utc: datetime
    line_interval_s: float
    satellite_speed_mps: float

    @property
    def middle_line(self) -> float:
        """Return the line at time zero."""
        return (self.lines - 1) / 2.0

    @cached_property
    def _lon0(self) -> float:
        return float(self.points.lon_deg[len(self.points.lon_deg) // 2])

    @cached_property
    def _fits(self) -> dict[str, _Surface]:
        p = self.points
        lon, lat = self.sea_level_points
        wanted = {
            "lon": (lon - self._lon0 + 180.0) % 360.0 - 180.0,
            "lat": lat,
            "slant": p.slant_m,
            "incidence": p.incidence_deg,
        }
        basis = self._basis(p.line, p.sample)
        lines, samples = np.unique(p.line), np.unique(p.sample)
        if len(lines) * len(samples) != len(p.line):
            raise ValueError("the geolocation grid is no full grid")
        surfaces = {}
        for name, values in wanted.items():
            coefficients = np.linalg.lstsq(basis, values, rcond=None)[0]
            rest = (values - basis @ coefficients).reshape(len(lines), len(samples))
            residual = RegularGridInterpolator(
                (lines, samples), rest, bounds_error=False, fill_value=None
            )
            surfaces[name] = _Surface(coefficients=coefficients, residual=residual)
        return surfaces

    @cached_property
    def sea_level_points(self) -> tuple[FloatArray, FloatArray]:
        """Return longitudes and latitudes of the sea that is imaged where the tie points are."""
        p = self.points
        basis = self._basis(p.line, p.sample)
        further = self._basis(p.line, p.sample + 100.0)
        towards_radar_m = p.height_m / np.tan(np.radians(p.incidence_deg))
        lon, lat = p.lon_deg, p.lat_deg
        for _ in range(3):  # the range direction comes from the fit, the fit from the points
            east = (lon - self._lon0 + 180.0) % 360.0 - 180.0
            slopes = [
                (further - basis) @ np.linalg.lstsq(basis, values, rcond=None)[0]
                for values in (east, lat)
            ]
            bearing = np.degrees(np.arctan2(slopes[0] * np.cos(np.radians(lat)), slopes[1]))
            moved = WGS84.fwd(p.lon_deg, p.lat_deg, bearing + 180.0, towards_radar_m)
            lon, lat = np.asarray(moved[0]), np.asarray(moved[1])
        return lon, lat

    def _basis(self, line: FloatArray, sample: FloatArray) -> FloatArray:
        v = 2.0 * line / (self.lines - 1) - 1.0
        u = 2.0 * sample / (self.samples - 1) - 1.0
        return np.stack([v**i * u**j for i, j in _POWERS], axis=-1)

    def _value(self, name: str, line: ArrayLike, sample: ArrayLike) -> FloatArray:
        line_, sample_ = np.broadcast_arrays(np.asarray(line, float), np.asarray(sample, float))
        surface = self._fits[name]
        smooth = self._basis(line_, sample_) @ surface.coefficients
        return np.asarray(smooth + surface.residual((line_, sample_)))

    def locate(self, line: ArrayLike, sample: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return longitudes and latitudes of lines and samples."""
        lon = self._value("lon", line, sample) + self._lon0
        return (lon + 180.0) % 360.0 - 180.0, self._value("lat", line, sample)

    def slant_range_m(self, line: ArrayLike, sample: ArrayLike) -> FloatArray:
        """Return distances to the satellite."""
        return self._value("slant", line, sample)

    def incidence_deg(self, line: ArrayLike, sample: ArrayLike) -> FloatArray:
        """Return incidence angles."""
        return self._value("incidence", line, sample)

    def image(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return lines and samples of positions: Newton on the polynomials."""
        lon = (np.asarray(lon_deg, float) - self._lon0 + 180.0) % 360.0 - 180.0
        lat = np.asarray(lat_deg, float)
        line = np.full(lon.shape, self.middle_line)
        sample = np.full(lon.shape, (self.samples - 1) / 2.0)
        for _ in range(_NEWTON_STEPS):
            east, north = self._value("lon", line, sample), self._value("lat", line, sample)
            east_v = self._value("lon", line + 1.0, sample) - east
            east_u = self._value("lon", line, sample + 1.0) - east
            north_v = self._value("lat", line + 1.0, sample) - north
            north_u = self._value("lat", line, sample + 1.0) - north
            determinant = east_v * north_u - east_u * north_v
            de, dn = lon - east, lat - north
            line = line + (de * north_u - dn * east_u) / determinant
            sample = sample + (dn * east_v - de * north_v) / determinant
            # Far outside the image a cubic runs away; such places are not drawn anyway.
            line = np.clip(line, -0.5 * self.lines, 1.5 * self.lines)
            sample = np.clip(sample, -0.5 * self.samples, 1.5 * self.samples)
        return line, sample

    def line_time_s(self, line: ArrayLike) -> FloatArray:
        """Return seconds from the middle of the image."""
        return np.asarray((np.asarray(line, float) - self.middle_line) * self.line_interval_s)

    def utc(self, time_s: float) -> datetime:
        """Return the UTC of seconds from the middle of the image."""
        offset = float(time_s) + self.middle_line * self.line_interval_s
        return self.first_line_utc + timedelta(seconds=offset)

    @cached_property
    def heading_deg(self) -> float:
        """Return the compass direction of growing lines in the middle."""
        lon, lat = self.locate(self.middle_line + np.array([-50.0, 50.0]), (self.samples - 1) / 2.0)
        east = np.radians(lon[1] - lon[0]) * np.cos(np.radians(lat.mean()))
        return float(np.degrees(np.arctan2(east, np.radians(lat[1] - lat[0]))) % 360.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LutVectors:
    """Vectors of a look-up table, one for each of some lines, resampled to every pixel."""

    lines: FloatArray
    rows: Float32Array

    def at(self, first_line: int, lines: int) -> Float32Array:
        """Return the table for some lines by linear interpolation, shape (lines, samples)."""
        wanted = np.arange(first_line, first_line + lines, dtype=float)
        if len(self.lines) == 1:
            return np.repeat(self.rows, lines, axis=0)
        after = np.clip(np.searchsorted(self.lines, wanted), 1, len(self.lines) - 1)
        low, high = self.lines[after - 1], self.lines[after]
        weight = np.clip((wanted - low) / (high - low), 0.0, 1.0).astype(np.float32)[:, None]
        return (1.0 - weight) * self.rows[after - 1] + weight * self.rows[after]


@dataclass(frozen=True, slots=True, kw_only=True)
class AzimuthBlock:
    """The azimuth factor of the noise inside a rectangle of the image, ends included."""

    first_line: int
    last_line: int
    first_sample: int
    last_sample: int
    lines: FloatArray
    factors: FloatArray


@dataclass(frozen=True, kw_only=True)
class SkeletonRadiometry:
    """Gain and noise as the files of a real product give them, by polarisation."""

    sigma: Mapping[str, LutVectors]
    noise_range: Mapping[str, LutVectors]
    noise_azimuth: Mapping[str, tuple[AzimuthBlock, ...]]

    def gain(self, polarisation: str, first_line: int, lines: int) -> Float32Array:
        """Return squared digital numbers per sigma nought."""
        return self.sigma[polarisation].at(first_line, lines) ** 2

    def noise(self, polarisation: str, first_line: int, lines: int) -> Float32Array:
        """Return the noise power: range table times the azimuth factor of each block."""
        power = np.ascontiguousarray(self.noise_range[polarisation].at(first_line, lines))
        for block in self.noise_azimuth[polarisation]:
            top = max(block.first_line, first_line)
            bottom = min(block.last_line + 1, first_line + lines)
            if top < bottom:
                factor = np.interp(np.arange(top, bottom), block.lines, block.factors)
                part = slice(block.first_sample, block.last_sample + 1)
                power[top - first_line : bottom - first_line, part] *= factor.astype(np.float32)[
                    :, None
                ]
        return power
