"""Distances to a shore that the coast measures up to a limit."""

import numpy as np
import pytest

from imagery.shore import ShoreGrid

REACH_M = 300_000.0


def grid(signed_m: float) -> ShoreGrid:
    signed = np.full((3, 4), signed_m, np.float32)
    return ShoreGrid(signed_m=signed, coast_error_m=100.0, reach_m=REACH_M)


@pytest.mark.parametrize("signed_m", [-80.0, 0.0, 4_000.0, 299_000.0])
def test_a_measured_distance_is_given(signed_m):
    assert grid(signed_m).measured_at(5.0, 9.0) == pytest.approx(abs(signed_m))


def test_a_shore_out_of_reach_has_no_distance():
    assert grid(REACH_M).measured_at(5.0, 9.0) is None


def test_a_part_keeps_the_reach():
    from imagery.radiometry import Window

    part = grid(REACH_M).part(Window(row=0, col=0, height=2, width=2))
    assert part.measured_at(0.0, 0.0) is None
