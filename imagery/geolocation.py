"""From image line and sample to the ground and back.

The annotation of a Sentinel-1 product gives positions on a sparse grid. One affine transform
through it is wrong by 133 m RMS at 7 degrees north and by 2 km at 84 degrees (satellite.md 2.4).
Longitude and latitude at sea level are smooth in line and slant range, where a polynomial of
third order is within centimetres. They are not smooth in line and sample: the processor projects
to ground range with a terrain height that changes along track, up to 40 m near mountains; so the
way goes from sample to slant range first, by the product's own conversion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umimori.errors import CorruptFileError

FloatArray = NDArray[np.float64]

DEGREES_TRIED = (3, 4, 5)
ENOUGH_RMS_M = 3.0
"""A third of a pixel of IW GRDH: no higher degree is tried below this leave-one-out error."""
METRES_PER_DEGREE = 111_320.0
NEWTON_ROUNDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TiePoints:
    """The geolocation grid of an annotation; all arrays of shape (n,).

    ``height_m`` is the terrain height at which position, range and incidence belong together.
    """

    row: FloatArray
    col: FloatArray
    lon_deg: FloatArray
    lat_deg: FloatArray
    height_m: FloatArray
    incidence_deg: FloatArray
    slant_range_m: FloatArray

    @property
    def unwrapped_lon_deg(self) -> FloatArray:
        """Return longitudes without a step at the antimeridian (may exceed 180)."""
        first = float(self.lon_deg[0])
        return first + (self.lon_deg - first + 180.0) % 360.0 - 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PolynomialSurface:
    """Several quantities as full polynomials of two normalised variables."""

    degree: int
    centre: tuple[float, float]
    scale: tuple[float, float]
    coefficients: FloatArray
    """Shape (terms, quantities)."""

    def at(self, u: ArrayLike, v: ArrayLike) -> FloatArray:
        """Return the quantities, shape (quantities, *broadcast shape of u and v)."""
        a, b = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float))
        design = _design(
            (a.ravel() - self.centre[0]) / self.scale[0],
            (b.ravel() - self.centre[1]) / self.scale[1],
            self.degree,
        )
        values: FloatArray = (design @ self.coefficients).T
        return values.reshape((-1, *a.shape))


def fit_surface(u: FloatArray, v: FloatArray, values: FloatArray, degree: int) -> PolynomialSurface:
    """Return the least-squares polynomial through ``values`` of shape (n, quantities)."""
    centre = (float((u.min() + u.max()) / 2.0), float((v.min() + v.max()) / 2.0))
    scale = (max(float(np.ptp(u)) / 2.0, 1e-9), max(float(np.ptp(v)) / 2.0, 1e-9))
    design = _design((u - centre[0]) / scale[0], (v - centre[1]) / scale[1], degree)
    coefficients: FloatArray = np.linalg.lstsq(design, values, rcond=None)[0].astype(np.float64)
    return PolynomialSurface(degree=degree, centre=centre, scale=scale, coefficients=coefficients)


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeModel:
    """Slant range of a sample: one polynomial in ground range per entry, linear between entries."""

    rows: FloatArray
    """Lines of the entries, rising, shape (n,)."""
    origins_m: FloatArray
    coefficients: FloatArray
    """Shape (n, terms), lowest power first: metres of slant range over metres of ground range."""
    spacing_m: float

    def at(self, rows: ArrayLike, cols: ArrayLike) -> FloatArray:
        """Return one-way slant ranges, metres."""
        row, col = np.broadcast_arrays(np.asarray(rows, float), np.asarray(cols, float))
        upper = np.clip(np.searchsorted(self.rows, row, side="right") - 1, 0, self.rows.size - 1)
        lower = np.minimum(upper + 1, self.rows.size - 1)
        gap = np.maximum(self.rows[lower] - self.rows[upper], 1e-9)
        weight = np.clip((row - self.rows[upper]) / gap, 0.0, 1.0)
        ground = col * self.spacing_m
        first, second = self._entry(upper, ground), self._entry(lower, ground)
        values: FloatArray = first + (second - first) * weight
        return values

    def _entry(self, index: NDArray[np.intp], ground: FloatArray) -> FloatArray:
        offset = ground - self.origins_m[index]
        value = np.zeros_like(offset)
        for power in range(self.coefficients.shape[1] - 1, -1, -1):
            value = value * offset + self.coefficients[index, power]
        return value


def range_model_of(points: TiePoints, spacing_m: float) -> RangeModel:
    """Return a range model from the tie points alone: one cubic per line of the grid."""
    rows = np.unique(points.row)
    coefficients = np.empty((rows.size, 4))
    for index, row in enumerate(rows):
        here = points.row == row
        ground = points.col[here] * spacing_m
        degree = min(3, int(here.sum()) - 1)
        fitted = np.polynomial.Polynomial.fit(ground, points.slant_range_m[here], degree)
        padded = np.zeros(4)
        padded[: degree + 1] = fitted.convert().coef[: degree + 1]
        coefficients[index] = padded
    return RangeModel(
        rows=rows, origins_m=np.zeros(rows.size), coefficients=coefficients, spacing_m=spacing_m
    )


def leave_one_out_rms_m(points: TiePoints, degree: int) -> float:
    """Return the RMS ground distance between each tie point and the fit to all the others.

    Uses the hat matrix: the residual without point i is r_i / (1 - h_ii) (Allen's PRESS).
    """
    lon, lat = points.unwrapped_lon_deg, points.lat_deg
    range_km = points.slant_range_m / 1000.0
    surface = fit_surface(points.row, range_km, np.column_stack([lon, lat]), degree)
    design = _design(
        (points.row - surface.centre[0]) / surface.scale[0],
        (range_km - surface.centre[1]) / surface.scale[1],
        degree,
    )
    q, _ = np.linalg.qr(design)
    leverage = np.minimum((q**2).sum(axis=1), 1.0 - 1e-9)
    residual = np.column_stack([lon, lat]) - design @ surface.coefficients
    press = residual / (1.0 - leverage)[:, None]
    east = press[:, 0] * METRES_PER_DEGREE * np.cos(np.radians(lat))
    north = press[:, 1] * METRES_PER_DEGREE
    return float(np.sqrt(np.mean(east**2 + north**2)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolynomialGeometry:
    """Geometry of a SAR image at sea level, from its tie points."""

    ranges: RangeModel
    surface: PolynomialSurface
    """Longitude (unwrapped), latitude and incidence over line and slant range in km."""
    inverse: PolynomialSurface
    leave_one_out_m: float

    def lonlat(self, rows: ArrayLike, cols: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return longitudes in [-180, 180) and latitudes at line and sample positions."""
        lon, lat = self.unwrapped_lonlat(rows, cols)
        return (lon + 180.0) % 360.0 - 180.0, lat

    def unwrapped_lonlat(self, rows: ArrayLike, cols: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return longitudes without a step inside the scene, and latitudes."""
        values = self._ground(rows, cols)
        return values[0], values[1]

    def incidence_deg(self, rows: ArrayLike, cols: ArrayLike) -> FloatArray:
        """Return incidence angles on the ellipsoid, degrees."""
        values: FloatArray = self._ground(rows, cols)[2]
        return values

    def slant_range_m(self, rows: ArrayLike, cols: ArrayLike) -> FloatArray:
        """Return one-way slant ranges, metres."""
        return self.ranges.at(rows, cols)

    def _ground(self, rows: ArrayLike, cols: ArrayLike) -> FloatArray:
        return self.surface.at(rows, self.ranges.at(rows, cols) / 1000.0)

    def pixel(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return line and sample of positions, by Newton steps from a fitted start."""
        middle = self.inverse.centre[0]
        lon = middle + (np.asarray(lon_deg, float) - middle + 180.0) % 360.0 - 180.0
        lat = np.asarray(lat_deg, float)
        row, col = self.inverse.at(lon, lat)
        step = 1.0
        for _ in range(NEWTON_ROUNDS):
            here = self._ground(row, col)[:2]
            by_row = (self._ground(row + step, col)[:2] - here) / step
            by_col = (self._ground(row, col + step)[:2] - here) / step
            det = by_row[0] * by_col[1] - by_row[1] * by_col[0]
            miss_lon, miss_lat = lon - here[0], lat - here[1]
            row = row + (miss_lon * by_col[1] - miss_lat * by_col[0]) / det
            col = col + (by_row[0] * miss_lat - by_row[1] * miss_lon) / det
        return row, col


def fit_geometry(level: TiePoints, ranges: RangeModel) -> PolynomialGeometry:
    """Return the geometry of a scene from its tie points.

    Args:
        level: the annotation's grid, moved to sea level.
        ranges: slant range of every pixel.

    Raises:
        CorruptFileError: when there are too few points or they do not form an image.
    """
    if level.row.size < 12 or np.ptp(level.row) <= 0 or np.ptp(level.col) <= 0:
        raise CorruptFileError(
            f"the geolocation grid has only {level.row.size} usable points.",
            remedy="Download the product again; its annotation is damaged.",
        )
    tried = [(leave_one_out_rms_m(level, degree), degree) for degree in _possible_degrees(level)]
    error_m, degree = next((item for item in tried if item[0] <= ENOUGH_RMS_M), min(tried))
    lon = level.unwrapped_lon_deg
    range_km = level.slant_range_m / 1000.0
    columns = np.column_stack([lon, level.lat_deg, level.incidence_deg])
    surface = fit_surface(level.row, range_km, columns, degree)
    inverse = fit_surface(lon, level.lat_deg, np.column_stack([level.row, level.col]), 2)
    return PolynomialGeometry(
        ranges=ranges, surface=surface, inverse=inverse, leave_one_out_m=error_m
    )


def _possible_degrees(points: TiePoints) -> list[int]:
    lines, samples = np.unique(points.row).size, np.unique(points.col).size
    possible = [d for d in DEGREES_TRIED if d < min(lines, samples) and points.row.size > 2 * d * d]
    return possible or [1 if min(lines, samples) < 3 else 2]


def _design(u: FloatArray, v: FloatArray, degree: int) -> FloatArray:
    terms = [u**i * v**j for i in range(degree + 1) for j in range(degree + 1 - i)]
    return np.column_stack(terms)
