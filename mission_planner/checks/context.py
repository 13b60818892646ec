"""What the checks know besides the mission, and how a finding is written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mission_planner.land import Land
from umimori.geodesy import FloatArray
from umimori.missionfiles.commands import is_navigation
from umimori.models.wind import Wind
from umimori.records.mission import Check, Mission, MissionItem, Severity
from umimori.records.vehicle import VehicleProfile

BASE_SECTOR_M = 3000.0
"""Round the base land and low heights are the base's own business: take-off and approach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContext:
    """The vehicle, the weather and the coast that a mission is judged with."""

    profile: VehicleProfile
    wind: Wind
    land: Land
    standoff_m: float | None = None
    base_assumed: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A mission with its geometry in metres of the land's frame."""

    mission: Mission
    context: CheckContext
    path_xy: FloatArray
    path_alt_rel_m: FloatArray
    home_xy: FloatArray

    @property
    def away(self) -> NDArray[np.bool_]:
        """Return a bool array (n,): which path points lie outside the base's own sector."""
        return np.asarray(np.hypot(*(self.path_xy - self.home_xy).T) > BASE_SECTOR_M)

    def xy(self, item: MissionItem) -> FloatArray | None:
        """Return where an item is, metres; None without a position."""
        if item.position is None:
            return None
        return np.array(self.context.land.frame.xy(item.position))

    def moving(self) -> list[MissionItem]:
        """Return the navigation items."""
        return [item for item in self.mission.items if is_navigation(item)]


def subject_of(mission: Mission, context: CheckContext) -> Subject:
    """Return a mission with its path in metres."""
    frame = context.land.frame
    path = np.array(mission.path, float).reshape(-1, 3)
    x, y = frame.to_xy(path[:, 0], path[:, 1])
    home = np.array(frame.xy(mission.home))
    return Subject(mission, context, np.column_stack([x, y]), path[:, 2], home)


def passed(code: str, message: str) -> Check:
    """Return a finding that forbids nothing: what was judged and found good."""
    return Check(code=code, severity=Severity.INFO, message=message, item_seq=None)


def warning(code: str, message: str, item_seq: int | None = None) -> Check:
    """Return a finding that an officer must know."""
    return Check(code=code, severity=Severity.WARNING, message=message, item_seq=item_seq)


def error(code: str, message: str, item_seq: int | None = None) -> Check:
    """Return a finding that forbids flight."""
    return Check(code=code, severity=Severity.ERROR, message=message, item_seq=item_seq)
