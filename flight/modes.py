"""Flight modes by name, as ArduPlane and ArduSub number them (ardupilotmega.xml)."""

from __future__ import annotations

from flight.messages import TYPE_FIXED_WING, TYPE_SUBMARINE
from umimori.records.vehicle import VehicleKind

_PLANE = {
    0: "MANUAL", 1: "CIRCLE", 2: "STABILIZE", 3: "TRAINING", 4: "ACRO", 5: "FBWA", 6: "FBWB",
    7: "CRUISE", 8: "AUTOTUNE", 10: "AUTO", 11: "RTL", 12: "LOITER", 13: "TAKEOFF",
    14: "AVOID_ADSB", 15: "GUIDED", 16: "INITIALISING", 17: "QSTABILIZE", 18: "QHOVER",
    19: "QLOITER", 20: "QLAND", 21: "QRTL", 22: "QAUTOTUNE", 23: "QACRO", 24: "THERMAL",
    25: "LOITER_ALT_QLAND", 26: "AUTOLAND",
}  # fmt: skip
_SUB = {
    0: "STABILIZE", 1: "ACRO", 2: "ALT_HOLD", 3: "AUTO", 4: "GUIDED", 7: "CIRCLE", 9: "SURFACE",
    16: "POSHOLD", 19: "MANUAL", 20: "MOTOR_DETECT", 21: "SURFTRAK",
}  # fmt: skip
MODES: dict[VehicleKind, dict[int, str]] = {VehicleKind.PLANE: _PLANE, VehicleKind.SUB: _SUB}
_NUMBERS = {kind: {name: number for number, name in names.items()} for kind, names in MODES.items()}
_KINDS = {TYPE_FIXED_WING: VehicleKind.PLANE, TYPE_SUBMARINE: VehicleKind.SUB}

HOLD = {VehicleKind.PLANE: "LOITER", VehicleKind.SUB: "POSHOLD"}
"""Where a vehicle waits during a pause."""
RETURN = {VehicleKind.PLANE: "RTL", VehicleKind.SUB: "SURFACE"}
"""How a vehicle comes back by itself; ArduSub has no RTL."""


def mode_name(kind: VehicleKind, number: int) -> str:
    """Return the name of a custom_mode, or ``MODE n`` for one that is not known."""
    return MODES[kind].get(number, f"MODE {number}")


def mode_number(kind: VehicleKind, name: str) -> int:
    """Return the custom_mode of a name."""
    return _NUMBERS[kind][name]


def kind_of(mav_type: int) -> VehicleKind | None:
    """Return the kind of vehicle of a HEARTBEAT, None for what Umimori does not fly."""
    return _KINDS.get(mav_type)
