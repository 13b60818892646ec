"""Where a pixel of the simulated image lies: range-Doppler geometry on the ellipsoid.

Conventions of the Sentinel-1 GRD product (S1-RS-MDA-52-7441, "Sentinel-1 Product Specification"):
lines are equally spaced in zero-Doppler time, samples in ground range along the ellipsoid; the
slant range of a sample follows polynomials that are updated about once a second.
Heights are zero everywhere: the simulator draws the sea, and its islands are flat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagery.simulation.orbit import (
    WGS84_A_M,
    WGS84_B_M,
    CircularOrbit,
    earth_fixed,
    incidence_rad,
    orbit_over,
    surface_lonlat,
)
from umimori.errors import GeometryError
from umimori.geodesy import LonLat

FloatArray = NDArray[np.float64]

PIXEL_SPACING_M = 10.0
"""Of IW GRDH, in ground range and azimuth."""
SRGR_UPDATE_S = 1.0
SRGR_TERMS = 9
_RANGE_CURVE_POINTS = 300
_NEWTON_STEPS = 5
INCIDENCE_LIMITS_DEG = (29.0, 46.5)
"""Of the IW swath (Sentinel-1 User Handbook, table 5-2), with a little room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RangePolynomial:
    """Slant range over ground range at one time: sum of ``coefficients[k] * ground_m**k``."""

    time_s: float
    slant_of_ground: tuple[float, ...]
    ground_of_slant: tuple[float, ...]
    """In powers of (slant range - slant range of sample 0)."""


