"""The constant-false-alarm test, the heaviest step of detection."""

import numpy as np

from benchmarks.timing import Benchmark, Work
from imagery.cfar import NOMINAL_LOOKS, BandTile, Water, channel_names, detect_tile, measure_looks

TILE_PX = 2048
PFA = 1e-7


def _dual_pol_tile() -> Work:
    rng = np.random.default_rng(1)
    shape = (TILE_PX, TILE_PX)

    def band(polarisation: str) -> BandTile:
        power = rng.gamma(NOMINAL_LOOKS, 0.02 / NOMINAL_LOOKS, shape).astype(np.float32)
        return BandTile(
            polarisation=polarisation, power=power, noise=np.full(shape, 0.002, np.float32)
        )

    bands = (band("VV"), band("VH"))
    sea = np.zeros(shape, np.uint8)
    water = Water(skip=sea, doubtful=sea)
    looks = measure_looks(bands, water)
    assert set(looks) == set(channel_names(("VV", "VH")))
    return lambda: detect_tile(bands, water, looks, PFA)


BENCHMARKS = [Benchmark(name="detect: 2048 x 2048 dual-pol tile", prepare=_dual_pol_tile)]
