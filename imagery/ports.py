"""What detection needs from outside this stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from umimori.geodesy import BBox

Geolocate = Callable[
    [NDArray[np.float64], NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]
]


class LandGrid(Protocol):
    """Land and distance to the shoreline on a raster."""

    @property
    def land(self) -> NDArray[np.bool_]:
        """Return True on land, shape (height, width)."""
        ...

    @property
    def distance_m(self) -> NDArray[np.float32]:
        """Return the unsigned distance to the shoreline, metres."""
        ...

    @property
    def max_distance_m(self) -> float:
        """Return how far out distances are measured; what lies further is given as this."""
        ...


class CoastPort(Protocol):
    """Where land is, and how wrong that may be (``umimori.coast`` provides it)."""

    def coast_error_in(self, bbox: BBox) -> float:
        """Return how far the true shoreline may lie from the drawn one in a box, metres."""
        ...

    @property
    def sha256(self) -> str:
        """Return the content of this coast, hashed; it enters the id of a run."""
        ...

    def mask_grid(self, geolocate: Geolocate, height: int, width: int) -> LandGrid:
        """Return land and distance for the raster that ``geolocate`` describes."""
        ...