@dataclass(frozen=True, kw_only=True)
class SceneFrame:
    """The image grid: which line and sample looks where and when.

    ``near_range_m`` is the slant range of sample 0, the same for every line.
    """

    orbit: CircularOrbit
    centre: LonLat
    centre_time_utc: datetime
    lines: int
    samples: int
    near_range_m: float
    line_interval_s: float
    ascending: bool

    @cached_property
    def polynomials(self) -> tuple[RangePolynomial, ...]:
        """Return the slant-range polynomials covering the scene, oldest first."""
        first, last = self.line_time_s(0), self.line_time_s(self.lines - 1)
        count = int(np.ceil((last - first) / SRGR_UPDATE_S)) + 2
        times = first - 0.5 * SRGR_UPDATE_S + SRGR_UPDATE_S * np.arange(count)
        return tuple(self._range_polynomial(float(t)) for t in times)

    def _range_polynomial(self, time_s: float) -> RangePolynomial:
        extent_m = (self.samples + 40) * PIXEL_SPACING_M
        slant = self.near_range_m + np.linspace(0.0, extent_m * 0.8, _RANGE_CURVE_POINTS)
        points = locate_range(self.orbit, np.full(slant.shape, time_s), slant)
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        ground = np.concatenate([[0.0], np.cumsum(steps)])
        # A short range needs few terms; more would only fit rounding noise.
        degree = SRGR_TERMS - 1 if extent_m > 60_000.0 else 5
        return RangePolynomial(
            time_s=time_s,
            slant_of_ground=_plain_polynomial(ground, slant, degree),
            ground_of_slant=_plain_polynomial(slant - self.near_range_m, ground, degree),
        )

    def line_time_s(self, line: ArrayLike) -> FloatArray:
        """Return zero-Doppler times in seconds from the epoch of fractional lines."""
        middle = (self.lines - 1) / 2.0
        return np.asarray((np.asarray(line, float) - middle) * self.line_interval_s)

    def utc(self, time_s: float) -> datetime:
        """Return the UTC of a time in seconds from the epoch."""
        return self.centre_time_utc + timedelta(seconds=float(time_s))

    @property
    def start_utc(self) -> datetime:
        """Return the time of the first line."""
        return self.utc(float(self.line_time_s(0)))

    @property
    def stop_utc(self) -> datetime:
        """Return the time of the last line."""
        return self.utc(float(self.line_time_s(self.lines - 1)))

    def slant_range_m(self, line: ArrayLike, sample: ArrayLike) -> FloatArray:
        """Return slant ranges of fractional lines and samples (broadcast together)."""
        line_, sample_ = np.broadcast_arrays(np.asarray(line, float), np.asarray(sample, float))
        return self._blend(self.line_time_s(line_), sample_ * PIXEL_SPACING_M)

    def _blend(self, time_s: FloatArray, ground_m: FloatArray) -> FloatArray:
        table = self.polynomials
        place = np.clip((time_s - table[0].time_s) / SRGR_UPDATE_S, 0.0, len(table) - 1.0)
        before = np.minimum(place.astype(int), len(table) - 2)
        weight = place - before
        coefficients = np.array([p.slant_of_ground for p in table])
        low, high = coefficients[before], coefficients[before + 1]
        return np.asarray((1 - weight) * _horner(low, ground_m) + weight * _horner(high, ground_m))

    def locate(self, line: ArrayLike, sample: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return longitudes and latitudes of fractional lines and samples."""
        return surface_lonlat(self.locate_earth_fixed(line, sample))

    def locate_earth_fixed(self, line: ArrayLike, sample: ArrayLike) -> FloatArray:
        """Return Earth-fixed points (..., 3) on the ellipsoid of lines and samples."""
        line_, sample_ = np.broadcast_arrays(np.asarray(line, float), np.asarray(sample, float))
        return locate_range(self.orbit, self.line_time_s(line_), self.slant_range_m(line_, sample_))

    def image(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return the lines and samples where positions are imaged if they stand still.

        Positions may lie outside the image; the answer is then an extrapolation.
        """
        points = earth_fixed(lon_deg, lat_deg)
        time_s = np.zeros(points.shape[:-1])
        for _ in range(_NEWTON_STEPS):
            position, velocity = self.orbit.state(time_s)
            sight = points - position
            doppler = np.sum(velocity * sight, axis=-1)
            # d/dt of v.(p - s) is a.(p - s) - v.v; the central acceleration is enough for Newton.
            rate2 = (2.0 * np.pi / self.orbit.period_s) ** 2
            slope = -rate2 * np.sum(position * sight, axis=-1) - np.sum(velocity**2, axis=-1)
            time_s = time_s - doppler / slope
        position, _ = self.orbit.state(time_s)
        slant = np.linalg.norm(points - position, axis=-1)
        lines = time_s / self.line_interval_s + (self.lines - 1) / 2.0
        return lines, self._ground_of_slant(time_s, slant) / PIXEL_SPACING_M

    def _ground_of_slant(self, time_s: FloatArray, slant_m: FloatArray) -> FloatArray:
        limit = (self.samples + 2_000) * PIXEL_SPACING_M
        guess = _horner(np.array(self.polynomials[0].ground_of_slant), slant_m - self.near_range_m)
        ground = np.clip(guess, -20_000.0, limit)
        for _ in range(_NEWTON_STEPS):
            here = self._blend(time_s, ground)
            slope = (self._blend(time_s, ground + 1.0) - here) / 1.0
            step = (slant_m - here) / np.where(np.abs(slope) < 0.1, 0.1, slope)
            ground = np.clip(ground + step, -20_000.0, limit)
        return ground

    def incidence_deg(self, line: ArrayLike, sample: ArrayLike) -> FloatArray:
        """Return incidence angles of lines and samples."""
        line_, sample_ = np.broadcast_arrays(np.asarray(line, float), np.asarray(sample, float))
        satellite, _ = self.orbit.state(self.line_time_s(line_))
        points = self.locate_earth_fixed(line_, sample_)
        return np.asarray(np.degrees(incidence_rad(points, satellite)))

    def elevation_deg(self, line: ArrayLike, sample: ArrayLike) -> FloatArray:
        """Return angles at the satellite between the sight line and straight down."""
        line_, sample_ = np.broadcast_arrays(np.asarray(line, float), np.asarray(sample, float))
        satellite, _ = self.orbit.state(self.line_time_s(line_))
        sight = self.locate_earth_fixed(line_, sample_) - satellite
        cosine = -np.sum(sight * satellite, axis=-1)
        cosine /= np.linalg.norm(sight, axis=-1) * np.linalg.norm(satellite, axis=-1)
        return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))

    @cached_property
    def satellite_speed_mps(self) -> float:
        """Return the Earth-fixed speed of the satellite at the epoch."""
        return float(np.linalg.norm(self.orbit.state(0.0)[1]))

    @cached_property
    def heading_deg(self) -> float:
        """Return the direction of growing lines on the ground in the middle of the image."""
        middle_line, middle_sample = (self.lines - 1) / 2.0, (self.samples - 1) / 2.0
        lon, lat = self.locate(middle_line + np.array([-50.0, 50.0]), middle_sample)
        east = np.radians(lon[1] - lon[0]) * np.cos(np.radians(lat.mean()))
        return float(np.degrees(np.arctan2(east, np.radians(lat[1] - lat[0]))) % 360.0)


