"""A mission, a fence and rally points as they travel, and what an autopilot keeps of them.

MISSION_ITEM_INT only (positions in 1e-7 degrees); the float MISSION_ITEM shifts waypoints by up
to 0.7 m at Japan's longitudes.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any

from flight.messages import Message, MissionType, Outgoing, Target
from umimori.geodesy import LonLat
from umimori.missionfiles.commands import Command
from umimori.records.codec import sha256_of
from umimori.records.mission import Fence, Mission, MissionItem
from umimori.records.vehicle import VehicleKind

FRAME_GLOBAL = 0
FRAME_RELATIVE = 3
_SAME_FRAME = {5: 0, 6: 3, 11: 10}
FENCE_INCLUSION = 5001
FENCE_EXCLUSION = 5002
RALLY_POINT = 5100
"""MAV_CMD numbers of fence vertices and rally points (common.xml)."""
ALTITUDE_TOLERANCE_M = 0.011
"""ArduPilot keeps centimetres."""
PARAMETER_TOLERANCE = 0.011


@dataclass(frozen=True, slots=True, kw_only=True)
class WireItem:
    """One item of a list on the vehicle."""

    seq: int
    frame: int
    command: int
    param1: float
    param2: float
    param3: float
    param4: float
    x_e7: int
    y_e7: int
    z_m: float

    def outgoing(self, target: Target, mission_type: MissionType) -> Outgoing:
        """Return the MISSION_ITEM_INT that carries this item."""
        return Outgoing(
            "MISSION_ITEM_INT",
            {
                "target_system": target.system,
                "target_component": target.component,
                "seq": self.seq,
                "frame": self.frame,
                "command": self.command,
                "current": 0,
                "autocontinue": 1,
                "param1": self.param1,
                "param2": self.param2,
                "param3": self.param3,
                "param4": self.param4,
                "x": self.x_e7,
                "y": self.y_e7,
                "z": self.z_m,
                "mission_type": int(mission_type),
            },
        )


def item_of(message: Message) -> WireItem:
    """Return the item that a MISSION_ITEM_INT carries."""
    return WireItem(
        seq=message["seq"],
        frame=message["frame"],
        command=message["command"],
        param1=_number(message["param1"]),
        param2=_number(message["param2"]),
        param3=_number(message["param3"]),
        param4=_number(message["param4"]),
        x_e7=message["x"],
        y_e7=message["y"],
        z_m=_number(message["z"]),
    )


def mission_items(mission: Mission) -> tuple[WireItem, ...]:
    """Return the mission list: slot 0 is home, which the autopilot replaces by its own."""
    home = _wire(0, FRAME_GLOBAL, Command.NAV_WAYPOINT, mission.home, mission.home_alt_amsl_m)
    return (home, *(_mission_item(item) for item in mission.items))


def fence_items(fence: Fence | None) -> tuple[WireItem, ...]:
    """Return the vertices of all polygons; ``param1`` is the vertex count of each."""
    if fence is None:
        return ()
    rings: list[tuple[int, tuple[LonLat, ...]]] = []
    if fence.inclusion:
        rings.append((FENCE_INCLUSION, fence.inclusion))
    rings += [(FENCE_EXCLUSION, ring) for ring in fence.exclusions]
    items: list[WireItem] = []
    for command, ring in rings:
        count = float(len(ring))
        items += [
            _wire(len(items) + index, FRAME_GLOBAL, command, vertex, 0.0, param1=count)
            for index, vertex in enumerate(ring)
        ]
    return tuple(items)


def rally_items(mission: Mission) -> tuple[WireItem, ...]:
    """Return the rally points, relative to home, whole metres."""
    alt = float(round(mission.rally_alt_m))
    return tuple(
        _wire(index, FRAME_RELATIVE, RALLY_POINT, point, alt)
        for index, point in enumerate(mission.rally)
    )


def _mission_item(item: MissionItem) -> WireItem:
    place = item.position
    return WireItem(
        seq=item.seq,
        frame=_SAME_FRAME.get(item.frame, item.frame),
        command=item.command,
        param1=_number(item.param1),
        param2=_number(item.param2),
        param3=_number(item.param3),
        param4=_number(item.param4),
        x_e7=_e7(place.lat_deg) if place else 0,
        y_e7=_e7(place.lon_deg) if place else 0,
        z_m=as_float32(item.alt_m),
    )


def _wire(
    seq: int, frame: int, command: int, place: LonLat, alt_m: float, *, param1: float = 0.0
) -> WireItem:
    return WireItem(
        seq=seq,
        frame=frame,
        command=int(command),
        param1=param1,
        param2=0.0,
        param3=0.0,
        param4=0.0,
        x_e7=_e7(place.lat_deg),
        y_e7=_e7(place.lon_deg),
        z_m=as_float32(alt_m),
    )


# --- comparison ------------------------------------------------------------------------------

_PLANE_WAYPOINT = (2, 3)
_SUB_WAYPOINT = (1,)
_KEPT: dict[int, tuple[int, ...]] = {
    Command.NAV_LOITER_UNLIM: (3,),
    Command.NAV_LOITER_TURNS: (1, 3),
    Command.NAV_LOITER_TIME: (1, 3),
    Command.NAV_RETURN_TO_LAUNCH: (),
    Command.NAV_LAND: (1,),
    Command.NAV_TAKEOFF: (1,),
    Command.NAV_LOITER_TO_ALT: (2,),
    Command.NAV_DELAY: (1, 2, 3, 4),
    Command.CONDITION_DELAY: (1,),
    Command.CONDITION_DISTANCE: (1,),
    Command.CONDITION_YAW: (1, 2, 3, 4),
    Command.DO_JUMP: (1, 2),
    Command.DO_CHANGE_SPEED: (1, 2, 3),
    Command.DO_RETURN_PATH_START: (),
    Command.DO_LAND_START: (),
    Command.DO_SET_ROI_LOCATION: (),
    Command.DO_SET_ROI: (1,),
    Command.DO_MOUNT_CONTROL: (1, 2, 3),
    Command.DO_SET_CAM_TRIGG_DIST: (1, 3),
    Command.DO_FENCE_ENABLE: (1,),
    FENCE_INCLUSION: (1,),
    FENCE_EXCLUSION: (1,),
    RALLY_POINT: (),
}
"""Which of param1..4 ArduPilot's memory keeps, per command; all four for what is not listed."""
_WHOLE: dict[int, tuple[int, ...]] = {
    Command.NAV_WAYPOINT: (1, 2, 3),
    Command.NAV_LOITER_UNLIM: (3,),
    Command.NAV_LOITER_TURNS: (3,),
    Command.NAV_LOITER_TIME: (1,),
    Command.NAV_LAND: (1,),
    Command.NAV_TAKEOFF: (1,),
    Command.NAV_LOITER_TO_ALT: (2,),
}
"""Kept as whole metres, seconds or degrees: less than one is no difference (tried on 4.8)."""
_SIGN_ONLY = {(int(Command.NAV_LOITER_TIME), 3)}
"""Of this only the direction is kept."""
_WITHOUT_LOCATION = frozenset(
    {
        Command.NAV_RETURN_TO_LAUNCH,
        Command.NAV_DELAY,
        Command.CONDITION_DELAY,
        Command.CONDITION_DISTANCE,
        Command.CONDITION_YAW,
        Command.DO_JUMP,
        Command.DO_CHANGE_SPEED,
        Command.DO_MOUNT_CONTROL,
        Command.DO_SET_CAM_TRIGG_DIST,
        Command.DO_FENCE_ENABLE,
        Command.IMAGE_START_CAPTURE,
    }
)
"""Read back with frame 0 and without a position, whatever was sent."""


