"""The permit to arm: given by the one gate in :mod:`flight.service`, asked for by every link."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """One mission may be armed on one vehicle: a simulated one, or by a release."""

    vehicle_id: str
    mission_id: str
    release_id: str | None
