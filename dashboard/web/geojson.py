"""Records to GeoJSON (RFC 7946) as the map and the API show them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from umimori.geodesy import LonLat
from umimori.records import (
    AisTrack,
    Anomaly,
    Detection,
    Finding,
    Match,
    Mission,
    Scene,
    TelemetrySample,
)
from umimori.records.codec import to_plain

Feature = dict[str, Any]
FeatureCollection = dict[str, Any]
LON_STEP_LIMIT_DEG = 180.0
"""A longitude step above this in a line means that it runs over the antimeridian."""


def collection(features: Iterable[Feature], **members: object) -> FeatureCollection:
    """Return a FeatureCollection with foreign members."""
    return {"type": "FeatureCollection", "features": list(features), **members}


def point(position: LonLat | None) -> dict[str, Any] | None:
    """Return a Point, or null geometry for an unknown place."""
    return None if position is None else {"type": "Point", "coordinates": list(position.xy)}


def unwrapped(coordinates: Sequence[tuple[float, float]]) -> list[list[float]]:
    """Return a line whose longitudes do not jump, so that a map draws it in one piece."""
    out: list[list[float]] = []
    offset = 0.0
    for lon, lat in coordinates:
        if out:
            step = lon + offset - out[-1][0]
            if step > LON_STEP_LIMIT_DEG:
                offset -= 360.0
            elif step < -LON_STEP_LIMIT_DEG:
                offset += 360.0
        out.append([lon + offset, lat])
    return out


def line(coordinates: Sequence[tuple[float, float]]) -> dict[str, Any] | None:
    """Return a LineString; fewer than two points have no geometry."""
    if len(coordinates) < 2:
        return None
    return {"type": "LineString", "coordinates": unwrapped(coordinates)}


def ring(corners: Sequence[LonLat]) -> dict[str, Any] | None:
    """Return a Polygon of an open ring."""
    if len(corners) < 3:
        return None
    closed = unwrapped([c.xy for c in (*corners, corners[0])])
    return {"type": "Polygon", "coordinates": [closed]}


def feature(geometry: dict[str, Any] | None, properties: dict[str, Any], id_: str) -> Feature:
    """Return a Feature."""
    return {"type": "Feature", "id": id_, "geometry": geometry, "properties": properties}


def detection_feature(detection: Detection, state: str | None = None) -> Feature:
    """Return a detection with the property names of the exchange files, and its match state."""
    properties = to_plain(detection)
    position = properties.pop("position")
    properties["class"] = properties.pop("vessel_class")
    properties["lon"], properties["lat"] = position if position else (None, None)
    properties["state"] = state
    return feature(point(detection.position), properties, detection.id)


def scene_feature(scene: Scene) -> Feature:
    """Return a scene by its footprint; the path on this machine is not told."""
    properties = to_plain(scene)
    for name in ("footprint", "path"):
        properties.pop(name)
    return feature(ring(scene.footprint), properties, scene.id)


def track_feature(track: AisTrack) -> Feature:
    """Return a track as a line (one point as a Point) with its last state."""
    properties = to_plain(track)
    points = properties.pop("points")
    last = track.points[-1] if track.points else None
    properties["points"] = len(points)
    properties["first_utc"] = points[0]["time_utc"] if points else None
    properties["last_utc"] = points[-1]["time_utc"] if points else None
    properties["last_sog_mps"] = last.sog_mps if last else None
    properties["last_cog_deg"] = last.cog_deg if last else None
    coordinates = [p.position.xy for p in track.points]
    geometry = line(coordinates) or (point(last.position) if last else None)
    return feature(geometry, properties, track.id)


def match_feature(match: Match, detection: Detection | None) -> Feature:
    """Return a match as the line from where AIS predicts the ship to where the radar saw it."""
    properties = to_plain(match)
    properties.pop("position")
    properties.pop("predicted")
    ends = [p.xy for p in (match.predicted, detection.position if detection else None) if p]
    geometry = line(ends) or point(match.position or match.predicted)
    return feature(geometry, properties, match.id)


def anomaly_feature(anomaly: Anomaly, verdict: str | None) -> Feature:
    """Return an anomaly with its reasons and the last verdict on it."""
    properties = to_plain(anomaly)
    properties.pop("position")
    properties["verdict"] = verdict
    return feature(point(anomaly.position), properties, anomaly.id)


def mission_feature(mission: Mission) -> Feature:
    """Return a mission by the path that will be flown."""
    properties = {
        name: value
        for name, value in to_plain(mission).items()
        if name not in {"path", "items", "fence", "safety_parameters", "home"}
    }
    properties["items"] = len(mission.items)
    properties["errors"] = len(mission.errors)
    path = [(lon, lat) for lon, lat, _ in mission.path]
    return feature(line(path), properties, mission.id)


def fence_feature(mission: Mission) -> Feature | None:
    """Return the inclusion fence of a mission, if it has one."""
    if mission.fence is None:
        return None
    return feature(ring(mission.fence.inclusion), {"mission_id": mission.id}, f"{mission.id}:fence")


def finding_feature(finding: Finding) -> Feature:
    """Return what a flight saw, or did not see, and where."""
    properties = to_plain(finding)
    properties.pop("position")
    return feature(point(finding.position), properties, finding.id)


def telemetry_feature(flight_id: str, samples: Sequence[TelemetrySample]) -> Feature:
    """Return the flown line of a flight."""
    path = line([s.position.xy for s in samples])
    simulated = any(s.simulated for s in samples)
    return feature(path, {"flight_id": flight_id, "simulated": simulated}, flight_id)


def vehicle_feature(vehicle_id: str, sample: TelemetrySample) -> Feature:
    """Return where a vehicle is, as of its last sample."""
    properties = to_plain(sample)
    properties.pop("position")
    properties["vehicle_id"] = vehicle_id
    return feature(point(sample.position), properties, vehicle_id)
