"""The whole loop, as `umimori demo --no-serve --json` runs it, against what the product promises."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
Demo = tuple[Path, dict[str, Any]]


def umimori(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dashboard.cli.main", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_document_has_what_is_promised(demo_data: Demo) -> None:
    _, document = demo_data
    assert {
        "detections",
        "truth",
        "matched",
        "dark",
        "dark_small",
        "anomalies",
        "missions",
        "flights",
        "simulated",
        "seconds",
    } <= set(document)
    assert document["simulated"] is True
    assert set(document["seconds"]) >= {"simulate", "detect", "analyse", "plan", "fly", "total"}


def test_detection_reaches_its_mark(demo_data: Demo) -> None:
    truth = demo_data[1]["truth"]
    assert truth["vessels"] >= 15
    assert truth["recall"] >= 0.9
    assert truth["precision"] >= 0.95


def test_all_large_dark_vessels_are_found_and_none_is_false(demo_data: Demo) -> None:
    document = demo_data[1]
    assert document["dark"]["of"] >= 6
    assert document["dark"]["found"] == document["dark"]["of"]
    assert document["dark"]["false"] == 0
    assert document["dark"]["of"] + document["dark_small"]["of"] >= 8


def test_both_flights_are_completed_and_verified(demo_data: Demo) -> None:
    flights = demo_data[1]["flights"]
    assert {f["kind"] for f in flights} == {"plane", "sub"}
    for flight in flights:
        assert flight["completed"], flight
        assert flight["uploaded_verified"], flight
        assert flight["xtrack_p95_m"] is not None
    kinds = [m["kind"] for m in demo_data[1]["missions"]]
    assert kinds == ["island", "inspect"]


def test_verify_is_clean_then_names_a_tampered_blob(demo_data: Demo, tmp_path: Path) -> None:
    folder, _ = demo_data
    clean = umimori("verify", "--json", "--data", str(folder))
    assert clean.returncode == 0, clean.stderr
    assert json.loads(clean.stdout)["ok"] is True
    blob = max((folder / "blobs").rglob("*"), key=lambda p: p.stat().st_size * p.is_file())
    original = blob.read_bytes()
    blob.chmod(0o644)
    blob.write_bytes(original[:-1] + bytes([original[-1] ^ 1]))
    try:
        tampered = umimori("verify", "--json", "--data", str(folder))
        assert tampered.returncode == 3
        assert any(blob.stem in problem for problem in json.loads(tampered.stdout)["problems"])
    finally:
        blob.write_bytes(original)
