"""A vessel that was heard, should still be heard, and is silent over the scene's time."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import shapely

from geoanalysis.anomalies.dark_vessel import size_reasons
from geoanalysis.anomalies.risk import reason
from geoanalysis.anomalies.scene_context import SceneContext, is_foreign
from geoanalysis.association.motion import MotionModel
from geoanalysis.association.scene_vessels import VESSEL_KINDS, outline_of
from geoanalysis.association.silence import is_silent
from umimori.records import AisTrack, Anomaly, AnomalyKind

LONG_SILENCE_S = 6.0 * 3_600.0
"""Six hours: Global Fishing Watch's smallest gap; counts in full."""
MAX_SILENCE_S = 12.0 * 3_600.0
EDGE_M = 10_000.0
"""A vessel that may have left the scene's surroundings by now says nothing."""


def ais_gaps(context: SceneContext) -> Iterator[Anomaly]:
    """Yield one anomaly per silent vessel whose last position lies in or near the image."""
    outline = outline_of(context.scene, context.frame)
    moment_s = context.imaging.reference_s
    for parts, model in zip(context.vessels, context.models, strict=True):
        if parts[0].kind not in VESSEL_KINDS or not is_silent(model, moment_s):
            continue
        index = int(np.searchsorted(model.time_s, moment_s, side="right")) - 1
        silence_s = model.silence_s(moment_s)
        if silence_s > MAX_SILENCE_S:
            continue
        x, y = float(model.x_m[index]), float(model.y_m[index])
        if outline is not None and _outside_m(outline, x, y) > EDGE_M:
            continue
        reception = context.result.reception
        if reception is None or not reception.heard_near(x, y, besides_mmsi=parts[0].mmsi):
            continue
        yield _anomaly(context, parts, model, index, silence_s)


def _anomaly(
    context: SceneContext,
    parts: tuple[AisTrack, ...],
    model: MotionModel,
    index: int,
    silence_s: float,
) -> Anomaly:
    moment_s = context.imaging.reference_s
    last = context.frame.lonlat(float(model.x_m[index]), float(model.y_m[index]))
    prediction = model.predict(moment_s)
    place = context.frame.lonlat(prediction.x_m, prediction.y_m)
    moment = context.imaging.time_utc(prediction.x_m, prediction.y_m)
    share = 0.4 + 0.6 * min(silence_s / LONG_SILENCE_S, 1.0)
    reasons = [
        reason("ais_silent", share, minutes=round(silence_s / 60.0)),
        reason("others_were_heard", 1.0),
        *size_reasons(model.length_m),
        *context.place_reasons(last, moment),
    ]
    if is_foreign(parts[0].mmsi):
        reasons.append(reason("foreign_flag", 1.0, mmsi=parts[0].mmsi))
    return context.anomaly(
        AnomalyKind.AIS_GAP,
        reasons,
        position=place,
        moment=moment,
        error_m=math.sqrt(float(np.linalg.eigvalsh(prediction.covariance_m2)[-1])),
        tracks=parts,
        key=(round(model.time_s[index]),),
    )


def _outside_m(outline: shapely.Polygon, x_m: float, y_m: float) -> float:
    return float(shapely.distance(outline, shapely.Point(x_m, y_m)))
