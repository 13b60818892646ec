"""Where vehicles start, how programs are found, how two run side by side."""

import contextlib
import logging
import os
import socket
import sys
from pathlib import Path

import pytest

from sitl.adapters.ardupilot import ArduPilotProcess, Binary, find_binary
from sitl.place import OSHIMA, parse_home, parse_listen
from sitl.service import Wanted, start_vehicle
from umimori.errors import EnvironmentMissingError, UsageError, outcome_of
from umimori.records.vehicle import VehicleKind

PLANE = VehicleKind.PLANE


@pytest.fixture(autouse=True)
def _no_real_programs(monkeypatch, tmp_path):
    monkeypatch.delenv("ARDUPILOT_SITL_DIR", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


def program(folder: Path, name="arduplane", text="#!/bin/sh\nexit 3\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_homes():
    place = parse_home("139.4,34.7,5,370")
    assert (place.position.lon_deg, place.alt_amsl_m, place.heading_deg) == (139.4, 5.0, 10.0)
    assert parse_home("139.4,34.7").alt_amsl_m == 0.0
    for bad in ("", "here", "1", "200,0", "0,100", "1,2,3,4,5"):
        with pytest.raises(UsageError):
            parse_home(bad)


def test_vehicles_listen_on_this_machine_only():
    assert parse_listen("tcp:127.0.0.1:5770") == 5770
    for bad in ("tcp:0.0.0.0:5760", "udp:127.0.0.1:5760", "tcp:127.0.0.1:0", "tcp:127.0.0.1"):
        with pytest.raises(UsageError):
            parse_listen(bad)


def test_programs_are_looked_for_in_order(tmp_path, monkeypatch):
    assert find_binary(PLANE, tmp_path, None) is None
    in_data = program(tmp_path / "ardupilot")
    assert find_binary(PLANE, tmp_path, None).program == in_data
    on_path = program(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_binary(PLANE, tmp_path, None).program == on_path
    named = program(tmp_path / "named")
    (tmp_path / "named" / "plane.parm").write_text("")
    monkeypatch.setenv("ARDUPILOT_SITL_DIR", str(tmp_path / "named"))
    found = find_binary(PLANE, tmp_path, None)
    assert found == Binary(program=named, defaults=tmp_path / "named" / "plane.parm")
    settings = program(tmp_path / "settings")
    assert find_binary(PLANE, tmp_path, tmp_path / "settings").program == settings
    assert find_binary(VehicleKind.SUB, tmp_path, None) is None


def test_a_file_that_cannot_be_run_is_no_program(tmp_path, monkeypatch):
    program(tmp_path).chmod(0o644)
    monkeypatch.setenv("ARDUPILOT_SITL_DIR", str(tmp_path))
    assert find_binary(PLANE, None, None) is None or os.geteuid() == 0


def test_ardupilot_that_is_asked_for_and_absent_is_said_plainly():
    with pytest.raises(EnvironmentMissingError) as caught:
        start_vehicle(Wanted(kind=PLANE, engine="ardupilot"))
    assert outcome_of(caught.value).exit_code == 4
    assert "ARDUPILOT_SITL_DIR" in caught.value.one_line()


def test_a_program_that_ends_at_once_is_said_plainly(tmp_path, monkeypatch):
    program(tmp_path, text="#!/bin/sh\necho no such model\nexit 3\n")
    monkeypatch.setenv("ARDUPILOT_SITL_DIR", str(tmp_path))
    with pytest.raises(EnvironmentMissingError, match="no such model"):
        start_vehicle(Wanted(kind=PLANE, engine="ardupilot"))


LISTENER = """#!{python}
import signal, socket, sys
port = 5760 + 10 * int([a for a in sys.argv if a.startswith("-I")][0][2:])
open({record!r}, "w").write(" ".join(sys.argv[1:]))
server = socket.create_server(("127.0.0.1", port))
signal.sigwait([signal.SIGTERM])
server.close()
"""


def test_ardupilot_gets_its_own_folder_and_a_warning_is_logged(tmp_path, monkeypatch, caplog):
    record = tmp_path / "arguments"
    text = LISTENER.format(python=sys.executable, record=str(record))
    program(tmp_path, text=text)
    (tmp_path / "plane.parm").write_text("")
    monkeypatch.setenv("ARDUPILOT_SITL_DIR", str(tmp_path))
    with caplog.at_level(logging.WARNING):
        process = start_vehicle(Wanted(kind=PLANE, engine="auto", speedup=5.0))
    try:
        assert isinstance(process, ArduPilotProcess) and process.running
        assert process.engine == "ardupilot" and process.link.startswith("tcp:127.0.0.1:5")
        assert "all interfaces" in caplog.text
        words = record.read_text()
        assert "--wipe" in words and "--speedup 5" in words and "plane.parm" in words
        assert f"--home {OSHIMA.position.lat_deg:.7f}" in words
        folder = Path(process._folder.name)
        assert folder.is_dir()
    finally:
        process.stop()
    process.stop()
    assert not process.running and not folder.exists()


@pytest.mark.parametrize("fields", [{"engine": "gazebo"}, {"speedup": 0.5}, {"speedup": 1000.0}])
def test_wrong_wishes(fields):
    with pytest.raises(UsageError):
        start_vehicle(Wanted(kind=PLANE, **{"engine": "embedded", **fields}))


def test_a_port_in_use_is_said_plainly():
    first = start_vehicle(Wanted(kind=PLANE, engine="embedded"))
    try:
        port = int(first.link.rpartition(":")[2])
        with pytest.raises(EnvironmentMissingError, match="did not start"):
            start_vehicle(Wanted(kind=PLANE, engine="embedded", port=port))
    finally:
        first.stop()
    assert not first.running


def test_somebody_else_on_the_port_is_not_taken_for_our_vehicle(tmp_path, monkeypatch):
    program(tmp_path, text=f"#!{sys.executable}\nimport signal\nsignal.pause()\n")
    monkeypatch.setenv("ARDUPILOT_SITL_DIR", str(tmp_path))
    monkeypatch.setattr("sitl.adapters.ardupilot.START_S", 0.5)
    for instance in range(40, 60):
        with (
            contextlib.suppress(OSError),
            socket.create_server(("127.0.0.1", 5760 + 10 * instance)),
        ):
            with pytest.raises(EnvironmentMissingError, match="in use"):
                start_vehicle(Wanted(kind=PLANE, engine="ardupilot", instance=instance))
            monkeypatch.setattr("sitl.adapters.ardupilot._is_free", lambda _port: True)
            with pytest.raises(EnvironmentMissingError, match="did not start"):
                start_vehicle(Wanted(kind=PLANE, engine="ardupilot", instance=instance))
            return
    pytest.fail("no free port")
