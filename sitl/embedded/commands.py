"""COMMAND_LONG and COMMAND_INT: what the vehicle does with each, and the MAV_RESULT it answers.

https://mavlink.io/en/services/command.html.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sitl.embedded.autopilot import DENIED, FAILED, OK, UNSUPPORTED, Autopilot
from umimori.errors import GeometryError
from umimori.geodesy import LonLat
from umimori.records.vehicle import VehicleKind

RETURN_TO_LAUNCH = 20
LOITER_UNLIMITED = 17
CHANGE_SPEED = 178
DO_SET_MODE = 176
REPOSITION = 192
PAUSE_CONTINUE = 193
FENCE_ENABLE = 207
SET_MISSION_CURRENT = 224
MISSION_START = 300
ARM_DISARM = 400
REQUEST_MESSAGE = 512
SET_MESSAGE_INTERVAL = 511
REQUEST_CAPABILITIES = 520
"""MAV_CMD numbers (common.xml)."""
FORCE_CODE = 21196.0
"""param2 of ARM_DISARM that skips the checks (common.xml)."""
HARMLESS = frozenset({195, 197, 201, 203, 205, 206, 2000, 2001})
"""Camera and gimbal commands: accepted without any effect when there is no such device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command with its seven parameters; ``place`` and ``alt_m`` come from a COMMAND_INT."""

    command: int
    params: tuple[float, float, float, float]
    x: float
    y: float
    z: float
    is_int: bool
    frame: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """What a command may ask of the link side."""

    send_message: Callable[[int], bool]
    set_interval: Callable[[int, float], bool]


def execute(vehicle: Autopilot, order: Order, requests: Requests) -> int:
    """Carry an order out and return its MAV_RESULT."""
    if order.command == REQUEST_MESSAGE:
        return OK if requests.send_message(int(order.params[0])) else UNSUPPORTED
    if order.command == SET_MESSAGE_INTERVAL:
        known = requests.set_interval(int(order.params[0]), order.params[1])
        return OK if known else FAILED
    if order.command == REQUEST_CAPABILITIES:
        return OK if requests.send_message(148) else UNSUPPORTED
    if order.command in HARMLESS:
        return OK
    handler = _HANDLERS.get(order.command)
    return handler(vehicle, order) if handler else UNSUPPORTED


def _arm(vehicle: Autopilot, order: Order) -> int:
    force = order.params[1] == FORCE_CODE
    if order.params[0] == 1.0:
        return vehicle.arm(force=force)
    if not force and vehicle.kind is VehicleKind.PLANE and not vehicle.snapshot().on_ground:
        return FAILED
    return vehicle.disarm()


def _mode(vehicle: Autopilot, order: Order) -> int:
    return vehicle.set_mode(int(order.params[1]))


def _named_mode(name: str) -> Callable[[Autopilot, Order], int]:
    def change(vehicle: Autopilot, _order: Order) -> int:
        numbers = [number for number, mode in vehicle.mode_names.items() if mode == name]
        return vehicle.set_mode(numbers[0]) if numbers else UNSUPPORTED

    return change


def _start_mission(vehicle: Autopilot, order: Order) -> int:
    if order.params[0] > 0:
        vehicle.jump_to(int(order.params[0]))
    return _named_mode("AUTO")(vehicle, order)


def _set_current(vehicle: Autopilot, order: Order) -> int:
    return vehicle.jump_to(int(order.params[0]))


def _reposition(vehicle: Autopilot, order: Order) -> int:
    if not order.is_int:
        return UNSUPPORTED
    try:
        target = LonLat(order.y / 1e7, order.x / 1e7)
    except GeometryError:
        return DENIED
    alt = order.z - vehicle.place.alt_amsl_m if order.frame in {0, 5} else order.z
    return vehicle.reposition(target, alt)


def _enable_fence(vehicle: Autopilot, order: Order) -> int:
    if order.params[0] not in {0.0, 1.0, 2.0}:
        return FAILED
    vehicle.params.set("FENCE_ENABLE", min(order.params[0], 1.0))
    return OK


def _change_speed(vehicle: Autopilot, order: Order) -> int:
    name = "AIRSPEED_CRUISE" if vehicle.kind is VehicleKind.PLANE else "WP_SPD"
    if order.params[1] <= 0.0:
        return FAILED
    vehicle.params.set(name, order.params[1])
    return OK


_HANDLERS: dict[int, Callable[[Autopilot, Order], int]] = {
    ARM_DISARM: _arm,
    DO_SET_MODE: _mode,
    RETURN_TO_LAUNCH: _named_mode("RTL"),
    LOITER_UNLIMITED: _named_mode("LOITER"),
    MISSION_START: _start_mission,
    SET_MISSION_CURRENT: _set_current,
    REPOSITION: _reposition,
    FENCE_ENABLE: _enable_fence,
    CHANGE_SPEED: _change_speed,
}
