"""Every command in the READMEs runs as written, in the order in which it is written.

The commands of the installed program are executed one after the other in one folder. `make …`
lines build the environment that this suite runs in and take minutes: here make only prints what it
would do (which fails on an unknown target or option); the continuous integration script runs
`make test`, and the tests marked `slow` below run `make demo` and the flight.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.ja.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROGRAM = ".venv/bin/umimori"


def commands(name: str) -> list[list[str]]:
    """Every command line of a README, split into words."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = (line for block in BLOCK.findall(text) for line in block.splitlines())
    return [shlex.split(line) for line in lines if line.strip()]


def is_flight(words: list[str]) -> bool:
    return words[:1] == [PROGRAM] and words[1] in {"sitl", "fly"}


# Both give the same commands (tested below), so each is run once.
ALL = commands("README.md")
WALK = [words for words in ALL if words[0] == PROGRAM and not is_flight(words)]
FLIGHT = [words for words in ALL if is_flight(words)]
MAKE = [words for words in ALL if words[0] == "make"]


def installed(words: list[str]) -> list[str]:
    """The same command with the program of the environment that runs the tests."""
    return [str(Path(sys.executable).with_name("umimori")), *words[1:]]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which all commands but the flight have been run."""
    folder = tmp_path_factory.mktemp("walk")
    env = {**os.environ, "UMIMORI_DATA": str(folder / "data")}
    for words in WALK:
        result = subprocess.run(
            installed(words),
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert result.returncode == 0, f"{shlex.join(words)}\n{result.stdout}{result.stderr}"
        assert result.stdout.strip()
    return folder


def test_both_readmes_give_the_same_commands() -> None:
    assert commands("README.md") == commands("README.ja.md")


def test_every_command_is_covered() -> None:
    assert len(WALK) + len(FLIGHT) + len(MAKE) == len(ALL)
    assert MAKE == [["make", "demo"], ["make", "test"]]
    assert len(WALK) >= 5 and len(FLIGHT) == 2


def test_program_commands_run(walked: Path) -> None:
    assert {"scene.SAFE", "ais.nmea", "ships.geojson", "patrol.plan"} <= {
        path.name for path in walked.iterdir()
    }


@pytest.mark.parametrize("words", MAKE, ids=" ".join)
def test_make_knows_its_targets(words: list[str]) -> None:
    result = subprocess.run(
        [words[0], "--dry-run", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", READMES)
def test_links_and_pictures_are_there(name: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)", (ROOT / name).read_text(encoding="utf-8"))
    missing = [t for t in targets if "://" not in t and not (ROOT / t).exists()]
    assert missing == []


@pytest.mark.slow
def test_flight_commands_run(walked: Path) -> None:
    """The vehicle in one process, the flight in another, as in two terminals."""
    start, fly = FLIGHT
    # The embedded vehicle, wherever these tests run; the suite `sitl` flies on ArduPilot.
    vehicle = subprocess.Popen(
        [*installed(start), "--engine", "embedded"],
        cwd=walked,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert vehicle.stdout is not None
        assert "simulated" in vehicle.stdout.readline()
        result = subprocess.run(
            installed(fly),
            cwd=walked,
            env={**os.environ, "UMIMORI_DATA": str(walked / "data")},
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
        )
        assert result.returncode == 0, result.stderr[-3000:]
        assert "uploaded and verified" in result.stdout
    finally:
        vehicle.terminate()
        vehicle.communicate(timeout=20)


@pytest.mark.slow
def test_make_demo_runs(tmp_path: Path) -> None:
    """The first README command, ended after the loop."""
    env = {**os.environ, "UMIMORI_DATA": str(tmp_path / "data")}
    result = subprocess.run(
        ["make", "demo", "SERVE=0", "DEMO_ARGS=--json"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    assert '"simulated": true' in result.stdout
