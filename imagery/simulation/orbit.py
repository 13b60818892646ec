"""A circular sun-synchronous orbit in Earth-fixed coordinates.

Two-body motion with the nodal precession of a sun-synchronous orbit, seen from the rotating Earth.
Numbers of the Sentinel-1 orbit: ESA, "Sentinel-1 User Handbook" (2013), section 2: 693 km,
98.18 degrees, 175 revolutions in 12 days.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import root

from umimori.errors import GeometryError
from umimori.geodesy import LonLat, forward

FloatArray = NDArray[np.float64]

WGS84_A_M = 6_378_137.0
WGS84_B_M = 6_356_752.314245
EARTH_ROTATION_RADPS = 7.2921159e-5
"""IERS Conventions (2010), table 1.1."""
EARTH_MU = 3.986004418e14
"""Gravitational parameter in m3/s2, WGS 84 (NIMA TR8350.2)."""
NODE_PRECESSION_RADPS = 2.0 * math.pi / (365.2422 * 86_400.0)
"""One turn a year: what makes an orbit sun-synchronous."""
REVOLUTIONS_PER_CYCLE = 175
CYCLE_DAYS = 12
ORBIT_PERIOD_S = CYCLE_DAYS * 86_400.0 / REVOLUTIONS_PER_CYCLE
INCLINATION_DEG = 98.18
SOUTH_LIMIT_DEG, NORTH_LIMIT_DEG = -78.0, 84.0
"""The orbit reaches 81.8 degrees and the radar looks right, which is north at both turning points:
it sees further north than south. Beyond 84 N ascending and descending lose their meaning inside
a scene; beyond 75 to 79 S, by incidence, no orbit sees the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircularOrbit:
    """A circular orbit; times are seconds from its epoch (the middle of the scene).

    ``node_rad`` is the Earth-fixed longitude of the ascending node and ``latitude_argument_rad``
    the angle from the node to the satellite, both at the epoch.
    """

    node_rad: float
    latitude_argument_rad: float
    inclination_rad: float = math.radians(INCLINATION_DEG)
    period_s: float = ORBIT_PERIOD_S

    @property
    def radius_m(self) -> float:
        """Return the radius by Kepler's third law (7,066 km for the Sentinel-1 period)."""
        return float((EARTH_MU * (self.period_s / (2.0 * math.pi)) ** 2) ** (1.0 / 3.0))

    def state(self, time_s: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return Earth-fixed positions (m) and velocities (m/s), shape (..., 3)."""
        t = np.asarray(time_s, dtype=float)
        rate = 2.0 * math.pi / self.period_s
        node_rate = NODE_PRECESSION_RADPS - EARTH_ROTATION_RADPS
        u = self.latitude_argument_rad + rate * t
        node = self.node_rad + node_rate * t
        ci, si = math.cos(self.inclination_rad), math.sin(self.inclination_rad)
        in_plane = np.stack([np.cos(u), np.sin(u) * ci, np.sin(u) * si], axis=-1)
        along = np.stack([-np.sin(u), np.cos(u) * ci, np.cos(u) * si], axis=-1)
        position = _turn(in_plane, node) * self.radius_m
        velocity = _turn(along, node) * (self.radius_m * rate)
        velocity[..., 0] -= node_rate * position[..., 1]
        velocity[..., 1] += node_rate * position[..., 0]
        return position, velocity

    @property
    def seconds_since_node(self) -> float:
        """Return how long before the epoch the ascending node was crossed."""
        return (self.latitude_argument_rad % (2.0 * math.pi)) / (2.0 * math.pi) * self.period_s


def _turn(vectors: FloatArray, angle_rad: FloatArray) -> FloatArray:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.stack([c * x - s * y, s * x + c * y, z], axis=-1)


def earth_fixed(lon_deg: ArrayLike, lat_deg: ArrayLike, height_m: ArrayLike = 0.0) -> FloatArray:
    """Return Earth-fixed coordinates (..., 3) of geodetic positions on WGS 84."""
    lon, lat = np.radians(np.asarray(lon_deg, float)), np.radians(np.asarray(lat_deg, float))
    e2 = 1.0 - (WGS84_B_M / WGS84_A_M) ** 2
    n = WGS84_A_M / np.sqrt(1.0 - e2 * np.sin(lat) ** 2)
    h = np.asarray(height_m, float)
    return np.stack(
        [
            (n + h) * np.cos(lat) * np.cos(lon),
            (n + h) * np.cos(lat) * np.sin(lon),
            (n * (1.0 - e2) + h) * np.sin(lat),
        ],
        axis=-1,
    )


def surface_lonlat(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude in degrees of points that lie on the ellipsoid."""
    ratio = (WGS84_A_M / WGS84_B_M) ** 2
    lat = np.arctan2(points[..., 2] * ratio, np.hypot(points[..., 0], points[..., 1]))
    return np.degrees(np.arctan2(points[..., 1], points[..., 0])), np.degrees(lat)


def surface_normal(points: FloatArray) -> FloatArray:
    """Return unit normals of the ellipsoid at points on it."""
    gradient = points / np.array([WGS84_A_M**2, WGS84_A_M**2, WGS84_B_M**2])
    return np.asarray(gradient / np.linalg.norm(gradient, axis=-1, keepdims=True))


def incidence_rad(points: FloatArray, satellite: FloatArray) -> FloatArray:
    """Return the angle between the vertical at the points and the direction to the satellite."""
    sight = satellite - points
    sight = sight / np.linalg.norm(sight, axis=-1, keepdims=True)
    cosine = np.sum(sight * surface_normal(points), axis=-1)
    return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)))


