"""Checks of a fixed wing: take-off, heights, turns, landing, the way back."""

from __future__ import annotations

import math

import numpy as np
import shapely

from mission_planner.checks.context import BASE_SECTOR_M, Subject, error, passed, warning
from mission_planner.fencing import resampled
from mission_planner.land import distance_to_land_m
from mission_planner.landing import MAX_GLIDE_SLOPE
from mission_planner.safety import RTL_AUTOLAND
from umimori.geodesy import FloatArray
from umimori.missionfiles.commands import Command
from umimori.models.kinematics import corner_tangent_m, wind_grown_radius_m
from umimori.records.mission import Check, MissionItem

LAW_CEILING_M = 150.0
"""Civil Aeronautics Act of Japan: permission needed at or above 150 m above ground or water."""

LAW_MARGIN_M = 5.0
FLOOR_ERROR_M = 15.0
FLOOR_WARNING_M = 30.0
MAX_LANDING_OFF_WIND_DEG = 30.0
STRONG_WIND_MPS = 3.0
AUTOLAND_VALUES = frozenset({1.0, 2.0, 3.0, 4.0})
_CORNER_TOLERANCE = 0.95
_FAILSAFE_STEP_M = 250.0


def first_item_takeoff(subject: Subject) -> list[Check]:
    """Judge that the first navigation item is a take-off."""
    moving = subject.moving()
    if not moving or moving[0].command != Command.NAV_TAKEOFF:
        seq = moving[0].seq if moving else None
        return [error("first_item_takeoff", "the first item must be NAV_TAKEOFF", seq)]
    return [passed("first_item_takeoff", "the mission begins with a take-off")]


def altitude_band(subject: Subject) -> list[Check]:
    """Judge heights above the sea away from the base, and above the base near it."""
    mission = subject.mission
    away = np.asarray(subject.away, bool)
    near = subject.path_alt_rel_m[~away]
    above_sea = subject.path_alt_rel_m[away] + mission.home_alt_amsl_m
    top = max([*above_sea.tolist(), *near.tolist(), 0.0])
    ends = {Command.NAV_LAND, Command.NAV_TAKEOFF}
    planned = [item.alt_m for item in subject.moving() if item.command not in ends]
    low = min(planned) + mission.home_alt_amsl_m if planned else top
    if top >= LAW_CEILING_M:
        return [error("altitude_band", f"{top:.0f} m: at or above 150 m needs a permission")]
    findings = []
    if top > LAW_CEILING_M - LAW_MARGIN_M:
        findings.append(warning("altitude_band", f"{top:.0f} m leaves no margin below 150 m"))
    if low < FLOOR_ERROR_M:
        findings.append(error("altitude_band", f"{low:.0f} m above the sea is too low"))
    elif min(low, min(planned, default=low)) < FLOOR_WARNING_M:
        findings.append(warning("altitude_band", f"{low:.0f} m above the sea, low over the base"))
    return findings or [
        passed("altitude_band", f"{low:.0f} to {top:.0f} m, below 150 m and above the waves")
    ]


def leg_length(subject: Subject) -> list[Check]:
    """Judge that every leg is long enough for the turns at both of its ends."""
    profile, wind = subject.context.profile, subject.context.wind
    # In wind the plane still flies the corner, only later: still-air turns decide what is too short
    radius = profile.turn_radius_m
    corners = [
        (item, xy)
        for item in subject.moving()
        if item.command == Command.NAV_WAYPOINT and (xy := subject.xy(item)) is not None
    ]
    points = [xy for _, xy in corners]
    turns = [
        0.0,
        *(_turn(a, b, c) for a, b, c in zip(points, points[1:], points[2:], strict=False)),
    ]
    turns += [0.0]
    found = []
    for i in range(1, len(points)):
        length = float(np.hypot(*(points[i] - points[i - 1])))
        needed = sum(corner_tangent_m(radius, min(turn, 120.0)) for turn in turns[i - 1 : i + 1])
        if length < needed * _CORNER_TOLERANCE:
            found.append(
                warning(
                    "leg_length",
                    f"leg of {length:.0f} m is shorter than its turns ({needed:.0f} m)",
                    corners[i][0].seq,
                )
            )
    if wind.speed_mps > profile.max_wind_mps:
        found.append(
            error("wind_limit", f"wind {wind.speed_mps:.0f} m/s; limit {profile.max_wind_mps:.0f}")
        )
    return found or [passed("leg_length", "every leg is longer than its turns")]


def turn_feasible(subject: Subject) -> list[Check]:
    """Judge that the predicted path reaches every waypoint within what a fly-by corner leaves."""
    profile, wind = subject.context.profile, subject.context.wind
    radius = wind_grown_radius_m(profile.turn_radius_m, profile.cruise_speed_mps, wind.speed_mps)
    line = shapely.LineString(subject.path_xy)
    found = []
    for item in subject.moving():
        xy = subject.xy(item)
        if item.command != Command.NAV_WAYPOINT or xy is None:
            continue
        miss = float(shapely.distance(line, shapely.Point(xy)))
        if miss > 3.0 * radius:
            found.append(error("turn_feasible", f"the path misses it by {miss:.0f} m", item.seq))
        elif miss > 1.5 * radius:
            found.append(warning("turn_feasible", f"the turn cuts {miss:.0f} m off", item.seq))
    return found or [passed("turn_feasible", f"turns of {radius:.0f} m radius reach all waypoints")]


