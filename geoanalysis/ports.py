"""What this stage needs from outside: a store (the kernel's port) and a coast."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from umimori.geodesy import BBox

FloatArray = NDArray[np.float64]


class Shoreline(Protocol):
    """The coast, as far as this stage uses it (``umimori.coast.Coast`` has it)."""

    def coast_error_in(self, bbox: BBox) -> float:
        """Return how far the true shoreline may lie from the drawn one in a box, metres."""
        ...

    def distance_to_shore_m(self, lon_deg: FloatArray, lat_deg: FloatArray) -> FloatArray:
        """Return unsigned distances to the shoreline, metres."""
        ...
