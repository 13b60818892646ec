"""A vessel off a closed port (不開港) that has no business there.

A foreign-trade vessel needs a permit to enter a closed port (Customs Act of Japan, article 20).
Two cases: a dark vessel, and an AIS vessel under a foreign flag that is slow or of a cargo type.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from geoanalysis.anomalies.dark_vessel import size_reasons
from geoanalysis.anomalies.risk import reason
from geoanalysis.anomalies.scene_context import SceneContext, is_foreign
from geoanalysis.association.scene_vessels import ImagedVessel
from umimori.geodesy import MPS_PER_KNOT
from umimori.records import Anomaly, AnomalyKind, MatchState

CARGO_TYPES = range(70, 90)
"""Ship types of cargo ships and tankers (ITU-R M.1371-5, table 53)."""
SLOW_MPS = 4.0
"""About eight knots: manoeuvring, not passing through."""
INSIDE_FROM = 0.5


def near_closed_port(context: SceneContext) -> Iterator[Anomaly]:
    """Yield dark detections and foreign vessels near closed ports."""
    yield from _dark(context)
    for vessel in context.result.vessels:
        yield from _foreign(context, vessel)


def _dark(context: SceneContext) -> Iterator[Anomaly]:
    for match in context.result.matches:
        if match.state is not MatchState.DARK or match.position is None:
            continue
        if context.closed_port_near(match.position) is None:
            continue
        detection = context.detections[match.detection_id or ""]
        moment = context.moment_of(match)
        p_dark = match.p_dark or 0.0
        reasons = [
            reason("calls_at_closed_port", p_dark, p_dark=round(p_dark, 3)),
            reason("partner_dark", 0.5 * p_dark, p_dark=round(p_dark, 3)),
            *size_reasons(detection.length_m),
            *context.place_reasons(match.position, moment),
        ]
        yield context.anomaly(
            AnomalyKind.NEAR_CLOSED_PORT,
            reasons,
            position=match.position,
            moment=moment,
            error_m=detection.position_error_m,
            detections=[detection],
        )


def _foreign(context: SceneContext, vessel: ImagedVessel) -> Iterator[Anomaly]:
    if not is_foreign(vessel.mmsi) or vessel.p_inside < INSIDE_FROM:
        return
    place = context.frame.lonlat(vessel.truth.x_m, vessel.truth.y_m)
    if context.closed_port_near(place) is None:
        return
    speed = math.hypot(vessel.truth.east_mps, vessel.truth.north_mps)
    cargo = vessel.track.ship_type in CARGO_TYPES
    if speed > SLOW_MPS:
        return
    reasons = [
        reason(
            "calls_at_closed_port", 1.0 if cargo else 0.7, speed_kn=round(speed / MPS_PER_KNOT, 1)
        ),
        reason("foreign_flag", 1.0, mmsi=vessel.mmsi),
        *size_reasons(vessel.length_m),
        *context.place_reasons(place, vessel.time_utc),
    ]
    yield context.anomaly(
        AnomalyKind.NEAR_CLOSED_PORT,
        reasons,
        position=place,
        moment=vessel.time_utc,
        tracks=[vessel.track],
    )
