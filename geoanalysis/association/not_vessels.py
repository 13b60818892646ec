"""Detections that are taken for something else than a vessel, with the reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum

import numpy as np
from scipy.spatial import cKDTree

from umimori.geodesy import LocalFrame
from umimori.records import AisMessageKind, AisTrack, Detection, DetectionFlag, VesselClass

FIXED_KINDS = frozenset({AisMessageKind.ATON, AisMessageKind.BASE_STATION})
FIXED_RADIUS_M = 150.0
"""Buoys swing on their chains and base stations round their positions."""
MAX_SHIP_LENGTH_M = 470.0
"""The longest ship ever built measured 458 m (Seawise Giant)."""


class NotVesselReason(StrEnum):
    """Why a detection does not count as a vessel."""

    AMBIGUITY = "azimuth_ambiguity"
    FIXED = "fixed_object"
    ROAD = "road_traffic"
    AID = "aid_to_navigation"
    TOO_LONG = "longer_than_any_ship"
    RECURS = "seen_there_before"


def reason_not_vessel(detection: Detection) -> NotVesselReason | None:
    """Return what the detector or the size say against a vessel, or None."""
    flags = set(detection.flags)
    if detection.vessel_class is VesselClass.AMBIGUITY or DetectionFlag.AZIMUTH_AMBIGUITY in flags:
        return NotVesselReason.AMBIGUITY
    if detection.vessel_class is VesselClass.FIXED or DetectionFlag.FIXED_OBJECT in flags:
        return NotVesselReason.FIXED
    if DetectionFlag.ROAD_TRAFFIC in flags:
        return NotVesselReason.ROAD
    if detection.length_m is not None and detection.length_m > MAX_SHIP_LENGTH_M:
        return NotVesselReason.TOO_LONG
    return None


def near_fixed_stations(
    detections: Sequence[Detection], tracks: Iterable[AisTrack], frame: LocalFrame
) -> frozenset[str]:
    """Return the ids of detections that stand on an aid to navigation or a base station."""
    fixed = [t.points[-1].position for t in tracks if t.kind in FIXED_KINDS and t.points]
    placed = [d for d in detections if d.position is not None]
    if not fixed or not placed:
        return frozenset()
    x, y = frame.to_xy([p.lon_deg for p in fixed], [p.lat_deg for p in fixed])
    tree = cKDTree(np.column_stack([np.atleast_1d(x), np.atleast_1d(y)]))
    found = set()
    for detection in placed:
        if detection.position is None:
            continue
        reach = math.hypot(FIXED_RADIUS_M, 2.0 * (detection.position_error_m or 0.0))
        if tree.query(frame.xy(detection.position))[0] <= reach:
            found.add(detection.id)
    return frozenset(found)
