"""Whole scenes: who is matched, dark, absent or unknown, and why."""

from datetime import timedelta

import numpy as np
import pytest

from geoanalysis.analysis import analyse_scene
from geoanalysis.association.match_scene import match_scene
from umimori.records import AisMessageKind, DetectionFlag, MatchState, VesselClass


def solve(world, *, shore=None, coast_error=0.0, earlier=()):
    return match_scene(
        world.scene, "run-1", world.detections, world.tracks,
        shore_distance_m=shore, coast_error_m=coast_error, earlier=earlier,
    )  # fmt: skip


def by_detection(result):
    return {m.detection_id: m for m in result.matches if m.detection_id}


def vessel_rows(result):
    return {m.mmsi: m for m in result.matches if m.detection_id is None}


def test_a_fast_ship_is_matched_where_the_shift_puts_it(world) -> None:
    world.report(431000001, 0.0, 0.0, east=9.0)
    seen = world.see(0.0, 0.0, east=9.0)
    match = by_detection(solve(world))[seen.id]
    assert match.state is MatchState.MATCHED
    assert match.mmsi == 431000001
    assert match.p_match > 0.95
    assert match.p_dark < 0.05
    assert abs(match.azimuth_shift_m) == pytest.approx(870e3 / 7598 * 9 * np.cos(
        np.radians(11)) * np.sin(np.radians(38)), rel=0.02)  # fmt: skip
    assert match.distance_m < 30.0


def test_without_the_shift_two_ships_would_swap(world) -> None:
    """A fast ship appears where a slow one really is: only the shift tells them apart."""
    fast = world.see(0.0, 0.0, east=9.0, length_m=80.0)
    x, y = world.frame.xy(fast.position)
    world.report(431000001, 0.0, 0.0, east=9.0, length_m=80.0)
    world.report(431000002, 0.0, 0.0, length_m=80.0)
    slow = world.see(0.0, 0.0, length_m=80.0)
    matches = by_detection(solve(world))
    assert np.hypot(x, y) > 400.0
    assert matches[fast.id].mmsi == 431000001
    assert matches[slow.id].mmsi == 431000002


def test_what_stood_there_in_an_earlier_pass_is_no_ship_unless_it_reports(world) -> None:
    world.report(431000001, 0.0, 2000.0)
    ferry = world.see(0.0, 2000.0)
    cage, ship = world.see(5000.0, -6000.0), world.see(-5000.0, -6000.0)
    places = [ferry.position, cage.position]
    matches = by_detection(solve(world, earlier=places))
    assert matches[ferry.id].state is MatchState.MATCHED
    assert matches[cage.id].state is MatchState.NOT_VESSEL
    assert matches[ship.id].state is MatchState.DARK
    assert by_detection(solve(world))[cage.id].state is MatchState.DARK


def test_dark_ship_beside_reporting_ones(world) -> None:
    for k in range(6):
        world.report(431000001 + k, -8000.0 + 3000.0 * k, 2000.0, north=5.0)
        world.see(-8000.0 + 3000.0 * k, 2000.0, north=5.0)
    dark = world.see(5000.0, -6000.0)
    match = by_detection(solve(world))[dark.id]
    assert match.state is MatchState.DARK
    assert match.p_dark > 0.9
    assert match.mmsi is None


def test_no_ais_at_all_calls_nothing_dark(world) -> None:
    seen = world.see(0.0, 0.0)
    result = solve(world)
    assert by_detection(result)[seen.id].state is MatchState.UNKNOWN
    assert by_detection(result)[seen.id].p_dark is None


def test_ais_heard_far_away_calls_nothing_dark(world) -> None:
    world.report(431000001, 90_000.0, 0.0)
    seen = world.see(-15_000.0, 0.0)
    assert by_detection(solve(world))[seen.id].state is MatchState.UNKNOWN


def test_on_the_open_sea_an_unmeasured_shore_is_no_reason_to_doubt(world) -> None:
    world.report(431000001, 5_000.0, 0.0)
    lone = world.see(-9_000.0, 0.0, distance_to_shore_m=None)
    assert by_detection(solve(world))[lone.id].state is MatchState.DARK


