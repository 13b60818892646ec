"""All detections of one run and all AIS vessels of its scene to match records."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoanalysis.association.assignment import Assignment, assign
from geoanalysis.association.imaging import Imaging, imaging_of, look_of, scene_frame
from geoanalysis.association.likelihood import (
    GATE_SIGMAS,
    MeasuredLength,
    odds_of_pair,
    position_log_density,
)
from geoanalysis.association.match_records import Outcome, detection_matches, vessel_matches
from geoanalysis.association.not_vessels import (
    NotVesselReason,
    near_fixed_stations,
    reason_not_vessel,
)
from geoanalysis.association.reception import Reception
from geoanalysis.association.recurring import recurring
from geoanalysis.association.scene_vessels import (
    ImagedVessel,
    appearance,
    imaged_vessels,
    outline_of,
)
from umimori.geodesy import METRES_PER_NAUTICAL_MILE, LocalFrame, LonLat
from umimori.records import AisTrack, Detection, Match, Scene

FloatArray = NDArray[np.float64]
ShoreDistance = Callable[[FloatArray, FloatArray], FloatArray]
"""Longitudes and latitudes to distances from the shoreline, metres (all of one shape)."""

DEFAULT_POSITION_ERROR_M = 30.0
"""Sentinel-1 GRD geolocation with margin, where the detector states none."""
CALIBRATION_ROUNDS = 4
MIN_FREE_DETECTIONS = 0.5
"""Keeps the density of unexplained detections above zero in a scene without any."""
DEFAULT_AREA_M2 = 1e9
MASKED_P_DETECT = 0.2
"""Chance to see a vessel that lies in the strip along the coast which masks cut off."""
MASK_MARGIN_M = 200.0
MATCHED_BELOW = 0.5
"""A detection is explained when the chance that no vessel explains it is below that."""
SHORE_BUFFER_M = METRES_PER_NAUTICAL_MILE
"""Within it lie rocks that no coast file has, set nets, cages, and small craft that need no AIS: one
image cannot tell them apart. (Global Fishing Watch cuts 1 km off, xView3 counts 2 km as shore.)"""
LINE_TIME_SLACK_M = 600.0
"""What a ship sails and shifts between the scene's middle and a detection's own line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneMatches:
    """The outcome of one run with what later rules need."""

    matches: tuple[Match, ...]
    vessels: tuple[ImagedVessel, ...]
    imaging: Imaging | None
    frame: LocalFrame | None
    reception: Reception | None
    not_vessel: dict[str, NotVesselReason]
    note: str | None = None


def match_scene(
    scene: Scene,
    run_id: str,
    detections: Sequence[Detection],
    tracks: Sequence[AisTrack],
    *,
    shore_distance_m: ShoreDistance | None,
    coast_error_m: float,
    earlier: Sequence[LonLat] = (),
) -> SceneMatches:
    """Match one run of one scene.

    Args:
        scene: its footprint bounds the area; without times nothing can be matched.
        run_id: the run that the detections belong to.
        detections: all of the run; those without position come out as unknown.
        tracks: AIS tracks about the scene's time and place, all kinds of stations.
        shore_distance_m: distance to the shoreline, or None without a coast.
        coast_error_m: how wrong the coast may be; within it, and within ``SHORE_BUFFER_M``, nothing
            is called dark.
        earlier: places of unmatched echoes of earlier passes; what stands there and matches no
            AIS vessel is taken for a fixed object.
    """
    frame = scene_frame(scene, detections)
    imaging = imaging_of(scene, detections, frame) if frame is not None else None
    if frame is None or imaging is None:
        note = "the scene has no georeference or no time: nothing can be matched"
        outcomes = [Outcome(detection=d, why_unknown=note) for d in detections]
        return SceneMatches(
            matches=tuple(detection_matches(scene.id, run_id, outcomes, frame)), vessels=(),
            imaging=None, frame=frame, reception=None, not_vessel={}, note=note,
        )  # fmt: skip
    others = _not_vessels(detections, tracks, frame)
    placed = [d for d in detections if d.position is not None and d.id not in others]
    vessels = [
        _masked(v, frame, shore_distance_m, coast_error_m)
        for v in imaged_vessels(tracks, scene, imaging)
    ]
    reception = Reception(tracks, imaging.reference_s, frame)
    solved = _solve(placed, vessels, imaging, _area_m2(scene, frame))
    outcomes = _outcomes(
        detections, placed, vessels, solved, others, reception, frame, coast_error_m
    )
    again = recurring(placed, earlier, frame)
    outcomes = [
        dataclasses.replace(o, not_vessel=NotVesselReason.RECURS)
        if o.vessel is None and o.detection.id in again
        else o
        for o in outcomes
    ]
    others |= {o.detection.id: o.not_vessel for o in outcomes if o.not_vessel is not None}
    matches = [
        *detection_matches(scene.id, run_id, outcomes, frame),
        *vessel_matches(scene, run_id, vessels, solved, outcomes, frame),
    ]
    return SceneMatches(
        matches=tuple(matches), vessels=tuple(vessels), imaging=imaging, frame=frame,
        reception=reception, not_vessel=others,
    )  # fmt: skip


def _not_vessels(
    detections: Sequence[Detection], tracks: Iterable[AisTrack], frame: LocalFrame
) -> dict[str, NotVesselReason]:
    found = {d.id: reason for d in detections if (reason := reason_not_vessel(d)) is not None}
    for identifier in near_fixed_stations(detections, tracks, frame):
        found.setdefault(identifier, NotVesselReason.AID)
    return found


