"""Findings: what a flight saw, or looked for and did not see. A short form for crews."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from dashboard.web.api.anomalies import MAX_NOTE_LENGTH
from dashboard.web.context import Context, CurrentUser, Pilot
from dashboard.web.errors import ERROR_RESPONSES
from dashboard.web.geojson import collection, finding_feature
from dashboard.web.query import (
    DEFAULT_LIMIT,
    GEOJSON_RESPONSE,
    ID_PATTERN,
    GeoJSONResponse,
    Limit,
    RecordId,
)
from umimori.clocks import unix_ms
from umimori.errors import BadInputError
from umimori.geodesy import LonLat
from umimori.ids import event_id
from umimori.records import Anomaly, Finding, Flight, Mission
from umimori.records.codec import to_plain

router = APIRouter(tags=["findings"], responses=ERROR_RESPONSES)


class FindingBody(BaseModel):
    """What the crew reports; without a position the vehicle's last one is taken."""

    seen: bool
    text: str = Field(min_length=1, max_length=MAX_NOTE_LENGTH)
    anomaly_id: str | None = Field(default=None, pattern=ID_PATTERN)
    lon: float | None = Field(default=None, ge=-180.0, le=180.0)
    lat: float | None = Field(default=None, ge=-90.0, le=90.0)


@router.get("/findings", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse)
def list_findings(context: Context, _: CurrentUser, limit: Limit = DEFAULT_LIMIT) -> Response:
    """Return findings, newest first."""
    findings = context.store.list(Finding, limit=limit, newest_first=True)
    return GeoJSONResponse(collection(finding_feature(f) for f in findings))


@router.post("/flights/{flight_id}/findings", status_code=201)
def add_finding(
    context: Context, user: Pilot, flight_id: RecordId, body: FindingBody
) -> dict[str, Any]:
    """Record what a flight saw, or that it looked and saw nothing."""
    store = context.store
    flight = store.get(Flight, flight_id)
    mission = store.find(Mission, flight.mission_id)
    if body.anomaly_id is not None:
        store.get(Anomaly, body.anomaly_id)
    now = context.now()
    finding = Finding(
        id=event_id(unix_ms(now)),
        flight_id=flight.id,
        task_id=mission.task_id if mission else None,
        anomaly_id=body.anomaly_id,
        time_utc=now,
        position=_place(context, flight.id, body),
        seen=body.seen,
        text=body.text,
        simulated=flight.simulated,
    )
    with store.write(actor=f"{user.role}:{user.name}", clock=context.clock) as tx:
        tx.put(finding)
        tx.log(act="finding", subject=finding, detail={"seen": finding.seen})
    plain: dict[str, Any] = to_plain(finding)
    return plain


def _place(context: Context, flight_id: str, body: FindingBody) -> LonLat:
    if body.lon is not None and body.lat is not None:
        return LonLat(body.lon, body.lat)
    last = context.store.last_telemetry(flight_id)
    if last is None:
        raise BadInputError(
            "this flight has no telemetry, so the place is not known.", remedy="Give lon and lat."
        )
    return last.position