def landing(subject: Subject) -> list[Check]:
    """Judge the landing sequence, its parameters, its slope and the wind."""
    items = subject.mission.items
    lands = [item for item in items if item.command == Command.NAV_LAND]
    starts = [item for item in items if item.command == Command.DO_LAND_START]
    if not lands:
        return [error("land_start_and_autoland", "the mission has no landing (NAV_LAND)")]
    findings = []
    values = {p.names[0]: p.value for p in subject.mission.safety_parameters}
    if not starts:
        findings.append(error("land_start_and_autoland", "DO_LAND_START is missing"))
    elif values.get(RTL_AUTOLAND) not in AUTOLAND_VALUES:
        findings.append(
            error("land_start_and_autoland", "RTL_AUTOLAND must be 1, 2 or 3, else arming fails")
        )
    else:
        value = values[RTL_AUTOLAND]
        findings.append(passed("land_start_and_autoland", f"RTL_AUTOLAND is {value:.0f}"))
    before = [i for i in subject.moving() if i.seq < lands[-1].seq and i.position is not None]
    if before:
        findings += _final(subject, before[-1], lands[-1])
    return findings


def _final(subject: Subject, begin: MissionItem, land: MissionItem) -> list[Check]:
    start, end = subject.xy(begin), subject.xy(land)
    if start is None or end is None:
        return [error("glide_slope", "the landing has no position", land.seq)]
    step = end - start
    far = float(np.hypot(*step))
    offset_deg = 0.0
    if begin.command == Command.NAV_LOITER_TO_ALT:
        # the final begins on the circle's tangent, turned from the line through the centre
        radius = min(abs(begin.param2), far)
        offset_deg = math.copysign(math.degrees(math.asin(radius / max(far, 1.0))), begin.param2)
        far = math.sqrt(max(far**2 - radius**2, 1.0))
    slope = (begin.alt_m - land.alt_m) / max(far, 1.0)
    text = f"{slope:.1%} over {far:.0f} m"
    good = 0.0 < slope <= MAX_GLIDE_SLOPE
    findings = [
        passed("glide_slope", text)
        if good
        else error("glide_slope", f"{text}; at most {MAX_GLIDE_SLOPE:.0%}", land.seq)
    ]
    wind = subject.context.wind
    course = math.degrees(math.atan2(float(step[0]), float(step[1]))) + offset_deg
    off = abs((course - wind.from_deg + 180.0) % 360.0 - 180.0)
    if wind.speed_mps >= STRONG_WIND_MPS and off > MAX_LANDING_OFF_WIND_DEG:
        judge = error if off > 90.0 else warning
        findings.append(judge("landing_into_wind", f"{off:.0f} deg off the wind", land.seq))
    else:
        findings.append(passed("landing_into_wind", f"{off:.0f} deg off the wind given"))
    return findings


def failsafe_path(subject: Subject) -> list[Check]:
    """Judge the straight ways that a return would take to the nearest rally point or home."""
    land = subject.context.land
    if not land.known:
        return []
    frame = land.frame
    rally = [np.array(frame.xy(position)) for position in subject.mission.rally]
    targets = np.vstack(rally or [subject.home_xy])
    points = resampled(subject.path_xy, _FAILSAFE_STEP_M)
    nearest = targets[np.argmin(np.hypot(*(points[:, None] - targets[None]).T).T, axis=1)]
    sector = shapely.Point(*subject.home_xy).buffer(BASE_SECTOR_M)
    barred = shapely.difference(land.shape, sector)
    shapely.prepare(barred)
    lines = shapely.linestrings(np.stack([points, nearest], axis=1))
    share = float(np.asarray(shapely.intersects(barred, lines)).mean())
    if share > 0.0:
        return [warning("failsafe_path", f"a return would cross land from {share:.0%} of the path")]
    return [passed("failsafe_path", "the way to the nearest rally point is clear of drawn land")]


def base_on_land(subject: Subject) -> list[Check]:
    """Judge that a fixed wing starts and lands on land, as far as the coast can tell."""
    code, land = "base_on_water", subject.context.land
    if not land.known:
        return []
    far = float(distance_to_land_m(land, subject.home_xy[None])[0])
    source = land.describe()
    if far <= land.coast_error_m:
        return [passed(code, f"the base lies on land or within the error of the coast ({source})")]
    where = f"{far:.0f} m from land" if math.isfinite(far) else "with no land near it"
    text = f"the base lies on water, {where} ({source}): a fixed wing needs a runway or a ship"
    return [warning(code, f"{text}; give --base on land")]


def _turn(a: FloatArray, b: FloatArray, c: FloatArray) -> float:
    first, second = b - a, c - b
    cross = first[0] * second[1] - first[1] * second[0]
    return abs(math.degrees(math.atan2(float(cross), float(first @ second))))
