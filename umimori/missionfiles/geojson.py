"""A mission as GeoJSON (RFC 7946), for maps: path, items, fence and rally points. Written only."""

from __future__ import annotations

import json
from typing import Any

from umimori.geodesy import LonLat
from umimori.missionfiles.commands import command_name
from umimori.records.mission import Mission


def mission_features(mission: Mission) -> dict[str, Any]:
    """Return a FeatureCollection; every feature says its ``role`` and the mission's id."""
    common = {"mission_id": mission.id, "simulated": mission.simulated}
    path = [list(point) for point in mission.path]
    features = [
        _feature(
            "LineString",
            path,
            {
                **common,
                "role": "path",
                "name": mission.name,
                "kind": mission.kind.value,
                "vehicle": mission.vehicle,
                "length_m": mission.length_m,
                "duration_s": mission.duration_s,
            },
        )
    ]
    features += [
        _feature(
            "Point",
            [*item.position.xy, item.alt_m],
            {
                **common,
                "role": "item",
                "seq": item.seq,
                "command": command_name(item.command),
                "alt_rel_m": item.alt_m,
            },
        )
        for item in mission.items
        if item.position is not None
    ]
    if mission.fence is not None:
        rings = [("fence", mission.fence.inclusion)]
        rings += [("fence_exclusion", ring) for ring in mission.fence.exclusions]
        features += [
            _feature("Polygon", [_closed(ring)], {**common, "role": role}) for role, ring in rings
        ]
    features += [
        _feature("Point", [*point.xy, mission.rally_alt_m], {**common, "role": "rally"})
        for point in mission.rally
    ]
    features.append(_feature("Point", list(mission.home.xy), {**common, "role": "home"}))
    return {"type": "FeatureCollection", "features": features}


def write_geojson(mission: Mission) -> bytes:
    """Return the GeoJSON file of a mission, UTF-8."""
    text = json.dumps(mission_features(mission), ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def _feature(kind: str, coordinates: object, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _closed(ring: tuple[LonLat, ...]) -> list[list[float]]:
    points = [list(point.xy) for point in ring]
    return [*points, points[0]]
