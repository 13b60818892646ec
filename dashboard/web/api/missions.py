"""Missions: what would be flown, what the checks say, and the file to take along."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from dashboard.web.context import Context, CurrentUser
from dashboard.web.errors import ERROR_RESPONSES
from dashboard.web.geojson import collection, fence_feature, mission_feature
from dashboard.web.query import (
    DEFAULT_LIMIT,
    GEOJSON_RESPONSE,
    GeoJSONResponse,
    Limit,
    RecordId,
)
from umimori.missionfiles.plan import write_plan
from umimori.records import Mission
from umimori.records.codec import to_plain

router = APIRouter(tags=["missions"], responses=ERROR_RESPONSES)


@router.get("/missions", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse)
def list_missions(context: Context, _: CurrentUser, limit: Limit = DEFAULT_LIMIT) -> Response:
    """Return missions by the paths that would be flown, newest first."""
    missions = context.store.list(Mission, limit=limit, newest_first=True)
    return GeoJSONResponse(collection(mission_feature(m) for m in missions))


@router.get("/missions/fences", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse)
def list_fences(context: Context, _: CurrentUser, limit: Limit = DEFAULT_LIMIT) -> Response:
    """Return the inclusion fences of the missions."""
    missions = context.store.list(Mission, limit=limit, newest_first=True)
    fences = [fence_feature(m) for m in missions]
    return GeoJSONResponse(collection(f for f in fences if f is not None))


@router.get("/missions/{mission_id}")
def get_mission(context: Context, _: CurrentUser, mission_id: RecordId) -> dict[str, Any]:
    """Return one mission, whole."""
    plain: dict[str, Any] = to_plain(context.store.get(Mission, mission_id))
    return plain


@router.get(
    "/missions/{mission_id}/plan",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}, "description": "QGroundControl plan"}},
)
def mission_plan(context: Context, _: CurrentUser, mission_id: RecordId) -> Response:
    """Return the mission as a QGroundControl ``.plan`` file."""
    mission = context.store.get(Mission, mission_id)
    headers = {"content-disposition": f'attachment; filename="{mission.id}.plan"'}
    return Response(write_plan(mission), media_type="application/json", headers=headers)
