"""Echoes that come back are fixed objects; silence is judged by a ship's own last intervals."""

from types import SimpleNamespace

import numpy as np
import pytest

from geoanalysis.association.recurring import RECUR_RADIUS_M, recurring
from geoanalysis.association.silence import is_silent
from umimori.geodesy import LocalFrame, LonLat, forward

HERE = LonLat(139.3, 34.7)
FRAME = LocalFrame(HERE)


def echo(id_: str, position: LonLat | None) -> SimpleNamespace:
    return SimpleNamespace(id=id_, position=position)


@pytest.mark.parametrize(("gap_m", "expected"), [(0.0, True), (95.0, True), (105.0, False)])
def test_what_stood_there_before_recurs(gap_m: float, expected: bool) -> None:
    assert RECUR_RADIUS_M == 100.0
    earlier = [forward(HERE, 70.0, gap_m), forward(HERE, 0.0, 9_000.0)]
    assert (recurring([echo("a", HERE)], earlier, FRAME) == {"a"}) is expected


def test_nothing_recurs_without_history_or_position() -> None:
    assert recurring([echo("a", HERE)], [], FRAME) == frozenset()
    assert recurring([echo("a", None)], [HERE], FRAME) == frozenset()


class Track:
    """The part of a motion model that silence asks for."""

    def __init__(self, times: list[float]) -> None:
        self.time_s = times
        self.usual_interval_s = float(np.median(np.diff(times)))

    def recent_interval_s(self, time_s: float) -> float:
        return float(np.median(np.diff([t for t in self.time_s if t <= time_s][-6:])))

    def silence_s(self, time_s: float) -> float:
        before = [t for t in self.time_s if t <= time_s][-1]
        after = [t for t in self.time_s if t > time_s]
        return (after[0] if after else time_s) - before


def test_a_ship_at_anchor_may_be_quiet_for_longer_than_one_under_way() -> None:
    under_way = [10.0 * k for k in range(60)]
    anchored = [*under_way, *[600.0 + 360.0 * k for k in range(1, 8)]]
    quiet_s = 1_500.0
    assert is_silent(Track(under_way), under_way[-1] + quiet_s)
    assert not is_silent(Track(anchored), anchored[-1] + quiet_s)
