"""What the vehicle sends by itself: one function per message, and when each is due.

Field scaling as common.xml and ardupilotmega.xml define it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from sitl.embedded.autopilot import Autopilot, Snapshot
from umimori.geodesy import LonLat
from umimori.records.vehicle import VehicleKind

Fields = dict[str, object]
POSITION_S = 0.25
STATUS_S = 0.5
SLOW_S = 1.0
FASTEST_POSITION_WALL_HZ = 200.0
FASTEST_STATUS_WALL_HZ = 40.0
FASTEST_SLOW_WALL_HZ = 20.0
"""Above these wall rates a compressed flight sends less per vehicle second, not more per wall."""
SOFTWARE_VERSION = (4 << 24) | (8 << 16)
"""flight_sw_version 4.8.0-dev: the release whose names and habits the simulator follows."""
CUSTOM_VERSION = b"umimori\0"
"""flight_custom_version: how a ground station tells the embedded simulator from ArduPilot."""
CAPABILITIES = (
    mavlink.MAV_PROTOCOL_CAPABILITY_MISSION_INT
    | mavlink.MAV_PROTOCOL_CAPABILITY_COMMAND_INT
    | mavlink.MAV_PROTOCOL_CAPABILITY_MAVLINK2
    | mavlink.MAV_PROTOCOL_CAPABILITY_MISSION_FENCE
    | mavlink.MAV_PROTOCOL_CAPABILITY_MISSION_RALLY
)
_SENSORS = (
    mavlink.MAV_SYS_STATUS_SENSOR_3D_GYRO
    | mavlink.MAV_SYS_STATUS_SENSOR_3D_ACCEL
    | mavlink.MAV_SYS_STATUS_SENSOR_GPS
    | mavlink.MAV_SYS_STATUS_AHRS
    | mavlink.MAV_SYS_STATUS_SENSOR_BATTERY
)
EKF_ALL_GOOD = 1 | 2 | 4 | 8 | 16 | 32 | 512
EKF_NO_POSITION = 1 | 4 | 32 | 128
"""EKF_STATUS_FLAGS: with an absolute position, and in constant-position mode."""


def heartbeat(v: Autopilot, _s: Snapshot) -> Fields:
    """HEARTBEAT."""
    plane = v.kind is VehicleKind.PLANE
    base = mavlink.MAV_MODE_FLAG_CUSTOM_MODE_ENABLED
    base |= mavlink.MAV_MODE_FLAG_SAFETY_ARMED if v.armed else 0
    active, standby = mavlink.MAV_STATE_ACTIVE, mavlink.MAV_STATE_STANDBY
    return {
        "type": mavlink.MAV_TYPE_FIXED_WING if plane else mavlink.MAV_TYPE_SUBMARINE,
        "autopilot": mavlink.MAV_AUTOPILOT_ARDUPILOTMEGA,
        "base_mode": base,
        "custom_mode": v.mode,
        "system_status": active if v.armed else standby,
        "mavlink_version": 3,
    }


def global_position(v: Autopilot, s: Snapshot) -> Fields:
    """GLOBAL_POSITION_INT."""
    at = _place(v, s)
    return {
        "time_boot_ms": _boot_ms(v),
        "lat": round(at.lat_deg * 1e7),
        "lon": round(at.lon_deg * 1e7),
        "alt": round((v.place.alt_amsl_m + s.alt_m) * 1000),
        "relative_alt": round(s.alt_m * 1000),
        "vx": round(s.vy_mps * 100),
        "vy": round(s.vx_mps * 100),
        "vz": round(-s.climb_mps * 100),
        "hdg": round(math.degrees(s.heading_rad) % 360.0 * 100) % 36000,
    }


def attitude(v: Autopilot, s: Snapshot) -> Fields:
    """ATTITUDE."""
    return {
        "time_boot_ms": _boot_ms(v),
        "roll": s.roll_rad,
        "pitch": s.pitch_rad,
        "yaw": s.heading_rad,
        "rollspeed": 0.0,
        "pitchspeed": 0.0,
        "yawspeed": 0.0,
    }


def vfr_hud(v: Autopilot, s: Snapshot) -> Fields:
    """VFR_HUD; ``alt`` is above mean sea level for a plane and the depth of a sub."""
    above_sea_m = v.place.alt_amsl_m if v.kind is VehicleKind.PLANE else 0.0
    return {
        "airspeed": s.airspeed_mps,
        "groundspeed": math.hypot(s.vx_mps, s.vy_mps),
        "heading": round(math.degrees(s.heading_rad)) % 360,
        "throttle": s.throttle_pct,
        "alt": s.alt_m + above_sea_m,
        "climb": s.climb_mps,
    }


def system_time(v: Autopilot, _s: Snapshot) -> Fields:
    """SYSTEM_TIME without a civil time: the simulator knows none."""
    return {"time_unix_usec": 0, "time_boot_ms": _boot_ms(v)}


def sys_status(v: Autopilot, _s: Snapshot) -> Fields:
    """SYS_STATUS with the pre-arm bit."""
    prearm = mavlink.MAV_SYS_STATUS_PREARM_CHECK
    health = _SENSORS | (prearm if v.ready_to_arm else 0)
    fields: Fields = dict.fromkeys(
        ("errors_comm", "errors_count1", "errors_count2", "errors_count3", "errors_count4"), 0
    )
    return {
        **fields,
        "onboard_control_sensors_present": _SENSORS | prearm,
        "onboard_control_sensors_enabled": _SENSORS | prearm,
        "onboard_control_sensors_health": health,
        "load": 100,
        "voltage_battery": round(v.voltage_v() * 1000),
        "current_battery": round(v.battery.current_a * 100),
        "battery_remaining": round(v.battery.remaining_fraction * 100),
        "drop_rate_comm": 0,
    }


def battery_status(v: Autopilot, _s: Snapshot) -> Fields:
    """BATTERY_STATUS."""
    unused = 0xFFFF
    return {
        "id": 0,
        "battery_function": 0,
        "type": 0,
        "temperature": 0x7FFF,
        "voltages": [round(v.voltage_v() * 1000), *[unused] * 9],
        "current_battery": round(v.battery.current_a * 100),
        "current_consumed": round(v.battery.used_mah),
        "energy_consumed": -1,
        "battery_remaining": round(v.battery.remaining_fraction * 100),
    }


def mission_current(v: Autopilot, _s: Snapshot) -> Fields:
    """MISSION_CURRENT."""
    total = max(0, len(v.mission.items) - 1)
    if total == 0:
        state = mavlink.MISSION_STATE_NO_MISSION
    elif v.mission_complete:
        state = mavlink.MISSION_STATE_COMPLETE
    elif v.mode_names.get(v.mode) == "AUTO" and v.armed:
        state = mavlink.MISSION_STATE_ACTIVE
    else:
        state = mavlink.MISSION_STATE_NOT_STARTED
    return {"seq": v.seq, "total": total, "mission_state": state}


def nav_controller(_v: Autopilot, s: Snapshot) -> Fields:
    """NAV_CONTROLLER_OUTPUT."""
    distance = s.at.distance_m(s.target) if s.target else 0.0
    bearing = math.degrees(s.at.course_to(s.target)) if s.target else 0.0
    return {
        "nav_roll": math.degrees(s.roll_rad),
        "nav_pitch": math.degrees(s.pitch_rad),
        "nav_bearing": round(bearing),
        "target_bearing": round(bearing),
        "wp_dist": min(0xFFFF, round(distance)),
        "alt_error": 0.0,
        "aspd_error": 0.0,
        "xtrack_error": s.xtrack_m,
    }


def ekf_status(v: Autopilot, _s: Snapshot) -> Fields:
    """EKF_STATUS_REPORT."""
    return {
        "flags": EKF_ALL_GOOD if v.has_position else EKF_NO_POSITION,
        "velocity_variance": 0.05,
        "pos_horiz_variance": 0.05,
        "pos_vert_variance": 0.05,
        "compass_variance": 0.05,
        "terrain_alt_variance": 0.0,
    }


def gps_raw(v: Autopilot, s: Snapshot) -> Fields:
    """GPS_RAW_INT."""
    fixed = v.time_s >= 9.0 and v.params.whole("SIM_GPS1_ENABLE") == 1
    at = _place(v, s)
    return {
        "time_usec": round(v.time_s * 1e6),
        "fix_type": 6 if fixed else 1,
        "lat": round(at.lat_deg * 1e7) if fixed else 0,
        "lon": round(at.lon_deg * 1e7) if fixed else 0,
        "alt": round((v.place.alt_amsl_m + s.alt_m) * 1000) if fixed else 0,
        "eph": 121 if fixed else 0xFFFF,
        "epv": 200 if fixed else 0xFFFF,
        "vel": round(math.hypot(s.vx_mps, s.vy_mps) * 100),
        "cog": round(math.degrees(math.atan2(s.vx_mps, s.vy_mps)) % 360 * 100) % 36000,
        "satellites_visible": 10 if fixed else 0,
    }


def home_position(v: Autopilot, _s: Snapshot) -> Fields:
    """HOME_POSITION."""
    return {
        "latitude": round(v.place.position.lat_deg * 1e7),
        "longitude": round(v.place.position.lon_deg * 1e7),
        "altitude": round(v.place.alt_amsl_m * 1000),
        "x": 0.0,
        "y": 0.0,
        "z": 0.0,
        "q": [1.0, 0.0, 0.0, 0.0],
        "approach_x": 0.0,
        "approach_y": 0.0,
        "approach_z": 0.0,
    }


def fence_status(v: Autopilot, _s: Snapshot) -> Fields:
    """FENCE_STATUS."""
    return {
        "breach_status": int(v.breach != 0),
        "breach_count": v.breach_count,
        "breach_type": v.breach,
        "breach_time": round(v.breach_time_s * 1000),
    }


def wind(v: Autopilot, _s: Snapshot) -> Fields:
    """WIND."""
    direction = v.params["SIM_WIND_DIR"]
    return {"direction": direction, "speed": v.params["SIM_WIND_SPD"], "speed_z": 0.0}


def autopilot_version(_v: Autopilot, _s: Snapshot) -> Fields:
    """AUTOPILOT_VERSION, which says that this is the embedded simulator."""
    return {
        "capabilities": CAPABILITIES,
        "flight_sw_version": SOFTWARE_VERSION,
        "middleware_sw_version": 0,
        "os_sw_version": 0,
        "board_version": 0,
        "flight_custom_version": list(CUSTOM_VERSION),
        "middleware_custom_version": [0] * 8,
        "os_custom_version": [0] * 8,
        "vendor_id": 0,
        "product_id": 0,
        "uid": 0,
    }


def _boot_ms(v: Autopilot) -> int:
    return round(v.time_s * 1000) & 0xFFFFFFFF


def _place(v: Autopilot, s: Snapshot) -> LonLat:
    return v.frame.lonlat(s.at.x_m, s.at.y_m)


@dataclass(frozen=True, slots=True)
class Stream:
    """A message: its builder, how often it is sent by itself, its fastest wall rate."""

    name: str
    build: Callable[[Autopilot, Snapshot], Fields]
    interval_s: float | None
    wall_hz: float


STREAMS: dict[int, Stream] = {
    mavlink.MAVLINK_MSG_ID_HEARTBEAT: Stream("heartbeat", heartbeat, 1.0, 50.0),
    mavlink.MAVLINK_MSG_ID_GLOBAL_POSITION_INT: Stream(
        "global_position_int", global_position, POSITION_S, FASTEST_POSITION_WALL_HZ
    ),
    mavlink.MAVLINK_MSG_ID_MISSION_CURRENT: Stream(
        "mission_current", mission_current, STATUS_S, 50.0
    ),
    mavlink.MAVLINK_MSG_ID_ATTITUDE: Stream(
        "attitude", attitude, POSITION_S, FASTEST_STATUS_WALL_HZ
    ),
    mavlink.MAVLINK_MSG_ID_VFR_HUD: Stream("vfr_hud", vfr_hud, STATUS_S, FASTEST_STATUS_WALL_HZ),
    mavlink.MAVLINK_MSG_ID_SYS_STATUS: Stream(
        "sys_status", sys_status, STATUS_S, FASTEST_STATUS_WALL_HZ
    ),
    mavlink.MAVLINK_MSG_ID_NAV_CONTROLLER_OUTPUT: Stream(
        "nav_controller_output", nav_controller, STATUS_S, FASTEST_STATUS_WALL_HZ
    ),
    mavlink.MAVLINK_MSG_ID_SYSTEM_TIME: Stream(
        "system_time", system_time, SLOW_S, FASTEST_SLOW_WALL_HZ
    ),
    mavlink.MAVLINK_MSG_ID_BATTERY_STATUS: Stream(
        "battery_status", battery_status, SLOW_S, FASTEST_SLOW_WALL_HZ
    ),
    mavlink.MAVLINK_MSG_ID_EKF_STATUS_REPORT: Stream(
        "ekf_status_report", ekf_status, SLOW_S, FASTEST_SLOW_WALL_HZ
    ),
    mavlink.MAVLINK_MSG_ID_GPS_RAW_INT: Stream(
        "gps_raw_int", gps_raw, SLOW_S, FASTEST_SLOW_WALL_HZ
    ),
    mavlink.MAVLINK_MSG_ID_FENCE_STATUS: Stream(
        "fence_status", fence_status, SLOW_S, FASTEST_SLOW_WALL_HZ
    ),
    mavlink.MAVLINK_MSG_ID_WIND: Stream("wind", wind, SLOW_S, FASTEST_SLOW_WALL_HZ),
    mavlink.MAVLINK_MSG_ID_HOME_POSITION: Stream("home_position", home_position, None, 5.0),
    mavlink.MAVLINK_MSG_ID_AUTOPILOT_VERSION: Stream(
        "autopilot_version", autopilot_version, None, 5.0
    ),
}


class Schedule:
    """Which streams are due at a vehicle time, at a given compression of time."""

    def __init__(self) -> None:
        self._interval_s = {number: s.interval_s for number, s in STREAMS.items()}
        self._next_s = dict.fromkeys(STREAMS, 0.0)

    def set_interval(self, number: int, interval_us: float) -> bool:
        """Obey SET_MESSAGE_INTERVAL: -1 stops, 0 is the default, else microseconds."""
        if number not in STREAMS:
            return False
        if interval_us < 0:
            self._interval_s[number] = None
        elif interval_us == 0:
            self._interval_s[number] = STREAMS[number].interval_s
        else:
            self._interval_s[number] = interval_us / 1e6
        return True

    def due(self, now_s: float, speedup: float) -> list[Stream]:
        """Return the streams to send now."""
        ready = []
        for number, stream in STREAMS.items():
            interval = self._interval_s[number]
            if interval is None or now_s < self._next_s[number]:
                continue
            apart_s = max(interval, speedup / stream.wall_hz)
            kept_phase = self._next_s[number] + apart_s
            self._next_s[number] = kept_phase if kept_phase > now_s else now_s + apart_s
            ready.append(stream)
        return ready
