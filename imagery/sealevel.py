"""Tie points moved from the terrain to sea level at the same range and Doppler.

The annotation gives each tie point at its terrain height; in a scene with mountains these
positions are up to kilometres off the sea-level position of the same pixel (h / tan(incidence)).
The move keeps slant range and Doppler, so it needs no absolute accuracy of the orbit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from imagery.geolocation import TiePoints
from imagery.orbit import StateVectors

FloatArray = NDArray[np.float64]

ROUNDS = 4
MEAN_RADIUS_M = 6_371_008.8
"""Mean Earth radius (Moritz, Geodetic Reference System 1980); only steers the iteration."""


def at_sea_level(points: TiePoints, orbit: StateVectors, seconds: FloatArray) -> TiePoints:
    """Return the tie points at height 0.

    Args:
        points: the annotation's grid.
        orbit: the platform's path.
        seconds: azimuth time of each point after ``orbit.epoch_utc``.
    """
    to_ecef = Transformer.from_crs(CRS.from_epsg(4979), CRS.from_epsg(4978), always_xy=True)
    sensor, velocity = orbit.states_at(seconds)
    along = velocity / np.linalg.norm(velocity, axis=1, keepdims=True)

    def look(lon: FloatArray, lat: FloatArray, height: FloatArray) -> FloatArray:
        return np.column_stack(to_ecef.transform(lon, lat, height)) - sensor

    raised = look(points.lon_deg, points.lat_deg, points.height_m)
    wanted_range, wanted_doppler = np.linalg.norm(raised, axis=1), (raised * along).sum(axis=1)
    lon, lat = points.lon_deg.copy(), points.lat_deg.copy()
    for _ in range(ROUNDS):
        sight = look(lon, lat, np.zeros_like(lon))
        distance = np.linalg.norm(sight, axis=1)
        east, north = _tangent(lon, lat)
        range_east = (sight * east).sum(axis=1) / distance
        range_north = (sight * north).sum(axis=1) / distance
        along_east, along_north = (along * east).sum(axis=1), (along * north).sum(axis=1)
        miss_range = wanted_range - distance
        miss_doppler = wanted_doppler - (sight * along).sum(axis=1)
        det = range_east * along_north - range_north * along_east
        step_east = (miss_range * along_north - range_north * miss_doppler) / det
        step_north = (range_east * miss_doppler - miss_range * along_east) / det
        lat = lat + np.degrees(step_north / MEAN_RADIUS_M)
        lon = lon + np.degrees(step_east / (MEAN_RADIUS_M * np.cos(np.radians(lat))))
    return replace(points, lon_deg=lon, lat_deg=lat, height_m=np.zeros_like(lon))


def _tangent(lon_deg: FloatArray, lat_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
    lam, phi = np.radians(lon_deg), np.radians(lat_deg)
    east = np.column_stack([-np.sin(lam), np.cos(lam), np.zeros_like(lam)])
    north = np.column_stack([-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)])
    return east, north
