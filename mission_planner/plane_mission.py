"""From passes to complete fixed-wing missions: take-off, way, work, landing, fence, rally, checks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from mission_planner.checks.context import BASE_SECTOR_M, CheckContext, error, warning
from mission_planner.checks.run import check_mission
from mission_planner.detour import Detour
from mission_planner.fencing import direct_way_clear, fence_buffer_m, fence_round, rally_points
from mission_planner.joining import join
from mission_planner.land import Land
from mission_planner.landing import LandingPattern, landing_pattern
from mission_planner.options import DEFAULT_ALT_M, PlanOptions
from mission_planner.passes import Pass, cut
from mission_planner.prediction import FlownPath, predict, takeoff_course_deg
from mission_planner.progress import Progress, ignore
from mission_planner.reach import Beyond, parted, refuse_too_many, sorties_for_passes
from mission_planner.safety import plane_parameters
from mission_planner.sorties import MAX_PASSES, Budget, Pace, Packer, split
from umimori.geodesy import FloatArray, LocalFrame, LonLat
from umimori.missionfiles.commands import Command, Frame
from umimori.missionfiles.identity import with_id
from umimori.models.dubins import Pose
from umimori.models.energy import usable_s
from umimori.models.kinematics import wind_grown_radius_m
from umimori.models.wind import ground_speed_mps
from umimori.records.mission import Mission, MissionItem, MissionKind
from umimori.records.vehicle import VehicleKind

CEILING_AMSL_M = 145.0
"""Fence ceiling above the sea: 5 m below the 150 m of Japan's Civil Aeronautics Act."""

BEYOND_REACH = "beyond_reach"
"""Code of the finding that work lies beyond one endurance from the base."""

TAKEOFF_ALT_M = 50.0
MIN_TAKEOFF_ALT_M = 30.0
TAKEOFF_PITCH_DEG = 12.0
"""Least pitch of NAV_TAKEOFF (param1), ArduPlane's usual 10-15 degrees."""

LEAD_IN_M = 150.0
"""Settling length of the L1 law: about 1.7 times its 89 m at 22 m/s (17 s, damping 0.75)."""

OVERSHOOT_M = 40.0
_SORTIE_ROUNDS = 4
_ROUND_MARGIN_S = 10.0
_ENERGY_MARGIN = 0.98
_HOME_DISC_MARGIN_M = 100.0
_SECTOR_MARGIN_M = 500.0
"""Planned ways leave the land's margin this much earlier than the checks ask for."""


@dataclass(frozen=True, slots=True)
class PlaneContext:
    """Everything that all sorties of a plan share; positions in metres of ``frame``."""

    kind: MissionKind
    options: PlanOptions
    frame: LocalFrame
    base: LonLat
    land: Land
    keep_out: Any
    notes: tuple[str, ...]
    standoff_m: float | None
    base_assumed: bool
    progress: Progress = ignore

    @property
    def pace(self) -> Pace:
        """Return what turns metres into seconds."""
        return Pace(self.options.profile.cruise_speed_mps, self.options.wind)

    @property
    def allowed_s(self) -> float:
        """Return the cruise seconds that a whole sortie may cost."""
        profile = self.options.profile
        return usable_s(profile.endurance_s, profile.reserve_fraction) * _ENERGY_MARGIN

    def budget(self, less_s: float = 0.0) -> Budget:
        """Return what a sortie may spend between take-off and landing, less some seconds."""
        turn_s = math.pi * self.radius_m / self.options.profile.cruise_speed_mps
        return Budget(seconds=self.allowed_s - _ends_s(self) - less_s, turn_s=turn_s)

    @property
    def radius_m(self) -> float:
        """Return the turn radius that the plan uses, grown by the wind."""
        profile, wind = self.options.profile, self.options.wind
        return wind_grown_radius_m(profile.turn_radius_m, profile.cruise_speed_mps, wind.speed_mps)

    @property
    def turn_room_m(self) -> float:
        """Return how far beyond the end of a straight pass its turns reach."""
        return max(LEAD_IN_M, self.radius_m) + self.radius_m

    @property
    def alt_rel_m(self) -> float:
        """Return the height of the work above home."""
        above_sea = DEFAULT_ALT_M if self.options.alt_m is None else self.options.alt_m
        return above_sea - self.options.base_elevation_m

    @property
    def base_xy(self) -> FloatArray:
        """Return the base in metres."""
        return np.array(self.frame.xy(self.base))

    def detour(self) -> Detour:
        """Return the finder of ways round land; the base's own sector is open."""
        sector = shapely.Point(*self.base_xy).buffer(BASE_SECTOR_M - _SECTOR_MARGIN_M)
        return Detour(shapely.difference(self.keep_out, sector), self.radius_m)


