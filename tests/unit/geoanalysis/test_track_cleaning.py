"""Several vessels on one number, jumps, repeats, gaps."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geoanalysis.ais.track_cleaning import PointColumns, clean_tracks


def columns(rows) -> PointColumns:
    t, lon, lat = (np.array(c, float) for c in zip(*rows, strict=True))
    unknown = np.full(len(t), np.nan)
    return PointColumns(time_s=t, lon_deg=lon, lat_deg=lat, sog_mps=unknown, cog_deg=unknown)


def test_one_vessel_stays_one() -> None:
    rows = [(60.0 * k + 1.0, 139.0 + 0.002 * k, 34.0) for k in range(20)]
    result = clean_tracks(columns(rows))
    assert [len(v) for v in result.vessels] == [20]
    assert result.dropped == {}


def test_gap_is_kept_as_a_gap() -> None:
    rows = [(10.0 * k + 1, 139.0, 34.0) for k in range(5)]
    rows += [(40_000.0 + 10.0 * k, 139.3, 34.0) for k in range(5)]
    (vessel,) = clean_tracks(columns(rows)).vessels
    assert np.diff(vessel.time_s).max() > 39_000.0


def test_single_jump_is_dropped_and_counted() -> None:
    rows = [(60.0 * k + 1, 139.0 + 0.001 * k, 34.0) for k in range(10)]
    rows.insert(5, (270.0, 120.0, -10.0))
    result = clean_tracks(columns(rows))
    assert [len(v) for v in result.vessels] == [10]
    assert result.dropped == {"position_jump": 1}


def test_jump_at_the_start_does_not_take_the_track() -> None:
    rows = [(0.0, 10.0, 10.0)] + [(60.0 * k + 1, 139.0 + 0.001 * k, 34.0) for k in range(1, 9)]
    result = clean_tracks(columns(rows))
    assert [len(v) for v in result.vessels] == [8]


def test_two_vessels_on_one_number_are_separated() -> None:
    a = [(60.0 * k + 1, 139.0 + 0.001 * k, 34.0) for k in range(20)]
    b = [(60.0 * k + 31, 141.0 - 0.001 * k, 35.0) for k in range(20)]
    result = clean_tracks(columns(a + b))
    assert [len(v) for v in result.vessels] == [20, 20]
    assert sorted(round(float(v.lat_deg[0])) for v in result.vessels) == [34, 35]


def test_repeats_are_dropped() -> None:
    rows = [(60.0 * k + 1, 139.0, 34.0) for k in range(5)] * 2
    result = clean_tracks(columns(rows))
    assert [len(v) for v in result.vessels] == [5]
    assert result.dropped == {"duplicate": 5}


def test_whole_minutes_leave_room_for_what_the_seconds_hid() -> None:
    """Two fixes of one minute 600 m apart are the clock's coarseness, not a second ship."""
    rows = [(0, 32.30, 31.0), (0, 32.306, 31.0), (60, 32.31, 31.0), (120, 32.313, 31.0)]
    assert len(clean_tracks(columns(rows)).vessels) == 1


def test_crossing_the_antimeridian_is_no_jump() -> None:
    rows = [(60.0 * k + 1, (179.995 + 0.002 * k + 180) % 360 - 180, 10.0) for k in range(8)]
    assert [len(v) for v in clean_tracks(columns(rows)).vessels] == [8]


@given(
    st.lists(
        st.tuples(st.floats(0.0, 90_000.0), st.floats(-180.0, 180.0), st.floats(-90.0, 90.0)),
        min_size=1,
        max_size=30,
    )
)
@settings(deadline=None)
def test_cleaning_twice_changes_nothing_and_loses_no_count(rows) -> None:
    once = clean_tracks(columns(rows))
    kept = sum(len(v) for v in once.vessels)
    assert kept + sum(once.dropped.values()) == len(rows)
    assert kept >= 1
    for vessel in once.vessels:
        assert np.all(np.diff(vessel.time_s) > 0.0)
        again = clean_tracks(vessel)
        assert len(again.vessels) == 1
        assert np.array_equal(again.vessels[0].time_s, vessel.time_s)
