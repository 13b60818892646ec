"""AUTO on the fixed wing: which item is flown, how, and when it is done.

Item semantics as ArduPlane documents them (https://ardupilot.org/plane/docs/
common-mavlink-mission-command-messages-mav_cmd.html).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

from sitl.embedded.guidance import (
    L1Tuning,
    Point,
    past_finish_line,
    turn_distance_m,
    wrap_pi,
)
from sitl.embedded.items import Command, StoredItem
from sitl.embedded.plane_model import PlaneState

ALTITUDE_REACHED_M = 5.0
BREAKOUT_RAD = math.radians(10.0)
"""How well the heading must point to the next waypoint when a circle is left."""
SLOPE_MIN_M = 15.0
"""Descents over less than this are flown at once (ALT_SLOPE_MIN of ArduPlane)."""
MAX_SKIPS = 200
"""Items without navigation (and jumps) handled in a row before the mission counts as empty."""


class Doing(Enum):
    """How a leg is flown."""

    TAKE_OFF = "take-off"
    LINE = "line"
    CIRCLE = "circle"
    LAND = "land"
    HOME = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One navigation item made ready to be flown."""

    seq: int
    command: int
    doing: Doing
    start: Point
    start_alt_m: float
    end: Point
    alt_m: float
    accept_m: float
    next_turn_deg: float
    after: Point | None
    radius_m: float
    clockwise: bool
    turns: float | None
    hold_s: float | None
    flown_rad: float = 0.0
    held_s: float = 0.0

    def altitude_at(self, at: Point) -> float:
        """Return the height wanted at a place: a slope when the leg descends a lot."""
        drop = self.start_alt_m - self.alt_m
        length = self.start.distance_m(self.end)
        sloped = self.doing is Doing.LAND or drop > SLOPE_MIN_M
        if self.doing not in {Doing.LINE, Doing.LAND} or not sloped or length < 1.0:
            return self.alt_m
        share = 1.0 - min(1.0, at.distance_m(self.end) / length)
        return self.start_alt_m - drop * share


def is_done(leg: Leg, state: PlaneState, tuning: L1Tuning, home_radius_m: float) -> bool:
    """Return whether the autopilot goes on to the next item."""
    if leg.doing is Doing.TAKE_OFF:
        return not state.on_ground and state.alt_m >= leg.alt_m - 1.0
    if leg.doing is Doing.LAND:
        return state.on_ground and state.airspeed_mps < 1.0
    if leg.doing is Doing.HOME:
        return state.at.distance_m(leg.end) <= 2.0 * home_radius_m
    if leg.doing is Doing.LINE:
        speed = state.motion.speed_mps
        early = turn_distance_m(leg.accept_m, leg.next_turn_deg, speed, tuning)
        near = state.at.distance_m(leg.end) <= early
        return near or past_finish_line(state.at, leg.start, leg.end)
    return _circle_done(leg, state)


def _circle_done(leg: Leg, state: PlaneState) -> bool:
    if leg.command == Command.LOITER_UNLIMITED:
        return False
    if leg.turns is not None and leg.flown_rad < leg.turns * 2.0 * math.pi:
        return False
    if leg.hold_s is not None and leg.held_s < leg.hold_s:
        return False
    if leg.command == Command.LOITER_TO_ALT and abs(state.alt_m - leg.alt_m) > ALTITUDE_REACHED_M:
        return False
    if leg.after is None or leg.after.distance_m(leg.end) <= leg.radius_m:
        return True
    return abs(wrap_pi(state.at.course_to(leg.after) - state.motion.course)) < BREAKOUT_RAD


def progressed(leg: Leg, before: Point, state: PlaneState, dt_s: float) -> Leg:
    """Return the leg with what has been circled and held so far."""
    if leg.doing is not Doing.CIRCLE:
        return leg
    if state.at.distance_m(leg.end) > 1.5 * leg.radius_m + 20.0:
        return leg
    turned = wrap_pi(leg.end.course_to(state.at) - leg.end.course_to(before))
    return replace(leg, flown_rad=leg.flown_rad + abs(turned), held_s=leg.held_s + dt_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What turning an item into a leg needs to know."""

    start: Point
    start_alt_m: float
    home: Point
    rtl_alt_m: float
    waypoint_radius_m: float
    loiter_radius_m: float
    after: Point | None


def leg_of(seq: int, item: StoredItem, end: Point, alt_m: float, around: Surroundings) -> Leg:
    """Return the leg that flies a navigation item."""
    radius, clockwise = _circle_of(item, around.loiter_radius_m)
    doing = {
        Command.TAKEOFF: Doing.TAKE_OFF,
        Command.LAND: Doing.LAND,
        Command.WAYPOINT: Doing.LINE,
        Command.RETURN_TO_LAUNCH: Doing.HOME,
    }.get(Command(item.command), Doing.CIRCLE)
    if doing is Doing.HOME:
        end, alt_m = around.home, around.rtl_alt_m
    accept = item.param2 if item.command == Command.WAYPOINT and item.param2 > 0 else None
    return Leg(
        seq=seq,
        command=item.command,
        doing=doing,
        start=around.start,
        start_alt_m=around.start_alt_m,
        end=end,
        alt_m=alt_m,
        accept_m=accept or around.waypoint_radius_m,
        next_turn_deg=_turn_deg(around.start, end, around.after),
        after=around.after,
        radius_m=radius,
        clockwise=clockwise,
        turns=item.param1 if item.command == Command.LOITER_TURNS else None,
        hold_s=_hold_s(item),
    )


def _hold_s(item: StoredItem) -> float | None:
    return item.param1 if item.command in {Command.LOITER_TIME, Command.DELAY} else None


def _circle_of(item: StoredItem, default_m: float) -> tuple[float, bool]:
    signed = item.param2 if item.command == Command.LOITER_TO_ALT else item.param3
    if item.command == Command.LOITER_TIME:
        signed = math.copysign(default_m, item.param3 or default_m)
    if not signed:
        signed = default_m
    return abs(signed) or abs(default_m), signed > 0


def _turn_deg(start: Point, end: Point, after: Point | None) -> float:
    if after is None or start.distance_m(end) < 1.0 or end.distance_m(after) < 1.0:
        return 180.0
    return math.degrees(wrap_pi(end.course_to(after) - start.course_to(end)))
