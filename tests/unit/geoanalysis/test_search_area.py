"""Reachable discs and the tasks made of them."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoanalysis.search_area import greatest_speed_mps, search_area
from geoanalysis.tasking import tasks_from_anomalies
from umimori.geodesy import LonLat, distance_m, forward
from umimori.records import Anomaly, AnomalyKind, Port, TaskKind, VehicleKind

PLACE = LonLat(139.3, 34.7)


@given(
    lon=st.floats(-180.0, 180.0),
    lat=st.floats(-70.0, 70.0),
    course=st.floats(0.0, 360.0),
    speed=st.floats(0.0, 12.0),
    elapsed=st.floats(0.0, 7_200.0),
)
def test_nobody_within_the_speed_escapes_the_disc(lon, lat, course, speed, elapsed) -> None:
    start = LonLat(lon, lat)
    area = search_area(start, 50.0, elapsed, max_speed_mps=12.0)
    reached = forward(start, course, speed * elapsed)
    assert distance_m(area.centre, reached) <= area.radius_m + 1.0
    assert all(distance_m(area.centre, corner) >= area.radius_m - 1.0 for corner in area.ring)


def test_the_disc_drifts_and_grows() -> None:
    area = search_area(
        PLACE, 50.0, 1_800.0, max_speed_mps=5.0, drift_speed_mps=1.0, drift_toward_deg=90.0
    )
    assert area.radius_m == pytest.approx(100.0 + 9_000.0)
    assert distance_m(area.centre, PLACE) == pytest.approx(1_800.0, abs=1.0)
    assert area.centre.lon_deg > PLACE.lon_deg


def test_the_disc_can_be_cut() -> None:
    area = search_area(PLACE, 50.0, 7_200.0, max_speed_mps=15.0, max_radius_m=4_000.0)
    assert area.radius_m == 4_000.0


def test_small_craft_are_faster() -> None:
    assert greatest_speed_mps(12.0) > greatest_speed_mps(90.0) == greatest_speed_mps(None)


def anomaly(kind, place, risk, moment, key="a") -> Anomaly:
    return Anomaly(
        id=f"{kind.value}-{key}", kind=kind, scene_id="s", time_utc=moment, position=place,
        position_error_m=150.0, risk=risk, reasons=(), detection_ids=(), mmsis=(),
        algorithm_version="1", simulated=True,
    )  # fmt: skip


def port(place, open_port=False) -> Port:
    return Port(
        id="p", name="元町港", position=place, country="Japan", open_port=open_port, source="t"
    )


def test_the_riskiest_come_first_and_neighbours_share_a_search(moment) -> None:
    near = forward(PLACE, 90.0, 300.0)
    far = forward(PLACE, 90.0, 9_000.0)
    found = tasks_from_anomalies(
        [
            anomaly(AnomalyKind.DARK_VESSEL, far, 40.0, moment, "far"),
            anomaly(AnomalyKind.RENDEZVOUS, PLACE, 80.0, moment),
            anomaly(AnomalyKind.DARK_VESSEL, near, 60.0, moment, "near"),
        ],
        [],
        now_utc=moment + timedelta(seconds=60),
    )
    assert [t.priority for t in found] == [80.0, 40.0]
    assert {t.vehicle_kind for t in found} == {VehicleKind.PLANE}
    assert {t.kind for t in found} == {TaskKind.TARGET_SEARCH}
    assert all(len(t.area) == 1 for t in found)


def test_an_old_sighting_becomes_an_area(moment) -> None:
    (task,) = tasks_from_anomalies(
        [anomaly(AnomalyKind.DARK_VESSEL, PLACE, 60.0, moment)],
        [],
        now_utc=moment + timedelta(hours=1),
    )
    assert task.kind is TaskKind.AREA_SEARCH
    assert len(task.area) > 8


def test_inspection_lies_in_clear_water_on_the_way_to_the_anomaly(moment) -> None:
    harbour = forward(PLACE, 90.0, 3_000.0)
    found = tasks_from_anomalies(
        [anomaly(AnomalyKind.NEAR_CLOSED_PORT, PLACE, 60.0, moment)],
        [port(harbour)],
        now_utc=moment,
        is_clear=lambda place: distance_m(place, harbour) > 650.0,
    )
    (task,) = [t for t in found if t.kind is TaskKind.UNDERWATER_INSPECTION]
    assert task.vehicle_kind is VehicleKind.SUB
    centre = LonLat(
        sum(c.lon_deg for c in task.area) / len(task.area),
        sum(c.lat_deg for c in task.area) / len(task.area),
    )
    assert distance_m(centre, harbour) == pytest.approx(700.0, abs=15.0)
    assert math.isclose(distance_m(centre, PLACE), 2_300.0, abs_tol=15.0)


def test_open_ports_are_not_inspected(moment) -> None:
    found = tasks_from_anomalies(
        [anomaly(AnomalyKind.NEAR_CLOSED_PORT, PLACE, 60.0, moment)],
        [port(PLACE, open_port=True)],
        now_utc=moment,
    )
    assert found == []


def test_tasks_keep_their_ids(moment) -> None:
    given_ = [anomaly(AnomalyKind.DARK_VESSEL, PLACE, 60.0, moment)]
    first = tasks_from_anomalies(given_, [], now_utc=moment)
    later = tasks_from_anomalies(given_, [], now_utc=moment + timedelta(seconds=30))
    assert [t.id for t in first] == [t.id for t in later]
