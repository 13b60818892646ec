"""Dives: layers see the whole wall, keep their distance, end at the surface, split by endurance."""

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mission_planner.area import Area, area_of
from mission_planner.options import PlanOptions
from mission_planner.service import Inspection, plan_inspect
from mission_planner.underwater import layer_depths
from umimori.errors import GeometryError
from umimori.geodesy import LonLat
from umimori.missionfiles.commands import Command
from umimori.models.wind import towards
from umimori.records.mission import Mission

BASE = LonLat(139.4375, 34.6845)


@pytest.fixture
def pier() -> Area:
    return area_of(shapely.LineString([(139.4380, 34.6840), (139.4395, 34.6835)]))


def metres(mission: Mission, area: Area) -> Any:
    path = np.array(mission.path)
    return np.column_stack([*area.frame.to_xy(path[:, 0], path[:, 1]), path[:, 2]])


@given(st.floats(0, 20), st.floats(0, 60), st.floats(1, 8), st.floats(0, 0.8))
def test_layers_see_the_wall_from_top_to_bottom(
    top: float, height: float, standoff: float, overlap: float
) -> None:
    depths = layer_depths(top, top + height, standoff, 32.0, overlap)
    assert depths[0] == top
    assert depths[-1] == pytest.approx(top + height, abs=1e-6)
    seen = max(2.0 * standoff * math.tan(math.radians(32.0)) * (1.0 - overlap), 0.5)
    assert all(b - a <= seen + 1e-6 for a, b in itertools.pairwise(depths))


def test_a_pier_is_ringed_in_layers_and_the_dive_ends_at_the_surface(pier: Area, sub: Any) -> None:
    options = PlanOptions(profile=sub, base=BASE, standoff_m=4.0)
    wish = Inspection(top_m=2.0, bottom_m=8.0)
    (mission,) = plan_inspect(pier, options, None, wish).missions
    assert not mission.errors
    assert {item.command for item in mission.items} == {Command.NAV_WAYPOINT}
    assert {item.frame for item in mission.items} == {3}
    assert mission.items[-1].alt_m == 0.0
    assert all(item.alt_m <= 0.0 for item in mission.items)
    points = metres(mission, pier)
    work = points[points[:, 2] < -1.5]
    distances = shapely.distance(shapely.points(work[:, :2]), pier.shape)
    assert distances.min() >= 4.0 * 0.85
    assert distances.max() <= 4.0 * 1.05
    assert sorted({round(z, 1) for z in work[:, 2]})[0] == -8.0
    assert mission.duration_s >= mission.length_m / sub.cruise_speed_mps
    assert [p.names[0] for p in mission.safety_parameters][:2] == [
        "FS_GCS_ENABLE",
        "FS_PILOT_INPUT",
    ]


def test_a_box_is_swept_in_legs_that_see_it_whole(sub: Any) -> None:
    area = area_of(shapely.box(139.4380, 34.6830, 139.4390, 34.6836))
    options = PlanOptions(profile=sub, base=BASE, spacing_m=5.0)
    (mission,) = plan_inspect(area, options, None, Inspection(bottom_m=5.0, legs=True)).missions
    points = metres(mission, area)
    deep = points[points[:, 2] < -4.5][:, :2]
    seen = shapely.LineString(deep).buffer(2.51, cap_style="flat")
    assert shapely.intersection(seen, area.shape).area >= 0.98 * area.shape.area


def test_a_current_changes_the_time_and_the_notes(pier: Area, sub: Any) -> None:
    still = plan_inspect(pier, PlanOptions(profile=sub, base=BASE), None, Inspection())
    flow = PlanOptions(profile=sub, base=BASE, wind=towards(0.4, 90.0))
    moving = plan_inspect(pier, flow, None, Inspection())
    assert moving.missions[0].duration_s > still.missions[0].duration_s
    assert "current 0.4 m/s to 90 deg" in moving.notes


def test_long_work_becomes_several_dives_that_join(pier: Area, sub: Any) -> None:
    tired = replace(sub, endurance_s=1800.0)
    options = PlanOptions(profile=tired, base=BASE)
    result = plan_inspect(pier, options, None, Inspection(top_m=1.5, bottom_m=20.0))
    assert len(result.missions) >= 2
    for mission in result.missions:
        assert not mission.errors
        assert mission.items[-1].alt_m == 0.0
    deepest = min(z for m in result.missions for _, _, z in m.path)
    assert deepest == pytest.approx(-20.0)


def test_depths_upside_down_and_scattered_structures_are_refused(pier: Area, sub: Any) -> None:
    options = PlanOptions(profile=sub, base=BASE)
    with pytest.raises(GeometryError, match="not usable"):
        plan_inspect(pier, options, None, Inspection(top_m=5.0, bottom_m=2.0))
    scattered = area_of(
        shapely.MultiLineString(
            [
                [(139.438, 34.684), (139.439, 34.684)],
                [(139.438, 34.686), (139.439, 34.686)],
            ]
        )
    )
    with pytest.raises(GeometryError, match="separate parts"):
        plan_inspect(scattered, options, None, Inspection())
    with pytest.raises(GeometryError):
        plan_inspect(pier, options, None, Inspection(legs=True))


def test_without_a_base_the_place_is_assumed_and_told(pier: Area, sub: Any) -> None:
    (mission,) = plan_inspect(pier, PlanOptions(profile=sub), None, Inspection()).missions
    assert "base_assumed" in {c.code for c in mission.checks}