def differences(
    sent: tuple[WireItem, ...],
    held: tuple[WireItem, ...],
    kind: VehicleKind,
    mission_type: MissionType,
) -> list[str]:
    """Return what the vehicle holds otherwise than it was sent; empty means verified.

    Slot 0 of a mission is left out: the autopilot writes its own home there.
    """
    if len(sent) != len(held):
        return [f"the vehicle holds {len(held)} items instead of {len(sent)}"]
    found: list[str] = []
    for ours, theirs in zip(sent, held, strict=True):
        if mission_type is MissionType.MISSION and ours.seq == 0:
            continue
        found += [f"item {ours.seq}: {what}" for what in _item_differences(ours, theirs, kind)]
    return found


def _item_differences(ours: WireItem, theirs: WireItem, kind: VehicleKind) -> list[str]:
    if ours.seq != theirs.seq or ours.command != theirs.command:
        return [f"command {theirs.command} at {theirs.seq} instead of {ours.command}"]
    found = []
    for number in _kept(ours, kind):
        mine, other = getattr(ours, f"param{number}"), getattr(theirs, f"param{number}")
        if not _is_kept(ours.command, number, mine, other):
            found.append(f"param{number} is {other:g} instead of {mine:g}")
    if ours.command in _WITHOUT_LOCATION:
        return found
    frames = {ours.frame, _SAME_FRAME.get(theirs.frame, theirs.frame)}
    if len(frames) > 1:
        found.append(f"frame is {theirs.frame} instead of {ours.frame}")
    if (ours.x_e7, ours.y_e7) != (theirs.x_e7, theirs.y_e7):
        found.append("the position differs")
    if abs(ours.z_m - theirs.z_m) > ALTITUDE_TOLERANCE_M:
        found.append(f"altitude is {theirs.z_m:g} m instead of {ours.z_m:g} m")
    return found


def _kept(item: WireItem, kind: VehicleKind) -> tuple[int, ...]:
    if item.command == Command.NAV_WAYPOINT:
        return _PLANE_WAYPOINT if kind is VehicleKind.PLANE else _SUB_WAYPOINT
    return _KEPT.get(item.command, (1, 2, 3, 4))


def _is_kept(command: int, number: int, ours: float, theirs: float) -> bool:
    """Return whether a parameter came back as well as ArduPilot's memory can hold it."""
    if (command, number) in _SIGN_ONLY:
        return (ours < 0.0) == (theirs < 0.0)
    if number in _WHOLE.get(command, ()):
        return abs(ours - theirs) < 1.0
    return math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=PARAMETER_TOLERANCE)


def held_sha256(lists: dict[MissionType, tuple[WireItem, ...]]) -> str:
    """Return the SHA-256 of all that was read back, home excepted."""
    plain: dict[str, Any] = {}
    for mission_type, items in sorted(lists.items()):
        start = 1 if mission_type is MissionType.MISSION else 0
        plain[mission_type.name.lower()] = items[start:]
    return sha256_of(plain)


def as_float32(value: float) -> float:
    """Return the nearest IEEE 754 single: what a float field of MAVLink carries."""
    single: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return single


def _number(value: float) -> float:
    """Return a float32; NaN ("leave it") becomes 0, which is how ArduPilot keeps it."""
    return 0.0 if math.isnan(value) else as_float32(value)


def _e7(degrees: float) -> int:
    return round(degrees * 1e7)
