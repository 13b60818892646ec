"""Platform speed and heading from the orbit state vectors of an annotation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from scipy.interpolate import CubicHermiteSpline

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateVectors:
    """Earth-fixed positions (n, 3) m and velocities (n, 3) m/s at seconds after ``epoch_utc``."""

    epoch_utc: datetime
    seconds: FloatArray
    position_m: FloatArray
    velocity_mps: FloatArray

    def speed_mps(self, time_utc: datetime) -> float:
        """Return the Earth-fixed speed of the platform, which the azimuth shift depends on."""
        return float(np.linalg.norm(self._state(time_utc)[1]))

    def heading_deg(self, time_utc: datetime) -> float:
        """Return the bearing of the ground track below the platform, degrees from north."""
        (x, y, z), (vx, vy, vz) = self._state(time_utc)
        to_geodetic = Transformer.from_crs(CRS.from_epsg(4978), CRS.from_epsg(4979), always_xy=True)
        lon, lat, _ = to_geodetic.transform(x, y, z)
        lam, phi = np.radians(lon), np.radians(lat)
        east = -np.sin(lam) * vx + np.cos(lam) * vy
        north = -np.sin(phi) * np.cos(lam) * vx - np.sin(phi) * np.sin(lam) * vy + np.cos(phi) * vz
        return float(np.degrees(np.arctan2(east, north)) % 360.0)

    def states_at(self, seconds: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return positions and velocities (n, 3) at seconds after the epoch.

        Cubic Hermite between vectors 10 s apart: centimetres, where linear is 100 m off.
        """
        path = CubicHermiteSpline(self.seconds, self.position_m, self.velocity_mps)
        return np.asarray(path(seconds), float), np.asarray(path(seconds, 1), float)

    def _state(self, time_utc: datetime) -> tuple[FloatArray, FloatArray]:
        seconds = np.array([(time_utc - self.epoch_utc).total_seconds()])
        position, velocity = self.states_at(seconds)
        return position[0], velocity[0]
