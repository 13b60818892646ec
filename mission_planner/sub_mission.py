"""From underwater tracks to complete missions: way out, dive, work, way up, checks.

Only NAV_WAYPOINT with heights relative to home at the surface: the one thing that ArduSub 4.6 and
4.8 both fly without surprises. The last item lies at the surface; ArduSub has no return to launch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mission_planner.checks.context import CheckContext
from mission_planner.checks.run import check_mission
from mission_planner.fencing import fence_buffer_m, fence_round
from mission_planner.land import Land
from mission_planner.options import PlanOptions
from mission_planner.plane_mission import rounded
from mission_planner.prediction import FlownPath, predict
from mission_planner.safety import sub_parameters
from umimori.geodesy import FloatArray, LocalFrame, LonLat
from umimori.missionfiles.commands import Command, Frame
from umimori.missionfiles.identity import with_id
from umimori.models.energy import usable_s
from umimori.records.mission import Mission, MissionItem, MissionKind
from umimori.records.vehicle import VehicleKind

TRANSIT_DEPTH_M = 1.0
"""Below waves and wash, above what the structure's foot holds."""

MAX_SUB_ITEMS = 600
_HOME_RADIUS_M = 20.0
_HALVINGS = 14


@dataclass(frozen=True, slots=True)
class SubContext:
    """What all dives of a plan share; positions in metres of ``frame``."""

    options: PlanOptions
    frame: LocalFrame
    base: LonLat
    land: Land
    notes: tuple[str, ...]
    base_assumed: bool


def sub_missions(track: FloatArray, context: SubContext) -> list[Mission]:
    """Return one mission per dive for a track (n, 3) of east, north, height (negative down)."""
    profile = context.options.profile
    allowed = usable_s(profile.endurance_s, profile.reserve_fraction)
    flights: list[tuple[tuple[MissionItem, ...], FlownPath]] = []
    rest = track
    while len(rest):
        count = _fitting(rest, allowed, context)
        flights.append(_dive(rest[:count], context))
        # the next dive begins where this one ended
        rest = rest[count - 1 :] if 1 < count < len(rest) else rest[count:]
    return [
        _mission(items, path, number, len(flights), context)
        for number, (items, path) in enumerate(flights, start=1)
    ]


def _fitting(track: FloatArray, allowed_s: float, context: SubContext) -> int:
    """Return how many points one dive can do; all of them when not even two can be done."""
    most = min(len(track), MAX_SUB_ITEMS)
    if _dive(track[:most], context)[1].duration_s <= allowed_s:
        return most
    if len(track) < 3 or _dive(track[:2], context)[1].duration_s > allowed_s:
        return len(track)
    low, high = 2, most
    for _ in range(_HALVINGS):
        middle = (low + high) // 2
        if middle in {low, high}:
            break
        fits = _dive(track[:middle], context)[1].duration_s <= allowed_s
        low, high = (middle, high) if fits else (low, middle)
    return low


def _dive(track: FloatArray, context: SubContext) -> tuple[tuple[MissionItem, ...], FlownPath]:
    home = np.array(context.frame.xy(context.base))
    first, last = track[0], track[-1]
    points = [
        (*home, -TRANSIT_DEPTH_M),
        (first[0], first[1], -TRANSIT_DEPTH_M),
        *(tuple(row) for row in track),
        (last[0], last[1], -TRANSIT_DEPTH_M),
        (*home, -TRANSIT_DEPTH_M),
        (*home, 0.0),
    ]
    items: list[MissionItem] = []
    before: tuple[float, ...] | None = None
    for point in points:
        if before is not None and np.allclose(point, before, atol=0.05):
            continue
        before = point
        items.append(
            MissionItem(
                seq=len(items) + 1,
                frame=Frame.GLOBAL_RELATIVE_ALT.value,
                command=Command.NAV_WAYPOINT.value,
                position=rounded(context.frame.lonlat(float(point[0]), float(point[1]))),
                alt_m=round(float(point[2]), 2) + 0.0,
            )
        )
    options = context.options
    return tuple(items), predict(items, context.base, options.profile, options.wind, context.frame)


def _mission(
    items: tuple[MissionItem, ...], path: FlownPath, dive: int, dives: int, context: SubContext
) -> Mission:
    options, profile = context.options, context.options.profile
    name = options.name or "underwater inspection"
    mission = Mission(
        id="",
        kind=MissionKind.INSPECT,
        vehicle_kind=VehicleKind.SUB,
        vehicle=profile.name,
        name=f"{name} ({dive} of {dives})" if dives > 1 else name,
        home=rounded(context.base),
        home_alt_amsl_m=0.0,
        items=items,
        fence=fence_round(
            path.xy,
            context.frame.xy(context.base),
            _HOME_RADIUS_M,
            context.frame,
            fence_buffer_m(profile, options.wind),
            floor_alt_m=-profile.max_depth_m if profile.max_depth_m else None,
            ceiling_alt_m=None,
        ),
        rally=(),
        rally_alt_m=0.0,
        safety_parameters=sub_parameters(),
        cruise_speed_mps=profile.cruise_speed_mps,
        length_m=round(path.length_m, 1),
        duration_s=round(path.duration_s, 1),
        energy_fraction=round(path.cruise_seconds(profile) / profile.endurance_s, 5),
        path=path.thinned(context.frame),
        checks=(),
        sortie=dive,
        sorties=dives,
        task_id=options.task_id,
        notes=context.notes,
        simulated=options.simulated,
    )
    judged = CheckContext(
        profile=profile,
        wind=options.wind,
        land=context.land,
        base_assumed=context.base_assumed,
    )
    return with_id(replace(mission, checks=check_mission(mission, judged)))
