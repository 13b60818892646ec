"""Flights: live vehicles, flown lines, findings, and commands as intents."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel
from shapely.geometry import mapping

from dashboard.compose.coverage import flown_coverage
from dashboard.web.context import AppContext, Context, CurrentUser, Pilot
from dashboard.web.errors import ERROR_RESPONSES
from dashboard.web.geojson import Feature, collection, feature, telemetry_feature, vehicle_feature
from dashboard.web.query import (
    DEFAULT_LIMIT,
    GEOJSON_RESPONSE,
    GeoJSONResponse,
    Limit,
    RecordId,
)
from mission_planner.adapters.profiles import load_profiles
from umimori.clocks import unix_ms
from umimori.errors import RefusedError
from umimori.ids import event_id
from umimori.records import CommandIntent, Flight, FlightState, Mission, VehicleKind
from umimori.records.codec import to_plain

router = APIRouter(tags=["flights"], responses=ERROR_RESPONSES)
INTENT_VALID = timedelta(seconds=10)
"""design: an intent is never executed later than this."""
ENDED = frozenset({FlightState.COMPLETED, FlightState.ABORTED, FlightState.LOST})
MAX_VEHICLES = 50


class CommandBody(BaseModel):
    """What the vehicle should do; the flight agent decides and answers by an outcome."""

    command: Literal["pause", "resume", "return", "abort"]


@router.get("/flights")
def list_flights(
    context: Context, _: CurrentUser, limit: Limit = DEFAULT_LIMIT
) -> list[dict[str, Any]]:
    """Return flights, newest first."""
    flights = context.store.list(Flight, limit=limit, newest_first=True)
    return [to_plain(f) for f in flights]


@router.get("/flights/{flight_id}")
def get_flight(context: Context, _: CurrentUser, flight_id: RecordId) -> dict[str, Any]:
    """Return one flight."""
    plain: dict[str, Any] = to_plain(context.store.get(Flight, flight_id))
    return plain


@router.get(
    "/flights/{flight_id}/telemetry", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse
)
def flight_telemetry(
    context: Context,
    _: CurrentUser,
    flight_id: RecordId,
    step: Annotated[int, Query(ge=1, le=1000, description="Keep every n-th sample.")] = 1,
) -> Response:
    """Return the flown line of a flight."""
    context.store.get(Flight, flight_id)
    samples = [sample for _, sample in context.store.telemetry(flight_id)]
    kept = samples[::step]
    if samples and kept[-1] is not samples[-1]:
        kept.append(samples[-1])
    return GeoJSONResponse(collection([telemetry_feature(flight_id, kept)]))


def vehicle_features(context: AppContext) -> list[Feature]:
    """Return the last known place of each vehicle, live or ended."""
    seen: dict[str, Feature] = {}
    for flight in context.store.list(Flight, newest_first=True, limit=MAX_VEHICLES):
        if flight.vehicle_id in seen:
            continue
        sample = context.store.last_telemetry(flight.id)
        if sample is None:
            continue
        item = vehicle_feature(flight.vehicle_id, sample)
        item["properties"] |= {
            "engine": flight.engine,
            "kind": flight.vehicle_kind.value,
            "live": flight.state not in ENDED,
            "state": flight.state.value,
            "age_s": max(0.0, (context.now() - sample.wall_utc).total_seconds()),
        }
        seen[flight.vehicle_id] = item
    return list(seen.values())


@router.get("/vehicles", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse)
def list_vehicles(context: Context, _: CurrentUser) -> Response:
    """Return where each vehicle is, with the age of that knowledge."""
    return GeoJSONResponse(collection(vehicle_features(context)))


@router.get(
    "/flights/{flight_id}/coverage", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse
)
def flight_coverage(context: Context, _: CurrentUser, flight_id: RecordId) -> Response:
    """Return the area that a plane has looked at, estimated from height and camera."""
    flight = context.store.get(Flight, flight_id)
    mission = context.store.find(Mission, flight.mission_id)
    profile = load_profiles().get(mission.vehicle) if mission else None
    if profile is None or profile.kind is not VehicleKind.PLANE:
        return GeoJSONResponse(collection([]))
    samples = [sample for _, sample in context.store.telemetry(flight_id)]
    seen = flown_coverage(samples, profile.swath_half_angle_deg)
    if seen is None:
        return GeoJSONResponse(collection([]))
    properties = {"flight_id": flight_id, "estimate": True, "simulated": flight.simulated}
    return GeoJSONResponse(collection([feature(mapping(seen), properties, f"{flight_id}:seen")]))


@router.post("/flights/{flight_id}/commands", status_code=202)
def command_flight(
    context: Context, user: Pilot, flight_id: RecordId, body: CommandBody
) -> dict[str, Any]:
    """Leave a command intent for the agent that holds the vehicle's link."""
    flight = context.store.get(Flight, flight_id)
    if flight.state in ENDED:
        raise RefusedError("this flight has ended.", remedy="Command a vehicle that is flying.")
    now = context.now()
    intent = CommandIntent(
        id=event_id(unix_ms(now)),
        vehicle_id=flight.vehicle_id,
        flight_id=flight.id,
        command=body.command,
        arguments={},
        user=user.name,
        created_utc=now,
        valid_until_utc=now + INTENT_VALID,
    )
    with context.store.write(actor=f"{user.role}:{user.name}", clock=context.clock) as tx:
        tx.put(intent)
        tx.log(act="command_intent", subject=intent, detail={"command": intent.command})
    plain: dict[str, Any] = to_plain(intent)
    return plain
