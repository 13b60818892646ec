"""An imported coast counts where --data names its folder, and the evidence log knows of it."""

import json
from pathlib import Path

import pytest

from dashboard.cli.main import run
from umimori.store import open_store


def umimori(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def land(file: Path) -> Path:
    ring = [[[139.30, 34.44], [139.33, 34.44], [139.33, 34.46], [139.30, 34.46], [139.30, 34.44]]]
    file.write_text(json.dumps({"type": "Polygon", "coordinates": ring}))
    return file


def test_detection_rests_on_it_and_the_log_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene, data = str(tmp_path / "s.SAFE"), f"--data={tmp_path / 'data'}"
    umimori(
        capsys, "imagery", "simulate", scene, "--center=139.36,34.45", "--lines=400",
        "--samples=400", data,
    )  # fmt: skip
    runs = [umimori(capsys, "imagery", "detect", scene, data)]
    for error_m in (50, 2000):
        file = str(land(tmp_path / "islet.geojson"))
        umimori(capsys, "coast", "import", file, f"--coast-error-m={error_m}", data)
        runs.append(umimori(capsys, "imagery", "detect", scene, data))
    ids = {json.dumps(document).split('"run_id": "')[1][:36] for document in runs}
    assert len(ids) == 3
    umimori(capsys, "coast", "reset", data)
    with open_store(tmp_path / "data") as store:
        acts = [entry.act for entry in store.evidence.entries()]
    assert acts.count("coast_import") == 2
    assert acts.count("coast_reset") == 1
    umimori(capsys, "verify", data)


def test_log_lines_are_json_for_every_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "umimori.toml").write_text('\ufefflog_level = "DEBUG"\nlog_json = true\n')
    capsys.readouterr()
    assert run(["user", "list", f"--data={folder}"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines
    assert all({"time_utc", "level", "message"} <= set(json.loads(line)) for line in lines)
