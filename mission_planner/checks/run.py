"""All checks of a mission, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Callable

from mission_planner.checks import any_vehicle, plane, sub
from mission_planner.checks.context import CheckContext, Subject, error, subject_of
from umimori.records.mission import Check, Mission
from umimori.records.vehicle import VehicleKind

Judge = Callable[[Subject], list[Check]]

_CHECKS: dict[VehicleKind, tuple[Judge, ...]] = {
    VehicleKind.PLANE: (
        any_vehicle.items_known,
        any_vehicle.item_count,
        plane.first_item_takeoff,
        plane.altitude_band,
        plane.leg_length,
        plane.turn_feasible,
        plane.landing,
        any_vehicle.fence_contains_path,
        any_vehicle.rally_in_fence,
        any_vehicle.endurance,
        any_vehicle.coast,
        plane.base_on_land,
        plane.failsafe_path,
        any_vehicle.base,
    ),
    VehicleKind.SUB: (
        any_vehicle.items_known,
        any_vehicle.item_count,
        sub.depth,
        sub.surface_end,
        any_vehicle.fence_contains_path,
        any_vehicle.endurance,
        sub.current,
        sub.coast,
        sub.position_source,
        any_vehicle.base,
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
