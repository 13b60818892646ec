"""A vessel on the radar that no AIS vessel explains although AIS was heard around it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from geoanalysis.anomalies.risk import reason
from geoanalysis.anomalies.scene_context import LARGE_VESSEL_M, SMALL_CRAFT_M, SceneContext
from umimori.records import Anomaly, AnomalyKind, Detection, MatchState, Reason

USUAL_RADIAL_MPS = 3.0
"""Standard deviation of the ground speed across the track: ships of up to about 12 knots on any
course."""


def dark_vessels(context: SceneContext) -> Iterator[Anomaly]:
    """Yield one anomaly per dark detection; a vessel that just fell silent is named."""
    by_track = {vessel.track.id: vessel for vessel in context.result.vessels}
    for match in context.result.matches:
        if match.state is not MatchState.DARK or match.position is None:
            continue
        detection = context.detections[match.detection_id or ""]
        silent = by_track.get(match.track_id or "")
        moment = context.moment_of(match)
        p_dark = match.p_dark or 0.0
        reasons = [
            reason("no_ais_match", p_dark, p_dark=round(p_dark, 3)),
            reason("others_were_heard", 1.0),
            *size_reasons(detection.length_m),
            *context.place_reasons(match.position, moment),
        ]
        if silent is not None:
            minutes = silent.model.silence_s(silent.time_s) / 60.0
            reasons.append(
                reason(
                    "fell_silent", match.p_match or 0.0, mmsi=silent.mmsi, minutes=round(minutes)
                )
            )
        yield context.anomaly(
            AnomalyKind.DARK_VESSEL,
            reasons,
            position=match.position,
            moment=moment,
            error_m=_place_error_m(context, detection),
            detections=[detection],
            tracks=[] if silent is None else [silent.track],
        )


def _place_error_m(context: SceneContext, detection: Detection) -> float | None:
    """Return where the vessel may truly be: a dark one's speed, so its shift, is unknown."""
    error = detection.position_error_m
    if error is None or detection.position is None:
        return error
    look = context.imaging.look(*context.frame.xy(detection.position))
    if look is None:
        return error
    return math.hypot(error, look.shift_per_radial_speed_s * USUAL_RADIAL_MPS)


def size_reasons(length_m: float | None) -> list[Reason]:
    """Return what the length says: large ones must carry AIS, small craft need not."""
    if length_m is None:
        return []
    if length_m >= LARGE_VESSEL_M:
        share = 0.6 + 0.4 * min((length_m - LARGE_VESSEL_M) / 110.0, 1.0)
        return [reason("large_vessel", share, length_m=round(length_m))]
    if length_m < SMALL_CRAFT_M:
        return [reason("carriage_not_required", 1.0, length_m=round(length_m))]
    return []
