"""Checks of every mission: items, fence, rally points, endurance, coast."""

from __future__ import annotations

import numpy as np
import shapely

from mission_planner.checks.context import BASE_SECTOR_M, Subject, error, passed, warning
from mission_planner.fencing import fence_buffer_m, fence_polygon, resampled
from mission_planner.land import distance_to_land_m, land_at
from umimori.errors import GeometryError
from umimori.missionfiles.commands import command_name, is_flyable
from umimori.records.mission import Check
from umimori.records.vehicle import VehicleKind

MAX_ITEMS = 654
"""ArduPlane takes 655 items with home in slot 0 (tried on 4.6.2 and 4.8)."""

_FENCE_TOLERANCE_M = 1.0
_STANDOFF_TOLERANCE = 0.02
_COAST_STEP_M = 100.0


def items_known(subject: Subject) -> list[Check]:
    """Judge whether the vehicle has code for every item; it accepts others and skips them."""
    kind = subject.mission.vehicle_kind
    unknown = [item for item in subject.mission.items if not is_flyable(item, kind)]
    if not unknown:
        return [passed("items_known", "the vehicle can fly every item")]
    return [
        error(
            "items_known",
            f"a {kind.value} has no code for {command_name(item.command)}: remove the item",
            item.seq,
        )
        for item in unknown
    ]


def item_count(subject: Subject) -> list[Check]:
    """Judge the number of items against what the autopilot holds."""
    count = len(subject.mission.items)
    if count == 0:
        return [error("item_count", "the mission has no items")]
    if count > MAX_ITEMS:
        return [error("item_count", f"{count} items; the autopilot holds {MAX_ITEMS}: split it")]
    return [passed("item_count", f"{count} of at most {MAX_ITEMS} items")]


def fence_contains_path(subject: Subject) -> list[Check]:
    """Judge that the flown path, not the polyline, stays well inside the fence."""
    code, fence = "fence_contains_path", subject.mission.fence
    if fence is None:
        return [warning(code, "the mission has no fence")]
    frame = subject.context.land.frame
    try:
        polygon = fence_polygon(fence.inclusion, frame)
        for ring in fence.exclusions:
            polygon = shapely.difference(polygon, fence_polygon(ring, frame))
    except GeometryError as problem:
        return [error(code, problem.one_line())]
    outside = ~shapely.contains_xy(polygon, subject.path_xy[:, 0], subject.path_xy[:, 1])
    line = shapely.LineString(subject.path_xy)
    if outside.any() or not polygon.contains(line):
        return [error(code, "the predicted path leaves the fence: enlarge the fence")]
    margin = float(shapely.distance(polygon.boundary, line))
    needed = fence_buffer_m(subject.context.profile, subject.context.wind)
    if margin + _FENCE_TOLERANCE_M < needed:
        return [
            warning(
                code,
                f"the fence is {margin:.0f} m from the predicted path; turn radius, wind and "
                f"reaction need {needed:.0f} m",
            )
        ]
    return [passed(code, f"the fence keeps {margin:.0f} m from the path (needed {needed:.0f} m)")]


def endurance(subject: Subject) -> list[Check]:
    """Judge the energy against the endurance less its reserve."""
    mission, profile = subject.mission, subject.context.profile
    allowed = 1.0 - profile.reserve_fraction
    used = mission.energy_fraction
    text = f"uses {used:.0%} of the endurance; {profile.reserve_fraction:.0%} is reserve"
    if used > allowed:
        reach = allowed * profile.endurance_s * profile.cruise_speed_mps / 2000.0
        return [
            error("endurance", f"{text}: this vehicle reaches {reach:.0f} km out and back at most")
        ]
    return [passed("endurance", text)]


def rally_in_fence(subject: Subject) -> list[Check]:
    """Judge that a vehicle circling at a rally point stays inside the fence."""
    mission, context = subject.mission, subject.context
    if not mission.rally:
        if mission.vehicle_kind is VehicleKind.SUB:
            return []
        return [warning("rally_in_fence", "no rally point: a return flies to home")]
    if mission.fence is None:
        return []
    try:
        polygon = fence_polygon(mission.fence.inclusion, context.land.frame)
    except GeometryError:
        return []  # already named by fence_contains_path
    boundary = polygon.boundary
    for number, position in enumerate(mission.rally, start=1):
        point = shapely.Point(context.land.frame.xy(position))
        if not polygon.contains(point) or boundary.distance(point) < context.profile.turn_radius_m:
            return [error("rally_in_fence", f"rally point {number} is not well inside the fence")]
    return [passed("rally_in_fence", f"{len(mission.rally)} rally points inside the fence")]


def coast(subject: Subject) -> list[Check]:
    """Judge the path against the land, naming the error of the coast."""
    land = subject.context.land
    if not land.known:
        return [warning("over_land", "no coast was given: land was not looked at")]
    points = resampled(subject.path_xy, _COAST_STEP_M)
    away = points[np.hypot(*(points - subject.home_xy).T) > BASE_SECTOR_M]
    source = land.describe()
    if len(away) == 0 or land.shape.is_empty:
        return [passed("over_land", f"no land on the way ({source})")]
    if land_at(land, away).any():
        return [error("over_land", f"the path crosses land away from the base ({source})")]
    nearest = float(distance_to_land_m(land, away).min())
    findings = []
    if nearest < land.coast_error_m:
        findings.append(
            warning("over_land", f"the path comes within {nearest:.0f} m of land ({source})")
        )
    else:
        findings.append(passed("over_land", f"at least {nearest:.0f} m from land ({source})"))
    wanted = subject.context.standoff_m
    if wanted is not None:
        needed = (wanted + land.coast_error_m) * (1.0 - _STANDOFF_TOLERANCE)
        text = f"nearest {nearest:.0f} m; wanted {wanted:.0f} m and the coast's own error"
        good = nearest >= needed
        findings.append((passed if good else warning)("standoff", f"{text} ({source})"))
    return findings


def base(subject: Subject) -> list[Check]:
    """Say when the base was not given but assumed."""
    if not subject.context.base_assumed:
        return []
    return [warning("base_assumed", "no base was given: the nearest place was taken; give --base")]
