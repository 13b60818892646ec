"""Who is on the link, and whether it is a simulated vehicle."""

from __future__ import annotations

from dataclasses import dataclass

from flight.commands import CommandExchange
from flight.messages import CommandId, MessageId
from flight.session import Session
from flight.vehicle_state import custom_version, firmware_text
from umimori.records.vehicle import VehicleKind

SIMULATION_PARAMETER = "SIM_SPEEDUP"
"""Answered by ArduPilot SITL and the embedded simulator, unknown to flight firmware."""
EMBEDDED_VERSION = "umimori"
REQUEST_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A vehicle as it introduced itself; silence about the parameter means real."""

    vehicle_id: str
    kind: VehicleKind | None
    firmware: str | None
    simulated: bool
    speedup: float
    engine: str
    """"embedded", "ardupilot" or "vehicle"."""


def identify(session: Session) -> Identity:
    """Ask for the version and the simulation parameter."""
    for _ in range(REQUEST_TRIES):
        request = CommandExchange(
            session.target, CommandId.REQUEST_MESSAGE, float(MessageId.AUTOPILOT_VERSION), tries=1
        )
        session.run(request)
        if session.wait(lambda: session.state.version is not None, vehicle_s=30.0, wall_s=0.7):
            break
    values = session.read_parameters([SIMULATION_PARAMETER])
    speedup = values.get(SIMULATION_PARAMETER)
    simulated = speedup is not None
    version = session.state.version
    if not simulated:
        engine = "vehicle"
    elif custom_version(version) == EMBEDDED_VERSION:
        engine = "embedded"
    else:
        engine = "ardupilot"
    return Identity(
        vehicle_id=session.vehicle_id,
        kind=session.state.kind,
        firmware=firmware_text(version),
        simulated=simulated,
        speedup=max(1.0, speedup.value) if speedup is not None else 1.0,
        engine=engine,
    )
