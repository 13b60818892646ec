"""The whole loop once, on a simulated scene and simulated vehicles.

scene -> detections -> AIS -> matches and anomalies -> tasks -> missions -> flights, all stored.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.compose.demo_patrol import Patrol, fly_missions, plan_missions
from dashboard.compose.truth_score import DarkScore, score_dark, score_detections, truth_items
from geoanalysis.service import AnalysisSummary, analyse, import_ais
from imagery.adapters.infrastructure_file import read_infrastructure
from imagery.evaluation import Evaluation
from imagery.numba_cache import use_cache
from imagery.service import DetectionResult, detect_scene, ingest
from imagery.simulation.izu_scenario import DEMO_TIME_UTC
from imagery.simulation.service import (
    SimulatedScene,
    demo_scenario,
    earlier_demo_scenario,
    simulate_scene,
)
from umimori.clocks import SystemClock, WorldClock
from umimori.coast import Coast, load_coast
from umimori.gdal_messages import silence_gdal
from umimori.records import Match, Mission
from umimori.store import Store, open_store

ACTOR = "demo"
DEFAULT_SEED = 20261120
SCENE_NAME = "izu.SAFE"
EARLIER_SCENE_NAME = "izu-earlier.SAFE"

Progress = Callable[[str, str], None]
"""Told the stage and one line about how it went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What a user may choose."""

    engine: str = "embedded"
    seed: int = DEFAULT_SEED


@dataclass(slots=True)
class _Loop:
    """What the stages of one run share."""

    store: Store
    coast: Coast
    folder: Path
    options: DemoOptions
    progress: Progress
    clock: SystemClock = field(default_factory=SystemClock)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        self.progress(name, "")
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 2)


def run_demo(data_dir: Path, options: DemoOptions, progress: Progress) -> dict[str, Any]:
    """Run the loop into a data folder and return what the command prints as JSON.

    Raises:
        UmimoriError: whatever a stage could not do.
    """
    began = time.perf_counter()
    use_cache(data_dir)
    silence_gdal()
    coast = load_coast(folder=data_dir)
    with open_store(data_dir) as store:
        loop = _Loop(
            store=store,
            coast=coast,
            folder=data_dir / "demo",
            options=options,
            progress=progress,
        )
        document = _run(loop)
    document["seconds"]["total"] = round(time.perf_counter() - began, 2)
    return document


def _run(loop: _Loop) -> dict[str, Any]:
    _remember(loop)
    scene = _simulate(loop)
    detected = _detect(loop, scene)
    summary = _analyse(loop, scene, detected)
    truth = truth_items(_truth(scene))
    evaluation = score_detections(detected.detections, truth)
    matches = loop.store.list(Match, run_id=detected.run.id)
    dark = score_dark(detected.detections, matches, truth)
    with loop.stage("plan"):
        missions = plan_missions(summary.anomalies, loop.coast, loop.store, ACTOR, loop.clock)
        loop.progress("plan", "; ".join(m.name for m in missions))
    with loop.stage("fly"):
        world = WorldClock(wall_anchor_utc=loop.clock.now_utc(), world_anchor_utc=DEMO_TIME_UTC)
        patrols = fly_missions(
            missions, loop.store, loop.options.engine, ACTOR, loop.clock, world, loop.progress
        )
    return _document(detected, summary, evaluation, dark, missions, patrols) | {
        "seconds": loop.seconds
    }


def _remember(loop: _Loop) -> None:
    """See the place one repeat cycle earlier: what stands there in both passes is no ship."""
    with loop.stage("history"):
        loop.folder.mkdir(parents=True, exist_ok=True)
        path = loop.folder / EARLIER_SCENE_NAME
        shutil.rmtree(path, ignore_errors=True)
        scene = simulate_scene(earlier_demo_scenario(loop.options.seed), path)
        result = detect_scene(scene.safe_path, coast=loop.coast)
        ingest(result, loop.store, ACTOR, loop.clock)
        loop.progress("history", f"{len(result.detections)} echoes twelve days before (simulated)")


def _simulate(loop: _Loop) -> SimulatedScene:
    with loop.stage("simulate"):
        path = loop.folder / SCENE_NAME
        shutil.rmtree(path, ignore_errors=True)
        scene = simulate_scene(
            demo_scenario(loop.options.seed),
            path,
            truth_path=loop.folder / "truth.geojson",
            ais_path=loop.folder / "ais.nmea",
            charted_path=loop.folder / "charted.geojson",
        )
        line = f"{scene.vessels_in_image} vessels, {scene.dark_in_image} of them dark (simulated)"
        loop.progress("simulate", line)
    return scene


def _detect(loop: _Loop, scene: SimulatedScene) -> DetectionResult:
    with loop.stage("detect"):
        charted = read_infrastructure(scene.charted_path) if scene.charted_path else ()
        result = detect_scene(scene.safe_path, coast=loop.coast, infrastructure=charted)
        stored = ingest(result, loop.store, ACTOR, loop.clock)
        loop.progress("detect", f"{len(stored.detections)} detections")
    return stored


def _analyse(loop: _Loop, scene: SimulatedScene, detected: DetectionResult) -> AnalysisSummary:
    with loop.stage("ais"):
        assert scene.ais_path is not None  # noqa: S101 - asked for in _simulate
        imported = import_ais(
            [scene.ais_path], loop.store, simulated=True, actor=ACTOR, clock=loop.clock
        )
        loop.progress("ais", f"{imported.tracks} tracks of {imported.stations} stations")
    with loop.stage("analyse"):
        summary = analyse(
            loop.store,
            detected.scene.id,
            loop.coast,
            run_id=detected.run.id,
            actor=ACTOR,
            clock=loop.clock,
        )
        line = f"{summary.matched} matched, {summary.dark} dark, {len(summary.anomalies)} anomalies"
        loop.progress("analyse", line)
    return summary


def _truth(scene: SimulatedScene) -> dict[str, Any]:
    assert scene.truth_path is not None  # noqa: S101 - asked for in _simulate
    document: dict[str, Any] = json.loads(scene.truth_path.read_text(encoding="utf-8"))
    return document


def _document(
    detected: DetectionResult,
    summary: AnalysisSummary,
    evaluation: Evaluation,
    dark: DarkScore,
    missions: list[Mission],
    patrols: list[Patrol],
) -> dict[str, Any]:
    simulated = detected.scene.simulated and all(p.flight.simulated for p in patrols)
    return {
        "detections": len(detected.detections),
        "truth": {
            "recall": evaluation.recall,
            "precision": evaluation.precision,
            "length_mae_m": evaluation.length_mae_m,
            "vessels": evaluation.truths,
        },
        "matched": summary.matched,
        "dark": {"of": dark.of, "found": dark.found, "false": dark.false},
        "dark_small": {"of": dark.small_of, "found": dark.small_found},
        "anomalies": len(summary.anomalies),
        "missions": [_mission(m) for m in missions],
        "flights": [dataclasses.asdict(p.summary()) for p in patrols],
        "simulated": simulated,
    }


def _mission(mission: Mission) -> dict[str, Any]:
    return {
        "kind": mission.kind.value,
        "items": len(mission.items),
        "length_km": round(mission.length_m / 1000.0, 2),
        "duration_s": round(mission.duration_s),
        "checks": [
            {"code": c.code, "severity": c.severity.value, "message": c.message}
            for c in mission.checks
        ],
    }
