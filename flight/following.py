"""What a flight in progress means: going on, at its end, or taken out of our hands. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flight.modes import RETURN
from flight.vehicle_state import VehicleState
from umimori.geodesy import LonLat, distance_m
from umimori.missionfiles.commands import Command, is_navigation
from umimori.records.mission import Mission
from umimori.records.vehicle import VehicleKind

HOME_REACHED_M = 400.0
"""Within this of home or a rally point a plane that ends in RTL has arrived at its circle."""
SURFACED_M = -0.6
"""A sub's relative altitude above which it can be seen and picked up."""
MISSION_COMPLETE = 5
"""MISSION_STATE_COMPLETE in MISSION_CURRENT."""


class Verdict(Enum):
    """What to do next."""

    GOING = "going"
    LANDED = "landed"
    HOLDING = "holding"
    """The last item is done and the vehicle waits in the air (no landing in the mission)."""
    SURFACE = "surface"
    """A sub's mission is done: bring it up."""
    FOREIGN = "foreign"
    """Somebody else changed the mode."""
    DISARMED_EARLY = "disarmed early"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The end of a mission, known before it is flown."""

    kind: VehicleKind
    last_seq: int
    navigation: tuple[int, ...]
    lands: bool
    returns: bool
    rally: tuple[LonLat, ...]
    home: LonLat


def ending_of(mission: Mission) -> Ending:
    """Return how a mission ends."""
    moving = [item for item in mission.items if is_navigation(item)]
    last = moving[-1].command if moving else None
    return Ending(
        kind=mission.vehicle_kind,
        last_seq=moving[-1].seq if moving else 0,
        navigation=tuple(item.seq for item in moving),
        lands=last == Command.NAV_LAND,
        returns=last == Command.NAV_RETURN_TO_LAUNCH,
        rally=mission.rally,
        home=mission.home,
    )


def judge(state: VehicleState, ending: Ending, expected_mode: str) -> Verdict:
    """Return what the newest state means, once the vehicle was armed and sent off."""
    if not state.armed:
        return _judge_disarmed(state, ending)
    if ending.kind is VehicleKind.SUB:
        return _judge_sub(state, ending, expected_mode)
    return _judge_plane(state, ending, expected_mode)


def _judge_disarmed(state: VehicleState, ending: Ending) -> Verdict:
    at_last = (state.current_seq or 0) >= ending.last_seq or ending.last_seq in state.reached
    return Verdict.LANDED if at_last and ending.lands else Verdict.DISARMED_EARLY


def _judge_plane(state: VehicleState, ending: Ending, expected_mode: str) -> Verdict:
    if state.mode == expected_mode:
        done = ending.last_seq in state.reached and not ending.lands and not ending.returns
        return Verdict.HOLDING if done else Verdict.GOING
    over = _is_over(state, ending)
    if state.mode == RETURN[VehicleKind.PLANE] and over and not ending.lands:
        places = (ending.home, *ending.rally)
        position = state.position
        near = position is not None and any(
            distance_m(position, place) < HOME_REACHED_M for place in places
        )
        return Verdict.HOLDING if near else Verdict.GOING
    return Verdict.FOREIGN


def _judge_sub(state: VehicleState, ending: Ending, expected_mode: str) -> Verdict:
    if _is_over(state, ending):
        return Verdict.SURFACE
    return Verdict.GOING if state.mode == expected_mode else Verdict.FOREIGN


def _is_over(state: VehicleState, ending: Ending) -> bool:
    """Return whether the mission itself has come to its end."""
    if ending.last_seq in state.reached or state.mission_state == MISSION_COMPLETE:
        return True
    return ending.returns and (state.current_seq or 0) >= ending.last_seq


def navigation_reached(state: VehicleState, ending: Ending, *, completed: bool) -> int:
    """Return how many items that move the vehicle were done."""
    if completed:
        return len(ending.navigation)
    furthest = max(state.reached, default=0)
    return sum(1 for seq in ending.navigation if seq <= furthest)
