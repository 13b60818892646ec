"""The built wheel, installed alone into an empty environment, opens the map."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OPEN_MAP = Path(__file__).with_name("open_map.py")

pytestmark = pytest.mark.slow


def clean_environment() -> dict[str, str]:
    """The environment without anything that points back to the checkout."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("UMIMORI_", "PYTHONPATH"))}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    result = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    (built,) = folder.glob("umimori-*.whl")
    return built


def test_wheel_holds_what_git_ignores_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "dashboard/web/static/vendor/leaflet/leaflet.js" in names
    assert "dashboard/web/static/vendor/leaflet/images/marker-icon.png" in names
    assert "dashboard/locale/ja/LC_MESSAGES/messages.mo" in names
    assert "dashboard/web/static/notices.txt" in names
    assert [name for name in names if name.startswith("umimori/coast/data/")]
    assert [name for name in names if name.startswith("umimori/store/migrations/")]
    assert [name for name in names if name.endswith("dist-info/licenses/LICENSE")]
    top = {name.split("/")[0] for name in names}
    assert not top & {"tests", "scripts", "benchmarks", "docs", "node_modules"}
    assert not [name for name in names if name.endswith((".pyc", ".nbi", ".nbc"))]


def test_wheel_opens_the_map_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    uv = [sys.executable, str(ROOT / "scripts" / "uv_with_pip_index.py")]
    place = tmp_path / "empty"
    env = clean_environment()
    subprocess.run(
        [*uv, "venv", "--quiet", "--python", sys.executable, str(place)], env=env, check=True
    )
    python = str(place / "bin" / "python")
    install = [*uv, "pip", "install", "--quiet", "--offline", "--python", python, "--no-deps"]
    packages = subprocess.run(
        [*install, "--require-hashes", "-r", str(ROOT / "requirements.lock")],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if packages.returncode:
        pytest.skip(f"uv's cache does not hold the locked packages: {packages.stderr[-200:]}")
    subprocess.run([*install, str(wheel)], env=env, check=True)
    where = subprocess.run(
        [python, "-c", "import dashboard; print(dashboard.__file__)"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert str(place) in where
    result = subprocess.run(
        [python, str(OPEN_MAP), str(place / "bin" / "umimori"), str(tmp_path / "data")],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert result.returncode == 0, result.stderr + result.stdout
    opened = json.loads(result.stdout)
    assert opened["anonymous"] == 401
    assert opened["map"] == 200 and opened["leaflet"]
    assert any("/vendor/leaflet/" in part for part in opened["parts"])
    assert {part: code for part, code in opened["parts"].items() if code != 200} == {}
