"""What must hold for every fixed-wing plan: fence, radius, coverage, endurance, round trip."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mission_planner.area import Area, area_of, project
from mission_planner.fencing import fence_buffer_m, fence_polygon
from mission_planner.options import PlanOptions
from mission_planner.patterns import Pattern
from mission_planner.prediction import predict
from mission_planner.service import plan_area, plan_island, plan_search, search_area
from umimori.geodesy import LocalFrame, LonLat
from umimori.missionfiles.commands import Command
from umimori.missionfiles.plan import read_plan, write_plan
from umimori.models.wind import CALM, Wind
from umimori.records.mission import Mission
from umimori.records.vehicle import VehicleProfile

SEA = LonLat(139.60, 34.60)
# whole plans take a while: no shrinking, and the same examples on every machine
SLOW = settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
winds = st.builds(Wind, st.floats(0, 10), st.floats(0, 360))


def lonlat(frame: LocalFrame, shape: Any) -> Any:
    return shapely.transform(shape, lambda xy: np.column_stack(frame.to_lonlat(xy[:, 0], xy[:, 1])))


@st.composite
def sea_areas(draw: st.DrawFn) -> Area:
    """Star-shaped polygons of about 2 km, sometimes with a hole."""
    frame = LocalFrame(SEA)
    count = draw(st.integers(3, 9))
    radii = draw(st.lists(st.floats(600, 1600), min_size=count, max_size=count))
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    ring = np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])
    shape = shapely.Polygon(ring)
    if draw(st.booleans()):
        shape = shape.difference(shapely.Point(0, 0).buffer(200.0))
    return area_of(lonlat(frame, shape))


def path_xy(mission: Mission, frame: LocalFrame) -> Any:
    path = np.array(mission.path)
    return np.column_stack(frame.to_xy(path[:, 0], path[:, 1]))


def assert_sound(mission: Mission, plane: VehicleProfile, wind: Wind, frame: LocalFrame) -> None:
    flown = predict(mission.items, mission.home, plane, wind, frame)
    fence = mission.fence
    assert fence is not None
    polygon = fence_polygon(fence.inclusion, frame)
    line = shapely.LineString(flown.xy)
    assert polygon.contains(line)
    assert polygon.boundary.distance(line) >= fence_buffer_m(plane, wind) - 1.0
    speed = plane.cruise_speed_mps
    for a, b in zip(flown.states, flown.states[1:], strict=False):
        turn = abs((b.heading_deg - a.heading_deg + 180.0) % 360.0 - 180.0)
        through_air = speed * (b.t_s - a.t_s)
        if b.t_s - a.t_s <= 0.25 + 1e-9 and turn > 0.01:
            assert through_air / math.radians(turn) >= plane.turn_radius_m * 0.99
    assert mission.energy_fraction <= 1.0 - plane.reserve_fraction + 1e-6
    assert read_plan(write_plan(mission)) == mission


def seen_share(missions: tuple[Mission, ...], area: Area, swath_m: float) -> float:
    """Which share of an area the footprints along the level part of the paths see."""
    tracks = []
    for mission in missions:
        points = path_xy(mission, area.frame)
        tracks.append(shapely.LineString(points).buffer(swath_m / 2.0, cap_style="flat"))
    seen = shapely.union_all(tracks)
    return float(shapely.intersection(seen, area.shape).area / area.shape.area)


@given(area=sea_areas(), wind=winds)
@SLOW
def test_areas_are_seen_whole_by_sound_sorties(
    area: Area, wind: Wind, plane_options: Callable[..., PlanOptions], open_sea: Any
) -> None:
    base = area.frame.lonlat(-3000.0, 0.0)
    options = plane_options(base=base, base_elevation_m=0.0, wind=wind)
    result = plan_area(area, options, open_sea)
    swath = 2.0 * 100.0 * math.tan(math.radians(32.0))
    assert seen_share(result.missions, area, swath) >= 0.98
    for mission in result.missions:
        assert_sound(mission, options.profile, wind, area.frame)
        assert not mission.errors


@given(wind=winds, datum=st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000)))
@settings(SLOW, max_examples=5)
@pytest.mark.parametrize("pattern", [Pattern.SQUARE, Pattern.SECTOR])
def test_search_patterns_are_sound(
    wind: Wind,
    datum: tuple[float, float],
    pattern: Pattern,
    plane_options: Callable[..., PlanOptions],
    open_sea: Any,
) -> None:
    where = LocalFrame(SEA).lonlat(*datum)
    area = search_area(where, 1500.0)
    options = plane_options(base=area.frame.lonlat(4000.0, 3000.0), base_elevation_m=0.0, wind=wind)
    result = plan_search(area, options, open_sea, pattern)
    for mission in result.missions:
        assert_sound(mission, options.profile, wind, area.frame)
        assert not mission.errors
    near = shapely.LineString(path_xy(result.missions[0], area.frame))
    assert near.distance(shapely.Point(0.0, 0.0)) < 60.0


@pytest.mark.parametrize("wind", [CALM, Wind(8.0, 250.0), Wind(10.0, 20.0)])
@pytest.mark.parametrize("clockwise", [True, False])
def test_a_ring_keeps_its_standoff_and_closes(
    wind: Wind, clockwise: bool, plane_options: Callable[..., PlanOptions], island_coast: Any
) -> None:
    area = area_of(island_coast.polygons[0])
    options = plane_options(wind=wind, clockwise=clockwise)
    result = plan_island(area, options, island_coast)
    assert len(result.missions) == 1
    mission = result.missions[0]
    # the airport lies off the drawn island
    found = [c for c in mission.checks if c.severity.value != "info" and c.code != "base_on_water"]
    assert not found
    assert_sound(mission, options.profile, wind, area.frame)
    land = project(area.frame, island_coast.polygons)[0]
    home = np.array(area.frame.xy(mission.home))
    points = path_xy(mission, area.frame)
    away = points[np.hypot(*(points - home).T) > 3000.0]
    distances = shapely.distance(shapely.points(away), land)
    assert distances.min() >= 1500.0 * 0.98
    assert distances.max() <= 2600.0
    angles = np.unwrap(np.arctan2(away[:, 1], away[:, 0]))
    turned = angles[-1] - angles[0]
    assert (turned < 0) == clockwise
    assert abs(turned) > 1.5 * np.pi


def test_extra_positions_are_flown_over(
    plane_options: Callable[..., PlanOptions], island_coast: Any
) -> None:
    area = area_of(island_coast.polygons[0])
    places = (LonLat(139.52, 34.74), LonLat(139.40, 34.62))
    on_land = LonLat(139.40, 34.735)
    result = plan_island(area, plane_options(via=(*places, on_land)), island_coast)
    lines = [shapely.LineString(path_xy(m, area.frame)) for m in result.missions]
    for place in places:
        point = shapely.Point(area.frame.xy(place))
        assert min(line.distance(point) for line in lines) < 15.0
    assert any("left out" in note for note in result.notes)


def test_work_beyond_one_endurance_becomes_sorties_that_each_fit(
    plane_options: Callable[..., PlanOptions], open_sea: Any
) -> None:
    frame = LocalFrame(SEA)
    area = area_of(lonlat(frame, shapely.box(-2500, -2500, 2500, 2500)))
    options = plane_options(base=frame.lonlat(-6000.0, 0.0), base_elevation_m=0.0)
    result = plan_area(area, options, open_sea)
    assert len(result.missions) >= 3
    assert [m.sortie for m in result.missions] == list(range(1, len(result.missions) + 1))
    assert {m.sorties for m in result.missions} == {len(result.missions)}
    for mission in result.missions:
        assert_sound(mission, options.profile, CALM, area.frame)
        assert not mission.errors
    assert seen_share(result.missions, area, 125.0) >= 0.98


def test_out_of_reach_is_planned_but_refused_with_the_reach(
    plane_options: Callable[..., PlanOptions], open_sea: Any
) -> None:
    frame = LocalFrame(SEA)
    area = area_of(lonlat(frame, shapely.box(-500, -500, 500, 500)))
    options = plane_options(base=frame.lonlat(-80_000.0, 0.0), base_elevation_m=0.0)
    result = plan_area(area, options, open_sea)
    (mission,) = result.missions
    endurance, beyond = mission.errors
    assert endurance.code == "endurance"
    assert "reaches 45 km" in endurance.message
    assert beyond.code == "beyond_reach"
    assert beyond.message.startswith("1.0 km2")
    assert beyond.message in result.notes


def test_the_same_wish_gives_the_same_mission(
    plane_options: Callable[..., PlanOptions], island_coast: Any
) -> None:
    area = area_of(island_coast.polygons[0])
    first, second = (plan_island(area, plane_options(), island_coast) for _ in range(2))
    assert first == second


def test_every_plan_begins_with_a_take_off_and_ends_in_the_landing_sequence(
    plane_options: Callable[..., PlanOptions], island_coast: Any
) -> None:
    area = area_of(island_coast.polygons[0])
    (mission,) = plan_island(area, plane_options(), island_coast).missions
    commands = [item.command for item in mission.items]
    assert commands[0] == Command.NAV_TAKEOFF
    assert commands[-3:] == [Command.DO_LAND_START, Command.NAV_LOITER_TO_ALT, Command.NAV_LAND]
    assert set(commands[1:-3]) == {Command.NAV_WAYPOINT}
    assert [item.seq for item in mission.items] == list(range(1, len(commands) + 1))
    assert len(mission.fence.inclusion) <= 60
