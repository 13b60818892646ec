"""``umimori plan``: files, exit codes by the error tree, JSON, light imports."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mission_planner.adapters.files import read_mission
from mission_planner.cli import app
from umimori.errors import BadInputError, GeometryError, RefusedError, UsageError

BOX = ["--bbox", "139.50,34.60,139.52,34.61"]
BASE = ["--base", "139.49,34.60"]


@pytest.fixture(autouse=True)
def _drawn_coast(monkeypatch: pytest.MonkeyPatch, island_coast: Any) -> None:
    """The command finds the coast that is drawn in these tests."""
    monkeypatch.setattr("umimori.coast.load_coast", lambda *_, **__: island_coast)


def run(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize("suffix", ["plan", "waypoints", "geojson", "json"])
def test_an_area_is_planned_and_written(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"a.{suffix}"
    document = run("area", *BOX, *BASE, "--out", str(out))
    assert document["files"] == [str(out)]
    assert document["errors"] == 0
    (mission,) = document["missions"]
    assert {"items", "length_km", "duration_s", "energy_fraction", "checks"} <= set(mission)
    assert {"code", "level", "text", "item"} == set(mission["checks"][0])
    if suffix in {"plan", "json"}:
        assert read_mission(out).id == mission["id"]


def test_the_other_air_missions_are_planned(tmp_path: Path) -> None:
    island = ["--bbox", "139.3,34.65,139.5,34.83", "--base", "139.36,34.782"]
    ring = run(
        "island", *island, "--via", "139.52,34.74", "--wind", "5@250", "--base-elevation", "38"
    )
    assert ring["missions"][0]["kind"] == "island"
    coast = run("coast", "--bbox", "139.32,34.66,139.40,34.80", *island[2:], "--standoff", "1200")
    assert coast["missions"][0]["kind"] == "coast"
    for pattern in ("parallel", "square", "sector"):
        found = run(
            "search",
            "--datum",
            "139.55,34.62",
            "--radius",
            "1000",
            "--pattern",
            pattern,
            *BASE,
            "--out",
            str(tmp_path / f"{pattern}.plan"),
        )
        assert found["errors"] == 0


def test_several_sorties_get_numbered_files(tmp_path: Path) -> None:
    document = run(
        "area", "--bbox", "139.50,34.58,139.56,34.62", *BASE, "--out", str(tmp_path / "a.plan")
    )
    count = document["sorties"]
    assert count > 1
    names = [Path(file).name for file in document["files"]]
    assert names == [f"a-{i}of{count}.plan" for i in range(1, count + 1)]


def test_an_inspection_is_planned_checked_and_converted(tmp_path: Path) -> None:
    pier = tmp_path / "pier.geojson"
    pier.write_text(
        '{"type": "LineString", "coordinates": [[139.438, 34.684], [139.4395, 34.6835]]}'
    )
    out = tmp_path / "pier.plan"
    run(
        "inspect",
        "--aoi",
        str(pier),
        "--current",
        "0.2@90",
        "--base",
        "139.4375,34.6845",
        "--out",
        str(out),
    )
    checked = run("check", str(out), "--out", str(tmp_path / "again.plan"))
    assert checked["errors"] == 0
    assert read_mission(tmp_path / "again.plan").id == read_mission(out).id
    converted = run("convert", str(out), str(tmp_path / "pier.waypoints"))
    assert "no fence" in converted["loses"]
    swept = run(
        "inspect",
        "--bbox",
        "139.438,34.683,139.4384,34.6832",
        "--depth",
        "4",
        "--current",
        "0.2@90",
    )
    assert "legs" in swept["notes"][0]


def test_check_refuses_what_must_not_fly(tmp_path: Path) -> None:
    out = tmp_path / "a.plan"
    run("area", *BOX, *BASE, "--out", str(out))
    plan = json.loads(out.read_text())
    for item in plan["mission"]["items"]:
        if item["command"] == 16:
            item["params"][6] = 200.0
    out.write_text(json.dumps(plan))
    with pytest.raises(RefusedError, match="altitude_band"):
        run("check", str(out))


def test_plan_writes_and_exits_well_even_with_errors(tmp_path: Path) -> None:
    out = tmp_path / "far.plan"
    document = run("area", *BOX, "--base", "138.5,34.6", "--out", str(out))
    assert document["errors"] > 0
    assert read_mission(out).errors[0].code == "endurance"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["area"], UsageError),
        (["area", *BOX, "--aoi", "x.geojson"], UsageError),
        (["area", "--aoi", "none.geojson"], BadInputError),
        (["area", "--bbox", "139,34,139,35"], GeometryError),
        (["area", "--bbox", "34,139,35,140"], GeometryError),
        (["area", *BOX, "--base", "34.6,139.5"], GeometryError),
        (["area", *BOX, "--vehicle", "zeppelin"], UsageError),
        (["area", *BOX, "--vehicle", "bluerov2"], UsageError),
        (["area", *BOX, "--wind", "8"], UsageError),
        (["area", *BOX, "--out", "x.doc"], UsageError),
        (["search", *BOX, "--pattern", "spiral"], UsageError),
        (["search", *BOX, "--datum", "139.5,34.6"], UsageError),
        (["check", "none.plan"], BadInputError),
    ],
)
def test_wrong_wishes_are_refused_in_one_line(arguments: list[str], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert caught.value.remedy  # type: ignore[attr-defined]


def test_people_get_findings_and_notes() -> None:
    result = CliRunner().invoke(app, ["area", *BOX], catch_exceptions=False)
    assert "base_assumed" in result.stdout
    assert "note: wind 0.0 m/s" in result.stdout


def test_the_command_module_is_light() -> None:
    code = "import sys, mission_planner.cli; print(sorted({'numpy', 'shapely', 'pyogrio'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
