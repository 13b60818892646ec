"""``umimori imagery simulate`` at its limits: small, crowded, far north, on a full disk."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from dashboard.cli.main import run

OPEN_SEA = ("--center=150,20", "--open-sea")
FILE_LIMIT_BYTES = 300_000
CLI_WITH_SMALL_FILES = f"""
import resource, sys
from dashboard.cli.main import run
resource.setrlimit(resource.RLIMIT_FSIZE, ({FILE_LIMIT_BYTES}, {FILE_LIMIT_BYTES}))
sys.exit(run(sys.argv[1:]))
"""
Simulate = Callable[..., tuple[int, str, str]]


@pytest.fixture
def simulate(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Simulate:
    """Simulate into a folder ``out``; returns exit code, stdout and stderr."""
    (tmp_path / "out").mkdir()

    def call(*options: str, name: str = "scene.SAFE") -> tuple[int, str, str]:
        out = tmp_path / "out" / name
        code = run(["imagery", "simulate", str(out), *options, f"--data={tmp_path / 'data'}"])
        return code, *capsys.readouterr()

    return call


@pytest.mark.parametrize("size", [64, 100, 239])
def test_small_scenes_can_be_made_and_say_what_did_not_fit(
    simulate: Simulate, tmp_path: Path, size: int
) -> None:
    code, out, _ = simulate(*OPEN_SEA, f"--lines={size}", f"--samples={size}", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["vessels"] < document["vessels_asked"] == 40
    assert (tmp_path / "out/scene.SAFE/manifest.safe").is_file()


def test_fewer_vessels_than_asked_are_said(simulate: Simulate) -> None:
    size = ("--lines=300", "--samples=300")
    _, crowded, _ = simulate(*OPEN_SEA, *size, "--vessels=100000")
    assert "of the 100000 vessels asked for" in crowded
    _, empty, _ = simulate(*OPEN_SEA, *size, "--vessels=0", name="empty.SAFE")
    assert "asked for" not in empty


def test_a_scene_at_82_degrees_north_lies_where_it_says(simulate: Simulate, tmp_path: Path) -> None:
    truth = tmp_path / "truth.geojson"
    size = ("--lines=700", "--samples=700", "--vessels=5")
    code, _, err = simulate("--center=20,82", "--open-sea", *size, f"--truth={truth}")
    assert code == 0, err
    places = [f["geometry"]["coordinates"] for f in json.loads(truth.read_text())["features"]]
    assert places
    assert all(abs(lat - 82.0) < 0.1 and abs(lon - 20.0) < 0.6 for lon, lat in places)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--scenario=izu", "--center=10,10", "--lines=300"), "--center and --lines"),
        (("--scenario=izu", "--vessels=3"), "--vessels"),
        (("--skeleton=x.SAFE", "--wind=9@90"), "--wind"),
        ((*OPEN_SEA, "--coast-error=50"), "--coast-error"),
        ((*OPEN_SEA, "--lines=63", "--samples=300"), "at least 64"),
        ((*OPEN_SEA, "--incidence=5"), "--incidence 29 to 46.5"),
    ],
)
def test_contradictions_are_refused_as_wrong_usage(
    simulate: Simulate, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    code, _, err = simulate(*options)
    assert code == 2
    assert words in err
    assert len(err.splitlines()) == 1
    assert list((tmp_path / "out").iterdir()) == []


def test_a_product_must_be_called_one(simulate: Simulate) -> None:
    code, _, err = simulate(*OPEN_SEA, name="scene.TXT")
    assert (code, err.count("\n")) == (2, 1)
    assert "scene.SAFE" in err


def test_a_disk_without_room_is_seen_before_anything_is_written(
    simulate: Simulate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=5_000_000))
    code, _, err = simulate(*OPEN_SEA, "--lines=1500", "--samples=1500")
    assert (code, err.count("\n")) == (4, 1)
    assert "13 MB" in err
    assert str(tmp_path / "out") in err
    assert list((tmp_path / "out").iterdir()) == []


def test_a_write_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    options = [*OPEN_SEA, "--lines=500", "--samples=500", f"--data={tmp_path / 'data'}"]
    out = tmp_path / "out"
    out.mkdir()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            CLI_WITH_SMALL_FILES,
            "imagery",
            "simulate",
            out / "s.SAFE",
            *options,
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "NUMBA_DISABLE_JIT": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert done.stderr.count("Error: ") == 1
    assert str(out) in done.stderr
    assert "Traceback" not in done.stderr
    assert list(out.iterdir()) == []
