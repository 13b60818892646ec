"""The bundle installs and runs in a network namespace that has no interface but loopback."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OPEN_MAP = Path(__file__).with_name("open_map.py")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def no_network() -> list[str]:
    """The command prefix that runs something without any network; skips where it is forbidden."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not on this machine")
    for prefix in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
            return prefix
    pytest.skip("this machine does not permit a network namespace")


@pytest.fixture(scope="module")
def installed(no_network: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the bundle's installer made, without network."""
    out = tmp_path_factory.mktemp("bundle")
    made = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "bundle.py"), str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode and "No matching distribution" in made.stderr:
        pytest.skip("no package index reachable to collect the wheels from")
    assert made.returncode == 0, made.stderr + made.stdout
    (bundle,) = out.glob("umimori-bundle-*")
    target = out / "installed"
    result = subprocess.run(
        [*no_network, str(bundle / "install.sh"), str(target)],
        cwd=out,
        capture_output=True,
        text=True,
        check=False,
        env=environment(out) | {"PYTHON": sys.executable},
    )
    assert result.returncode == 0, result.stderr + result.stdout
    shutil.rmtree(bundle)
    return target


def environment(home: Path) -> dict[str, str]:
    """Nothing that points to an index, a cache or the checkout."""
    kept = {"PATH", "LANG", "LC_ALL", "TMPDIR"}
    return {k: v for k, v in os.environ.items() if k in kept} | {
        "HOME": str(home),
        "PIP_CONFIG_FILE": os.devnull,
    }


def test_namespace_reaches_nothing(no_network: list[str]) -> None:
    probe = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=3)"
    result = subprocess.run(
        [*no_network, sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert "unreachable" in result.stderr.lower()


def test_doctor_runs(no_network: list[str], installed: Path, tmp_path: Path) -> None:
    result = subprocess.run(
        [
            *no_network,
            str(installed / "bin" / "umimori"),
            "doctor",
            "--json",
            "--data",
            str(tmp_path),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=environment(tmp_path),
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)


def test_whole_loop_and_map(no_network: list[str], installed: Path, tmp_path: Path) -> None:
    result = subprocess.run(
        [
            *no_network,
            str(installed / "bin" / "python"),
            str(OPEN_MAP),
            str(installed / "bin" / "umimori"),
            str(tmp_path / "data"),
            "--raise-loopback",
            "--demo",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=environment(tmp_path),
        timeout=600,
    )
    assert result.returncode == 0, result.stderr + result.stdout
    opened = json.loads(result.stdout)
    assert [flight["completed"] for flight in opened["demo"]["flights"]] == [True, True]
    assert opened["map"] == 200 and opened["leaflet"]
    assert {part: code for part, code in opened["parts"].items() if code != 200} == {}
