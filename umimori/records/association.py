"""Who that vessel is: detections joined with AIS tracks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from umimori.geodesy import LonLat


class MatchState(StrEnum):
    """What came out for a detection or for an AIS vessel."""

    MATCHED = "matched"
    DARK = "dark"
    """A vessel on the radar that no AIS vessel explains."""
    NOT_VESSEL = "not_vessel"
    """A detection taken for a ghost, a fixed object or clutter."""
    ABSENT = "absent"
    """An AIS vessel that the radar should have seen and did not."""
    UNKNOWN = "unknown"
    """The evidence does not decide (no AIS in the area, out of the image, too old)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The outcome for one detection, one AIS vessel, or a pair of them.

    ``predicted`` is where the AIS vessel should appear in the image, azimuth shift included.
    ``p_match`` is the probability of the pair; ``p_dark`` that the detection has no AIS vessel;
    ``p_absent`` that the AIS vessel is not where it says.
    """

    id: str
    scene_id: str
    run_id: str
    state: MatchState
    detection_id: str | None
    mmsi: int | None
    track_id: str | None
    vessel_name: str | None
    time_utc: datetime | None
    position: LonLat | None
    predicted: LonLat | None
    distance_m: float | None
    azimuth_shift_m: float | None
    ais_gap_s: float | None
    p_match: float | None
    p_dark: float | None
    p_absent: float | None
    simulated: bool
