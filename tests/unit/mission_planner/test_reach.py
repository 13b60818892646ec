"""Work beyond reach is named, what is within reach is flown, far too much work is refused early."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mission_planner.area import area_of, area_of_bbox
from mission_planner.detour import Detour
from mission_planner.options import PlanOptions
from mission_planner.passes import Pass
from mission_planner.reach import MOST_TRANSIT, parted, reach_shape, refuse_too_many
from mission_planner.service import Inspection, plan_area, plan_inspect, plan_search, search_area
from mission_planner.sorties import Budget, Pace, Packer
from umimori.errors import GeometryError
from umimori.geodesy import BBox, LocalFrame, LonLat
from umimori.models.wind import CALM, Wind
from umimori.records.mission import Mission

HERE = LonLat(140.5, 33.0)
SPACING_M = 600.0


def box_of(frame: LocalFrame, west: float, south: float, east: float, north: float) -> Any:
    corners = shapely.get_coordinates(shapely.box(west, south, east, north))
    return area_of(shapely.Polygon(np.column_stack(frame.to_lonlat(*corners.T))))


def codes(mission: Mission) -> set[str]:
    return {check.code for check in mission.errors}


@pytest.fixture
def half_reached(plane_options: Callable[..., PlanOptions], open_sea: Any) -> Any:
    """A strip from 30 to 60 km off the base; the reach ends at about 38 km."""
    frame = LocalFrame(HERE)
    area = box_of(frame, 30_000.0, -1500.0, 60_000.0, 1500.0)
    options = plane_options(base=HERE, base_elevation_m=0.0, spacing_m=SPACING_M)
    return frame, plan_area(area, options, open_sea)


def test_what_is_within_reach_is_flown_and_the_rest_is_named(half_reached: Any) -> None:
    frame, result = half_reached
    *flown, last = result.missions
    assert flown
    for mission in flown:
        assert not mission.errors
        assert "beyond_reach" not in {check.code for check in mission.checks}
    assert {"beyond_reach", "endurance"} <= codes(last)
    assert last.energy_fraction < 2.5
    seen = shapely.union_all(
        [
            shapely.LineString(np.column_stack(frame.to_xy(path[:, 0], path[:, 1])))
            for path in (np.array(mission.path) for mission in flown)
        ]
    ).buffer(SPACING_M / 2.0 + 20.0)
    near = shapely.box(30_000.0, -1500.0, 36_000.0, 1500.0)
    assert shapely.intersection(seen, near).area > 0.97 * near.area


def test_the_area_beyond_reach_is_measured(half_reached: Any) -> None:
    _, result = half_reached
    (told,) = (check.message for check in result.missions[-1].errors if "km2" in check.message)
    assert told in result.notes
    assert "nearer --base" in told
    # 3 km wide, from the end of the reach to 60 km
    assert 55.0 < float(told.split(" km2")[0]) < 75.0


@pytest.mark.parametrize(
    "box", [BBox(139.0, 30.0, 141.0, 32.0), BBox(120.0, 0.0, 170.0, 50.0), BBox(140.2, 32.8, 140.8, 33.3)]
)  # fmt: skip
def test_far_too_many_sorties_are_refused_with_their_number(
    box: BBox, plane_options: Callable[..., PlanOptions], open_sea: Any
) -> None:
    with pytest.raises(GeometryError, match=r"about \d+ sorties of survey-plane; 200") as caught:
        plan_area(area_of_bbox(box), plane_options(base=HERE), open_sea)
    assert "nearer --base" in caught.value.remedy


def test_vast_searches_and_endless_dives_are_refused(
    plane_options: Callable[..., PlanOptions], open_sea: Any, sub: Any
) -> None:
    with pytest.raises(GeometryError, match="sorties"):
        plan_search(search_area(HERE, 400_000.0), plane_options(base=HERE), open_sea)
    deep = PlanOptions(profile=sub, base=HERE)
    area = area_of_bbox(BBox(140.0, 32.0, 141.0, 33.0))
    with pytest.raises(GeometryError, match="dives of bluerov2"):
        plan_inspect(area, deep, open_sea, Inspection(legs=True))
    with pytest.raises(GeometryError, match="dives of bluerov2"):
        plan_inspect(area, deep, open_sea, Inspection(bottom_m=10_000.0))
    refuse_too_many(200.0, "any")


@given(st.floats(0, 15), st.floats(0, 360), st.floats(600, 4000))
def test_the_rim_of_the_reach_costs_the_share_it_says(
    speed: float, from_deg: float, seconds: float
) -> None:
    pace, budget = Pace(22.0, Wind(speed, from_deg)), Budget(seconds=seconds, turn_s=20.0)
    base = np.array([500.0, -700.0])
    rim = shapely.get_coordinates(reach_shape(base, pace, budget))
    for corner in rim[::9]:
        way = np.vstack([base, corner])
        spent = pace.seconds(way) + pace.seconds(way[::-1]) + 2.0 * budget.turn_s
        assert spent == pytest.approx(MOST_TRANSIT * seconds, rel=1e-6)


@given(st.floats(-60_000, 60_000), st.floats(-60_000, 60_000), st.floats(1000, 150_000))
@settings(deadline=None, max_examples=40)
def test_parting_loses_no_track(x: float, y: float, length: float) -> None:
    track = Pass(np.array([[x, y], [x + length, y]]))
    packer = Packer(
        np.zeros(2),
        Pace(22.0, CALM),
        Budget(seconds=3000.0, turn_s=20.0),
        Detour(shapely.Polygon(), 50.0),
    )
    within, beyond = parted([track], packer)
    total = sum(part.length_m for part in (*within, *beyond))
    assert total == pytest.approx(track.length_m, rel=1e-9)
    assert all(packer.leaves_time_for(part, MOST_TRANSIT) for part in within)


def test_progress_is_told_while_sorties_are_packed(
    plane_options: Callable[..., PlanOptions], open_sea: Any
) -> None:
    told: list[str] = []
    area = box_of(LocalFrame(HERE), 3000.0, -1000.0, 6000.0, 1000.0)
    plan_area(area, plane_options(base=HERE), open_sea, told.append)
    assert any("packed" in line for line in told)
    assert any("predicted" in line for line in told)