def plane_missions(
    passes: list[Pass], context: PlaneContext, unlaid_m2: float = 0.0, width_m: float = 0.0
) -> list[Mission]:
    """Return one mission per sortie, checked; work beyond reach becomes a mission that must not fly.

    The packing works with estimates; when a predicted sortie needs more than the endurance allows,
    the budget is cut by the excess and the work is packed again.

    Args:
        passes: the tracks, in order.
        context: what all sorties share.
        unlaid_m2: area beyond reach for which no tracks were laid.
        width_m: width of the area that a track stands for, 0 where the work is no area.

    Raises:
        GeometryError: when it needs far too many sorties.
    """
    pace, base, detour = context.pace, context.base_xy, context.detour()
    within, beyond = parted(passes, Packer(base, pace, context.budget(), detour))
    needed = sorties_for_passes(within, base, pace, context.budget())
    refuse_too_many(needed, context.options.profile.name)
    flights: list[_Flight] = []
    less_s = 0.0
    for _ in range(_SORTIE_ROUNDS if within else 0):
        loads = split(within, base, pace, context.budget(less_s), detour, context.progress)
        flights = []
        for load in loads:
            flights.append(_fly(load, context, detour))
            context.progress(f"predicted {len(flights)} of {len(loads)} sorties")
        excess = max(flight.cruise_s for flight in flights) - context.allowed_s
        if excess <= 0.0:
            break
        less_s += excess + _ROUND_MARGIN_S
    far = _beyond(beyond, context, unlaid_m2, width_m)
    if far.sample:
        flights.append(_fly(list(far.sample), context, detour))
        whole = unlaid_m2 < 1.0 and far.length_m <= _length_m(far.sample) + 1.0
        if whole and flights[-1].cruise_s <= context.allowed_s / _ENERGY_MARGIN:
            far = Beyond()  # the rest can be flown after all
    last = len(flights)
    return [
        _mission(flight, index, last, context, far if index == last and far.sample else None)
        for index, flight in enumerate(flights, start=1)
    ]


def _beyond(passes: list[Pass], context: PlaneContext, unlaid_m2: float, width_m: float) -> Beyond:
    """Return what lies beyond reach, with at most one endurance of it as its sample."""
    sample: list[Pass] = []
    seconds = 0.0
    for track in passes:
        room = context.allowed_s - seconds
        if room <= 0.0 or len(sample) >= MAX_PASSES:
            break
        cost = context.pace.seconds(track.points)
        whole = cost <= room or track.length_m < 1.0
        part = track if whole else cut(track, track.length_m * room / cost)[0]
        sample.append(part)
        seconds += cost
    length = _length_m(passes)
    return Beyond(area_m2=unlaid_m2 + length * width_m, length_m=length, sample=tuple(sample))


def _length_m(passes: Iterable[Pass]) -> float:
    return sum(track.length_m for track in passes)


@dataclass(frozen=True, slots=True)
class _Flight:
    items: tuple[MissionItem, ...]
    path: FlownPath
    pattern: LandingPattern
    cruise_s: float


def _ends_s(context: PlaneContext) -> float:
    """Return cruise seconds for take-off, climb, descent and landing."""
    profile = context.options.profile
    climb = max(context.alt_rel_m, TAKEOFF_ALT_M) / profile.max_climb_mps
    circles = 2.0 * (2.0 * math.pi * context.radius_m) / profile.cruise_speed_mps
    descent = max(context.alt_rel_m, TAKEOFF_ALT_M) / profile.max_descent_mps
    return 2.5 * climb + circles + 2.0 * descent


def _fly(passes: list[Pass], context: PlaneContext, detour: Detour) -> _Flight:
    options, base = context.options, context.base_xy
    takeoff_alt = min(TAKEOFF_ALT_M, max(MIN_TAKEOFF_ALT_M, context.alt_rel_m))
    ready = [_with_lead(track, context.radius_m) for track in passes]
    pattern = landing_pattern(
        base,
        ready[-1].points[-1],
        wind=options.wind,
        radius_m=context.radius_m,
        cruise_alt_rel_m=max(context.alt_rel_m, MIN_TAKEOFF_ALT_M),
        land=context.land,
    )
    start = _takeoff_end(ready[0].points[0], takeoff_alt, context)
    points = join(start, ready, pattern.loiter_centre, context.radius_m, detour)
    items = _items(points, takeoff_alt, pattern, context)
    path = predict(items, context.base, options.profile, options.wind, context.frame)
    return _Flight(items, path, pattern, path.cruise_seconds(options.profile))


def _with_lead(track: Pass, radius_m: float) -> Pass:
    if not track.straight:
        return track
    return track.extended(max(LEAD_IN_M, radius_m), OVERSHOOT_M)


def _takeoff_end(first: FloatArray, takeoff_alt_m: float, context: PlaneContext) -> Pose:
    profile, wind, base = context.options.profile, context.options.wind, context.base_xy
    bearing = math.degrees(math.atan2(*(first - base)))
    course = takeoff_course_deg(wind, bearing)
    speed = ground_speed_mps(profile.cruise_speed_mps, course, wind) or 1.0
    run = takeoff_alt_m / profile.max_climb_mps * speed
    angle = math.radians(90.0 - course)
    x, y = base[0] + run * math.cos(angle), base[1] + run * math.sin(angle)
    return Pose(float(x), float(y), angle)


