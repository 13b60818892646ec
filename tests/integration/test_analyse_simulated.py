"""Simulated scenes through detector, AIS import and analysis: the dark ones are found, no others.

The stages know nothing of each other; only this test joins them, by their commands and the store.
"""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from geoanalysis.service import analyse, import_ais
from imagery.cli import app as imagery_app
from umimori.coast import load_coast
from umimori.coast.loading import coast_file
from umimori.geodesy import LonLat, distance_m
from umimori.records import Anomaly, AnomalyKind, Detection, Match, MatchState
from umimori.store import open_store

SAME_M = 150.0
LARGE_M, OFFSHORE_M = 40.0, 2_000.0


def run(arguments: list[str]) -> dict:
    done = CliRunner().invoke(imagery_app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def whole_chain(folder: Path, *options: str) -> tuple[list[dict], Path]:
    """Simulate, detect, import; return the truth's properties and the data folder."""
    if not coast_file().is_file():
        pytest.skip("the coast of set-up is absent (make setup)")
    scene, data = folder / "scene.SAFE", folder / "data"
    names = {key: str(folder / f"{key}.json") for key in ("truth", "charted")}
    ais = folder / "sea.nmea"
    run([
        "simulate", str(scene), "--truth", names["truth"], "--charted", names["charted"],
        "--ais", str(ais), "--json", *options,
    ])  # fmt: skip
    run([
        "detect", str(scene), "--infrastructure", names["charted"], "--data", str(data), "--json",
    ])  # fmt: skip
    with open_store(data) as store:
        import_ais([ais], store)
        analyse(store, None, load_coast())
    features = json.loads(Path(names["truth"]).read_text())["features"]
    return [f["properties"] for f in features], data


def states(truth: list[dict], data: Path) -> tuple[dict[str, Match], list[Match]]:
    """Return the match of every truth item that was detected, and all matches."""
    with open_store(data) as store:
        detections = store.list(Detection)
        matches = store.list(Match)
    by_detection = {m.detection_id: m for m in matches if m.detection_id}
    found = {}
    for item in truth:
        if item["imaged_lon"] is None:
            continue
        place = LonLat(item["imaged_lon"], item["imaged_lat"])
        near = [(distance_m(place, d.position), d.id) for d in detections if d.position is not None]
        if near and min(near)[0] <= SAME_M:
            found[item["id"]] = by_detection[min(near)[1]]
    return found, matches


def large_dark(truth: list[dict]) -> set[str]:
    return {
        t["id"] for t in truth
        if t["kind"] == "vessel" and t["dark"] and t["length_m"] >= LARGE_M
        and (t["distance_to_shore_m"] is None or t["distance_to_shore_m"] > OFFSHORE_M)
    }  # fmt: skip


def check(truth: list[dict], data: Path) -> None:
    found, matches = states(truth, data)
    dark = {key for key, match in found.items() if match.state is MatchState.DARK}
    truly_dark = {t["id"] for t in truth if t["kind"] == "vessel" and t["dark"]}
    assert large_dark(truth) <= dark
    assert dark <= truly_dark
    called = {m.detection_id for m in matches if m.state is MatchState.DARK}
    assert called == {found[key].detection_id for key in dark}
    for item in truth:
        match = found.get(item["id"])
        if item["kind"] == "vessel" and match is not None and match.mmsi is not None:
            assert match.mmsi == item["mmsi"]
    phantoms = {t["mmsi"] for t in truth if t["kind"] == "phantom"}
    assert phantoms <= {m.mmsi for m in matches if m.state is MatchState.ABSENT}


def test_a_small_open_sea_scene(tmp_path: Path) -> None:
    truth, data = whole_chain(
        tmp_path, "--center", "141.5,33.0", "--open-sea", "--lines", "1500", "--samples", "1500",
        "--vessels", "16", "--seed", "11",
    )  # fmt: skip
    assert large_dark(truth)
    check(truth, data)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_scene_of_the_demo(tmp_path: Path, seed: int) -> None:
    truth, data = whole_chain(tmp_path, "--scenario", "izu", "--seed", str(seed))
    assert len(large_dark(truth)) >= 6
    check(truth, data)
    with open_store(data) as store:
        anomalies = store.list(Anomaly)
    kinds = {a.kind for a in anomalies}
    assert kinds == set(AnomalyKind)
    pair = {t["mmsi"] for t in truth if t["role"] == "rendezvous"}
    assert any(a.kind is AnomalyKind.RENDEZVOUS and set(a.mmsis) == pair for a in anomalies)
    silent = {t["mmsi"] for t in truth if t["role"] == "going silent"}
    assert silent <= {m for a in anomalies if a.kind is AnomalyKind.AIS_GAP for m in a.mmsis}
