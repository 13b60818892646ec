"""The truth of a scene as GeoJSON (RFC 7946), positions at the time each thing was sensed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from imagery.simulation.placement import TruthItem
from imagery.simulation.scenario import Scenario
from umimori.geodesy import LonLat

ShoreDistance = Callable[[Sequence[LonLat]], list[float | None]]


def phantom_items(scenario: Scenario) -> list[TruthItem]:
    """Return the AIS positions without a ship."""
    return [
        TruthItem(
            item_id=phantom.phantom_id,
            kind="phantom",
            time_utc=scenario.time_utc,
            position=phantom.motion.position(0.0),
            imaged=None,
            line=None,
            sample=None,
            length_m=phantom.length_m,
            width_m=phantom.width_m,
            course_deg=phantom.motion.course_deg(0.0),
            speed_mps=phantom.motion.speed_mps(0.0),
            mmsi=phantom.mmsi,
            name=phantom.name,
            role="false report",
        )
        for phantom in scenario.phantoms
    ]


def truth_document(
    scenario: Scenario, items: Iterable[TruthItem], shore_distance: ShoreDistance
) -> dict[str, object]:
    """Return the GeoJSON document; geometry is the true position, ``imaged_*`` where it appears."""
    listed = list(items)
    distances = shore_distance([item.position for item in listed])
    return {
        "type": "FeatureCollection",
        "umimori": {
            "simulated": True,
            "scenario": scenario.name,
            "seed": scenario.seed,
            "scene_time_utc": scenario.time_utc.isoformat(),
            "coast_error_m": scenario.coast_error_m,
        },
        "features": [
            _feature(item, distance) for item, distance in zip(listed, distances, strict=True)
        ],
    }


def _feature(item: TruthItem, distance_m: float | None) -> dict[str, object]:
    def rounded(value: float | None, digits: int) -> float | None:
        return None if value is None else round(value, digits)

    return {
        "type": "Feature",
        "id": item.item_id,
        "geometry": {
            "type": "Point",
            "coordinates": [round(item.position.lon_deg, 7), round(item.position.lat_deg, 7)],
        },
        "properties": {
            "id": item.item_id,
            "kind": item.kind,
            "role": item.role,
            "time_utc": item.time_utc.isoformat(),
            "imaged_lon": None if item.imaged is None else round(item.imaged.lon_deg, 7),
            "imaged_lat": None if item.imaged is None else round(item.imaged.lat_deg, 7),
            "line": rounded(item.line, 2),
            "sample": rounded(item.sample, 2),
            "length_m": item.length_m,
            "width_m": rounded(item.width_m, 1),
            "heading_deg": rounded(item.heading_deg, 1),
            "course_deg": rounded(item.course_deg, 1),
            "speed_mps": rounded(item.speed_mps, 2),
            "dark": item.dark,
            "late": item.late,
            "mmsi": item.mmsi,
            "name": item.name,
            "charted": item.charted,
            "source_id": item.source_id,
            "vv_m2": rounded(item.vv_m2, 1),
            "distance_to_shore_m": rounded(distance_m, 0),
            "simulated": True,
        },
    }


def charted_document(scenario: Scenario) -> dict[str, object]:
    """Return the fixed objects that a chart knows, as GeoJSON points."""
    return {
        "type": "FeatureCollection",
        "umimori": {"simulated": True, "scenario": scenario.name, "seed": scenario.seed},
        "features": [
            {
                "type": "Feature",
                "id": item.object_id,
                "geometry": {"type": "Point", "coordinates": list(item.position.xy)},
                "properties": {
                    "id": item.object_id,
                    "name": item.label,
                    "size_m": item.size_m,
                    "simulated": True,
                },
            }
            for item in scenario.fixed
            if item.charted
        ],
    }