@pytest.mark.parametrize(("coast_error", "limit_m"), [(500.0, 1_852.0), (2_000.0, 2_000.0)])
def test_near_the_shore_an_echo_may_be_a_rock(world, coast_error, limit_m) -> None:
    world.report(431000001, 5_000.0, 0.0)
    near = world.see(0.0, 0.0, distance_to_shore_m=limit_m - 10.0)
    far = world.see(-9_000.0, 0.0, distance_to_shore_m=limit_m + 10.0)
    matches = by_detection(solve(world, coast_error=coast_error))
    assert matches[near.id].state is MatchState.UNKNOWN
    assert matches[far.id].state is MatchState.DARK


@pytest.mark.parametrize(
    "changes",
    [
        {"vessel_class": VesselClass.AMBIGUITY},
        {"vessel_class": VesselClass.FIXED},
        {"flags": (DetectionFlag.AZIMUTH_AMBIGUITY,)},
        {"flags": (DetectionFlag.FIXED_OBJECT,)},
        {"length_m": 900.0},
        {"score": 0.2},
    ],
)
def test_ghosts_and_fixed_objects_are_no_vessels(world, changes) -> None:
    world.report(431000001, 5_000.0, 0.0)
    seen = world.see(0.0, 0.0, **changes)
    assert by_detection(solve(world))[seen.id].state is MatchState.NOT_VESSEL


def test_a_buoy_explains_an_echo_but_is_no_vessel(world) -> None:
    world.report(431000001, 5_000.0, 0.0)
    world.report(994310001, 0.0, 40.0, kind=AisMessageKind.ATON)
    seen = world.see(0.0, 0.0, length_m=15.0)
    result = solve(world)
    assert by_detection(result)[seen.id].state is MatchState.NOT_VESSEL
    assert 994310001 not in vessel_rows(result)


def test_large_reporting_vessel_without_echo_is_absent(world) -> None:
    world.report(431000001, 2_000.0, 0.0, length_m=150.0)
    world.report(431000002, -6_000.0, 0.0)
    world.see(-6_000.0, 0.0)
    row = vessel_rows(solve(world))[431000001]
    assert row.state is MatchState.ABSENT
    assert row.p_absent > 0.5


def test_small_or_hidden_vessels_without_echo_are_unknown(world) -> None:
    world.report(431000001, 2_000.0, 0.0, length_m=12.0, kind=AisMessageKind.CLASS_B)
    world.report(431000002, -6_000.0, 0.0, length_m=150.0)
    shore = lambda lon, lat: np.full(np.shape(lon), 100.0)  # noqa: E731
    rows = vessel_rows(solve(world, shore=shore, coast_error=500.0))
    assert rows[431000001].state is MatchState.UNKNOWN
    assert rows[431000002].state is MatchState.UNKNOWN


def test_a_vessel_outside_the_image_is_not_missed(world) -> None:
    world.report(431000001, 30_000.0, 0.0, length_m=150.0)
    assert vessel_rows(solve(world)) == {}


def test_old_reports_still_match_when_nothing_else_fits(world) -> None:
    """Ten minutes of silence at six m/s, a little off the straight course."""
    world.report(431000001, 0.0, 0.0, east=6.0, times_s=(-900.0, -780.0, -660.0, -600.0))
    world.report(431000002, 9_000.0, 9_000.0)
    seen = world.see(300.0, 150.0, east=6.0)
    match = by_detection(solve(world))[seen.id]
    assert match.mmsi == 431000001
    assert match.ais_gap_s == pytest.approx(600.0, abs=3.0)


def test_length_decides_between_equal_distances(world) -> None:
    world.report(431000001, -150.0, 0.0, length_m=200.0)
    world.report(431000002, 150.0, 0.0, length_m=30.0)
    large = world.see(0.0, 40.0, length_m=190.0)
    small = world.see(0.0, -40.0, length_m=32.0)
    matches = by_detection(solve(world))
    assert matches[large.id].mmsi == 431000001
    assert matches[small.id].mmsi == 431000002


def test_probabilities_of_a_detection_sum_to_one(world) -> None:
    for k in range(5):
        world.report(431000001 + k, 120.0 * k, 0.0, north=4.0)
        world.see(120.0 * k + 30.0, 25.0, north=4.0)
    for match in by_detection(solve(world)).values():
        assert 0.0 <= match.p_match <= 1.0
        assert match.p_dark <= 1.0 - match.p_match + 1e-9


