"""Mission items as the vehicle keeps them: what it accepts and what it forgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from umimori.geodesy import LonLat
from umimori.records.vehicle import VehicleKind

DEGREES_E7 = 1e7
FRAME_GLOBAL = 0
FRAME_RELATIVE = 3
_SAME_FRAME = {5: 0, 6: 3, 11: 10}
"""MAV_FRAME_GLOBAL_INT and its kin mean the same as their float twins (common.xml)."""
KNOWN_FRAMES = frozenset({0, 2, 3, 10})


class Command(IntEnum):
    """MAV_CMD numbers of the items that the vehicles execute (common.xml)."""

    WAYPOINT = 16
    LOITER_UNLIMITED = 17
    LOITER_TURNS = 18
    LOITER_TIME = 19
    RETURN_TO_LAUNCH = 20
    LAND = 21
    TAKEOFF = 22
    LOITER_TO_ALT = 31
    DELAY = 93
    CONDITION_DELAY = 112
    CONDITION_DISTANCE = 114
    CONDITION_YAW = 115
    JUMP = 177
    CHANGE_SPEED = 178
    SET_HOME = 179
    RETURN_PATH_START = 188
    LAND_START = 189
    ROI_LOCATION = 195
    ROI_NONE = 197
    ROI = 201
    DIGICAM_CONTROL = 203
    MOUNT_CONTROL = 205
    CAMERA_TRIGGER_DISTANCE = 206
    FENCE_ENABLE = 207
    IMAGE_START_CAPTURE = 2000
    IMAGE_STOP_CAPTURE = 2001
    FENCE_RETURN_POINT = 5000
    FENCE_INCLUSION = 5001
    FENCE_EXCLUSION = 5002
    FENCE_CIRCLE_INCLUSION = 5003
    FENCE_CIRCLE_EXCLUSION = 5004
    RALLY_POINT = 5100


_NAVIGATION = frozenset(
    {
        Command.WAYPOINT,
        Command.LOITER_UNLIMITED,
        Command.LOITER_TURNS,
        Command.LOITER_TIME,
        Command.RETURN_TO_LAUNCH,
        Command.LAND,
        Command.TAKEOFF,
        Command.LOITER_TO_ALT,
        Command.DELAY,
    }
)
_WITH_LOCATION = _NAVIGATION - {Command.RETURN_TO_LAUNCH, Command.DELAY} | {
    Command.LAND_START,
    Command.RETURN_PATH_START,
    Command.ROI,
    Command.ROI_LOCATION,
    Command.SET_HOME,
}
_SUB_CANNOT = frozenset({Command.LOITER_TO_ALT, Command.LAND_START, Command.RETURN_PATH_START})
FENCE_COMMANDS = frozenset(c for c in Command if 5000 <= c <= 5004)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """One item in the vehicle's memory; latitude and longitude in 1e-7 degrees."""

    command: int
    frame: int
    param1: float
    param2: float
    param3: float
    param4: float
    x_e7: int
    y_e7: int
    z_m: float

    @property
    def is_navigation(self) -> bool:
        """Return whether the vehicle goes somewhere or waits for it."""
        return self.command in _NAVIGATION

    @property
    def has_place(self) -> bool:
        """Return whether the item carries a usable position (0, 0 means: here)."""
        return self.command in _WITH_LOCATION and (self.x_e7 != 0 or self.y_e7 != 0)

    @property
    def place(self) -> LonLat:
        """Return the position."""
        return LonLat(self.y_e7 / DEGREES_E7, self.x_e7 / DEGREES_E7)


def refusal(item: StoredItem, kind: VehicleKind) -> int:
    """Return the MAV_MISSION_RESULT that a mission item gets at upload (0 = accepted)."""
    unsupported, bad_x, bad_y, bad_frame = 3, 10, 11, 2
    try:
        command = Command(item.command)
    except ValueError:
        return unsupported
    if command in FENCE_COMMANDS or command is Command.RALLY_POINT:
        return unsupported
    if kind is VehicleKind.SUB and command in _SUB_CANNOT:
        return unsupported
    if command in _WITH_LOCATION:
        if item.frame not in KNOWN_FRAMES:
            return bad_frame
        return bad_position(item, bad_x, bad_y)
    return 0


def bad_position(item: StoredItem, bad_x: int = 10, bad_y: int = 11) -> int:
    """Return INVALID_PARAM5_X or INVALID_PARAM6_Y for a position off the globe, else 0."""
    if abs(item.x_e7) > 90 * DEGREES_E7:
        return bad_x
    if abs(item.y_e7) > 180 * DEGREES_E7:
        return bad_y
    return 0


def as_stored(item: StoredItem, kind: VehicleKind) -> StoredItem:
    """Return what is left of an item after the autopilot packed it into its memory.

    Items without a location lose their frame (read back as 0); a plane's waypoint keeps whole
    metres of acceptance and pass-by distance and no delay; altitudes keep centimetres.
    """
    frame = _SAME_FRAME.get(item.frame, item.frame)
    stored = replace(item, frame=frame, z_m=round(item.z_m, 2))
    if item.command not in _WITH_LOCATION:
        return replace(stored, frame=FRAME_GLOBAL, x_e7=0, y_e7=0, z_m=0.0)
    if item.command == Command.WAYPOINT and kind is VehicleKind.PLANE:
        acceptance = float(min(255, max(0, int(item.param2))))
        pass_by = float(min(255, max(0, int(item.param3))))
        return replace(stored, param1=0.0, param2=acceptance, param3=pass_by, param4=0.0)
    if item.command == Command.LOITER_TO_ALT:
        return replace(stored, param1=0.0, param2=float(int(item.param2)), param3=0.0)
    if item.command == Command.LOITER_UNLIMITED:
        return replace(stored, param1=0.0, param2=0.0, param3=float(int(item.param3)))
    if item.command == Command.WAYPOINT:
        return replace(stored, param1=float(int(item.param1)), param2=0.0, param3=0.0, param4=0.0)
    return stored


def normal_frame(frame: int) -> int:
    """Return the plain number of a frame that has an _INT twin."""
    return _SAME_FRAME.get(frame, frame)