def orbit_over(centre: LonLat, incidence_deg: float, *, ascending: bool) -> CircularOrbit:
    """Return the orbit that sees ``centre`` broadside on its right at ``incidence_deg``.

    Solves for node and argument of latitude such that at the epoch the centre lies in the
    zero-Doppler plane, right of the track, under the wanted incidence.

    Raises:
        GeometryError: the centre lies too near a pole for this orbit.
    """
    if not SOUTH_LIMIT_DEG <= centre.lat_deg <= NORTH_LIMIT_DEG:
        raise GeometryError(
            f"a scene at latitude {centre.lat_deg:.2f} cannot be simulated: the orbit turns there.",
            remedy=f"Choose a centre between {-SOUTH_LIMIT_DEG:g} S and {NORTH_LIMIT_DEG:g} N.",
        )
    target = earth_fixed(centre.lon_deg, centre.lat_deg)

    def misfit(unknown: FloatArray) -> list[float]:
        orbit = CircularOrbit(node_rad=unknown[0], latitude_argument_rad=unknown[1])
        position, velocity = orbit.state(0.0)
        doppler = float(np.dot(velocity, target - position)) / np.linalg.norm(velocity) / 1e6
        angle = float(incidence_rad(target, position)) - math.radians(incidence_deg)
        return [float(doppler), angle]

    solution = root(misfit, _first_guess(centre, incidence_deg, ascending), tol=1e-13)
    # The solver calls an exact root "no progress"; only the misfit counts.
    if max(map(abs, misfit(solution.x))) > 1e-9:
        raise GeometryError(
            f"no orbit sees {centre.lat_deg:.3f}, {centre.lon_deg:.3f} at "
            f"{incidence_deg:.1f} degrees of incidence.",
            remedy="Choose a centre further from the poles or another incidence.",
        )
    return CircularOrbit(node_rad=float(solution.x[0]), latitude_argument_rad=float(solution.x[1]))


def _first_guess(centre: LonLat, incidence_deg: float, ascending: bool) -> list[float]:
    earth_m, radius_m = 6_371_000.0, CircularOrbit(node_rad=0, latitude_argument_rad=0).radius_m
    incidence = math.radians(incidence_deg)
    look = math.asin(earth_m * math.sin(incidence) / radius_m)
    inclination = math.radians(INCLINATION_DEG)
    cos_heading = math.cos(inclination) / math.cos(math.radians(centre.lat_deg))
    north_heading = math.degrees(math.asin(max(-1.0, min(1.0, cos_heading))))
    heading = north_heading if ascending else 180.0 - north_heading
    below = forward(centre, heading - 90.0, earth_m * (incidence - look))
    sine = math.sin(math.radians(below.lat_deg)) / math.sin(inclination)
    u = math.asin(max(-1.0, min(1.0, sine)))
    u = u if ascending else math.pi - u
    east = math.atan2(math.sin(u) * math.cos(inclination), math.cos(u))
    return [math.radians(below.lon_deg) - east, u]
