"""Darkness is scored against the truth, strictly."""

from datetime import UTC, datetime
from types import SimpleNamespace

from dashboard.compose.truth_score import score_dark, truth_items
from umimori.geodesy import LonLat
from umimori.records import MatchState

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def truth(id_: str, lon: float, kind: str = "vessel", dark: bool = True, **more: object) -> dict:
    base = {
        "id": id_,
        "kind": kind,
        "imaged_lon": lon,
        "imaged_lat": 34.0,
        "length_m": 80.0,
        "distance_to_shore_m": 5000.0,
        "dark": dark,
    }
    return {"properties": base | more}


def detection(id_: str, lon: float) -> SimpleNamespace:
    return SimpleNamespace(id=id_, position=LonLat(lon, 34.0))


def dark(id_: str) -> SimpleNamespace:
    return SimpleNamespace(detection_id=id_, state=MatchState.DARK)


def test_large_small_and_false_are_told_apart() -> None:
    items = truth_items(
        {
            "features": [
                truth("large", 139.0),
                truth("short", 139.1, length_m=30.0),
                truth("near", 139.2, distance_to_shore_m=1500.0),
                truth("reports", 139.3, dark=False),
                truth("platform", 139.4, kind="fixed"),
                truth("phantom", 139.5, kind="phantom", imaged_lon=None),
                truth("missed", 139.6),
            ]
        }
    )
    found = [detection(f"d{n}", 139.0 + 0.1 * n) for n in range(5)]
    lonely = detection("clutter", 138.0)
    score = score_dark([*found, lonely], [dark(d.id) for d in (*found, lonely)], items)
    assert (score.of, score.found) == (2, 1)
    assert (score.small_of, score.small_found) == (2, 2)
    assert score.false == 3  # the reporting vessel, the platform, the clutter


def test_what_is_not_called_dark_is_not_found() -> None:
    items = truth_items({"features": [truth("large", 139.0)]})
    match = SimpleNamespace(detection_id="d0", state=MatchState.MATCHED)
    score = score_dark([detection("d0", 139.0)], [match], items)
    assert (score.of, score.found, score.false) == (1, 0, 0)
