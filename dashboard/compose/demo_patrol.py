"""The demo's two missions: round Oshima by air, and off a closed port under water."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from shapely.geometry import Polygon, box

from flight.service import Options, fly
from geoanalysis.adapters.packaged_ports import packaged_ports
from geoanalysis.tasking import tasks_from_anomalies
from mission_planner.adapters.profiles import load_profiles, profile_named
from mission_planner.area import area_of
from mission_planner.options import PlanOptions
from mission_planner.service import Inspection, PlanResult, plan_inspect, plan_island, save
from sitl.place import StartPlace
from sitl.ports import VehicleProcess
from sitl.service import Wanted, start_vehicle
from umimori.clocks import WallClock, WorldClock
from umimori.coast import Coast
from umimori.errors import RefusedError
from umimori.geodesy import LonLat, bearing_deg, distance_m
from umimori.models.wind import Wind
from umimori.records import Anomaly, Flight, FlightState, Mission, Task, TaskKind, VehicleKind
from umimori.settings import load_settings
from umimori.store import Store

OSHIMA_AIRPORT = LonLat(139.3603, 34.7820)
"""AIP Japan, RJTO aerodrome reference point, rounded."""
OSHIMA_AIRPORT_AMSL_M = 38.0
"""AIP Japan, RJTO: 130 ft."""
OSHIMA_BOX = (139.30, 34.65, 139.48, 34.82)
WIND = Wind(6.0, 225.0)
"""The wind of the simulated scene."""
STANDOFF_M = 1000.0
ALTITUDE_M = 120.0
"""Under the 150 m above which Japan's Civil Aeronautics Act asks for permission."""
VIA_REACH_M = 15_000.0
"""Anomalies this near the island's middle are flown over by the patrol."""
OSHIMA_MIDDLE = LonLat(139.39, 34.735)
RUNWAY_M = 50.0
PLANE_SPEEDUP = 150.0
SUB_SPEEDUP = 100.0
ARDUPILOT_SPEEDUP = 8.0
"""Real ArduPilot keeps up to about ten times real time on two cores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightSummary:
    """What the demo tells of a flight."""

    kind: str
    engine: str
    completed: bool
    uploaded_verified: bool
    xtrack_p95_m: float | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patrol:
    """One mission and its flight."""

    mission: Mission
    flight: Flight

    def summary(self) -> FlightSummary:
        """Return what the demo tells."""
        return FlightSummary(
            kind=self.mission.vehicle_kind.value,
            engine=self.flight.engine,
            completed=self.flight.state is FlightState.COMPLETED,
            uploaded_verified=self.flight.uploaded_verified,
            xtrack_p95_m=self.flight.xtrack_p95_m,
            note=self.flight.note,
        )


def plan_missions(
    anomalies: Sequence[Anomaly], coast: Coast, store: Store, actor: str, clock: WallClock
) -> list[Mission]:
    """Turn the top anomalies into tasks and the tasks into one patrol and one inspection."""
    now = max(a.time_utc for a in anomalies) if anomalies else clock.now_utc()
    tasks = tasks_from_anomalies(
        anomalies,
        packaged_ports(),
        now_utc=now,
        is_clear=lambda place: not coast.contains([place.lon_deg], [place.lat_deg])[0],
    )
    with store.write(actor=actor, clock=clock) as tx:
        tx.put_many(tasks)
        for task in tasks:
            tx.log(act="task", subject=task, detail={"kind": task.kind.value})
    patrol = _plan_patrol(tasks, coast)
    inspection = _plan_inspection(tasks, coast)
    for plan in (patrol, inspection):
        save(plan, store, actor=actor, clock=clock)
    return [patrol.missions[0], inspection.missions[0]]


def _plan_patrol(tasks: Sequence[Task], coast: Coast) -> PlanResult:
    searches = [t for t in tasks if t.vehicle_kind is VehicleKind.PLANE]
    near = [t for t in searches if distance_m(_middle(t), OSHIMA_MIDDLE) <= VIA_REACH_M]
    options = PlanOptions(
        profile=profile_named(None, VehicleKind.PLANE, load_profiles()),
        base=OSHIMA_AIRPORT,
        base_elevation_m=OSHIMA_AIRPORT_AMSL_M,
        alt_m=ALTITUDE_M,
        standoff_m=STANDOFF_M,
        wind=WIND,
        via=tuple(_middle(t) for t in near),
        name="Patrol round Oshima",
        task_id=near[0].id if near else None,
        simulated=True,
    )
    return _flyable(plan_island(area_of(box(*OSHIMA_BOX), is_box=True), options, coast))


def _plan_inspection(tasks: Sequence[Task], coast: Coast) -> PlanResult:
    task = next((t for t in tasks if t.kind is TaskKind.UNDERWATER_INSPECTION), None)
    if task is None:
        raise RefusedError(
            "no anomaly near a closed port calls for an inspection.", remedy="Try another --seed."
        )
    options = PlanOptions(
        profile=profile_named(None, VehicleKind.SUB, load_profiles()),
        name=task.name[:1].upper() + task.name[1:],
        task_id=task.id,
        simulated=True,
    )
    structure = area_of(Polygon([corner.xy for corner in task.area]))
    return _flyable(plan_inspect(structure, options, coast, Inspection()))


def _flyable(plan: PlanResult) -> PlanResult:
    for mission in plan.missions:
        if mission.errors:
            first = mission.errors[0]
            raise RefusedError(
                f"the demo's mission {mission.name!r} has an error: {first.message}",
                remedy="Try another --seed.",
            )
    return plan


def _middle(task: Task) -> LonLat:
    if len(task.area) == 1:
        return task.area[0]
    centre = area_of(Polygon([corner.xy for corner in task.area]))
    return centre.frame.lonlat(*centre.shape.centroid.coords[0])


def fly_missions(
    missions: Sequence[Mission],
    store: Store,
    engine: str,
    actor: str,
    clock: WallClock,
    world: WorldClock,
    progress: Callable[[str, str], None],
) -> list[Patrol]:
    """Fly all missions side by side, each on a simulated vehicle of its own."""

    def one(mission: Mission, vehicle: VehicleProcess) -> Patrol:
        rate = _speedup(mission.vehicle_kind, engine)
        options = Options(user=actor, world=replace(world, rate=rate))
        report = fly(mission, vehicle.link, store=store, clock=clock, options=options)
        progress("fly", f"{mission.name}: {report.flight.state.value} ({vehicle.engine})")
        return Patrol(mission=mission, flight=report.flight)

    with ExitStack() as running:
        vehicles = []  # one after the other: each takes the next free ports
        for mission in missions:
            vehicle = start_vehicle(_wanted(mission, engine, store.data_dir))
            running.callback(vehicle.stop)
            vehicles.append(vehicle)
        with ThreadPoolExecutor(max_workers=len(missions)) as pool:
            return list(pool.map(one, missions, vehicles))


def _wanted(mission: Mission, engine: str, data_dir: Path) -> Wanted:
    return Wanted(
        kind=mission.vehicle_kind,
        engine=engine,
        place=_start(mission),
        speedup=_speedup(mission.vehicle_kind, engine),
        data_dir=data_dir,
        sitl_dir=load_settings(data_dir).ardupilot_sitl_dir,
    )


def _start(mission: Mission) -> StartPlace:
    """Return the home, headed along the predicted take-off."""
    places = [LonLat(lon, lat) for lon, lat, _ in mission.path]
    ahead = next((p for p in places if distance_m(p, mission.home) > RUNWAY_M), mission.home)
    return StartPlace(
        position=mission.home,
        alt_amsl_m=mission.home_alt_amsl_m,
        heading_deg=bearing_deg(mission.home, ahead),
    )


def _speedup(kind: VehicleKind, engine: str) -> float:
    if engine == "ardupilot":
        return ARDUPILOT_SPEEDUP
    return PLANE_SPEEDUP if kind is VehicleKind.PLANE else SUB_SPEEDUP
