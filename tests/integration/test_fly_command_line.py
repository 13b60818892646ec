"""``umimori sitl run`` and ``umimori fly`` as a tester types them."""

import json
import socket

import pytest
from command_line import sitl_run, umimori
from hand_written import plane_mission, sub_mission

from dashboard.cli.main import run
from umimori.missionfiles.plan import write_plan
from umimori.records.flight import Flight
from umimori.store import open_store


def home_of(mission, heading_deg=30):
    place = mission.home
    return f"{place.lon_deg},{place.lat_deg},{mission.home_alt_amsl_m},{heading_deg}"


@pytest.mark.parametrize("make", [plane_mission, sub_mission], ids=["plane", "sub"])
def test_run_and_fly(make, tmp_path):
    mission = make()
    file = tmp_path / "mission.plan"
    file.write_bytes(write_plan(mission))
    kind = mission.vehicle_kind.value
    wanted = ["--engine", "embedded", "--home", home_of(mission), "--speedup", "100"]
    with sitl_run(kind, *wanted, data=tmp_path) as vehicle:
        assert vehicle["engine"] == "embedded" and vehicle["simulated"] is True
        done = umimori("fly", file, "--link", vehicle["link"], "--json", data=tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["completed"] and result["uploaded"]["verified"] and result["simulated"]
    assert "Traceback" not in done.stderr
    with open_store(tmp_path) as store:
        assert store.get(Flight, result["flight_id"]).uploaded_verified
        assert store.verify().ok


@pytest.fixture
def umimori_here(tmp_path, capsys):
    """Run a command in this process; gives its exit code and the lines on stderr."""

    def call(*arguments):
        code = run([*map(str, arguments), "--data", str(tmp_path)])
        captured = capsys.readouterr()
        assert captured.out == ""
        return code, captured.err.splitlines()

    return call


def test_bad_calls_end_with_one_line_and_their_code(tmp_path, umimori_here, monkeypatch):
    monkeypatch.delenv("ARDUPILOT_SITL_DIR", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = f"tcp:127.0.0.1:{server.getsockname()[1]}"
    good, far, broken = (tmp_path / f"{name}.plan" for name in ("good", "far", "broken"))
    good.write_bytes(write_plan(plane_mission()))
    far.write_bytes(write_plan(plane_mission(energy_fraction=1.3)))
    broken.write_bytes(b"\x00\x01 no plan")
    calls = {
        ("fly", good, "--link", nobody): 5,
        ("fly", far, "--link", nobody): 6,
        ("fly", tmp_path / "absent.plan", "--link", nobody): 3,
        ("fly", broken, "--link", nobody): 3,
        ("fly", good, "--link", "tcp:nowhere"): 2,
        ("fly", good, "--link", nobody, "--adapter", "pigeon"): 2,
        ("sitl", "run", "boat"): 2,
        ("sitl", "run", "plane", "--home", "x"): 2,
        ("sitl", "run", "plane", "--engine", "ardupilot"): 4,
    }
    for arguments, wanted in calls.items():
        code, lines = umimori_here(*arguments)
        assert (code, len(lines)) == (wanted, 1), (arguments, code, lines)
        assert lines[0].startswith("Error: ")
