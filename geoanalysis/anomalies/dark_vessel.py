"""A vessel on the radar that no AIS vessel explains although AIS was heard around it."""

from __future__ import annotations

from collections.abc import Iterator

from geoanalysis.anomalies.risk import reason
from geoanalysis.anomalies.scene_context import LARGE_VESSEL_M, SMALL_CRAFT_M, SceneContext
from umimori.records import Anomaly, AnomalyKind, MatchState, Reason


def dark_vessels(context: SceneContext) -> Iterator[Anomaly]:
    """Yield one anomaly per dark detection."""
    for match in context.result.matches:
        if match.state is not MatchState.DARK or match.position is None:
            continue
        detection = context.detections[match.detection_id or ""]
        moment = context.moment_of(match)
        p_dark = match.p_dark or 0.0
        reasons = [
            reason("no_ais_match", p_dark, p_dark=round(p_dark, 3)),
            reason("others_were_heard", 1.0),
            *size_reasons(detection.length_m),
            *context.place_reasons(match.position, moment),
        ]
        yield context.anomaly(
            AnomalyKind.DARK_VESSEL,
            reasons,
            position=match.position,
            moment=moment,
            error_m=detection.position_error_m,
            detections=[detection],
        )


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
