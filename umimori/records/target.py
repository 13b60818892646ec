"""A target links detections of several runs and scenes; people review targets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from umimori.geodesy import LonLat


class Verdict(StrEnum):
    """What an analyst decided."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    WATCH = "watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One object of interest, whatever run or scene saw it."""

    id: str
    position: LonLat
    first_seen_utc: datetime
    last_seen_utc: datetime
    detection_ids: tuple[str, ...]
    mmsi: int | None
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """An analyst's verdict on an anomaly or a target; an event, never changed afterwards."""

    id: str
    subject_id: str
    """Id of the anomaly or target."""
    verdict: Verdict
    note: str
    user: str
    time_utc: datetime
    simulated: bool
