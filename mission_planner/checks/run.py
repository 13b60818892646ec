"""All checks of a mission, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Callable

from mission_planner.checks import common, plane, sub
from mission_planner.checks.context import CheckContext, Subject, error, subject_of
from umimori.records.mission import Check, Mission
from umimori.records.vehicle import VehicleKind

Judge = Callable[[Subject], list[Check]]

_CHECKS: dict[VehicleKind, tuple[Judge, ...]] = {
    VehicleKind.PLANE: (
        common.items_known,
        common.item_count,
        plane.first_item_takeoff,
        plane.altitude_band,
        plane.leg_length,
        plane.turn_feasible,
        plane.landing,
        common.fence_contains_path,
        common.rally_in_fence,
        common.endurance,
        common.coast,
        plane.failsafe_path,
        common.base,
    ),
    VehicleKind.SUB: (
        common.items_known,
        common.item_count,
        sub.depth,
        sub.surface_end,
        common.fence_contains_path,
        common.endurance,
        sub.current,
        sub.position_source,
        common.base,
    ),
}


def check_mission(mission: Mission, context: CheckContext) -> tuple[Check, ...]:
    """Return all findings; INFO means judged and found good, ERROR forbids flight.

    Args:
        mission: with its predicted path (``mission.path``).
        context: vehicle, wind or current, coast, wanted standoff.
    """
    if mission.vehicle_kind is not context.profile.kind:
        text = f"the mission is for a {mission.vehicle_kind.value}"
        return (error("vehicle", f"{text}, {context.profile.name} is none"),)
    subject = subject_of(mission, context)
    return tuple(finding for judge in _CHECKS[mission.vehicle_kind] for finding in judge(subject))
