"""The path that a vehicle will fly through mission items: the base of times, fences and checks.

Planes: the L1 model of ``umimori.models.guidance`` between waypoints; loiters as circles joined by
Dubins paths; the final as a straight line. Subs: straight lines at the set speed, slowed or sped by
the current. Everything is in metres of a local frame, heights above home.
"""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mission_planner.landing import loiter_exit
from umimori.geodesy import FloatArray, LocalFrame, LonLat
from umimori.missionfiles.commands import Command, is_navigation
from umimori.models import guidance
from umimori.models.dubins import Pose, shortest_path
from umimori.models.energy import power_ratio
from umimori.models.guidance import Airframe, TrackPoint, Waypoint
from umimori.models.kinematics import bank_for_radius_deg
from umimori.models.wind import Wind, ground_speed_mps
from umimori.records.mission import MissionItem
from umimori.records.vehicle import VehicleKind, VehicleProfile

MIN_TAKEOFF_RUN_M = 50.0
SUB_STOP_S = 3.0
"""What ArduSub loses by slowing down at each waypoint: 44 of them took 942 s of ArduSub 4.8 SITL
instead of 807 s at the plain speed."""

_LOITER_STEP_M = 20.0
_KEEP_TURN_DEG = 4.0
_KEEP_DISTANCE_M = 250.0
_KEEP_CLIMB_MPS = 0.05
_MAX_CIRCLES = 100.0


@dataclass(frozen=True, slots=True)
class FlownPath:
    """A predicted path: states in time order, ``item_seqs[i]`` is the item flown in state i."""

    states: tuple[TrackPoint, ...]
    item_seqs: tuple[int, ...]

    @property
    def xy(self) -> FloatArray:
        """Return positions, (n, 2) metres."""
        return np.array([(s.x_m, s.y_m) for s in self.states])

    @property
    def alt_rel_m(self) -> FloatArray:
        """Return heights above home, (n,) metres."""
        return np.array([s.alt_m for s in self.states])

    @property
    def duration_s(self) -> float:
        """Return the time of the last state."""
        return self.states[-1].t_s

    @property
    def length_m(self) -> float:
        """Return the length over ground."""
        return float(np.hypot(*np.diff(self.xy, axis=0).T).sum())

    def cruise_seconds(self, profile: VehicleProfile) -> float:
        """Return the seconds at cruise power that this flight costs."""
        total = 0.0
        for a, b in zip(self.states, self.states[1:], strict=False):
            ratio = 1.0
            if profile.kind is VehicleKind.PLANE:
                ratio = power_ratio(
                    profile.cruise_speed_mps,
                    profile.cruise_speed_mps,
                    bank_deg=b.bank_deg,
                    climb_mps=b.climb_mps,
                )
            total += ratio * (b.t_s - a.t_s)
        return total

    def thinned(self, frame: LocalFrame) -> tuple[tuple[float, float, float], ...]:
        """Return (lon, lat, relative altitude) where course or height change, and every 250 m."""
        kept = [0]
        for i in range(1, len(self.states) - 1):
            last, here, coming = self.states[kept[-1] + 1], self.states[i], self.states[i + 1]
            turn = abs((coming.heading_deg - last.heading_deg + 180.0) % 360.0 - 180.0)
            begin = self.states[kept[-1]]
            far = math.hypot(here.x_m - begin.x_m, here.y_m - begin.y_m)
            level = abs(coming.climb_mps - here.climb_mps) < _KEEP_CLIMB_MPS
            if turn > _KEEP_TURN_DEG or far > _KEEP_DISTANCE_M or not level:
                kept.append(i)
        kept.append(len(self.states) - 1)
        xy, alt = self.xy[kept], self.alt_rel_m[kept]
        lon, lat = frame.to_lonlat(xy[:, 0], xy[:, 1])
        return tuple(
            (round(float(x), 7), round(float(y), 7), round(float(z), 2))
            for x, y, z in zip(lon, lat, alt, strict=True)
        )


def airframe_of(profile: VehicleProfile) -> Airframe:
    """Return the limits of a profile as the guidance model wants them."""
    return Airframe(
        airspeed_mps=profile.cruise_speed_mps,
        bank_limit_deg=bank_for_radius_deg(profile.cruise_speed_mps, profile.turn_radius_m),
        climb_mps=profile.max_climb_mps,
        descent_mps=profile.max_descent_mps,
    )


def takeoff_course_deg(wind: Wind, first_bearing_deg: float) -> float:
    """Return the course of a take-off: into the wind, in calm air towards the first waypoint."""
    return wind.from_deg if wind.speed_mps >= 1.0 else first_bearing_deg


