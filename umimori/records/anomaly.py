"""What behaves oddly, ranked, with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from umimori.geodesy import LonLat


class AnomalyKind(StrEnum):
    """The rule that fired."""

    DARK_VESSEL = "dark_vessel"
    AIS_GAP = "ais_gap"
    RENDEZVOUS = "rendezvous"
    NEAR_CLOSED_PORT = "near_closed_port"
    ABSENT_VESSEL = "absent_vessel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One part of a risk score that a person can check.

    ``code`` is stable and is translated on pages; ``values`` fill the sentence; ``points`` is what
    it adds to the risk (0-100).
    """

    code: str
    points: float
    values: dict[str, float | int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """One thing that an analyst should look at."""

    id: str
    kind: AnomalyKind
    scene_id: str | None
    time_utc: datetime
    position: LonLat
    position_error_m: float | None
    risk: float
    """0-100, the sum of the reasons' points, capped."""
    reasons: tuple[Reason, ...]
    detection_ids: tuple[str, ...]
    mmsis: tuple[int, ...]
    algorithm_version: str
    simulated: bool
