"""What is known of a vehicle from what it has sent. Pure fold over messages."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from flight.messages import (
    AUTOPILOT_COMPONENT,
    EKF_CONSTANT_POSITION,
    EKF_POSITION,
    FLAG_ARMED,
    PREARM_HEALTHY,
    TYPE_GCS,
    Message,
    Target,
)
from flight.modes import kind_of, mode_name
from umimori.errors import GeometryError
from umimori.geodesy import LonLat
from umimori.records.vehicle import VehicleKind

UNKNOWN_HEADING = 0xFFFF
BOOT_WRAP_MS = 2**32
"""time_boot_ms is a uint32 and starts again after 49.7 days."""
REBOOT_MS = 5_000
"""A boot time that falls back further than reordering explains: the autopilot has restarted."""
MANY_TEXTS = 200


@dataclass(slots=True)
class VehicleState:
    """The newest of everything; ``None`` while it has not been heard."""

    target: Target | None = None
    kind: VehicleKind | None = None
    mav_type: int | None = None
    custom_mode: int | None = None
    armed: bool = False
    heard_s: float | None = None
    """Monotonic wall seconds of the last message of the vehicle."""
    boot_ms: int | None = None
    reboots: int = 0
    position: LonLat | None = None
    alt_rel_m: float | None = None
    alt_amsl_m: float | None = None
    heading_deg: float | None = None
    ground_speed_mps: float | None = None
    air_speed_mps: float | None = None
    climb_mps: float | None = None
    current_seq: int | None = None
    mission_state: int | None = None
    reached: set[int] = field(default_factory=set)
    battery_v: float | None = None
    battery_pct: float | None = None
    prearm_ok: bool | None = None
    ekf_flags: int | None = None
    landed_state: int | None = None
    fence_breached: bool = False
    texts: list[tuple[int, str]] = field(default_factory=list)
    version: Message | None = None
    others: set[int] = field(default_factory=set)
    """System ids of other ground stations on the link."""

    @property
    def mode(self) -> str:
        """Return the name of the flight mode."""
        if self.kind is None or self.custom_mode is None:
            return "unknown"
        return mode_name(self.kind, self.custom_mode)

    @property
    def vehicle_s(self) -> float | None:
        """Return seconds since the autopilot booted."""
        return None if self.boot_ms is None else self.boot_ms / 1000.0

    @property
    def has_position(self) -> bool:
        """Return whether the estimator gives an absolute position."""
        flags = self.ekf_flags
        return (
            flags is not None and bool(flags & EKF_POSITION) and not flags & EKF_CONSTANT_POSITION
        )

    def take(self, message: Message) -> bool:
        """Fold a message in; return whether it came from the vehicle."""
        if message.name == "HEARTBEAT" and not self._take_heartbeat(message):
            return False
        if self.target is None or message.system != self.target.system:
            return False
        if message.component != self.target.component:
            return False
        self.heard_s = message.received_s
        handler = _HANDLERS.get(message.name)
        if handler is not None:
            handler(self, message)
        return True

    def _take_heartbeat(self, message: Message) -> bool:
        if message["type"] == TYPE_GCS:
            self.others.add(message.system)
            return False
        if message.component != AUTOPILOT_COMPONENT:
            return False
        if self.target is None:
            self.target = Target(message.system, message.component)
        if message.system != self.target.system:
            return False
        self.mav_type = message["type"]
        self.kind = kind_of(message["type"])
        self.custom_mode = message["custom_mode"]
        self.armed = bool(message["base_mode"] & FLAG_ARMED)
        return True

    def _take_boot(self, boot_ms: int) -> None:
        previous = self.boot_ms
        if previous is not None and boot_ms + REBOOT_MS < previous:
            if previous - boot_ms > BOOT_WRAP_MS // 2:
                self.boot_ms = boot_ms
                return
            self.reboots += 1
            self.boot_ms = boot_ms
            return
        if previous is None or boot_ms > previous:
            self.boot_ms = boot_ms

    def take_position(self, message: Message) -> None:
        """Fold in GLOBAL_POSITION_INT."""
        self._take_boot(message["time_boot_ms"])
        lat, lon = message["lat"], message["lon"]
        if (lat, lon) != (0, 0):
            try:
                self.position = LonLat(lon / 1e7, lat / 1e7)
            except GeometryError:
                return
        self.alt_rel_m = message["relative_alt"] / 1000.0
        self.alt_amsl_m = message["alt"] / 1000.0
        heading = message["hdg"]
        self.heading_deg = None if heading == UNKNOWN_HEADING else heading / 100.0
        self.ground_speed_mps = math.hypot(message["vx"], message["vy"]) / 100.0
        self.climb_mps = -message["vz"] / 100.0

    def take_hud(self, message: Message) -> None:
        """Fold in VFR_HUD."""
        self.air_speed_mps = _finite(message["airspeed"])

    def take_status(self, message: Message) -> None:
        """Fold in SYS_STATUS."""
        volts, percent = message["voltage_battery"], message["battery_remaining"]
        self.battery_v = None if volts in {0, 0xFFFF} else volts / 1000.0
        self.battery_pct = None if percent < 0 else float(percent)
        self.prearm_ok = bool(message["onboard_control_sensors_health"] & PREARM_HEALTHY)

    def take_current(self, message: Message) -> None:
        """Fold in MISSION_CURRENT."""
        self.current_seq = message["seq"]
        self.mission_state = message.get("mission_state")

    def take_reached(self, message: Message) -> None:
        """Fold in MISSION_ITEM_REACHED."""
        self.reached.add(message["seq"])

    def take_ekf(self, message: Message) -> None:
        """Fold in EKF_STATUS_REPORT."""
        self.ekf_flags = message["flags"]

    def take_time(self, message: Message) -> None:
        """Fold in SYSTEM_TIME."""
        self._take_boot(message["time_boot_ms"])

    def take_fence(self, message: Message) -> None:
        """Fold in FENCE_STATUS."""
        self.fence_breached = bool(message["breach_status"])

    def take_extended(self, message: Message) -> None:
        """Fold in EXTENDED_SYS_STATE."""
        self.landed_state = message["landed_state"]

    def take_text(self, message: Message) -> None:
        """Fold in STATUSTEXT."""
        self.texts.append((message["severity"], str(message["text"])))
        del self.texts[:-MANY_TEXTS]

    def take_version(self, message: Message) -> None:
        """Fold in AUTOPILOT_VERSION."""
        self.version = message


_HANDLERS = {
    "GLOBAL_POSITION_INT": VehicleState.take_position,
    "VFR_HUD": VehicleState.take_hud,
    "SYS_STATUS": VehicleState.take_status,
    "MISSION_CURRENT": VehicleState.take_current,
    "MISSION_ITEM_REACHED": VehicleState.take_reached,
    "EKF_STATUS_REPORT": VehicleState.take_ekf,
    "SYSTEM_TIME": VehicleState.take_time,
    "FENCE_STATUS": VehicleState.take_fence,
    "EXTENDED_SYS_STATE": VehicleState.take_extended,
    "STATUSTEXT": VehicleState.take_text,
    "AUTOPILOT_VERSION": VehicleState.take_version,
}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def firmware_text(version: Message | None) -> str | None:
    """Return the release of AUTOPILOT_VERSION, e.g. ``4.8.0 (64a9c787)``."""
    if version is None:
        return None
    packed = version["flight_sw_version"]
    number = ".".join(str((packed >> shift) & 0xFF) for shift in (24, 16, 8))
    custom = custom_version(version)
    return f"{number} ({custom})" if custom else number


def custom_version(version: Message | None) -> str:
    """Return the eight characters in which the firmware names its source."""
    if version is None:
        return ""
    raw = bytes(version["flight_custom_version"])
    return "".join(chr(b) for b in raw if 32 <= b < 127).strip()
