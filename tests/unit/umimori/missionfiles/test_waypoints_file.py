"""The .waypoints codec: round trips, pymavlink reads our files, damaged files are refused."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymavlink import mavwp

from umimori.errors import CorruptFileError, UmimoriError
from umimori.missionfiles.geojson import mission_features, write_geojson
from umimori.missionfiles.waypoints import HEADER, LOSES, read_waypoints, write_waypoints
from umimori.records.mission import Mission


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_items_and_home_survive(
    any_mission: st.SearchStrategy[Mission], data: st.DataObject
) -> None:
    mission = data.draw(any_mission)
    back = read_waypoints(write_waypoints(mission))
    assert back.items == mission.items
    assert back.home == mission.home
    assert back.home_alt_amsl_m == mission.home_alt_amsl_m
    assert LOSES in back.errors[0].message


def test_pymavlink_loads_what_we_write(patrol: Mission, tmp_path: Path) -> None:
    file = tmp_path / "patrol.waypoints"
    file.write_bytes(write_waypoints(patrol))
    loader = mavwp.MAVWPLoader()
    assert loader.load(str(file)) == len(patrol.items) + 1
    for item in patrol.items:
        loaded = loader.wp(item.seq)
        assert (loaded.command, loaded.frame) == (item.command, item.frame)
        assert loaded.z == pytest.approx(item.alt_m)
        if item.position is not None:
            assert loaded.x == pytest.approx(item.position.lat_deg, abs=1e-7)
            assert loaded.y == pytest.approx(item.position.lon_deg, abs=1e-7)


def test_nan_yaw_of_mission_planner_is_read_as_zero() -> None:
    text = f"{HEADER}\n0\t1\t0\t16\t0\t0\t0\t0\t34.7\t139.4\t5\t1\n"
    text += "1\t0\t3\t16\t0\t0\t0\tNaN\t34.71\t139.41\t60\t1\n"
    assert read_waypoints(text.encode()).items[0].param4 == 0.0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"QGC WPL 120\n",
        b"\xff\xfe",
        b"QGC WPL 110\n",
        b"QGC WPL 110\n1\t2\t3\n",
        b"QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\tx\t139.4\t5\t1\n",
        b"QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\tinf\t139.4\t5\t1\n",
        b"QGC WPL 110\n0\t1\t0\t16\t0\t0\t0\t0\t34\t139\t5\t1\n2\t0\t3\t16\t0\t0\t0\t0\t34\t139\t5\t1\n",
    ],
)
def test_what_is_no_waypoint_file_is_refused(data: bytes) -> None:
    with pytest.raises(CorruptFileError):
        read_waypoints(data)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_random_bytes_after_the_header_never_crash(data: bytes) -> None:
    try:
        read_waypoints(HEADER.encode() + b"\n" + data)
    except UmimoriError as error:
        assert "\n" not in error.one_line()


def test_geojson_holds_path_items_fence_rally_and_home(patrol: Mission) -> None:
    document = json.loads(write_geojson(patrol))
    assert document == mission_features(patrol)
    roles = [feature["properties"]["role"] for feature in document["features"]]
    assert roles == ["path", "item", "item", "item", "fence", "rally", "home"]
    fence = document["features"][4]["geometry"]["coordinates"][0]
    assert fence[0] == fence[-1]
    assert all(f["properties"]["simulated"] is False for f in document["features"])
