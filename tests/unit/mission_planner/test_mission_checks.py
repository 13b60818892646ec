"""Every check says no to the very fault it is there for, and names it by its code."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import shapely

from mission_planner.area import area_of
from mission_planner.checks.context import CheckContext
from mission_planner.checks.run import check_mission
from mission_planner.land import Land, land_near
from mission_planner.options import PlanOptions
from mission_planner.service import Inspection, plan_inspect, plan_island, recheck
from umimori.geodesy import LonLat
from umimori.missionfiles.commands import Command
from umimori.models.wind import CALM, Wind
from umimori.records.mission import Mission, MissionItem, Severity


@pytest.fixture(scope="module")
def ring(plane_options: Callable[..., PlanOptions], island_coast: Any) -> Mission:
    area = area_of(island_coast.polygons[0])
    return plan_island(area, plane_options(), island_coast).missions[0]


@pytest.fixture(scope="module")
def land(island_coast: Any, airport: LonLat) -> Land:
    return land_near(island_coast, area_of(island_coast.polygons[0]), airport, 6000.0)


@pytest.fixture(scope="module")
def judge(plane: Any, land: Land) -> Callable[..., dict[str, Severity]]:
    """Return the worst finding per code."""

    def run(mission: Mission, wind: Wind = CALM, **context: Any) -> dict[str, Severity]:
        fields = {"profile": plane, "wind": wind, "land": land, "standoff_m": 1000.0} | context
        order = [Severity.INFO, Severity.WARNING, Severity.ERROR]
        worst: dict[str, Severity] = {}
        for check in check_mission(mission, CheckContext(**fields)):
            known = worst.get(check.code, Severity.INFO)
            worst[check.code] = max(known, check.severity, key=order.index)
        return worst

    return run


def with_items(mission: Mission, *items: MissionItem) -> Mission:
    renumbered = tuple(replace(item, seq=seq) for seq, item in enumerate(items, start=1))
    return replace(mission, items=renumbered)


def test_a_good_ring_has_only_passed_findings(ring: Mission, judge: Any) -> None:
    found = judge(ring)
    assert found.pop("base_on_water") is Severity.WARNING  # the airport lies off the drawn island
    assert set(found.values()) == {Severity.INFO}
    assert {
        "items_known", "item_count", "first_item_takeoff", "altitude_band", "leg_length",
        "turn_feasible", "land_start_and_autoland", "glide_slope", "landing_into_wind",
        "fence_contains_path", "rally_in_fence", "endurance", "over_land", "standoff",
        "failsafe_path",
    } <= set(found)  # fmt: skip


def test_take_off_must_come_first(ring: Mission, judge: Any) -> None:
    assert judge(with_items(ring, *ring.items[1:]))["first_item_takeoff"] is Severity.ERROR


@pytest.mark.parametrize(
    ("command", "severity"),
    [
        (Command.NAV_DELAY, Severity.ERROR),
        (82, Severity.ERROR),
        (Command.DO_CHANGE_SPEED, Severity.INFO),
    ],
)
def test_items_without_code_in_the_vehicle_are_refused(
    ring: Mission, judge: Any, command: int, severity: Severity
) -> None:
    extra = MissionItem(seq=0, frame=3, command=int(command))
    changed = with_items(ring, *ring.items[:2], extra, *ring.items[2:])
    assert judge(changed)["items_known"] is severity


def test_too_many_items_are_refused(ring: Mission, judge: Any) -> None:
    many = with_items(ring, *ring.items[:1], *(ring.items[1:2] * 654), *ring.items[-3:])
    assert judge(many)["item_count"] is Severity.ERROR
    assert judge(with_items(ring))["item_count"] is Severity.ERROR


@pytest.mark.parametrize(
    ("amsl", "severity"),
    [
        (150.0, Severity.ERROR),
        (147.0, Severity.WARNING),
        (20.0, Severity.WARNING),
        (10.0, Severity.ERROR),
    ],
)
def test_heights_outside_the_band_are_found(
    ring: Mission, judge: Any, amsl: float, severity: Severity
) -> None:
    rel = amsl - ring.home_alt_amsl_m
    path = tuple((lon, lat, rel if alt > 30 else alt) for lon, lat, alt in ring.path)
    items = (
        replace(item, alt_m=rel) if item.command == Command.NAV_WAYPOINT else item
        for item in ring.items
    )
    changed = replace(with_items(ring, *items), path=path)
    assert judge(changed)["altitude_band"] is severity


def test_a_fence_must_hold_the_path_with_its_margin(ring: Mission, judge: Any) -> None:
    assert judge(replace(ring, fence=None))["fence_contains_path"] is Severity.WARNING
    corners = ring.fence.inclusion
    half = replace(ring, fence=replace(ring.fence, inclusion=corners[: len(corners) // 2]))
    assert judge(half)["fence_contains_path"] is Severity.ERROR
    quarter = len(corners) // 4
    tangled = (corners[0], corners[2 * quarter], corners[quarter], corners[3 * quarter])
    crossed = replace(ring, fence=replace(ring.fence, inclusion=tangled))
    assert judge(crossed)["fence_contains_path"] is Severity.ERROR
    assert judge(ring, Wind(10.0, 90.0))["fence_contains_path"] is Severity.WARNING
    in_the_way = (ring.path[60], ring.path[80], ring.path[100])
    exclusion = tuple(LonLat(lon, lat) for lon, lat, _ in in_the_way)
    barred = replace(ring, fence=replace(ring.fence, exclusions=(exclusion,)))
    assert judge(barred)["fence_contains_path"] is Severity.ERROR


def test_energy_beyond_the_reserve_is_refused(ring: Mission, judge: Any) -> None:
    assert judge(replace(ring, energy_fraction=0.76))["endurance"] is Severity.ERROR


def test_rally_points_must_be_inside(ring: Mission, judge: Any) -> None:
    outside = replace(ring, rally=(LonLat(139.9, 34.7),))
    assert judge(outside)["rally_in_fence"] is Severity.ERROR
    assert judge(replace(ring, rally=()))["rally_in_fence"] is Severity.WARNING


def test_a_landing_needs_its_sequence_and_parameter(ring: Mission, judge: Any) -> None:
    code = "land_start_and_autoland"
    assert judge(replace(ring, safety_parameters=()))[code] is Severity.ERROR
    no_start = (i for i in ring.items if i.command != Command.DO_LAND_START)
    assert judge(with_items(ring, *no_start))[code] is Severity.ERROR
    assert judge(with_items(ring, *ring.items[:-1]))[code] is Severity.ERROR


def test_steep_finals_and_tail_winds_are_refused(ring: Mission, judge: Any) -> None:
    steep = (
        replace(i, alt_m=80.0) if i.command == Command.NAV_LOITER_TO_ALT else i for i in ring.items
    )
    assert judge(with_items(ring, *steep))["glide_slope"] is Severity.ERROR
    worst = {judge(ring, Wind(8.0, float(d)))["landing_into_wind"] for d in range(0, 360, 20)}
    assert worst == {Severity.INFO, Severity.WARNING, Severity.ERROR}


def test_legs_too_short_for_their_turns_are_named(ring: Mission, judge: Any) -> None:
    place = ring.items[10].position
    near = replace(ring.items[10], position=LonLat(place.lon_deg, place.lat_deg + 0.0002))
    zigzag = with_items(ring, *ring.items[:11], near, *ring.items[9:])
    assert judge(zigzag)["leg_length"] is Severity.WARNING


def test_a_waypoint_that_the_path_misses_is_named(ring: Mission, judge: Any) -> None:
    place = ring.items[10].position
    far = replace(ring.items[10], position=LonLat(place.lon_deg + 0.02, place.lat_deg))
    moved = with_items(ring, *ring.items[:10], far, *ring.items[11:])
    assert judge(moved)["turn_feasible"] is Severity.ERROR


def test_land_is_named_with_the_error_of_the_coast(ring: Mission, plane: Any, land: Land) -> None:
    across = replace(ring, path=(ring.path[0], (139.45, 34.66, 62.0), (139.36, 34.72, 62.0)))
    context = CheckContext(profile=plane, wind=CALM, land=land, standoff_m=1000.0)
    found = {c.code: c for c in check_mission(across, context)}
    assert found["over_land"].severity is Severity.ERROR
    assert "uncertain by 500 m" in found["over_land"].message
    assert found["failsafe_path"].severity is Severity.WARNING


def test_without_a_coast_the_check_says_that_nobody_looked(
    ring: Mission, judge: Any, land: Land
) -> None:
    unknown = Land(land.frame, shapely.Polygon(), 0.0, None)
    assert judge(ring, land=unknown)["over_land"] is Severity.WARNING


def test_a_far_side_without_rally_points_would_return_over_land(ring: Mission, judge: Any) -> None:
    assert len(ring.rally) > 1
    assert judge(replace(ring, rally=ring.rally[:1]))["failsafe_path"] is Severity.WARNING


def test_strong_wind_and_an_assumed_base_are_told(ring: Mission, judge: Any) -> None:
    assert judge(ring, Wind(13.0, 0.0))["wind_limit"] is Severity.ERROR
    assert judge(ring, base_assumed=True)["base_assumed"] is Severity.WARNING


def test_a_mission_for_another_kind_of_vehicle_is_refused(
    ring: Mission, sub: Any, land: Land
) -> None:
    (finding,) = check_mission(ring, CheckContext(profile=sub, wind=CALM, land=land))
    assert (finding.code, finding.severity) == ("vehicle", Severity.ERROR)


@pytest.fixture(scope="module")
def dive(sub: Any) -> Mission:
    pier = area_of(shapely.LineString([(139.438, 34.684), (139.4395, 34.6835)]))
    base = LonLat(139.4375, 34.6845)
    options = PlanOptions(profile=sub, base=base)
    return plan_inspect(pier, options, None, Inspection()).missions[0]


def judged(mission: Mission, profile: Any, flow: Wind = CALM) -> dict[str, Severity]:
    area = area_of(shapely.MultiPoint([p[:2] for p in mission.path]))
    nowhere = Land(area.frame, shapely.Polygon(), 0.0, None)
    context = CheckContext(profile=profile, wind=flow, land=nowhere)
    return {c.code: c.severity for c in check_mission(mission, context)}


def test_a_good_dive_asks_only_for_a_position_source(dive: Mission, sub: Any) -> None:
    found = judged(dive, sub)
    assert found.pop("position_source") is Severity.WARNING
    assert found.pop("over_land") is Severity.WARNING  # no coast was given
    assert set(found.values()) == {Severity.INFO}
    assert {"depth_limit", "surface_end", "current", "fence_contains_path"} <= set(found)


def test_dives_beyond_rating_current_or_without_surfacing_are_refused(
    dive: Mission, sub: Any
) -> None:
    deep = replace(dive, path=tuple((x, y, z * 20.0) for x, y, z in dive.path))
    assert judged(deep, sub)["depth_limit"] is Severity.ERROR
    assert judged(replace(dive, items=dive.items[:-1]), sub)["surface_end"] is Severity.ERROR
    flying = with_items(dive, replace(dive.items[0], alt_m=5.0), *dive.items[1:])
    assert judged(flying, sub)["depth_limit"] is Severity.ERROR
    absolute = with_items(dive, replace(dive.items[0], frame=0), *dive.items[1:])
    assert judged(absolute, sub)["depth_limit"] is Severity.ERROR
    assert judged(dive, sub, Wind(0.7, 90.0))["current"] is Severity.ERROR
    takeoff = with_items(dive, replace(dive.items[0], command=22), *dive.items[1:])
    assert judged(takeoff, sub)["items_known"] is Severity.ERROR


def test_rechecking_an_own_mission_comes_to_the_same_times(
    ring: Mission, plane: Any, island_coast: Any
) -> None:
    again = recheck(ring, plane, CALM, island_coast)
    assert again.id == ring.id
    assert again.duration_s == pytest.approx(ring.duration_s, rel=1e-3)
    assert not again.errors


def findings(mission: Mission, code: str) -> list[Severity]:
    return [check.severity for check in mission.checks if check.code == code]


@pytest.mark.parametrize(
    ("lon", "lat", "severity"),
    [
        (139.40, 34.735, Severity.ERROR),  # the middle of the island
        (139.4475, 34.735, Severity.WARNING),  # at its shore, as piers are
        (139.50, 34.735, Severity.INFO),  # five kilometres off
    ],
)
def test_a_dive_on_land_is_refused_and_one_at_the_shore_is_questioned(
    sub: Any, island_coast: Any, lon: float, lat: float, severity: Severity
) -> None:
    pier = area_of(shapely.LineString([(lon, lat), (lon + 0.001, lat)]))
    options = PlanOptions(profile=sub)
    (mission,) = plan_inspect(pier, options, island_coast, Inspection()).missions
    assert findings(mission, "over_land") == [severity]
    assert findings(recheck(mission, sub, CALM, island_coast), "over_land") == [severity]
    (told,) = (check.message for check in mission.checks if check.code == "over_land")
    assert "uncertain by 500 m" in told


def test_a_plane_that_starts_on_the_water_is_questioned(
    ring: Mission, plane: Any, island_coast: Any, open_sea: Any, judge: Any
) -> None:
    afloat = replace(ring, home=LonLat(139.50, 34.735))
    ashore = replace(ring, home=LonLat(139.40, 34.78))
    assert judge(ashore)["base_on_water"] is Severity.INFO
    assert judge(afloat)["base_on_water"] is Severity.WARNING
    for coast in (island_coast, open_sea):
        assert findings(recheck(afloat, plane, CALM, coast), "base_on_water") == [Severity.WARNING]
    assert findings(recheck(afloat, plane, CALM, None), "base_on_water") == []
