"""An AIS vessel that the radar should have seen and did not: a false position perhaps."""

from __future__ import annotations

from collections.abc import Iterator

from geoanalysis.anomalies.dark_vessel import size_reasons
from geoanalysis.anomalies.risk import reason
from geoanalysis.anomalies.scene_context import SceneContext, is_foreign
from umimori.records import Anomaly, AnomalyKind, MatchState


def absent_vessels(context: SceneContext) -> Iterator[Anomaly]:
    """Yield one anomaly per absent AIS vessel."""
    by_track = {vessel.track.id: vessel for vessel in context.result.vessels}
    for match in context.result.matches:
        vessel = by_track.get(match.track_id or "")
        if match.state is not MatchState.ABSENT or vessel is None or match.position is None:
            continue
        p_absent = match.p_absent or 0.0
        reasons = [
            reason(
                "report_without_echo", p_absent,
                p_absent=round(p_absent, 3), report_age_s=round(match.ais_gap_s or 0.0),
            ),
            *size_reasons(vessel.length_m),
            *context.place_reasons(match.position, vessel.time_utc),
        ]  # fmt: skip
        if is_foreign(vessel.mmsi):
            reasons.append(reason("foreign_flag", 1.0, mmsi=vessel.mmsi))
        yield context.anomaly(
            AnomalyKind.ABSENT_VESSEL,
            reasons,
            position=match.position,
            moment=vessel.time_utc,
            tracks=[vessel.track],
        )
