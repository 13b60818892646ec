"""The two public functions of this stage: AIS into the store, and the analysis of scenes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from geoanalysis.adapters.ais_files import read_ais_file
from geoanalysis.adapters.packaged_ports import packaged_ports
from geoanalysis.ais.counts import ImportCounts
from geoanalysis.ais.track_builder import TrackBuilder
from geoanalysis.analysis import SceneAnalysis, analyse_scene
from geoanalysis.association.recurring import MAX_APART, MIN_APART
from geoanalysis.extent import box_about
from geoanalysis.ports import Shoreline
from geoanalysis.targets import link_targets, sightings_of
from geoanalysis.track_store import store_tracks
from geoanalysis.version import ALGORITHM_VERSION
from umimori.clocks import WallClock
from umimori.errors import BadInputError, UnknownRecordError
from umimori.geodesy import LonLat
from umimori.records import (
    AisTrack,
    Anomaly,
    Detection,
    DetectionRun,
    Match,
    MatchState,
    Port,
    Review,
    Scene,
    Target,
    VesselClass,
    Zone,
)
from umimori.store.ports import Store

LOG = logging.getLogger(__name__)

AIS_WINDOW = timedelta(hours=12)
"""Tracks about a scene that rules look at: the longest silence that counts as a gap."""
AIS_MARGIN_M = 60_000.0
"""Beyond the image's outline: one hour at 16 m/s."""
TARGET_MARGIN_M = 2_000.0
SYSTEM_ACTOR = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class AisImport:
    """What an import brought."""

    files: int
    stations: int
    tracks: int
    changed: int
    counts: ImportCounts
    first_utc: datetime | None
    last_utc: datetime | None
    simulated: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisSummary:
    """What an analysis found; ``anomalies`` holds ids by falling risk."""

    scenes: int
    detections: int
    matched: int
    dark: int
    not_vessel: int
    unknown: int
    absent: int
    anomalies: tuple[Anomaly, ...]
    targets: int
    changed: int
    simulated: bool
    seconds: float
    notes: tuple[str, ...] = field(default=())


def import_ais(
    paths: Sequence[Path],
    store: Store,
    *,
    given_utc: datetime | None = None,
    simulated: bool = False,
    actor: str = SYSTEM_ACTOR,
    clock: WallClock | None = None,
) -> AisImport:
    """Read AIS files, clean them and put tracks and statics into the store.

    Importing the same file again changes nothing.

    Raises:
        BadInputError: a file is missing, corrupt or of an unknown shape, or nothing in the files
            can be used; nothing is stored then.
    """
    builder = TrackBuilder()
    counts = ImportCounts()
    for path in paths:
        own = ImportCounts()
        for item in read_ais_file(path, own, given_utc=given_utc, simulated=simulated):
            builder.add(item)
        counts.add(own)
    _require_something(counts, [p.name for p in paths])
    stored = store_tracks(builder, store, counts, [p.name for p in paths], actor, clock)
    notes = []
    without_time = counts.problems["no_time"]
    if without_time:
        notes.append(
            f"{without_time} reports carry no receive time and were left out; "
            "give it with --time 2026-11-22T05:00:00Z."
        )
    return AisImport(
        files=len(paths),
        stations=len(builder.stations),
        tracks=stored.tracks,
        changed=stored.changed,
        counts=counts,
        first_utc=stored.first_utc,
        last_utc=stored.last_utc,
        simulated=stored.simulated,
        notes=tuple(notes),
    )


def _require_something(counts: ImportCounts, names: Sequence[str]) -> None:
    """Refuse files without a single usable position when times are missing, or without anything."""
    without_time = counts.problems["no_time"]
    if counts.positions == 0 and without_time:
        raise BadInputError(
            f"none of the {without_time} positions in {', '.join(names)} carries a time; "
            "nothing was stored.",
            remedy="Say when they were received with --time 2026-11-22T05:00:00Z.",
        )
    if counts.positions == 0 and counts.statics == 0:
        causes = ", ".join(
            f"{count} x {cause.replace('_', ' ')}"
            for cause, count in sorted(counts.problems.items())
        )
        raise BadInputError(
            f"{', '.join(names)} holds no usable AIS report ({causes or 'it has no rows'}).",
            remedy="Give an NMEA log with !AIVDM sentences or a table of positions.",
        )


def analyse(
    store: Store,
    scene_id: str | None,
    coast: Shoreline | None,
    *,
    run_id: str | None = None,
    zones: Sequence[Zone] | None = None,
    ports: Sequence[Port] | None = None,
    actor: str = SYSTEM_ACTOR,
    clock: WallClock | None = None,
    progress: Callable[[str], None] | None = None,
) -> AnalysisSummary:
    """Match, rate and store: one scene, or all scenes that have detections.

    Args:
        store: holds scenes, detection runs, detections and AIS tracks.
        scene_id: one scene, or None for all.
        coast: None leaves out everything that needs the shore.
        run_id: one detection run; default is the newest of each scene.
        zones: default: those of the store.
        ports: default: those of the store and the packaged closed ports.
        actor: who is named in the evidence log.
        clock: wall clock of the evidence log.
        progress: told the name of each scene.

    Raises:
        UnknownRecordError: no such scene, or nothing was detected in it yet.
    """
    started = time.perf_counter()
    known_zones = tuple(store.list(Zone) if zones is None else zones)
    known_ports = tuple((*store.list(Port), *packaged_ports()) if ports is None else ports)
    results = []
    targets = changed = 0
    for scene, run in _runs(store, scene_id, run_id):
        if progress is not None:
            progress(scene.name)
        detections = store.list(Detection, run_id=run.id)
        result = analyse_scene(
            scene, run.id, detections, tracks_about(store, scene, detections),
            coast=coast, zones=known_zones, ports=known_ports, earlier=earlier_echoes(store, scene),
        )  # fmt: skip
        wrote, linked = _save(store, scene, run, result, detections, actor, clock)
        changed += wrote
        targets += linked
        results.append(result)
    return _summary(results, targets, changed, time.perf_counter() - started)