def _items(
    points: FloatArray, takeoff_alt_m: float, pattern: LandingPattern, context: PlaneContext
) -> tuple[MissionItem, ...]:
    frame, relative = context.frame, Frame.GLOBAL_RELATIVE_ALT.value

    def item(command: Command, alt_m: float, at: FloatArray | None, *params: float) -> MissionItem:
        p1, p2, p3, p4 = (*params, 0.0, 0.0, 0.0, 0.0)[:4]
        return MissionItem(
            seq=len(items) + 1,
            frame=relative,
            command=command.value,
            param1=p1,
            param2=round(p2, 1),
            param3=p3,
            param4=p4,
            position=None if at is None else rounded(frame.lonlat(float(at[0]), float(at[1]))),
            alt_m=round(alt_m, 2),
        )

    items: list[MissionItem] = []
    items.append(item(Command.NAV_TAKEOFF, takeoff_alt_m, None, TAKEOFF_PITCH_DEG))
    items.extend(item(Command.NAV_WAYPOINT, context.alt_rel_m, point) for point in points)
    centre, alt = pattern.loiter_centre, pattern.loiter_alt_rel_m
    items.append(item(Command.DO_LAND_START, alt, centre))
    # heading required, radius, -, leave on the tangent towards the landing
    radius = pattern.loiter_radius_m
    items.append(item(Command.NAV_LOITER_TO_ALT, alt, centre, 1.0, radius, 0.0, 1.0))
    items.append(item(Command.NAV_LAND, 0.0, pattern.touchdown))
    return tuple(items)


def rounded(position: LonLat) -> LonLat:
    """Return a position as MISSION_ITEM_INT carries it: whole 1e-7 degrees (about 1 cm)."""
    return LonLat(round(position.lon_deg, 7), round(position.lat_deg, 7))


def _mission(
    flight: _Flight, sortie: int, sorties: int, context: PlaneContext, far: Beyond | None
) -> Mission:
    options, frame = context.options, context.frame
    profile, wind = options.profile, options.wind
    path_xy = flight.path.xy
    centre = flight.pattern.loiter_centre
    buffer = fence_buffer_m(profile, wind)
    rally = rally_points(path_xy, centre, context.land, BASE_SECTOR_M)
    clear = direct_way_clear(path_xy, centre, context.land, BASE_SECTOR_M)
    ceiling = CEILING_AMSL_M - options.base_elevation_m
    return_alt = max(context.alt_rel_m, MIN_TAKEOFF_ALT_M)
    name = options.name or f"{context.kind.value} patrol"
    suffix = f" ({sortie} of {sorties})" if sorties > 1 else ""
    mission = Mission(
        id="",
        kind=context.kind,
        vehicle_kind=VehicleKind.PLANE,
        vehicle=profile.name,
        name=name + suffix,
        home=rounded(context.base),
        home_alt_amsl_m=options.base_elevation_m,
        items=flight.items,
        fence=fence_round(
            path_xy,
            frame.xy(context.base),
            _home_disc_m(context),
            frame,
            buffer,
            floor_alt_m=None,
            ceiling_alt_m=ceiling,
        ),
        rally=tuple(rounded(frame.lonlat(float(x), float(y))) for x, y in rally),
        rally_alt_m=round(return_alt, 2),
        safety_parameters=plane_parameters(
            way_back_clear=clear,
            return_alt_rel_m=round(return_alt, 2),
            ceiling_alt_rel_m=round(ceiling, 2),
        ),
        cruise_speed_mps=profile.cruise_speed_mps,
        length_m=round(flight.path.length_m, 1),
        duration_s=round(flight.path.duration_s, 1),
        energy_fraction=round(flight.cruise_s / profile.endurance_s, 5),
        path=flight.path.thinned(frame),
        checks=(),
        sortie=sortie,
        sorties=sorties,
        task_id=options.task_id,
        notes=context.notes,
        simulated=options.simulated,
    )
    return _checked(mission, context, far)


def _checked(mission: Mission, context: PlaneContext, far: Beyond | None) -> Mission:
    """Return the mission with its checks and the id of its content."""
    check_context = CheckContext(
        profile=context.options.profile,
        wind=context.options.wind,
        land=context.land,
        standoff_m=context.standoff_m,
        base_assumed=context.base_assumed,
    )
    found = check_mission(mission, check_context)
    if far is not None:
        text = f"{far.describe()} lies beyond the reach of the base; this sortie stands for it"
        cure = "take a nearer --base or a --vehicle of longer endurance"
        usable = 1.0 - context.options.profile.reserve_fraction
        judge = warning if mission.energy_fraction <= usable else error
        found = (*found, judge(BEYOND_REACH, f"{text}: {cure}"))
    return with_id(replace(mission, checks=found))


def _home_disc_m(context: PlaneContext) -> float:
    """Return the radius round home that any course of the take-off stays in."""
    profile, wind = context.options.profile, context.options.wind
    run = TAKEOFF_ALT_M / profile.max_climb_mps * (profile.cruise_speed_mps + wind.speed_mps)
    return run + 2.0 * context.radius_m + _HOME_DISC_MARGIN_M
