"""Checks of an underwater vehicle: depth, surface, current, position."""

from __future__ import annotations

import numpy as np

from mission_planner.checks.context import Subject, error, passed, warning
from umimori.missionfiles.commands import RELATIVE_FRAMES
from umimori.records.mission import Check

MAX_CURRENT_SHARE = 0.6
"""Above this share of the speed through water a track cannot be held safely."""

SURFACE_TOLERANCE_M = 0.5
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