def make_frame(
    *,
    centre: LonLat,
    centre_time_utc: datetime,
    lines: int,
    samples: int,
    incidence_deg: float,
    ascending: bool,
) -> SceneFrame:
    """Return the frame of an image centred on a position seen under a given incidence.

    Raises:
        GeometryError: the image would leave the 250 km swath, or is smaller than it can be.
    """
    if lines < MIN_SIZE_PIXELS or samples < MIN_SIZE_PIXELS:
        raise GeometryError(
            f"an image of {lines} x {samples} pixels is too small to simulate.",
            remedy=f"Ask for at least {MIN_SIZE_PIXELS} lines and samples (0.64 km).",
        )
    orbit = orbit_over(centre, incidence_deg, ascending=ascending)
    position, _ = orbit.state(0.0)
    middle_range = float(np.linalg.norm(earth_fixed(centre.lon_deg, centre.lat_deg) - position))
    near = _near_range(orbit, middle_range, (samples - 1) / 2.0 * PIXEL_SPACING_M)
    ground = locate_range(orbit, np.array([-0.5, 0.5]), np.full(2, middle_range))
    interval = PIXEL_SPACING_M / float(np.linalg.norm(ground[1] - ground[0]))
    frame = SceneFrame(
        orbit=orbit,
        centre=centre,
        centre_time_utc=centre_time_utc,
        lines=lines,
        samples=samples,
        near_range_m=near,
        line_interval_s=interval,
        ascending=ascending,
    )
    edges = frame.incidence_deg((lines - 1) / 2.0, np.array([0.0, samples - 1.0]))
    low, high = INCIDENCE_LIMITS_DEG
    if not (low <= edges[0] < edges[1] <= high):
        width_km = samples * PIXEL_SPACING_M / 1_000.0
        raise GeometryError(
            f"a scene {width_km:.0f} km wide around {incidence_deg:.1f} degrees of incidence does "
            f"not fit the swath (250 km, {low} to {high} degrees).",
            remedy="Make the scene narrower or move the incidence towards 38.5 degrees.",
        )
    return frame


MIN_SIZE_PIXELS = 64


def _near_range(orbit: CircularOrbit, middle_range_m: float, half_width_m: float) -> float:
    """Return the slant range that lies ``half_width_m`` of ground before the middle."""
    slant = middle_range_m - np.linspace(0.0, half_width_m, 200)
    points = locate_range(orbit, np.zeros(slant.shape), slant)
    ground = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    return float(np.interp(half_width_m, ground, slant))


def locate_range(orbit: CircularOrbit, time_s: FloatArray, slant_m: FloatArray) -> FloatArray:
    """Return the points (..., 3) right of the track at zero Doppler and a slant range.

    Newton's method on the three surfaces (plane across the velocity, sphere about the satellite,
    ellipsoid), from the point on a sphere; Curlander and McDonough, "Synthetic Aperture Radar"
    (1991), section 8.2.
    """
    satellite, velocity = orbit.state(time_s)
    slant = np.asarray(slant_m, float)
    points = _spherical_guess(satellite, velocity, slant)
    axes2 = np.array([WGS84_A_M**2, WGS84_A_M**2, WGS84_B_M**2])
    for _ in range(_NEWTON_STEPS):
        sight = points - satellite
        plane, sphere, body = velocity, 2.0 * sight, 2.0 * points / axes2
        misfit = (
            -np.sum(velocity * sight, axis=-1),
            slant**2 - np.sum(sight**2, axis=-1),
            1.0 - np.sum(points**2 / axes2, axis=-1),
        )
        across = np.cross(sphere, body)
        volume = np.sum(plane * across, axis=-1)
        step = (
            misfit[0][..., None] * across
            + misfit[1][..., None] * np.cross(body, plane)
            + misfit[2][..., None] * np.cross(plane, sphere)
        )
        points = points + step / volume[..., None]
    return points


def _spherical_guess(
    satellite: FloatArray, velocity: FloatArray, slant_m: FloatArray
) -> FloatArray:
    forward_ = velocity / np.linalg.norm(velocity, axis=-1, keepdims=True)
    up = satellite - np.sum(satellite * forward_, axis=-1, keepdims=True) * forward_
    up /= np.linalg.norm(up, axis=-1, keepdims=True)
    right = np.cross(forward_, up)
    radius = np.linalg.norm(satellite, axis=-1)
    earth = 6_371_000.0
    cosine = (radius**2 + slant_m**2 - earth**2) / (2.0 * radius * slant_m)
    cosine = np.clip(cosine, -1.0, 1.0)
    sine = np.sqrt(1.0 - cosine**2)
    return np.asarray(
        satellite + slant_m[..., None] * (sine[..., None] * right - cosine[..., None] * up)
    )


def _plain_polynomial(x: FloatArray, y: FloatArray, degree: int) -> tuple[float, ...]:
    fitted = np.polynomial.Polynomial.fit(x, y, degree).convert().coef
    padded = np.zeros(SRGR_TERMS)
    padded[: len(fitted)] = fitted
    return tuple(float(c) for c in padded)


def _horner(coefficients: FloatArray, x: FloatArray) -> FloatArray:
    value = np.zeros(np.shape(x))
    for k in range(coefficients.shape[-1] - 1, -1, -1):
        value = value * x + coefficients[..., k]
    return value
