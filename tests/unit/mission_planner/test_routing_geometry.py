"""Swaths, skips, ways round land, landing patterns, sortie packing."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mission_planner.area import area_of
from mission_planner.detour import Detour
from mission_planner.joining import join
from mission_planner.land import Land
from mission_planner.landing import MAX_GLIDE_SLOPE, landing_pattern, loiter_exit
from mission_planner.notes import current_note, wind_note, wind_of
from mission_planner.passes import Pass, cut, order_cells, order_lines, skip_order
from mission_planner.patterns import expanding_square, sector_search
from mission_planner.sorties import Budget, Pace, split
from mission_planner.swaths import best_angle_rad, lay_swaths
from umimori.errors import GeometryError
from umimori.models.wind import CALM, Wind

NOTHING = shapely.Polygon()


@given(st.integers(1, 80), st.integers(1, 12))
def test_a_skip_order_visits_every_row_once(count: int, skip: int) -> None:
    assert sorted(skip_order(count, skip)) == list(range(count))


def test_a_skip_keeps_neighbouring_rows_apart() -> None:
    order = skip_order(12, 4)[:8]
    assert order == [0, 4, 1, 5, 2, 6, 3, 7]
    assert min(abs(b - a) for a, b in itertools.pairwise(order)) >= 3


def test_rows_closer_than_two_radii_are_skipped_and_that_is_shorter() -> None:
    cells = lay_swaths(
        shapely.box(0, 0, 3000, 1200), NOTHING, 60.0, wind=CALM, airspeed_mps=22.0, turn_m=300.0
    )
    start = np.zeros(2)
    skipped = join(None, order_cells(cells, start, 100.0), None, 100.0, Detour(NOTHING, 100.0))
    plain = [
        Pass(np.vstack([p.start, p.end] if i % 2 == 0 else [p.end, p.start]))
        for i, p in enumerate(cells[0])
    ]
    bulbs = join(None, plain, None, 100.0, Detour(NOTHING, 100.0))
    assert shapely.LineString(skipped).length < shapely.LineString(bulbs).length


def test_without_wind_tracks_lie_along_the_long_side() -> None:
    long_box = shapely.box(0, 0, 5000, 1000)
    assert math.sin(best_angle_rad(long_box, 100.0, CALM, 22.0, 300.0)) == pytest.approx(
        0.0, abs=1e-6
    )


def test_strong_wind_turns_the_tracks_across_it() -> None:
    square = shapely.box(0, 0, 3000, 3000)
    for from_deg in (0.0, 90.0):
        angle = best_angle_rad(square, 100.0, Wind(10.0, from_deg), 22.0, 300.0)
        course = (90.0 - math.degrees(angle)) % 180.0
        off = abs((course - from_deg + 90.0) % 180.0 - 90.0)
        assert off >= 85.0


def test_an_area_with_a_hole_becomes_several_cells_whose_tracks_avoid_the_hole() -> None:
    hole = shapely.Point(1500, 1000).buffer(300)
    area = shapely.box(0, 0, 3000, 2000).difference(hole)
    cells = lay_swaths(area, hole, 100.0, wind=CALM, airspeed_mps=22.0, turn_m=300.0)
    assert len(cells) >= 3
    pieces = [piece for cell in cells for piece in cell]
    assert all(not shapely.LineString([p.start, p.end]).crosses(hole.buffer(-1)) for p in pieces)
    strips = shapely.union_all(
        [shapely.LineString([p.start, p.end]).buffer(50.5, cap_style="flat") for p in pieces]
    )
    assert strips.intersection(area).area > 0.97 * area.area


@given(
    st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)),
    st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)),
)
@settings(deadline=None, max_examples=40)
def test_ways_round_land_never_cross_it(a: tuple[float, float], b: tuple[float, float]) -> None:
    land = shapely.union(shapely.Point(0, 0).buffer(800), shapely.box(500, -1500, 900, 300))
    start, end = np.array(a), np.array(b)
    way = Detour(land, 50.0).way(start, end)
    assert np.allclose(way[0], start)
    assert np.allclose(way[-1], end)
    if not (land.intersects(shapely.Point(a)) or land.intersects(shapely.Point(b))):
        assert not shapely.LineString(way).intersects(land)
        assert shapely.LineString(way).length >= math.dist(a, b) - 1e-6


def test_a_base_inside_the_barred_land_is_left_the_short_way() -> None:
    way = Detour(shapely.Point(0, 0).buffer(500), 20.0).way(
        np.array([300.0, 0.0]), np.array([900.0, 0.0])
    )
    assert shapely.LineString(way).length == pytest.approx(600.0, abs=2.0)


@pytest.mark.parametrize("wind", [Wind(5.0, d) for d in (0.0, 70.0, 200.0, 310.0)])
def test_landings_are_into_the_wind_and_shallow(wind: Wind) -> None:
    area = area_of(shapely.Point(139.4, 34.7))
    land = Land(area.frame, NOTHING, 0.0, None)
    pattern = landing_pattern(
        np.zeros(2),
        np.array([4000.0, 0.0]),
        wind=wind,
        radius_m=90.0,
        cruise_alt_rel_m=60.0,
        land=land,
    )
    assert pattern.course_deg == wind.from_deg
    leave = loiter_exit(pattern.loiter_centre, pattern.loiter_radius_m, pattern.touchdown)
    far = math.hypot(leave.x_m, leave.y_m)
    assert pattern.loiter_alt_rel_m / far <= MAX_GLIDE_SLOPE
    course = math.degrees(math.pi / 2 - leave.angle_rad) % 360.0
    assert abs((course - wind.from_deg + 180.0) % 360.0 - 180.0) < 1.0


@given(st.floats(0, 2 * math.pi), st.floats(30, 300), st.sampled_from([1.0, -1.0]))
def test_a_loiter_is_left_on_its_tangent(at: float, radius: float, sense: float) -> None:
    target = 2000.0 * np.array([math.cos(at), math.sin(at)])
    pose = loiter_exit(np.zeros(2), sense * radius, target)
    place = np.array([pose.x_m, pose.y_m])
    heading = np.array([math.cos(pose.angle_rad), math.sin(pose.angle_rad)])
    assert float(np.hypot(*place)) == pytest.approx(radius)
    assert float(place @ heading) == pytest.approx(0.0, abs=1e-6 * radius)
    # clockwise (positive): the centre lies to the right of the heading
    right = heading[0] * -place[1] - heading[1] * -place[0]
    assert (right < 0) == (sense > 0)


def line(length: float, at: float = 0.0) -> Pass:
    return Pass(np.array([[0.0, at], [length, at]]))


@given(st.lists(st.floats(500, 60_000), min_size=1, max_size=8), st.floats(900, 4000))
@settings(deadline=None)
def test_packing_loses_nothing_and_keeps_the_budget(lengths: list[float], seconds: float) -> None:
    passes = [line(length, 200.0 * i) for i, length in enumerate(lengths)]
    pace = Pace(22.0, CALM)
    near = [p for p in passes if 2.0 * p.length_m / 22.0 * 1.05 < 0.8 * seconds] or [line(500.0)]
    loads = split(
        near, np.zeros(2), pace, Budget(seconds=seconds, turn_s=10.0), Detour(NOTHING, 50.0)
    )
    total = sum(p.length_m for load in loads for p in load)
    assert total == pytest.approx(sum(p.length_m for p in near), rel=1e-6)
    for load in loads:
        assert sum(pace.seconds(p.points) for p in load) <= seconds


@given(st.floats(1, 99))
def test_a_cut_pass_joins_again(percent: float) -> None:
    whole = Pass(np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 50.0]]))
    head, tail = cut(whole, percent / 100.0 * whole.length_m)
    assert head.length_m + tail.length_m == pytest.approx(whole.length_m)
    assert np.allclose(head.points[-1], tail.points[0])


def test_lines_are_taken_nearest_first_from_their_nearer_end() -> None:
    far, near = line(1000.0, 900.0), line(1000.0, 100.0)
    first, second = order_lines([far, near], np.array([1000.0, 0.0]))
    assert first.points[0].tolist() == [1000.0, 100.0]
    assert second.points[0].tolist() == [0.0, 900.0]


def test_an_expanding_square_covers_its_square() -> None:
    (track,) = expanding_square(np.zeros(2), 1000.0, 200.0, 0.0)
    seen = shapely.LineString(track.points).buffer(100.0, cap_style="square", join_style="mitre")
    assert seen.intersection(shapely.box(-1000, -1000, 1000, 1000)).area >= 0.99 * 4e6
    steps = np.hypot(*np.diff(track.points, axis=0).T)
    assert steps[:6].round().tolist() == [200, 200, 400, 400, 600, 600]
    with pytest.raises(GeometryError, match="no search"):
        expanding_square(np.zeros(2), 100_000.0, 10.0, 0.0)


def test_sector_legs_pass_the_datum_120_degrees_apart() -> None:
    legs = sector_search(np.zeros(2), 800.0, 30.0)
    courses = [round((90 - math.degrees(leg.first.angle_rad)) % 360) for leg in legs]
    assert courses == [30, 150, 270]
    assert all(shapely.LineString(leg.points).distance(shapely.Point(0, 0)) < 1e-6 for leg in legs)


@given(st.floats(0, 40), st.floats(0, 360))
def test_the_wind_is_read_back_from_the_notes(speed: float, from_deg: float) -> None:
    back = wind_of(("height 100 m above the sea", wind_note(Wind(speed, from_deg))))
    assert back.speed_mps == pytest.approx(speed, abs=0.051)
    assert abs((back.from_deg - from_deg + 180.0) % 360.0 - 180.0) <= 0.51
    assert wind_of(()) == CALM
    flow = Wind(speed, from_deg)
    current = wind_of((current_note(flow),))
    assert abs((current.from_deg - from_deg + 180.0) % 360.0 - 180.0) <= 0.51
    assert wind_of(("current 0.5 m/s from 270 deg",)) == Wind(0.5, 270.0)  # as plans said before


def test_turns_between_passes_can_be_flown(plane: Any) -> None:
    passes = [line(2000.0), line(2000.0, 150.0).reversed()]
    points = join(None, passes, None, plane.turn_radius_m, Detour(NOTHING, 50.0))
    first, second = points[1:-1][0], points[1:-1][-1]
    assert np.hypot(*(second - first)) > 1.9 * plane.turn_radius_m
