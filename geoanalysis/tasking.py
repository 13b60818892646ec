"""Top anomalies to tasks for aircraft and underwater vehicles. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from geoanalysis.search_area import SHIP_SPEED_MPS, disc, search_area
from geoanalysis.version import ALGORITHM_VERSION
from umimori.geodesy import LonLat, bearing_deg, distance_m, forward
from umimori.ids import derived_id
from umimori.records import Anomaly, AnomalyKind, Port, Task, TaskKind, VehicleKind

POINT_SEARCH_M = 1_500.0
"""Up to that radius a search starts at one point; beyond it an area is swept."""
MAX_AREA_RADIUS_M = 5_000.0
"""What one aircraft sweeps in one sortie; the rest of the reachable disc is left and said so."""
DEFAULT_ERROR_M = 100.0
INSPECTION_RADIUS_M = 120.0
PORT_REACH_M = 8_000.0
STEP_M = 100.0
AIRBORNE_KINDS = frozenset({AnomalyKind.DARK_VESSEL, AnomalyKind.RENDEZVOUS, AnomalyKind.AIS_GAP})


def tasks_from_anomalies(
    anomalies: Iterable[Anomaly],
    ports: Sequence[Port],
    *,
    now_utc: datetime,
    max_searches: int = 3,
    max_inspections: int = 1,
    is_clear: Callable[[LonLat], bool] | None = None,
) -> list[Task]:
    """Return tasks for the most risky anomalies.

    Args:
        anomalies: any order; each position gets one task at most.
        ports: closed ports give the places of underwater inspections.
        now_utc: world time; the search areas have grown until then.
        max_searches: number of tasks for aircraft.
        max_inspections: number of tasks for underwater vehicles.
        is_clear: tells water that is safe to inspect; without it the nearest step off the port
            is taken.
    """
    ranked = sorted(anomalies, key=lambda a: (-a.risk, a.id))
    searches = _distinct([a for a in ranked if a.kind in AIRBORNE_KINDS])[:max_searches]
    tasks = [_search_task(anomaly, now_utc) for anomaly in searches]
    off_port = [
        (anomaly, port) for anomaly in ranked if (port := _closed_port(anomaly, ports)) is not None
    ]
    seen: set[str] = set()
    for anomaly, port in off_port:
        if port.id not in seen and len(seen) < max_inspections:
            seen.add(port.id)
            tasks.append(_inspection_task(anomaly, port, now_utc, is_clear))
    return tasks


def _search_task(anomaly: Anomaly, now_utc: datetime) -> Task:
    area = search_area(
        anomaly.position,
        anomaly.position_error_m or DEFAULT_ERROR_M,
        (now_utc - anomaly.time_utc).total_seconds(),
        max_speed_mps=SHIP_SPEED_MPS,
        max_radius_m=MAX_AREA_RADIUS_M,
    )
    point = area.radius_m <= POINT_SEARCH_M
    kind = TaskKind.TARGET_SEARCH if point else TaskKind.AREA_SEARCH
    return Task(
        id=derived_id("task", kind.value, anomaly.id, ALGORITHM_VERSION),
        kind=kind,
        vehicle_kind=VehicleKind.PLANE,
        name=f"{anomaly.kind.value.replace('_', ' ')} {_place(anomaly.position)}",
        area=(area.centre,) if point else area.ring,
        anomaly_ids=(anomaly.id,),
        priority=anomaly.risk,
        created_utc=now_utc,
        simulated=anomaly.simulated,
    )


def _inspection_task(
    anomaly: Anomaly,
    port: Port,
    now_utc: datetime,
    is_clear: Callable[[LonLat], bool] | None,
) -> Task:
    centre = _water_off(port.position, anomaly.position, is_clear)
    return Task(
        id=derived_id("task", "inspection", port.id, anomaly.id, ALGORITHM_VERSION),
        kind=TaskKind.UNDERWATER_INSPECTION,
        vehicle_kind=VehicleKind.SUB,
        name=f"inspection off {port.name}",
        area=disc(centre, INSPECTION_RADIUS_M, corners=8),
        anomaly_ids=(anomaly.id,),
        priority=anomaly.risk,
        created_utc=now_utc,
        simulated=anomaly.simulated,
    )


def _water_off(port: LonLat, toward: LonLat, is_clear: Callable[[LonLat], bool] | None) -> LonLat:
    """Return the first clear place on the way from the port to the anomaly."""
    way_m = distance_m(port, toward)
    course = bearing_deg(port, toward)
    if is_clear is None:
        return forward(port, course, min(STEP_M * 3.0, way_m))
    steps = int(way_m // STEP_M)
    for k in range(1, steps + 1):
        place = forward(port, course, k * STEP_M)
        if is_clear(place):
            return place
    return toward


def _closed_port(anomaly: Anomaly, ports: Sequence[Port]) -> Port | None:
    closed = [port for port in ports if port.open_port is False]
    if not closed:
        return None
    nearest = min(closed, key=lambda port: (distance_m(port.position, anomaly.position), port.id))
    near = distance_m(nearest.position, anomaly.position) <= PORT_REACH_M
    return nearest if near else None


def _distinct(anomalies: Sequence[Anomaly]) -> list[Anomaly]:
    """Return the anomalies without those that another one's search would cover anyway."""
    kept: list[Anomaly] = []
    for anomaly in anomalies:
        if all(distance_m(anomaly.position, other.position) > POINT_SEARCH_M for other in kept):
            kept.append(anomaly)
    return kept


def _place(position: LonLat) -> str:
    return f"{position.lat_deg:.3f} {position.lon_deg:.3f}"
