"""The picture: scenes, detections, tracks, matches, ports, coast. Read-only GeoJSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import shapely
from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response
from shapely.geometry import Polygon, mapping

from dashboard.web.context import AppContext, Context, CurrentUser
from dashboard.web.errors import ERROR_RESPONSES
from dashboard.web.geojson import (
    Feature,
    collection,
    detection_feature,
    feature,
    match_feature,
    point,
    scene_feature,
    track_feature,
)
from dashboard.web.query import (
    DEFAULT_LIMIT,
    GEOJSON_RESPONSE,
    BBoxText,
    GeoJSONResponse,
    Limit,
    OptionalId,
    RecordId,
    given,
    optional_bbox,
)
from geoanalysis.adapters.packaged_ports import packaged_ports
from umimori.errors import UnknownRecordError, UsageError
from umimori.geodesy import BBox
from umimori.records import AisTrack, Detection, DetectionRun, Match, Port, Scene

router = APIRouter(tags=["picture"], responses=ERROR_RESPONSES)
MAX_COAST_BOX_DEG = 40.0
"""Larger boxes would send the coast of half the world to the browser at once."""
FULL_COAST_BOX_DEG = 2.0
"""Smaller boxes are sent as they are; larger ones as fine as a screen of that size shows."""
SCREEN_PX = 2000.0


@router.get("/scenes", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse)
def list_scenes(context: Context, _: CurrentUser, limit: Limit = DEFAULT_LIMIT) -> Response:
    """Return the scenes, newest first."""
    scenes = context.store.list(Scene, limit=limit, newest_first=True)
    return GeoJSONResponse(collection(scene_feature(s) for s in scenes))


@router.get("/detections", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse)
def list_detections(
    context: Context,
    _: CurrentUser,
    scene_id: OptionalId = None,
    run_id: OptionalId = None,
    bbox: BBoxText = None,
    min_score: Annotated[float, Query(ge=0.0, le=1.0)] = 0.0,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """Return detections; without ``run_id`` those of the newest run of every scene."""
    store = context.store
    runs = {run_id} if run_id else _newest_runs(context)
    box = optional_bbox(bbox)
    found = [
        d
        for run in runs
        for d in store.list(
            Detection, run_id=run, bbox=box, limit=limit, **given(scene_id=scene_id)
        )
        if d.score >= min_score
    ][:limit]
    states = _states(context, found)
    return GeoJSONResponse(collection(detection_feature(d, states.get(d.id)) for d in found))


@router.get(
    "/detections/{detection_id}/chip",
    response_class=FileResponse,
    responses={200: {"content": {"image/png": {}}, "description": "The chip"}},
)
def detection_chip(context: Context, _: CurrentUser, detection_id: RecordId) -> Response:
    """Return the image chip of a detection."""
    detection = context.store.get(Detection, detection_id)
    if detection.chip_sha256 is None:
        raise UnknownRecordError("this detection has no chip.", remedy="Detect the scene again.")
    return FileResponse(context.store.blobs.path(detection.chip_sha256), media_type="image/png")


@router.get("/tracks", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse)
def list_tracks(
    context: Context,
    _: CurrentUser,
    mmsi: Annotated[int | None, Query(ge=0, le=999_999_999)] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """Return AIS tracks."""
    tracks = context.store.list(AisTrack, limit=limit, **given(mmsi=mmsi))
    return GeoJSONResponse(collection(track_feature(t) for t in tracks))


@router.get("/matches", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse)
def list_matches(
    context: Context, _: CurrentUser, scene_id: OptionalId = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """Return the outcome of the association: matched, dark, absent, not a vessel, unknown."""
    matches = context.store.list(Match, limit=limit, **given(scene_id=scene_id))
    detections = {
        m.detection_id: context.store.find(Detection, m.detection_id)
        for m in matches
        if m.detection_id
    }
    return GeoJSONResponse(
        collection(
            match_feature(m, detections.get(m.detection_id) if m.detection_id else None)
            for m in matches
        )
    )


@router.get("/ports", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse)
def list_ports(
    context: Context, _: CurrentUser, bbox: BBoxText = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """Return imported ports and the packaged table of closed ports."""
    box = optional_bbox(bbox)
    ports = [p for p in known_ports(context, limit) if box is None or box.contains(p.position)]
    return GeoJSONResponse(collection(_port_feature(p) for p in ports[:limit]))


@router.get("/coast", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse)
def coast(context: Context, _: CurrentUser, bbox: BBoxText = None) -> Response:
    """Return land polygons in a box, with the error that the coast carries."""
    box = optional_bbox(bbox)
    if box is None or _span_deg(box) > MAX_COAST_BOX_DEG:
        raise UsageError(
            "the coast is served in boxes.",
            remedy=f"Give bbox=west,south,east,north of at most {MAX_COAST_BOX_DEG:g} degrees.",
        )
    land = context.coast()
    polygons = _for_screen(land.polygons_in(box), box)
    features = [
        feature(mapping(polygon), {"simulated": False}, f"land-{number}")
        for number, polygon in enumerate(polygons)
    ]
    extra = {"credit": land.credit, "coast_error_m": land.coast_error_m, "name": land.name}
    return GeoJSONResponse(collection(features, **extra))


def known_ports(context: AppContext, limit: int) -> list[Port]:
    """Return what the rules know: the packaged table, then imported ports."""
    return [*packaged_ports(), *context.store.list(Port, limit=limit)]


def _span_deg(box: BBox) -> float:
    return max((box.east_deg - box.west_deg) % 360.0, box.north_deg - box.south_deg)


def _for_screen(polygons: Sequence[Polygon], box: BBox) -> list[Polygon]:
    """Return land as fine as a screen shows it: islands under a pixel are left out."""
    span = _span_deg(box)
    if span <= FULL_COAST_BOX_DEG or not polygons:
        return list(polygons)
    pixel_deg = span / SCREEN_PX
    large = [p for p in polygons if p.area > pixel_deg**2]
    return [p for p in shapely.simplify(large, pixel_deg) if not p.is_empty]


def _port_feature(port: Port) -> Feature:
    properties = {
        "name": port.name,
        "country": port.country,
        "open_port": port.open_port,
        "source": port.source,
    }
    return feature(point(port.position), properties, port.id)


def _newest_runs(context: Context) -> list[str]:
    newest: dict[str, str] = {}
    for run in context.store.list(DetectionRun):
        newest[run.scene_id] = run.id
    return list(newest.values())


def _states(context: Context, detections: list[Detection]) -> dict[str, str]:
    scenes = {d.scene_id for d in detections}
    matches = [m for scene in scenes for m in context.store.list(Match, scene_id=scene)]
    return {m.detection_id: m.state.value for m in matches if m.detection_id}
