"""What both embedded autopilots share: memory, arming, modes, failsafes, texts.

Pure: time comes in through :meth:`Autopilot.advance`, what happens goes out through
:meth:`Autopilot.take_events`. Failsafe times are vehicle seconds, as in ArduPilot.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from sitl.embedded.battery import Battery
from sitl.embedded.fence import (
    BREACH_BOUNDARY,
    BREACH_MAX_ALT,
    BREACH_MIN_ALT,
    BREACH_NONE,
    TYPE_ALT_MAX,
    TYPE_ALT_MIN,
    TYPE_CIRCLE,
    TYPE_POLYGON,
    FenceShape,
    check_fence_item,
    check_rally_item,
    shape_of,
)
from sitl.embedded.guidance import Point
from sitl.embedded.items import StoredItem, as_stored, refusal
from sitl.embedded.mission_server import MissionServer
from sitl.embedded.parameters import ParameterTable
from umimori.geodesy import LocalFrame, LonLat
from umimori.records.vehicle import VehicleKind

MISSION, FENCE, RALLY = 0, 1, 2
"""MAV_MISSION_TYPE (common.xml)."""
OK, TEMPORARILY_REJECTED, DENIED, UNSUPPORTED, FAILED = 0, 1, 2, 3, 4
"""MAV_RESULT (common.xml)."""
CRITICAL, WARNING, INFO = 2, 4, 6
"""MAV_SEVERITY (common.xml)."""
SAFE_ARM_VOLTAGE_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Text:
    """A STATUSTEXT."""

    severity: int
    text: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A MISSION_ITEM_REACHED."""

    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What telemetry needs to know about the moment; angles in radians."""

    at: Point
    alt_m: float
    roll_rad: float
    pitch_rad: float
    heading_rad: float
    vx_mps: float
    vy_mps: float
    climb_mps: float
    airspeed_mps: float
    throttle_pct: int
    target: Point | None
    xtrack_m: float
    on_ground: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the vehicle starts, WGS 84, metres above mean sea level, degrees."""

    position: LonLat
    alt_amsl_m: float
    heading_deg: float