def tracks_about(store: Store, scene: Scene, detections: Sequence[Detection]) -> list[AisTrack]:
    """Return the stored tracks about a scene's time and place."""
    moment = scene.start_utc or next((d.time_utc for d in detections if d.time_utc), None)
    if moment is None:
        return []
    corners = scene.footprint or tuple(d.position for d in detections if d.position)
    box = box_about(corners, AIS_MARGIN_M) if corners else None
    return store.list(
        AisTrack, bbox=box, since_utc=moment - AIS_WINDOW, until_utc=moment + AIS_WINDOW
    )


def earlier_echoes(store: Store, scene: Scene) -> list[LonLat]:
    """Return where earlier passes over a scene saw something that no AIS vessel explained."""
    if scene.start_utc is None or not scene.footprint:
        return []
    passes = store.list(
        Scene,
        bbox=box_about(scene.footprint, 0.0),
        since_utc=scene.start_utc - MAX_APART,
        until_utc=scene.start_utc - MIN_APART,
    )
    found: list[LonLat] = []
    for other in passes:
        for run in store.list(DetectionRun, scene_id=other.id, newest_first=True, limit=1):
            explained = {
                m.detection_id
                for m in store.list(Match, run_id=run.id)
                if m.state is MatchState.MATCHED
            }
            found += [
                d.position
                for d in store.list(Detection, run_id=run.id)
                if d.position is not None
                and d.id not in explained
                and d.vessel_class is not VesselClass.AMBIGUITY
            ]
    return found


def _runs(
    store: Store, scene_id: str | None, run_id: str | None
) -> list[tuple[Scene, DetectionRun]]:
    scenes = store.list(Scene) if scene_id is None else [store.get(Scene, scene_id)]
    found = []
    for scene in scenes:
        if run_id is not None:
            runs = [r for r in store.list(DetectionRun, scene_id=scene.id) if r.id == run_id]
        else:
            runs = store.list(DetectionRun, scene_id=scene.id, newest_first=True, limit=1)
        found += [(scene, run) for run in runs]
    if not found:
        what = "no detections yet" if scene_id is None else f"no detections of scene {scene_id}"
        raise UnknownRecordError(
            f"the store holds {what}.", remedy="Run `umimori imagery detect SCENE` first."
        )
    return found


def _save(
    store: Store,
    scene: Scene,
    run: DetectionRun,
    result: SceneAnalysis,
    detections: Sequence[Detection],
    actor: str,
    clock: WallClock | None,
) -> tuple[int, int]:
    """Put the outcome, take back what an earlier analysis of this run said otherwise."""
    by_id = {d.id: d for d in detections}
    sightings = sightings_of(result.matches, by_id)
    places = [s.position for s in sightings]
    known = store.list(Target, bbox=box_about(places, TARGET_MARGIN_M)) if places else []
    targets = link_targets(sightings, known)
    new_ids = {m.id for m in result.matches} | {a.id for a in result.anomalies}
    reviewed = {review.subject_id for review in store.list(Review)}
    own = set(by_id)
    stale_matches = [m for m in store.list(Match, run_id=run.id) if m.id not in new_ids]
    stale = [
        a
        for a in store.list(Anomaly, scene_id=scene.id, algorithm_version=ALGORITHM_VERSION)
        if a.id not in new_ids and a.id not in reviewed and own.issuperset(a.detection_ids)
    ]
    with store.write(actor=actor, clock=clock) as tx:
        changed = tx.put_many([*result.matches, *result.anomalies, *targets])
        for match in stale_matches:
            tx.delete(Match, match.id)
        for anomaly in stale:
            tx.delete(Anomaly, anomaly.id)
        changed += len(stale_matches) + len(stale)
        if changed:
            tx.log(
                act="analysis",
                subject=run,
                detail={
                    "scene": scene.id,
                    "matches": len(result.matches),
                    "anomalies": len(result.anomalies),
                    "withdrawn": len(stale_matches) + len(stale),
                    "algorithm": ALGORITHM_VERSION,
                },
            )
    return changed, len(targets)


def _summary(
    results: Sequence[SceneAnalysis], targets: int, changed: int, seconds: float
) -> AnalysisSummary:
    states = [m.state for r in results for m in r.matches if m.detection_id is not None]
    anomalies = sorted((a for r in results for a in r.anomalies), key=lambda a: (-a.risk, a.id))
    return AnalysisSummary(
        scenes=len(results),
        detections=len(states),
        matched=states.count(MatchState.MATCHED),
        dark=states.count(MatchState.DARK),
        not_vessel=states.count(MatchState.NOT_VESSEL),
        unknown=states.count(MatchState.UNKNOWN),
        absent=sum(m.state is MatchState.ABSENT for r in results for m in r.matches),
        anomalies=tuple(anomalies),
        targets=targets,
        changed=changed,
        simulated=any(r.simulated for r in results),
        seconds=round(seconds, 3),
        notes=tuple(dict.fromkeys(note for r in results for note in r.notes)),
    )


def parse_given_time(text: str | None) -> datetime | None:
    """Return the aware time of an option; a bare time counts as UTC.

    Raises:
        UsageError: the text is no time.
    """
    from umimori.errors import UsageError

    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text} is no time.", remedy="Write it like 2026-11-22T05:00:00Z."
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
