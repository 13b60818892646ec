"""Checks of an underwater vehicle: depth, surface, current, position."""

from __future__ import annotations

import numpy as np

from mission_planner.checks.context import Subject, error, passed, warning
from mission_planner.fencing import resampled
from mission_planner.land import depth_inside_land_m, distance_to_land_m
from umimori.missionfiles.commands import RELATIVE_FRAMES
from umimori.records.mission import Check

MAX_CURRENT_SHARE = 0.6
"""Above this share of the speed through water a track cannot be held safely."""

SURFACE_TOLERANCE_M = 0.5
_COAST_STEP_M = 10.0
_MOST_COAST_POINTS = 2000
_DEEP_SHARE = 0.8


def depth(subject: Subject) -> list[Check]:
    """Judge the deepest point against the rating, and that nothing is planned above the water."""
    rated = subject.context.profile.max_depth_m or 0.0
    deepest = float(-subject.path_alt_rel_m.min())
    found = [
        error("depth_limit", "depths must be relative to home at the surface", item.seq)
        for item in subject.moving()
        if item.position is not None and item.frame not in RELATIVE_FRAMES
    ]
    found += [
        error("depth_limit", f"{item.alt_m:.1f} m above the surface", item.seq)
        for item in subject.moving()
        if item.alt_m > 0.0
    ]
    if deepest > rated:
        found.append(error("depth_limit", f"{deepest:.1f} m; the vehicle is rated {rated:.0f} m"))
    elif deepest > _DEEP_SHARE * rated:
        found.append(warning("depth_limit", f"{deepest:.1f} m of {rated:.0f} m rated depth"))
    return found or [passed("depth_limit", f"{deepest:.1f} m of {rated:.0f} m rated depth")]


def surface_end(subject: Subject) -> list[Check]:
    """Judge that the mission ends at the surface: ArduSub has no return to launch."""
    moving = subject.moving()
    if not moving or moving[-1].alt_m < -SURFACE_TOLERANCE_M:
        seq = moving[-1].seq if moving else None
        return [error("surface_end", "the last item must lie at the surface", seq)]
    return [passed("surface_end", "the mission ends at the surface")]


def current(subject: Subject) -> list[Check]:
    """Judge the current against the vehicle's limits."""
    profile, flow = subject.context.profile, subject.context.wind
    limit = min(profile.max_current_mps, MAX_CURRENT_SHARE * profile.cruise_speed_mps)
    text = f"current {flow.speed_mps:.1f} m/s; limit {limit:.1f} m/s"
    if flow.speed_mps > limit:
        return [error("current", f"{text}: wait for slack water")]
    return [passed("current", text)]


def position_source(subject: Subject) -> list[Check]:
    """Say what AUTO needs under water; no plan can prove that it is there."""
    length = float(np.hypot(*np.diff(subject.path_xy, axis=0).T).sum())
    return [
        warning(
            "position_source",
            f"AUTO under water needs a position source (DVL, USBL or UGPS) over {length:.0f} m; "
            "the controller checks it before it dives",
        )
    ]


def coast(subject: Subject) -> list[Check]:
    """Judge the dive against the land as far as the coast's own error allows.

    Piers and harbours lie within that error: there the coast cannot tell water from land, and a
    person must. Deeper inside the drawn land there is no water to dive in.
    """
    code, land = "over_land", subject.context.land
    if not land.known:
        return [warning(code, "no coast was given: land was not looked at")]
    source = land.describe()
    length = float(np.hypot(*np.diff(subject.path_xy, axis=0).T).sum())
    points = resampled(subject.path_xy, max(_COAST_STEP_M, length / _MOST_COAST_POINTS))
    nearest = float(distance_to_land_m(land, points).min())
    inside = float(depth_inside_land_m(land, points).max())
    if inside > land.coast_error_m:
        text = f"the dive runs {inside:.0f} m inside the land ({source})"
        return [error(code, f"{text}: draw the structure in the water")]
    if nearest < land.coast_error_m:
        where = f"{inside:.0f} m inside" if inside > 0.0 else f"{nearest:.0f} m from"
        text = f"the dive comes to {where} the drawn land ({source})"
        return [warning(code, f"{text}: too coarse to tell water from land here, look yourself")]
    if not np.isfinite(nearest):
        return [passed(code, f"no land near the dive ({source})")]
    return [passed(code, f"at least {nearest:.0f} m from land ({source})")]
