"""From a task (what an officer wants looked at) to its missions."""

from __future__ import annotations

from dataclasses import replace

from mission_planner.area import Area, area_of_positions
from mission_planner.options import PlanOptions
from mission_planner.patterns import Pattern
from mission_planner.ports import CoastSource
from mission_planner.service import (
    Inspection,
    PlanResult,
    plan_area,
    plan_coast,
    plan_inspect,
    plan_island,
    plan_search,
    search_area,
)
from umimori.errors import EnvironmentMissingError, UsageError
from umimori.records.task import Task, TaskKind

TARGET_RADIUS_M = 2000.0
"""Half side of the search square round a target's position when the task names no area."""

POINT_STRUCTURE_M = 5.0
"""Radius of what stands at a single underwater position, in lack of an outline."""


def plan_task(
    task: Task,
    options: PlanOptions,
    coast: CoastSource | None,
    inspection: Inspection | None = None,
) -> PlanResult:
    """Return the missions that answer a task; they carry its id, name and simulated mark.

    Raises:
        UsageError: the profile is of the other kind of vehicle.
        EnvironmentMissingError: a coast or island patrol without a coast.
    """
    if task.vehicle_kind is not options.profile.kind:
        raise UsageError(
            f"the task needs a {task.vehicle_kind.value}; {options.profile.name} is a "
            f"{options.profile.kind.value}.",
            remedy="Choose a vehicle of the task's kind.",
        )
    wish = replace(
        options,
        task_id=task.id,
        name=options.name or task.name,
        simulated=options.simulated or task.simulated,
    )
    if task.kind is TaskKind.UNDERWATER_INSPECTION:
        return plan_inspect(_structure(task), wish, coast, inspection or Inspection())
    if task.kind is TaskKind.TARGET_SEARCH and len(task.area) == 1:
        datum = search_area(task.area[0], TARGET_RADIUS_M)
        return plan_search(datum, wish, coast, Pattern.SQUARE)
    area = area_of_positions(task.area, closed=True)
    if task.kind is TaskKind.AREA_SEARCH:
        return plan_area(area, wish, coast)
    if task.kind is TaskKind.TARGET_SEARCH:
        return plan_search(area, wish, coast)
    if coast is None:
        raise EnvironmentMissingError(
            "a patrol along a coast needs a coast.",
            remedy="Run make setup, or import one with: umimori coast import FILE",
        )
    patrol = plan_island if task.kind is TaskKind.ISLAND_PATROL else plan_coast
    return patrol(area, wish, coast)


def _structure(task: Task) -> Area:
    """Return what a task wants inspected: its ring, its line, or a small disc at its position."""
    area = area_of_positions(task.area, closed=True)
    if area.shape.geom_type != "Point":
        return area
    disc = area.shape.buffer(POINT_STRUCTURE_M)
    ring = [area.frame.lonlat(x, y) for x, y in disc.exterior.coords[:-1]]
    return area_of_positions(ring, closed=True)
