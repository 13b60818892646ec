"""Flights, telemetry, commands, releases and findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from umimori.geodesy import LonLat
from umimori.records.vehicle import VehicleKind


class FlightState(StrEnum):
    """How far a flight has come."""

    CONNECTING = "connecting"
    UPLOADING = "uploading"
    VERIFIED = "verified"
    ARMED = "armed"
    FLYING = "flying"
    COMPLETED = "completed"
    ABORTED = "aborted"
    YIELDED = "yielded"
    """A pilot or another station took over; we wait for a person."""
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """One flight of one mission. The record is rewritten as the flight goes on; its id is not."""

    id: str
    mission_id: str
    mission_sha256: str
    vehicle_kind: VehicleKind
    vehicle_id: str
    """"sysid:compid@link"."""
    engine: str
    """"embedded", "ardupilot" or "vehicle" (a real one)."""
    firmware: str | None
    state: FlightState
    started_utc: datetime
    ended_utc: datetime | None
    uploaded_verified: bool
    readback_sha256: str | None
    items_reached: int
    items_total: int
    xtrack_p95_m: float | None
    flown_length_m: float | None
    vehicle_duration_s: float | None
    tlog_sha256: str | None
    release_id: str | None
    note: str
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetrySample:
    """One row at up to 4 Hz, with all three clocks."""

    flight_id: str
    wall_utc: datetime
    vehicle_s: float
    world_utc: datetime
    position: LonLat
    alt_rel_m: float
    heading_deg: float | None
    ground_speed_mps: float | None
    air_speed_mps: float | None
    climb_mps: float | None
    mode: str
    armed: bool
    mission_seq: int | None
    battery_v: float | None
    battery_pct: float | None
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandIntent:
    """What somebody wants a vehicle to do; the one flight agent executes it at most once."""

    id: str
    vehicle_id: str
    flight_id: str | None
    command: str
    """"pause", "resume", "return", "abort"."""
    arguments: dict[str, float | str]
    user: str
    created_utc: datetime
    valid_until_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOutcome:
    """What the agent did with an intent."""

    id: str
    intent_id: str
    accepted: bool
    detail: str
    time_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Two different people allow one mission on one real vehicle for a time."""

    id: str
    mission_sha256: str
    vehicle_id: str
    first_user: str
    second_user: str
    created_utc: datetime
    expires_utc: datetime
    allow_parameter_changes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a flight saw, or looked for and did not see."""

    id: str
    flight_id: str
    task_id: str | None
    anomaly_id: str | None
    time_utc: datetime
    position: LonLat
    seen: bool
    text: str
    simulated: bool