def predict(
    items: Sequence[MissionItem],
    home: LonLat,
    profile: VehicleProfile,
    wind: Wind,
    frame: LocalFrame,
) -> FlownPath:
    """Return the path from home through all navigation items."""
    x, y = frame.xy(home)
    start = TrackPoint(0.0, x, y, 0.0, _first_bearing(items, home, frame), 0.0, 0.0, 0)
    pilot = (_PlanePilot if profile.kind is VehicleKind.PLANE else _SubPilot)(
        profile, wind, frame, start, (x, y)
    )
    moving = [item for item in items if is_navigation(item)]
    for index, item in enumerate(moving):
        pilot.take(item, moving[index + 1] if index + 1 < len(moving) else None)
    pilot.flush()
    return FlownPath(tuple(pilot.states), tuple(pilot.seqs))


def _first_bearing(items: Sequence[MissionItem], home: LonLat, frame: LocalFrame) -> float:
    for item in items:
        if is_navigation(item) and item.position is not None:
            (hx, hy), (x, y) = frame.xy(home), frame.xy(item.position)
            if math.hypot(x - hx, y - hy) > 1.0:
                return math.degrees(math.atan2(x - hx, y - hy)) % 360.0
    return 0.0


class _Pilot(ABC):
    """Common state of both vehicles: where we are, what was flown."""

    def __init__(
        self,
        profile: VehicleProfile,
        wind: Wind,
        frame: LocalFrame,
        start: TrackPoint,
        home_xy: tuple[float, float],
    ) -> None:
        self.profile, self.wind, self.frame = profile, wind, frame
        self.home = Waypoint(*home_xy, 0.0)
        self.states, self.seqs = [start], [0]

    @property
    def now(self) -> TrackPoint:
        return self.states[-1]

    def place(self, item: MissionItem) -> Waypoint:
        """Return where an item is; without a position it is here."""
        if item.position is None:
            return Waypoint(self.now.x_m, self.now.y_m, item.alt_m or self.now.alt_m)
        return Waypoint(*self.frame.xy(item.position), item.alt_m)

    def add(self, states: Sequence[TrackPoint], seq: int) -> None:
        self.states += states
        self.seqs += [seq] * len(states)

    def straight(self, target: Waypoint, seq: int, vertical_mps: float | None) -> None:
        """Go straight; in time for both the way over ground and, if given, the height."""
        now = self.now
        dx, dy, dz = target.x_m - now.x_m, target.y_m - now.y_m, target.alt_m - now.alt_m
        course = math.degrees(math.atan2(dx, dy)) % 360.0 if dx or dy else now.heading_deg
        speed = ground_speed_mps(self.profile.cruise_speed_mps, course, self.wind)
        seconds = math.hypot(dx, dy) / (speed or 0.1)
        if vertical_mps:
            seconds = max(seconds, abs(dz) / vertical_mps)
        if self.profile.kind is VehicleKind.SUB:
            seconds += SUB_STOP_S
        count = max(1, math.ceil(math.hypot(dx, dy, dz) / _LOITER_STEP_M))
        self.add(
            [
                TrackPoint(
                    now.t_s + seconds * i / count,
                    now.x_m + dx * i / count,
                    now.y_m + dy * i / count,
                    now.alt_m + dz * i / count,
                    course,
                    0.0,
                    dz / seconds if seconds else 0.0,
                    seq,
                )
                for i in range(1, count + 1)
            ],
            seq,
        )

    @abstractmethod
    def take(self, item: MissionItem, following: MissionItem | None) -> None:
        """Fly one item; ``following`` is the next, when there is one."""

    def flush(self) -> None:  # noqa: B027 - most pilots keep nothing back
        """Finish what waits for more items."""


class _SubPilot(_Pilot):
    """Straight from point to point, vertical speed limited."""

    def take(self, item: MissionItem, following: MissionItem | None) -> None:  # noqa: ARG002
        if item.command == Command.NAV_LAND:
            target = replace(self.place(item), alt_m=0.0)
        else:
            target = self.place(item)
        rising = target.alt_m > self.now.alt_m
        speed = self.profile.max_climb_mps if rising else self.profile.max_descent_mps
        self.straight(target, item.seq, speed)


