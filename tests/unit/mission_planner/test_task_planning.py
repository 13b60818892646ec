"""Every kind of task becomes missions that carry its id and its simulated mark."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mission_planner.options import PlanOptions
from mission_planner.service import PlanResult, save
from mission_planner.tasking import plan_task
from umimori.clocks import FixedClock
from umimori.errors import EnvironmentMissingError, UsageError
from umimori.geodesy import LonLat
from umimori.records.mission import Mission, MissionKind
from umimori.records.task import Task, TaskKind
from umimori.records.vehicle import VehicleKind

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ISLAND = (
    LonLat(139.30, 34.65), LonLat(139.50, 34.65), LonLat(139.50, 34.83), LonLat(139.30, 34.83),
)  # fmt: skip
WEST = (
    LonLat(139.32, 34.66), LonLat(139.40, 34.66), LonLat(139.40, 34.80), LonLat(139.32, 34.80),
)  # fmt: skip
SEA = (LonLat(139.55, 34.62), LonLat(139.57, 34.62), LonLat(139.57, 34.63))
PIER = (LonLat(139.438, 34.684), LonLat(139.4395, 34.6835))


def task(kind: TaskKind, area: tuple[LonLat, ...], vehicle: VehicleKind) -> Task:
    return Task(
        id="t-1",
        kind=kind,
        vehicle_kind=vehicle,
        name="look",
        area=area,
        anomaly_ids=(),
        priority=1.0,
        created_utc=NOW,
        simulated=True,
    )


@pytest.mark.parametrize(
    ("kind", "area", "expected"),
    [
        (TaskKind.COAST_PATROL, WEST, MissionKind.COAST),
        (TaskKind.ISLAND_PATROL, ISLAND, MissionKind.ISLAND),
        (TaskKind.AREA_SEARCH, SEA, MissionKind.AREA),
        (TaskKind.TARGET_SEARCH, SEA, MissionKind.SEARCH),
        (TaskKind.TARGET_SEARCH, SEA[:1], MissionKind.SEARCH),
        (TaskKind.UNDERWATER_INSPECTION, PIER, MissionKind.INSPECT),
        (TaskKind.UNDERWATER_INSPECTION, PIER[:1], MissionKind.INSPECT),
        (TaskKind.UNDERWATER_INSPECTION, SEA, MissionKind.INSPECT),
    ],
)
def test_a_task_becomes_missions(
    kind: TaskKind,
    area: tuple[LonLat, ...],
    expected: MissionKind,
    plane_options: Callable[..., PlanOptions],
    island_coast: Any,
    sub: Any,
) -> None:
    under_water = kind is TaskKind.UNDERWATER_INSPECTION
    vehicle = VehicleKind.SUB if under_water else VehicleKind.PLANE
    options = PlanOptions(profile=sub) if under_water else plane_options()
    result = plan_task(task(kind, area, vehicle), options, island_coast)
    for mission in result.missions:
        assert mission.kind is expected
        assert mission.task_id == "t-1"
        assert mission.name.startswith("look")
        assert mission.simulated


def test_the_wrong_vehicle_and_a_missing_coast_are_refused(
    plane_options: Callable[..., PlanOptions], sub: Any
) -> None:
    wanted = task(TaskKind.ISLAND_PATROL, ISLAND, VehicleKind.PLANE)
    with pytest.raises(UsageError, match="needs a plane"):
        plan_task(wanted, PlanOptions(profile=sub), None)
    with pytest.raises(EnvironmentMissingError):
        plan_task(wanted, plane_options(), None)


def test_saving_stores_and_logs_every_sortie(
    tmp_path: Any, plane_options: Callable[..., PlanOptions], island_coast: Any
) -> None:
    from umimori.store import open_store

    wanted = task(TaskKind.ISLAND_PATROL, ISLAND, VehicleKind.PLANE)
    result: PlanResult = plan_task(wanted, plane_options(), island_coast)
    with open_store(tmp_path / "data") as store:
        save(result, store, actor="officer:sato", clock=FixedClock(NOW))
        for mission in result.missions:
            assert store.get(Mission, mission.id) == mission
        acts = [entry.act for entry in store.evidence.entries(after=0)]
    assert acts.count("plan") == len(result.missions)
