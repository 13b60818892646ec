"""Targets: one object of interest, whatever run or scene saw it.

Detections of several runs of one scene are the same object when they lie within their errors
and their times agree; a matched station number joins them over runs as well.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from umimori.geodesy import LonLat, distance_m
from umimori.ids import derived_id
from umimori.records import Detection, Match, MatchState, Target

SAME_PLACE_SIGMAS = 3.0
SAME_PLACE_FLOOR_M = 60.0
SAME_TIME_S = 30.0
"""One place is imaged once per scene; other scenes are minutes to days away."""
DEFAULT_ERROR_M = 30.0
TARGET_STATES = frozenset({MatchState.MATCHED, MatchState.DARK, MatchState.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A detection that counts as a vessel, with its station number when matched."""

    detection: Detection
    position: LonLat
    time_utc: datetime
    mmsi: int | None


def sightings_of(matches: Iterable[Match], detections: Mapping[str, Detection]) -> list[Sighting]:
    """Return the sightings of a run: detections with place, time and a vessel's state."""
    found = []
    for match in matches:
        detection = detections.get(match.detection_id or "")
        if detection is None or match.state not in TARGET_STATES:
            continue
        if detection.position is not None and detection.time_utc is not None:
            found.append(
                Sighting(
                    detection=detection,
                    position=detection.position,
                    time_utc=detection.time_utc,
                    mmsi=match.mmsi,
                )
            )
    return sorted(found, key=lambda s: s.detection.id)


def link_targets(sightings: Sequence[Sighting], known: Sequence[Target]) -> list[Target]:
    """Return the targets of these sightings: known ones with them added, or new ones.

    A target keeps its id for ever; linking the same sightings again changes nothing.
    """
    by_detection = {d: target for target in known for d in target.detection_ids}
    grown: dict[str, Target] = {}
    taken: set[str] = set()
    for sighting in sightings:
        target = by_detection.get(sighting.detection.id)
        if target is None:
            pool = [grown.get(t.id, t) for t in known if t.id not in taken]
            target = next((t for t in pool if _same(t, sighting)), None)
        if target is None:
            target = _new(sighting)
        taken.add(target.id)
        grown[target.id] = _with(grown.get(target.id, target), sighting)
    return sorted(grown.values(), key=lambda t: t.id)


def _same(target: Target, sighting: Sighting) -> bool:
    apart_s = max(
        (target.first_seen_utc - sighting.time_utc).total_seconds(),
        (sighting.time_utc - target.last_seen_utc).total_seconds(),
    )
    if apart_s > SAME_TIME_S:
        return False
    error = sighting.detection.position_error_m or DEFAULT_ERROR_M
    reach = max(SAME_PLACE_FLOOR_M, SAME_PLACE_SIGMAS * math.hypot(error, error))
    return distance_m(target.position, sighting.position) <= reach


def _new(sighting: Sighting) -> Target:
    return Target(
        id=derived_id("target", sighting.detection.id),
        position=sighting.position,
        first_seen_utc=sighting.time_utc,
        last_seen_utc=sighting.time_utc,
        detection_ids=(sighting.detection.id,),
        mmsi=sighting.mmsi,
        simulated=sighting.detection.simulated,
    )


def _with(target: Target, sighting: Sighting) -> Target:
    ids = tuple(sorted({*target.detection_ids, sighting.detection.id}))
    newest = sighting.time_utc > target.last_seen_utc
    return dataclasses.replace(
        target,
        position=sighting.position if newest else target.position,
        first_seen_utc=min(target.first_seen_utc, sighting.time_utc),
        last_seen_utc=max(target.last_seen_utc, sighting.time_utc),
        detection_ids=ids,
        mmsi=sighting.mmsi if sighting.mmsi is not None else target.mmsi,
        simulated=target.simulated or sighting.detection.simulated,
    )
