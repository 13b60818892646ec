"""The parameters that the embedded vehicles know.

Names, types and defaults are those that ArduPlane and ArduSub 4.8 answer (read from the real SITL
with its default parameter files); only parameters that the simulator really obeys, or that a
ground station must be able to set before a flight, are in the table.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from umimori.records.vehicle import VehicleKind

INT8 = 2
INT16 = 4
INT32 = 6
REAL32 = 9
"""MAV_PARAM_TYPE (common.xml)."""

_WHOLE_NUMBERS = {INT8: (-128, 127), INT16: (-32768, 32767), INT32: (-(2**31), 2**31 - 1)}

Definition = tuple[str, float, int]

_SHARED: tuple[Definition, ...] = (
    ("ARMING_SKIPCHK", 0, INT32),
    ("BATT_CAPACITY", 3300, INT32),
    ("BATT_CRT_MAH", 0, REAL32),
    ("BATT_CRT_VOLT", 0, REAL32),
    ("BATT_FS_CRT_ACT", 0, INT8),
    ("BATT_FS_LOW_ACT", 0, INT8),
    ("BATT_LOW_MAH", 0, REAL32),
    ("BATT_LOW_TIMER", 10, INT8),
    ("BATT_LOW_VOLT", 0, REAL32),
    ("BATT_MONITOR", 4, INT8),
    ("FENCE_ACTION", 1, INT8),
    ("FENCE_ALT_MAX", 100, REAL32),
    ("FENCE_ALT_MIN", -10, REAL32),
    ("FENCE_ENABLE", 0, INT8),
    ("FENCE_MARGIN", 2, REAL32),
    ("FENCE_RADIUS", 300, REAL32),
    ("FENCE_TOTAL", 0, INT8),
    ("FS_EKF_THRESH", 0.8, REAL32),
    ("MAV_GCS_SYSID", 255, INT16),
    ("MAV_SYSID", 1, INT16),
    ("MIS_OPTIONS", 0, INT16),
    ("MIS_RESTART", 0, INT8),
    ("MIS_TOTAL", 1, INT16),
    ("RALLY_INCL_HOME", 0, INT8),
    ("RALLY_TOTAL", 0, INT8),
    ("SIM_BATT_VOLTAGE", 12.6, REAL32),
    ("SIM_GPS1_ENABLE", 1, INT8),
    ("SIM_SPEEDUP", 1, REAL32),
    ("SIM_WIND_DIR", 180, REAL32),
    ("SIM_WIND_SPD", 0, REAL32),
)

_PLANE: tuple[Definition, ...] = (
    ("AIRSPEED_CRUISE", 22, REAL32),
    ("AIRSPEED_MAX", 30, INT16),
    ("AIRSPEED_MIN", 10, INT16),
    ("FENCE_AUTOENABLE", 0, INT8),
    ("FENCE_OPTIONS", 1, INT16),
    ("FENCE_RET_ALT", 0, INT16),
    ("FENCE_RET_RALLY", 0, INT8),
    ("FENCE_TYPE", 4, INT8),
    ("FS_GCS_ENABL", 0, INT8),
    ("FS_LONG_ACTN", 0, INT8),
    ("FS_LONG_TIMEOUT", 5, REAL32),
    ("FS_SHORT_ACTN", 0, INT8),
    ("LAND_DISARMDELAY", 20, INT8),
    ("LAND_FLARE_ALT", 3, REAL32),
    ("NAVL1_DAMPING", 0.75, REAL32),
    ("NAVL1_PERIOD", 15, REAL32),
    ("RALLY_LIMIT_KM", 5, REAL32),
    ("ROLL_LIMIT_DEG", 65, REAL32),
    ("RTL_ALTITUDE", 100, REAL32),
    ("RTL_AUTOLAND", 0, INT8),
    ("RTL_RADIUS", 0, INT16),
    ("TECS_CLMB_MAX", 5, REAL32),
    ("TECS_SINK_MAX", 5, REAL32),
    ("THR_FAILSAFE", 1, INT8),
    ("TKOFF_ALT", 50, INT16),
    ("WP_LOITER_RAD", 80, INT16),
    ("WP_RADIUS", 50, INT16),
)

_SUB: tuple[Definition, ...] = (
    ("FENCE_OPTIONS", 0, INT16),
    ("FENCE_TYPE", 7, INT8),
    ("FS_CRASH_CHECK", 0, INT8),
    ("FS_EKF_ACTION", 0, INT8),
    ("FS_GCS_ENABLE", 2, INT8),
    ("FS_GCS_TIMEOUT", 5, REAL32),
    ("FS_LEAK_ENABLE", 1, INT8),
    ("FS_PILOT_INPUT", 2, INT8),
    ("FS_PILOT_TIMEOUT", 3, REAL32),
    ("FS_PRESS_ENABLE", 0, INT8),
    ("FS_TEMP_ENABLE", 0, INT8),
    ("FS_TERRAIN_ENAB", 0, INT8),
    ("PILOT_SPEED", 200, INT16),
    ("PILOT_SPEED_UP", 200, INT16),
    ("RALLY_LIMIT_KM", 1, REAL32),
    ("SIM_CURR_DIR", 0, REAL32),
    ("SIM_CURR_SPD", 0, REAL32),
    ("SURFACE_DEPTH", -10, REAL32),
    ("WP_RADIUS_M", 2, REAL32),
    ("WP_SPD", 1, REAL32),
    ("WP_SPD_DN", 1.5, REAL32),
    ("WP_SPD_UP", 2.5, REAL32),
    ("WP_YAW_BEHAVIOR", 4, INT8),
)
"""SIM_CURR_DIR and SIM_CURR_SPD are ours alone: ArduSub's SITL has no water current."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value as PARAM_VALUE reports it."""

    name: str
    value: float
    type: int
    index: int


class ParameterTable:
    """Values by name, in the order in which they are listed."""

    def __init__(self, kind: VehicleKind) -> None:
        own = _PLANE if kind is VehicleKind.PLANE else _SUB
        rows = sorted((*_SHARED, *own))
        self._rows = {
            name: Parameter(name, as_float32(value), type_, index)
            for index, (name, value, type_) in enumerate(rows)
        }
        self._order = tuple(self._rows)

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, name: str) -> bool:
        return name in self._rows

    def __getitem__(self, name: str) -> float:
        return self._rows[name].value

    def whole(self, name: str) -> int:
        """Return a value that stands for a number of something or a choice."""
        return int(self._rows[name].value)

    def row(self, name: str) -> Parameter | None:
        """Return one parameter, None when the vehicle does not know the name."""
        return self._rows.get(name)

    def at(self, index: int) -> Parameter | None:
        """Return the parameter at a place of the list, None beyond its end."""
        if 0 <= index < len(self._order):
            return self._rows[self._order[index]]
        return None

    def set(self, name: str, value: float) -> Parameter:
        """Store a value as the vehicle does: rounded and limited to its type."""
        row = self._rows[name]
        limits = _WHOLE_NUMBERS.get(row.type)
        if limits is None:
            stored = as_float32(value)
        else:
            stored = float(max(limits[0], min(limits[1], round(value))))
        self._rows[name] = Parameter(name, stored, row.type, row.index)
        return self._rows[name]


def as_float32(value: float) -> float:
    """Return the nearest IEEE 754 single, which is what travels on the link."""
    single: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return single