def _masked(
    vessel: ImagedVessel,
    frame: LocalFrame,
    shore_distance_m: ShoreDistance | None,
    coast_error_m: float,
) -> ImagedVessel:
    """Return the vessel with a small chance to be seen where the land mask may hide it."""
    if shore_distance_m is None:
        return vessel
    where = frame.lonlat(vessel.x_m, vessel.y_m)
    distance = shore_distance_m(np.array([where.lon_deg]), np.array([where.lat_deg]))[0]
    if float(distance) > coast_error_m + MASK_MARGIN_M:
        return vessel
    return dataclasses.replace(vessel, p_detect=min(vessel.p_detect, MASKED_P_DETECT))


def _area_m2(scene: Scene, frame: LocalFrame) -> float:
    outline = outline_of(scene, frame)
    return float(outline.area) if outline is not None and outline.area > 0 else DEFAULT_AREA_M2


def _solve(
    detections: Sequence[Detection],
    vessels: Sequence[ImagedVessel],
    imaging: Imaging,
    area_m2: float,
) -> Assignment:
    """Assign with a density of unexplained detections that the scene itself settles."""
    logs = _pair_logs(detections, vessels, imaging)
    free = max(len(detections) - len(vessels), 0) + 1.0
    solved = assign(np.zeros((len(detections), len(vessels))))
    for _ in range(CALIBRATION_ROUNDS):
        odds = np.zeros((len(detections), len(vessels)))
        for (i, j), (position_log, length_log) in logs.items():
            odds[i, j] = odds_of_pair(
                position_log=position_log,
                length_log_ratio=length_log,
                p_detect=vessels[j].p_detect,
                p_inside=vessels[j].p_inside,
                free_density_per_m2=free / area_m2,
            )
        solved = assign(odds)
        free = max(float(solved.p_detection_free.sum()), MIN_FREE_DETECTIONS)
    return solved


def _pair_logs(
    detections: Sequence[Detection], vessels: Sequence[ImagedVessel], imaging: Imaging
) -> dict[tuple[int, int], tuple[float, float]]:
    """Return (ln position density, ln length ratio) of every pair inside its gate."""
    if not detections or not vessels:
        return {}
    at = np.array([[v.x_m, v.y_m] for v in vessels])
    reach = np.array(
        [GATE_SIGMAS * math.sqrt(np.linalg.eigvalsh(v.covariance_m2)[-1]) for v in vessels]
    )
    found = {}
    for i, detection in enumerate(detections):
        if detection.position is None:
            continue
        place = np.array(imaging.frame.xy(detection.position))
        error = detection.position_error_m or DEFAULT_POSITION_ERROR_M
        near = np.hypot(*(at - place).T) <= reach + GATE_SIGMAS * error + LINE_TIME_SLACK_M
        look = look_of(detection) or imaging.look(float(place[0]), float(place[1]))
        time_s = (
            detection.time_utc.timestamp()
            if detection.time_utc
            else imaging.time_s(float(place[0]), float(place[1]))
        )
        length = MeasuredLength(length_m=detection.length_m, error_m=detection.length_error_m)
        for j in np.flatnonzero(near).tolist():
            vessel = vessels[j]
            x, y, _, covariance = appearance(vessel.model.predict(time_s), look)
            log = position_log_density(place - np.array([x, y]), covariance + np.eye(2) * error**2)
            if log is not None:
                found[(i, j)] = (log, length.log_ratio(vessel.length_m))
    return found


def _outcomes(
    detections: Sequence[Detection],
    placed: Sequence[Detection],
    vessels: Sequence[ImagedVessel],
    solved: Assignment,
    others: dict[str, NotVesselReason],
    reception: Reception,
    frame: LocalFrame,
    coast_error_m: float,
) -> list[Outcome]:
    row_of = {d.id: i for i, d in enumerate(placed)}
    partner = dict(solved.pairs)
    silent = np.array([float(v.silent) for v in vessels])
    found = []
    for detection in detections:
        row = row_of.get(detection.id)
        if row is None or detection.position is None:
            reason = others.get(detection.id)
            found.append(
                Outcome(
                    detection=detection,
                    not_vessel=reason,
                    why_unknown=None if reason else "the detection has no position",
                )
            )
            continue
        x, y = frame.xy(detection.position)
        p_free = float(solved.p_detection_free[row])
        p_silent = float(solved.p_pair[row] @ silent)
        best = partner.get(row)
        if best is None and len(vessels):
            best = int(np.argmax(solved.p_pair[row]))
        p_best = 0.0 if best is None else float(solved.p_pair[row, best])
        explained = best is not None and p_free < MATCHED_BELOW
        found.append(
            Outcome(
                detection=detection,
                vessel=vessels[best] if explained and best is not None else None,
                p_match=p_best,
                p_free=p_free,
                p_silent=p_silent,
                why_unknown=_why_unknown(detection, reception.heard_near(x, y), coast_error_m),
            )
        )
    return found


def _why_unknown(detection: Detection, heard: bool, coast_error_m: float) -> str | None:
    """Return why a detection without a vessel must not be called dark, or None."""
    if not heard:
        return "no AIS was heard there at that time"
    shore = detection.distance_to_shore_m
    if shore is not None and shore <= max(coast_error_m, SHORE_BUFFER_M):
        return "so near to the shore that it may be a rock or gear"
    return None