def test_line_times_are_taken_from_the_detections(world, moment) -> None:
    """A ship at 10 m/s seen three seconds early lies 30 m back."""
    world.report(431000001, 0.0, 0.0, north=10.0)
    early = world.see(0.0, -30.0, north=10.0, time_utc=moment - timedelta(seconds=3))
    match = by_detection(solve(world))[early.id]
    assert match.distance_m < 35.0
    assert match.state is MatchState.MATCHED


def test_image_without_georeference(world) -> None:
    world.see(0.0, 0.0, position=None, time_utc=None)
    scene = world.scene
    import dataclasses

    bare = dataclasses.replace(scene, footprint=(), start_utc=None, stop_utc=None)
    result = analyse_scene(bare, "run-1", world.detections, [], coast=None, zones=(), ports=())
    assert [m.state for m in result.matches] == [MatchState.UNKNOWN]
    assert result.anomalies == ()
    assert result.notes


def test_same_input_gives_the_same_records(world) -> None:
    world.report(431000001, 0.0, 0.0, east=5.0)
    world.see(0.0, 0.0, east=5.0)
    world.see(4_000.0, 0.0)
    assert solve(world).matches == solve(world).matches


def test_two_vessels_of_one_number_are_both_considered(world) -> None:
    world.report(431000001, 0.0, 0.0)
    world.tracks[0] = world.tracks[0]
    twin = world.report(431000001, 8_000.0, 0.0)
    import dataclasses

    world.tracks[1] = dataclasses.replace(twin, id="track-twin")
    a, b = world.see(0.0, 0.0), world.see(8_000.0, 0.0)
    matches = by_detection(solve(world))
    assert matches[a.id].mmsi == matches[b.id].mmsi == 431000001
    assert matches[a.id].track_id != matches[b.id].track_id


def test_a_vessel_that_fell_silent_is_dark_and_named(world) -> None:
    """Heard until 25 minutes before, others are heard now: the echo at its place is dark."""
    world.report(431000001, 0.0, 0.0, east=3.0, times_s=tuple(range(-3_000, -1_500, 60)))
    world.report(431000002, 6_000.0, 0.0)
    world.see(6_000.0, 0.0)
    seen = world.see(150.0, -100.0, east=3.0)
    result = solve(world)
    match = by_detection(result)[seen.id]
    assert match.state is MatchState.DARK
    assert match.mmsi == 431000001
    assert match.p_dark > 0.9
    anomalies = analyse_scene(
        world.scene, "run-1", world.detections, world.tracks, coast=None, zones=(), ports=()
    ).anomalies
    dark = next(a for a in anomalies if a.kind == "dark_vessel")
    assert dark.mmsis == (431000001,)
    assert "fell_silent" in {r.code for r in dark.reasons}
    assert dark.position_error_m > 100.0


def test_a_log_that_ends_before_the_scene_proves_no_silence(world) -> None:
    world.report(431000001, 0.0, 0.0, times_s=tuple(range(-3_000, -1_500, 60)))
    world.report(431000002, 6_000.0, 0.0, times_s=tuple(range(-3_000, -1_500, 60)))
    seen = world.see(0.0, 0.0)
    assert by_detection(solve(world))[seen.id].state is MatchState.UNKNOWN


def test_a_silent_vessel_without_echo_is_not_called_absent(world) -> None:
    world.report(431000001, 0.0, 0.0, length_m=200.0, times_s=tuple(range(-3_000, -1_500, 60)))
    world.report(431000002, 6_000.0, 0.0)
    world.see(6_000.0, 0.0)
    row = vessel_rows(solve(world))[431000001]
    assert row.state is MatchState.UNKNOWN
    assert row.p_absent is None


def test_a_vessel_on_the_edge_of_the_footprint_is_still_matched(world) -> None:
    """The predicted place lies 300 m outside the coarse outline, the echo just inside."""
    world.report(431000001, 20_300.0, 0.0)
    world.report(431000002, 6_000.0, 0.0)
    world.see(6_000.0, 0.0)
    seen = world.see(19_990.0, 0.0, length_m=80.0, position_error_m=90.0)
    match = by_detection(solve(world))[seen.id]
    assert match.mmsi == 431000001
