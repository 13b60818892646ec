"""Land mask and distance to shore on a raster grid."""

import numpy as np

from benchmarks.timing import Benchmark, Work
from umimori.coast import load_coast

SIZE = 4000
WEST, NORTH, STEP_DEG = 139.0, 35.0, 0.0001


def _izu_grid() -> Work:
    coast = load_coast()

    def geolocate(rows: np.ndarray, cols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return WEST + np.asarray(cols) * STEP_DEG, NORTH - np.asarray(rows) * STEP_DEG

    return lambda: coast.mask_grid(geolocate, SIZE, SIZE)


BENCHMARKS = [
    Benchmark(name="coast: mask and distance, 4000 x 4000", prepare=_izu_grid, target_s=3.0)
]
