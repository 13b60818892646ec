"""What this stage needs from outside: a store (the kernel's port) and a coast."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class Shoreline(Protocol):
    """The coast, as far as this stage uses it (``umimori.coast.Coast`` has it)."""

    @property
    def coast_error_m(self) -> float:
        """Return how wrong the shoreline may be."""
        ...

    def distance_to_shore_m(self, lon_deg: FloatArray, lat_deg: FloatArray) -> FloatArray:
        """Return unsigned distances to the shoreline, metres."""
        ...
