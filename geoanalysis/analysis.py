"""One scene with its tracks, coast, zones and ports to matches and anomalies. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoanalysis.anomalies.rules import find_anomalies
from geoanalysis.anomalies.scene_context import SceneContext
from geoanalysis.association.match_scene import SceneMatches, match_scene
from geoanalysis.association.motion import MotionModel
from geoanalysis.association.scene_vessels import vessels_of
from geoanalysis.extent import box_about
from geoanalysis.ports import Shoreline
from umimori.geodesy import LonLat
from umimori.records import AisTrack, Anomaly, Detection, Match, Port, Scene, Zone

COAST_MARGIN_M = 2_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneAnalysis:
    """What came out for one run of one scene; anomalies by falling risk."""

    scene_id: str
    run_id: str
    matches: tuple[Match, ...]
    anomalies: tuple[Anomaly, ...]
    notes: tuple[str, ...]
    simulated: bool


def analyse_scene(
    scene: Scene,
    run_id: str,
    detections: Sequence[Detection],
    tracks: Sequence[AisTrack],
    *,
    coast: Shoreline | None,
    zones: Sequence[Zone],
    ports: Sequence[Port],
    earlier: Sequence[LonLat] = (),
) -> SceneAnalysis:
    """Match one run of one scene and apply all rules; ``earlier``: see :func:`match_scene`."""
    result = match_scene(
        scene,
        run_id,
        detections,
        tracks,
        shore_distance_m=None if coast is None else coast.distance_to_shore_m,
        coast_error_m=_coast_error_m(scene, detections, coast),
        earlier=earlier,
    )
    anomalies: list[Anomaly] = []
    if result.imaging is not None and result.frame is not None:
        vessels = tuple(vessels_of(tracks))
        anomalies = find_anomalies(
            SceneContext(
                scene=scene,
                run_id=run_id,
                result=result,
                imaging=result.imaging,
                frame=result.frame,
                detections={d.id: d for d in detections},
                vessels=vessels,
                models=tuple(MotionModel(parts, result.frame) for parts in vessels),
                ports=tuple(ports),
                zones=tuple(zones),
                shore_distance_m=None if coast is None else coast.distance_to_shore_m,
            )
        )
    return SceneAnalysis(
        scene_id=scene.id,
        run_id=run_id,
        matches=result.matches,
        anomalies=tuple(anomalies),
        notes=tuple(_notes(scene, result, tracks, coast)),
        simulated=scene.simulated
        or any(d.simulated for d in detections)
        or any(t.simulated for t in tracks),
    )


def _notes(
    scene: Scene, result: SceneMatches, tracks: Sequence[AisTrack], coast: Shoreline | None
) -> list[str]:
    notes = [] if result.note is None else [f"{scene.name}: {result.note}."]
    if not tracks:
        notes.append(f"{scene.name}: no AIS about its time and place, so nothing is called dark.")
    if coast is None:
        notes.append("No coast is installed: distances to the shore are not used.")
    return notes


def _coast_error_m(scene: Scene, detections: Sequence[Detection], coast: Shoreline | None) -> float:
    """Return how wrong the coast may be where the scene lies."""
    corners = scene.footprint or tuple(d.position for d in detections if d.position)
    if coast is None or not corners:
        return 0.0
    return coast.coast_error_in(box_about(corners, COAST_MARGIN_M))