class _PlanePilot(_Pilot):
    """Gathers waypoints for the L1 model, and does take-off, loiters and landing itself."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.pending: list[tuple[int, Waypoint]] = []
        self.airframe = airframe_of(self.profile)

    def take(self, item: MissionItem, following: MissionItem | None) -> None:
        if item.command == Command.NAV_TAKEOFF:
            self._take_off(item)
        elif item.command == Command.NAV_WAYPOINT:
            self.pending.append((item.seq, self.place(item)))
        elif item.command == Command.NAV_LAND:
            self.flush()
            self.straight(replace(self.place(item), alt_m=item.alt_m), item.seq, None)
        elif item.command == Command.NAV_RETURN_TO_LAUNCH:
            self.pending.append((item.seq, replace(self.home, alt_m=self.now.alt_m)))
        else:
            self.flush()
            self._loiter(item, following)

    def flush(self) -> None:
        if not self.pending:
            return
        legs = [waypoint for _, waypoint in self.pending]
        flown = guidance.fly(legs, replace(self.now, bank_deg=0.0), self.airframe, self.wind)[1:]
        self.states += flown
        self.seqs += [self.pending[state.leg][0] for state in flown]
        self.pending = []

    def _take_off(self, item: MissionItem) -> None:
        now = self.now
        course = takeoff_course_deg(self.wind, now.heading_deg)
        speed = ground_speed_mps(self.profile.cruise_speed_mps, course, self.wind) or 1.0
        run = max(item.alt_m / self.profile.max_climb_mps * speed, MIN_TAKEOFF_RUN_M)
        angle = math.radians(course)
        end = Waypoint(now.x_m + run * math.sin(angle), now.y_m + run * math.cos(angle), item.alt_m)
        self.straight(end, item.seq, self.profile.max_climb_mps)

    def _loiter(self, item: MissionItem, following: MissionItem | None) -> None:
        circle = self.place(item)
        centre = np.array([circle.x_m, circle.y_m])
        signed = self._signed_radius(item)
        towards = self.place(following) if following else self.home
        leave = loiter_exit(centre, signed, np.array([towards.x_m, towards.y_m]))
        now = self.now
        here = Pose(now.x_m, now.y_m, math.radians(90.0 - now.heading_deg))
        poses = shortest_path(here, leave, abs(signed)).sample(_LOITER_STEP_M)
        poses += self._circles(item, centre, signed, leave, circle.alt_m, len(poses))
        self._follow(poses, circle.alt_m, item.seq)

    def _signed_radius(self, item: MissionItem) -> float:
        stated = item.param3 if item.command != Command.NAV_LOITER_TO_ALT else item.param2
        if abs(stated) < 1.0:
            stated = 1.0
        return math.copysign(max(abs(stated), self.profile.turn_radius_m), stated)

    def _circles(
        self,
        item: MissionItem,
        centre: FloatArray,
        signed: float,
        leave: Pose,
        alt_m: float,
        done: int,
    ) -> list[Pose]:
        """Return the whole circles that time, turns or the loss of height ask for."""
        around = 2.0 * math.pi * abs(signed)
        speed = self.profile.cruise_speed_mps
        if item.command == Command.NAV_LOITER_TURNS:
            count = item.param1
        elif item.command == Command.NAV_LOITER_TIME:
            count = item.param1 * speed / around
        else:
            gap = alt_m - self.now.alt_m
            rate = self.profile.max_climb_mps if gap > 0 else self.profile.max_descent_mps
            count = (abs(gap) / rate * speed - done * _LOITER_STEP_M) / around
        whole = math.ceil(min(max(count, 0.0), _MAX_CIRCLES))
        steps = max(8, math.ceil(around / _LOITER_STEP_M))
        begin = math.atan2(leave.y_m - centre[1], leave.x_m - centre[0])
        sense = -math.copysign(1.0, signed)
        poses = []
        for i in range(1, whole * steps + 1):
            angle = begin + sense * 2.0 * math.pi * i / steps
            poses.append(
                Pose(
                    float(centre[0]) + abs(signed) * math.cos(angle),
                    float(centre[1]) + abs(signed) * math.sin(angle),
                    angle + sense * math.pi / 2.0,
                )
            )
        return poses

    def _follow(self, poses: list[Pose], alt_m: float, seq: int) -> None:
        bank = self.airframe.bank_limit_deg
        for before, pose in itertools.pairwise(poses):
            now = self.now
            course = math.degrees(math.pi / 2.0 - pose.angle_rad) % 360.0
            speed = ground_speed_mps(self.profile.cruise_speed_mps, course, self.wind) or 1.0
            step = math.hypot(pose.x_m - before.x_m, pose.y_m - before.y_m) / speed
            rise = max(
                -self.profile.max_descent_mps * step,
                min(self.profile.max_climb_mps * step, alt_m - now.alt_m),
            )
            turning = abs(pose.angle_rad - before.angle_rad) > 1e-6
            state = TrackPoint(
                now.t_s + step,
                pose.x_m,
                pose.y_m,
                now.alt_m + rise,
                course,
                bank if turning else 0.0,
                rise / step if step else 0.0,
                seq,
            )
            self.add([state], seq)
