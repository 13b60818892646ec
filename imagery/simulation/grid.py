"""What the simulator must know of an image: its own frame or a real product's geolocation grid."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


class ImageGrid(Protocol):
    """An image in zero-Doppler time and ground range. Lines and samples may be fractional."""

    @property
    def lines(self) -> int:
        """Return the height of the image."""
        ...

    @property
    def samples(self) -> int:
        """Return the width of the image."""
        ...

    @property
    def line_interval_s(self) -> float:
        """Return the time from line to line."""
        ...

    @property
    def satellite_speed_mps(self) -> float:
        """Return the Earth-fixed speed of the satellite."""
        ...

    @property
    def heading_deg(self) -> float:
        """Return the compass direction of growing lines on the ground."""
        ...

    def image(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return lines and samples of positions at rest."""
        ...

    def locate(self, line: ArrayLike, sample: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return longitudes and latitudes of lines and samples."""
        ...

    def line_time_s(self, line: ArrayLike) -> FloatArray:
        """Return seconds from the middle of the image."""
        ...

    def utc(self, time_s: float) -> datetime:
        """Return the UTC of seconds from the middle of the image."""
        ...

    def slant_range_m(self, line: ArrayLike, sample: ArrayLike) -> FloatArray:
        """Return distances to the satellite."""
        ...

    def incidence_deg(self, line: ArrayLike, sample: ArrayLike) -> FloatArray:
        """Return incidence angles."""
        ...