class Autopilot(ABC):
    """The part of an embedded autopilot that does not depend on the kind of vehicle."""

    kind: VehicleKind
    mode_names: Mapping[int, str]
    gps_ready_s: float
    """Vehicle seconds until the arming checks pass (measured on the real SITL)."""
    navigation_ready_s: float
    """Vehicle seconds until the estimator gives a position."""

    def __init__(
        self, place: Place, *, asks_int: bool, speedup: float, stall_guard_s: float
    ) -> None:
        self.place = place
        self.frame = LocalFrame(place.position)
        self.params = ParameterTable(self.kind)
        self.params.set("SIM_SPEEDUP", speedup)
        self.mode = 0
        self.armed = False
        self.time_s = 0.0
        self.heartbeat_s: float | None = None
        self.battery = Battery(capacity_mah=1.0, cells=3, resistance_ohm=0.02)
        self.fence = FenceShape()
        self.breach = BREACH_NONE
        self.breach_count = 0
        self.breach_time_s = 0.0
        self.seq = 0
        self.mission_complete = False
        self.gcs_lost = False
        self._low_since_s: float | None = None
        self._battery_acted = False
        self._stall_guard_s = stall_guard_s
        self._events: list[Text | Reached] = []
        self.mission = self._mission_list(asks_int)
        self.fence_list = MissionServer(
            FENCE,
            asks_int=asks_int,
            check=check_fence_item,
            store=lambda item: item,
            finish=self._take_fence,
        )
        self.rally_list = MissionServer(
            RALLY,
            asks_int=asks_int,
            check=check_rally_item,
            store=lambda item: item,
            finish=self._take_rally,
        )
        self.lists = {MISSION: self.mission, FENCE: self.fence_list, RALLY: self.rally_list}

    # --- what each kind adds ---------------------------------------------------------------

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """Return the present state for telemetry."""

    @abstractmethod
    def _move(self, dt_s: float) -> None:
        """Advance guidance and motion by one step."""

    @abstractmethod
    def _enter(self, mode: int) -> int:
        """Prepare a mode; return a MAV_RESULT, anything but OK keeps the old mode."""

    @abstractmethod
    def _mission_changed(self) -> None:
        """Look at the mission again after an upload."""

    def _arming_refusals(self) -> list[str]:  # noqa: PLR6301 - a kind may look at itself
        """Return the kind's own reasons not to arm."""
        return []

    @abstractmethod
    def _on_gcs_lost(self) -> None:
        """Act on the loss of the ground station."""

    @abstractmethod
    def _on_battery_low(self, action: int) -> None:
        """Act on an empty battery."""

    @abstractmethod
    def _on_fence_breach(self) -> None:
        """Act on leaving the fence."""

    @abstractmethod
    def jump_to(self, seq: int) -> int:
        """Make a mission item the current one; return a MAV_RESULT."""

    @abstractmethod
    def reposition(self, target: LonLat, alt_rel_m: float | None) -> int:
        """Go to a place in GUIDED; return a MAV_RESULT."""

    @abstractmethod
    def floor_applies(self) -> bool:
        """Return whether the lowest altitude of the fence counts now."""

    @abstractmethod
    def gcs_timeout_s(self) -> float | None:
        """Return after how long without heartbeats the failsafe acts; None when it is off."""

    # --- events ----------------------------------------------------------------------------

    def say(self, severity: int, text: str) -> None:
        """Queue a STATUSTEXT."""
        self._events.append(Text(severity, text))

    def reached(self, seq: int) -> None:
        """Queue a MISSION_ITEM_REACHED."""
        self._events.append(Reached(seq))

    def take_events(self) -> list[Text | Reached]:
        """Return what happened since the last call."""
        events, self._events = self._events, []
        return events

    # --- modes and arming ------------------------------------------------------------------

    @property
    def ready_to_arm(self) -> bool:
        """Return whether every arming check passes."""
        return not self.refusals()

    @property
    def has_position(self) -> bool:
        """Return whether the estimator gives a position that navigation may use."""
        return self.time_s >= self.navigation_ready_s and self.params.whole("SIM_GPS1_ENABLE") == 1

    def refusals(self) -> list[str]:
        """Return every reason not to arm, in words."""
        reasons = []
        if self.time_s < self.gps_ready_s:
            reasons.append("GPS 1: Bad fix" if self.time_s < 9.0 else "AHRS: waiting for home")
        if self.battery.voltage_v < SAFE_ARM_VOLTAGE_SHARE * 3.5 * self.battery.cells:
            reasons.append("Battery 1 below minimum arming voltage")
        if self.params.whole("FENCE_ENABLE") and self.breach_now() != BREACH_NONE:
            reasons.append("Vehicle breaching fence")
        return reasons + self._arming_refusals()

    def arm(self, *, force: bool) -> int:
        """Start the motors, or say why not."""
        reasons = [] if force else self.refusals()
        for reason in reasons:
            self.say(CRITICAL, f"Arm: {reason}")
        if reasons:
            return FAILED
        if not self.armed:
            self.armed = True
            self.say(INFO, "Throttle armed")
        return OK

    def disarm(self) -> int:
        """Stop the motors."""
        if self.armed:
            self.armed = False
            self.say(INFO, "Throttle disarmed")
        return OK

    def set_mode(self, mode: int) -> int:
        """Change the flight mode when the vehicle is able to."""
        if mode not in self.mode_names:
            return FAILED
        if mode == self.mode:
            return OK
        result = self._enter(mode)
        if result == OK:
            self.mode = mode
        return result

    # --- time ------------------------------------------------------------------------------

    def advance(self, dt_s: float) -> None:
        """Let ``dt_s`` vehicle seconds pass."""
        self.time_s += dt_s
        self._move(dt_s)
        if self.armed:
            self._watch_gcs()
            self._watch_battery()
        self._watch_fence()

    def heard_ground_station(self) -> None:
        """Note a heartbeat of the station that the vehicle obeys."""
        self.heartbeat_s = self.time_s
        if self.gcs_lost:
            self.gcs_lost = False
            self.say(WARNING, "GCS Failsafe Cleared")

    def _watch_gcs(self) -> None:
        timeout = self.gcs_timeout_s()
        if timeout is None or self.heartbeat_s is None or self.gcs_lost:
            return
        if self.time_s - self.heartbeat_s > max(timeout, self._guard_s()):
            self.gcs_lost = True
            self.say(CRITICAL, "GCS Failsafe On")
            self._on_gcs_lost()

    def _guard_s(self) -> float:
        """Return the vehicle time in which a busy computer may be late with a heartbeat."""
        return self._stall_guard_s * self.params["SIM_SPEEDUP"]

    def _watch_battery(self) -> None:
        low_volt = self.params["BATT_LOW_VOLT"]
        low_mah = self.params["BATT_LOW_MAH"]
        left_mah = self.battery.capacity_mah - self.battery.used_mah
        is_low = (low_volt > 0 and self.voltage_v() < low_volt) or (
            low_mah > 0 and left_mah < low_mah
        )
        if not is_low:
            self._low_since_s = None
            return
        if self._low_since_s is None:
            self._low_since_s = self.time_s
        waited = self.time_s - self._low_since_s
        if waited >= self.params["BATT_LOW_TIMER"] and not self._battery_acted:
            self._battery_acted = True
            self.say(CRITICAL, f"Battery 1 is low {self.voltage_v():.2f}V")
            self._on_battery_low(self.params.whole("BATT_FS_LOW_ACT"))

    def voltage_v(self) -> float:
        """Return the measured voltage; SIM_BATT_VOLTAGE below its default imitates a fault."""
        fault_v = self.params["SIM_BATT_VOLTAGE"]
        return min(self.battery.voltage_v, fault_v)

    # --- fence -----------------------------------------------------------------------------

    def breach_now(self) -> int:
        """Return the FENCE_BREACH of the present position."""
        if self.time_s < self.gps_ready_s:
            return BREACH_NONE
        now = self.snapshot()
        kinds = self.params.whole("FENCE_TYPE")
        radius = self.params["FENCE_RADIUS"]
        if kinds & TYPE_POLYGON and not self.fence.allows(now.at):
            return BREACH_BOUNDARY
        if kinds & TYPE_CIRCLE and now.at.distance_m(Point(0.0, 0.0)) > radius:
            return BREACH_BOUNDARY
        if kinds & TYPE_ALT_MAX and now.alt_m > self.params["FENCE_ALT_MAX"]:
            return BREACH_MAX_ALT
        too_low = now.alt_m < self.params["FENCE_ALT_MIN"]
        if kinds & TYPE_ALT_MIN and too_low and self.floor_applies():
            return BREACH_MIN_ALT
        return BREACH_NONE

    def _watch_fence(self) -> None:
        breach = self.breach_now() if self.params.whole("FENCE_ENABLE") else BREACH_NONE
        if breach != BREACH_NONE and self.breach == BREACH_NONE:
            self.breach_count += 1
            self.breach_time_s = self.time_s
            if self.armed:
                self.say(WARNING, "Fence breached")
                self._on_fence_breach()
        self.breach = breach

    # --- lists -----------------------------------------------------------------------------

    def home_item(self) -> StoredItem:
        """Return slot 0: home, which the autopilot writes itself."""
        return StoredItem(
            command=16,
            frame=0,
            param1=0.0,
            param2=0.0,
            param3=0.0,
            param4=0.0,
            x_e7=round(self.place.position.lat_deg * 1e7),
            y_e7=round(self.place.position.lon_deg * 1e7),
            z_m=self.place.alt_amsl_m,
        )

    def _mission_list(self, asks_int: bool) -> MissionServer:
        return MissionServer(
            MISSION,
            asks_int=asks_int,
            check=lambda item: refusal(item, self.kind),
            store=lambda item: as_stored(item, self.kind),
            finish=self._take_mission,
            home=self.home_item,
        )

    def _take_mission(self, items: list[StoredItem]) -> int:
        self.params.set("MIS_TOTAL", len(items))
        self.mission_complete = False
        self._mission_changed()
        return 0

    def _take_fence(self, items: list[StoredItem]) -> int:
        shape = shape_of(items, self.frame)
        if shape is None:
            return 1
        self.fence = shape
        self.params.set("FENCE_TOTAL", len(items))
        return 0

    def _take_rally(self, items: list[StoredItem]) -> int:
        self.params.set("RALLY_TOTAL", len(items))
        return 0

    def point_of(self, item: StoredItem) -> Point:
        """Return an item's position in the local frame."""
        x, y = self.frame.xy(item.place)
        return Point(x, y)

    def height_of(self, item: StoredItem) -> float:
        """Return an item's height above home."""
        return item.z_m - self.place.alt_amsl_m if item.frame == 0 else item.z_m
