"""Two vessels that stay together at sea, at least one of them with AIS.

Two AIS vessels: nearer than 500 m and both slow for more than 15 minutes (Skylight's standard
rendezvous asks for 30, Global Fishing Watch's encounters for two hours; handing over a parcel to
a small craft takes less). One AIS vessel and a dark detection: together at the scene's moment.
Worked by track, never by calendar day.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geoanalysis.anomalies.dark_vessel import size_reasons
from geoanalysis.anomalies.risk import reason
from geoanalysis.anomalies.scene_context import SceneContext, is_foreign
from geoanalysis.association.motion import MAX_HERMITE_GAP_S
from geoanalysis.association.scene_vessels import VESSEL_KINDS, ImagedVessel
from umimori.records import Anomaly, AnomalyKind, Match, MatchState

FloatArray = NDArray[np.float64]

NEAR_M = 500.0
SLOW_MPS = 1.5
"""About three knots: drifting or stopped."""
MIN_TOGETHER_S = 900.0
LONG_TOGETHER_S = 7_200.0
WINDOW_S = 3.0 * 3_600.0
STEP_S = 60.0
HARBOUR_M = 1_000.0
"""Ships that lie together at the shore are moored, not meeting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Two vessels (by index) together from ``start_s`` for ``lasting_s``."""

    first: int
    second: int
    start_s: float
    lasting_s: float
    distance_m: float
    x_m: float
    y_m: float


def rendezvous(context: SceneContext) -> Iterator[Anomaly]:
    """Yield meetings of AIS vessels about the scene and of AIS vessels with dark detections."""
    for meeting in _meetings(context):
        yield from _between_ais(context, meeting)
    yield from _with_dark(context)


def _meetings(context: SceneContext) -> Iterator[Meeting]:
    """Sample all slow vessels every minute and join neighbours into meetings."""
    rows = [i for i, parts in enumerate(context.vessels) if parts[0].kind in VESSEL_KINDS]
    moment_s = context.imaging.reference_s
    times = np.arange(moment_s - WINDOW_S, moment_s + WINDOW_S + STEP_S, STEP_S)
    slow = {row: _slow_samples(context, row, times) for row in rows}
    slow = {row: samples for row, samples in slow.items() if samples}
    together: dict[tuple[int, int], list[tuple[int, float, float, float]]] = {}
    for k in range(len(times)):
        here = [(row, samples[k]) for row, samples in slow.items() if k in samples]
        if len(here) < 2:
            continue
        places = np.array([place for _, place in here])
        for a, b in sorted(cKDTree(places).query_pairs(NEAR_M)):
            gap_m = float(np.hypot(*(places[a] - places[b])))
            middle = (places[a] + places[b]) / 2.0
            together.setdefault((here[a][0], here[b][0]), []).append(
                (k, gap_m, float(middle[0]), float(middle[1]))
            )
    for (first, second), samples in together.items():
        yield from _runs(first, second, samples, times)


def _slow_samples(
    context: SceneContext, row: int, times: FloatArray
) -> dict[int, tuple[float, float]]:
    """Return the places of a vessel at the sample times at which it is heard and slow."""
    model = context.models[row]
    reports = np.asarray(model.time_s)
    if len(reports) < 2:
        return {}
    nearest = np.clip(np.searchsorted(reports, times), 1, len(reports) - 1)
    before, after = reports[nearest - 1], reports[nearest]
    heard = (times >= before) & (times <= after) & (after - before <= MAX_HERMITE_GAP_S)
    steps = np.hypot(np.diff(model.x_m), np.diff(model.y_m)) / np.maximum(np.diff(reports), 1.0)
    slow = steps[nearest - 1] <= SLOW_MPS
    found = {}
    for k in np.flatnonzero(heard & slow):
        state = model.predict(float(times[k]))
        found[int(k)] = (state.x_m, state.y_m)
    return found


def _runs(
    first: int, second: int, samples: list[tuple[int, float, float, float]], times: FloatArray
) -> Iterator[Meeting]:
    """Yield unbroken meetings of one pair that last long enough."""
    index = np.array([sample[0] for sample in samples])
    for run in np.split(np.arange(len(index)), np.flatnonzero(np.diff(index) > 1) + 1):
        lasting_s = float(times[index[run[-1]]] - times[index[run[0]]])
        if lasting_s < MIN_TOGETHER_S:
            continue
        part = np.array([samples[i][1:] for i in run])
        yield Meeting(
            first=first, second=second, start_s=float(times[index[run[0]]]),
            lasting_s=lasting_s, distance_m=float(np.median(part[:, 0])),
            x_m=float(np.median(part[:, 1])), y_m=float(np.median(part[:, 2])),
        )  # fmt: skip


def _between_ais(context: SceneContext, meeting: Meeting) -> Iterator[Anomaly]:
    place = context.frame.lonlat(meeting.x_m, meeting.y_m)
    shore = context.shore_m(place)
    if shore is not None and shore < HARBOUR_M:
        return
    parts = [context.vessels[meeting.first], context.vessels[meeting.second]]
    moment = datetime.fromtimestamp(meeting.start_s + meeting.lasting_s / 2.0, UTC)
    share = 0.5 + 0.5 * min(meeting.lasting_s / LONG_TOGETHER_S, 1.0)
    reasons = [
        reason(
            "vessels_together", share,
            minutes=round(meeting.lasting_s / 60.0), distance_m=round(meeting.distance_m),
        ),
        *context.place_reasons(place, moment),
    ]  # fmt: skip
    foreign = [p[0].mmsi for p in parts if is_foreign(p[0].mmsi)]
    if foreign:
        reasons.append(reason("foreign_flag", 1.0, mmsi=foreign[0]))
    yield context.anomaly(
        AnomalyKind.RENDEZVOUS, reasons, position=place, moment=moment,
        error_m=meeting.distance_m, tracks=[track for p in parts for track in p],
        key=(round(meeting.start_s),),
    )  # fmt: skip


def _with_dark(context: SceneContext) -> Iterator[Anomaly]:
    """Yield slow AIS vessels that have a dark detection beside them at the scene's moment."""
    dark = [
        m for m in context.result.matches if m.state is MatchState.DARK and m.position is not None
    ]
    if not dark:
        return
    places = np.array([context.frame.xy(m.position) for m in dark if m.position is not None])
    tree = cKDTree(places)
    seen_at = {
        m.track_id: m for m in context.result.matches if m.detection_id and m.track_id is not None
    }
    for vessel in context.result.vessels:
        if math.hypot(vessel.truth.east_mps, vessel.truth.north_mps) > SLOW_MPS:
            continue
        seen = seen_at.get(vessel.track.id)
        at = (
            context.frame.xy(seen.position)
            if seen is not None and seen.position is not None
            else (vessel.x_m, vessel.y_m)
        )
        near = tree.query_ball_point(at, NEAR_M + _length(vessel) / 2.0)
        for k in sorted(near):
            gap_m = float(np.hypot(*(places[k] - np.asarray(at))))
            yield _dark_meeting(context, vessel, dark[k], seen, gap_m)


def _dark_meeting(
    context: SceneContext, vessel: ImagedVessel, dark: Match, seen: Match | None, gap_m: float
) -> Anomaly:
    detection = context.detections[dark.detection_id or ""]
    moment = context.moment_of(dark)
    position = detection.position or context.frame.lonlat(vessel.x_m, vessel.y_m)
    reasons = [
        reason("vessels_together", 0.7, distance_m=round(gap_m)),
        reason("partner_dark", dark.p_dark or 0.0, p_dark=round(dark.p_dark or 0.0, 3)),
        *[r for r in size_reasons(detection.length_m) if r.points > 0],
        *context.place_reasons(position, moment),
    ]
    if is_foreign(vessel.mmsi):
        reasons.append(reason("foreign_flag", 1.0, mmsi=vessel.mmsi))
    partners = [detection]
    if seen is not None and seen.detection_id is not None:
        partners.append(context.detections[seen.detection_id])
    return context.anomaly(
        AnomalyKind.RENDEZVOUS, reasons, position=position, moment=moment,
        error_m=detection.position_error_m, detections=partners, tracks=[vessel.track],
    )  # fmt: skip


def _length(vessel: ImagedVessel) -> float:
    return vessel.length_m or 0.0
