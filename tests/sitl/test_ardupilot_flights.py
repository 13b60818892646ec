"""Whole flights on real ArduPilot SITL, planned, started and flown by the command line.

Needs the programs ``arduplane`` and ``ardusub`` (``ARDUPILOT_SITL_DIR`` or PATH); skips without.
Speed-ups stay below what the programs reach on two cores.
"""

import json

import pytest
from command_line import sitl_run, umimori
from hand_written import plane_mission, sub_mission

from sitl.adapters.ardupilot import find_binary
from umimori.errors import EnvironmentMissingError
from umimori.missionfiles.plan import read_plan, write_plan
from umimori.records.vehicle import VehicleKind

pytestmark = pytest.mark.sitl
SPEEDUP = {VehicleKind.PLANE: 8, VehicleKind.SUB: 5}
TOSHIMA = "139.26,34.50,139.31,34.54"
HABU_PIER = {
    "type": "Polygon",
    "coordinates": [
        [
            [139.44, 34.6858],
            [139.44015, 34.6858],
            [139.44015, 34.6859],
            [139.44, 34.6859],
            [139.44, 34.6858],
        ]
    ],
}


@pytest.fixture(scope="module", autouse=True)
def _programs():
    for kind in VehicleKind:
        if find_binary(kind, None, None) is None:
            pytest.skip("no ArduPilot SITL program was found (ARDUPILOT_SITL_DIR, PATH)")


@pytest.fixture
def coast():
    from umimori.coast import load_coast

    try:
        return load_coast()
    except EnvironmentMissingError as error:
        pytest.skip(error.message)


def fly_on_ardupilot(file, tmp_path):
    """Start the vehicle of a mission at its home, fly it; return the JSON document."""
    mission = read_plan(file.read_bytes())
    kind = mission.vehicle_kind
    home = f"{mission.home.lon_deg},{mission.home.lat_deg},{mission.home_alt_amsl_m},30"
    wanted = [kind.value, "--engine", "ardupilot", "--home", home, "--speedup", SPEEDUP[kind]]
    with sitl_run(*wanted, data=tmp_path) as vehicle:
        assert vehicle["engine"] == "ardupilot"
        done = umimori("fly", file, "--link", vehicle["link"], "--json", data=tmp_path)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(result, *, p95_m):
    assert result["engine"]["name"] == "ardupilot" and result["engine"]["version"]
    assert result["simulated"] is True
    assert result["completed"] and result["uploaded"]["verified"]
    assert result["items_reached"] == result["items_total"] > 5
    assert result["xtrack"]["p95_m"] < p95_m


@pytest.mark.parametrize(
    ("make", "p95_m"), [(plane_mission, 40.0), (sub_mission, 1.5)], ids=["plane", "sub"]
)
def test_a_hand_written_mission(make, p95_m, tmp_path):
    file = tmp_path / "hand.plan"
    file.write_bytes(write_plan(make()))
    check(fly_on_ardupilot(file, tmp_path), p95_m=p95_m)


def test_a_planned_island_patrol(tmp_path, coast):
    file = tmp_path / "toshima.plan"
    planned = umimori(
        "plan", "island", "--bbox", TOSHIMA, "--base", "139.30,34.545", "--standoff", 600,
        "--alt", 120, "--wind", "3@225", "--out", file, data=tmp_path,
    )  # fmt: skip
    assert planned.returncode == 0, planned.stderr
    check(fly_on_ardupilot(file, tmp_path), p95_m=15.0)


def test_a_planned_inspection(tmp_path, coast):
    pier, file = tmp_path / "pier.geojson", tmp_path / "pier.plan"
    pier.write_text(json.dumps(HABU_PIER))
    planned = umimori("plan", "inspect", "--aoi", pier, "--out", file, data=tmp_path)
    assert planned.returncode == 0, planned.stderr
    check(fly_on_ardupilot(file, tmp_path), p95_m=1.5)
