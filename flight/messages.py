"""MAVLink messages as plain values, and the numbers that the flight stage needs.

Numbers from ``common.xml`` and ``ardupilotmega.xml`` (https://mavlink.io/en/messages/). The pure
modules know no codec: a message is a name with fields, whoever made it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

GROUND_STATION_SYSTEM = 255
"""The id that ArduPilot's link failsafe listens to (MAV_GCS_SYSID, SYSID_MYGCS)."""
GROUND_STATION_COMPONENT = 190
"""MAV_COMP_ID_MISSIONPLANNER: a ground station."""
AUTOPILOT_COMPONENT = 1
AUTOPILOT_ARDUPILOT = 3
TYPE_FIXED_WING = 1
TYPE_GCS = 6
TYPE_SUBMARINE = 12
FLAG_ARMED = 128
FLAG_CUSTOM_MODE = 1
PREARM_HEALTHY = 0x10000000
"""MAV_SYS_STATUS_PREARM_CHECK in the health bits of SYS_STATUS."""
EKF_POSITION = 16
EKF_CONSTANT_POSITION = 128
"""EKF_STATUS_FLAGS: absolute horizontal position; no position at all."""


class MissionType(IntEnum):
    """MAV_MISSION_TYPE."""

    MISSION = 0
    FENCE = 1
    RALLY = 2


class MissionResult(IntEnum):
    """MAV_MISSION_RESULT."""

    ACCEPTED = 0
    ERROR = 1
    UNSUPPORTED_FRAME = 2
    UNSUPPORTED = 3
    NO_SPACE = 4
    INVALID = 5
    INVALID_PARAM1 = 6
    INVALID_PARAM2 = 7
    INVALID_PARAM3 = 8
    INVALID_PARAM4 = 9
    INVALID_PARAM5_X = 10
    INVALID_PARAM6_Y = 11
    INVALID_PARAM7 = 12
    INVALID_SEQUENCE = 13
    DENIED = 14
    OPERATION_CANCELLED = 15


class CommandResult(IntEnum):
    """MAV_RESULT."""

    ACCEPTED = 0
    TEMPORARILY_REJECTED = 1
    DENIED = 2
    UNSUPPORTED = 3
    FAILED = 4
    IN_PROGRESS = 5
    CANCELLED = 6


class CommandId(IntEnum):
    """MAV_CMD numbers that are sent as commands."""

    DO_SET_MODE = 176
    DO_SET_MISSION_CURRENT = 224
    ARM_DISARM = 400
    SET_MESSAGE_INTERVAL = 511
    REQUEST_MESSAGE = 512


class MessageId(IntEnum):
    """Message numbers that are asked for."""

    SYS_STATUS = 1
    GPS_RAW_INT = 24
    ATTITUDE = 30
    GLOBAL_POSITION_INT = 33
    MISSION_CURRENT = 42
    VFR_HUD = 74
    AUTOPILOT_VERSION = 148
    EKF_STATUS_REPORT = 193


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a message is for."""

    system: int
    component: int


@dataclass(frozen=True, slots=True)
class Message:
    """One received message: its MAVLink name, its fields and who sent it."""

    name: str
    fields: Mapping[str, Any]
    system: int
    component: int
    received_s: float = 0.0
    """Monotonic wall seconds."""

    def __getitem__(self, key: str) -> Any:
        return self.fields[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return a field, or the default where the message has none of that name."""
        return self.fields.get(key, default)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send."""

    name: str
    fields: dict[str, Any] = field(default_factory=dict)


def command_long(target: Target, command: int, *params: float) -> Outgoing:
    """Return a COMMAND_LONG with up to seven parameters, the rest zero."""
    values = [*params, *[0.0] * (7 - len(params))]
    numbered = {f"param{index}": value for index, value in enumerate(values, start=1)}
    return Outgoing(
        "COMMAND_LONG",
        {
            "target_system": target.system,
            "target_component": target.component,
            "command": command,
            "confirmation": 0,
            **numbered,
        },
    )
