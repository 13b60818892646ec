"""The mission commands and frames that Umimori writes or understands.

Numbers from MAVLink ``common.xml`` (MAV_CMD, MAV_FRAME), https://mavlink.io/en/messages/common.html.
Autopilots accept commands that they cannot fly, so what is not listed here is refused by us.
"""

from __future__ import annotations

from enum import IntEnum

from umimori.records.mission import MissionItem
from umimori.records.vehicle import VehicleKind


class Frame(IntEnum):
    """MAV_FRAME."""

    GLOBAL = 0
    MISSION = 2
    GLOBAL_RELATIVE_ALT = 3
    GLOBAL_TERRAIN_ALT = 10


RELATIVE_FRAMES = frozenset({3, 6})
"""GLOBAL_RELATIVE_ALT and its _INT twin: metres above home."""


class Command(IntEnum):
    """MAV_CMD."""

    NAV_WAYPOINT = 16
    NAV_LOITER_UNLIM = 17
    NAV_LOITER_TURNS = 18
    NAV_LOITER_TIME = 19
    NAV_RETURN_TO_LAUNCH = 20
    NAV_LAND = 21
    NAV_TAKEOFF = 22
    NAV_LOITER_TO_ALT = 31
    NAV_DELAY = 93
    CONDITION_DELAY = 112
    CONDITION_DISTANCE = 114
    CONDITION_YAW = 115
    DO_JUMP = 177
    DO_CHANGE_SPEED = 178
    DO_RETURN_PATH_START = 188
    DO_LAND_START = 189
    DO_SET_ROI_LOCATION = 195
    DO_SET_ROI = 201
    DO_MOUNT_CONTROL = 205
    DO_SET_CAM_TRIGG_DIST = 206
    DO_FENCE_ENABLE = 207
    IMAGE_START_CAPTURE = 2000


_LAST_NAV = 95
"""MAV_CMD_NAV_LAST: commands up to here move the vehicle, all others are done in passing."""

LOCATED = frozenset(
    {
        Command.NAV_WAYPOINT,
        Command.NAV_LOITER_UNLIM,
        Command.NAV_LOITER_TURNS,
        Command.NAV_LOITER_TIME,
        Command.NAV_LAND,
        Command.NAV_LOITER_TO_ALT,
        Command.DO_LAND_START,
        Command.DO_RETURN_PATH_START,
        Command.DO_SET_ROI_LOCATION,
        Command.DO_SET_ROI,
    }
)

_COMMON = frozenset(
    {
        Command.NAV_WAYPOINT,
        Command.NAV_LOITER_UNLIM,
        Command.NAV_LOITER_TURNS,
        Command.NAV_LOITER_TIME,
        Command.NAV_LAND,
        Command.NAV_DELAY,
        Command.CONDITION_DELAY,
        Command.CONDITION_DISTANCE,
        Command.CONDITION_YAW,
        Command.DO_JUMP,
        Command.DO_CHANGE_SPEED,
        Command.DO_SET_ROI_LOCATION,
        Command.DO_SET_ROI,
        Command.DO_MOUNT_CONTROL,
        Command.DO_SET_CAM_TRIGG_DIST,
    }
)
FLYABLE: dict[VehicleKind, frozenset[Command]] = {
    VehicleKind.PLANE: _COMMON - {Command.CONDITION_YAW, Command.NAV_DELAY}
    | {
        Command.NAV_RETURN_TO_LAUNCH,
        Command.NAV_TAKEOFF,
        Command.NAV_LOITER_TO_ALT,
        Command.DO_RETURN_PATH_START,
        Command.DO_LAND_START,
        Command.DO_FENCE_ENABLE,
        Command.IMAGE_START_CAPTURE,
    },
    VehicleKind.SUB: _COMMON,
}
"""What ArduPlane and ArduSub 4.6 and 4.8 really do, not what they accept at upload."""


def is_navigation(item: MissionItem) -> bool:
    """Return whether an item moves the vehicle."""
    return item.command <= _LAST_NAV


def is_flyable(item: MissionItem, kind: VehicleKind) -> bool:
    """Return whether a kind of vehicle has code for an item."""
    return item.command in FLYABLE[kind]


def command_name(command: int) -> str:
    """Return the MAV_CMD name, or the number when it is not one of ours."""
    try:
        return Command(command).name
    except ValueError:
        return f"MAV_CMD {command}"
