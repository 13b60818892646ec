"""The embedded underwater vehicle: ArduSub's modes, missions and failsafes on the 3-D model."""

from __future__ import annotations

import math

from sitl.embedded.autopilot import (
    CRITICAL,
    FAILED,
    INFO,
    OK,
    Autopilot,
    Place,
    Snapshot,
)
from sitl.embedded.battery import Battery
from sitl.embedded.guidance import Point, along_track_m, cross_track_m
from sitl.embedded.items import Command, StoredItem
from sitl.embedded.sub_model import Current, SubDemand, floating, step
from umimori.geodesy import LonLat
from umimori.records.vehicle import VehicleKind

STABILIZE, ALT_HOLD, AUTO, GUIDED, SURFACE, POSHOLD, MANUAL = 0, 2, 3, 4, 9, 16, 19
MODES = {
    STABILIZE: "STABILIZE",
    ALT_HOLD: "ALT_HOLD",
    AUTO: "AUTO",
    GUIDED: "GUIDED",
    SURFACE: "SURFACE",
    POSHOLD: "POSHOLD",
    MANUAL: "MANUAL",
}
"""ArduSub's custom_mode numbers (SUB_MODE in ardupilotmega.xml)."""
NEEDS_POSITION = frozenset({AUTO, GUIDED, POSHOLD})
CAPACITY_MAH = 18_000.0
CELLS = 4
IDLE_POWER_W = 20.0
DRAG_POWER_W = 60.0
"""Power per (m/s)^3 through the water, plus what electronics and lights draw: about 2.5 h."""
POSITION_GAIN_PER_S = 0.6
HEIGHT_GAIN_PER_S = 0.8
MAX_SKIPS = 200
SURFACED_M = -0.15
FULL_STICK = 1000.0
LOOK_AHEAD_S = 2.0


class SubAutopilot(Autopilot):
    """Flies the underwater vehicle."""

    kind = VehicleKind.SUB
    mode_names = MODES
    gps_ready_s = 9.5
    navigation_ready_s = 41.0

    def __init__(
        self, place: Place, *, asks_int: bool, speedup: float, stall_guard_s: float
    ) -> None:
        super().__init__(place, asks_int=asks_int, speedup=speedup, stall_guard_s=stall_guard_s)
        self.battery = Battery(capacity_mah=CAPACITY_MAH, cells=CELLS, resistance_ohm=0.03)
        self.params.set("BATT_CAPACITY", CAPACITY_MAH)
        self.params.set("SIM_BATT_VOLTAGE", CELLS * 4.2)
        self.mode = MANUAL
        self._state = floating(place.heading_deg)
        self._from = Point(0.0, 0.0)
        self._from_alt_m = 0.0
        self._target = Point(0.0, 0.0)
        self._target_alt_m = 0.0
        self._heading_rad = self._state.heading_rad
        self._fixed_heading = False
        self._speed_mps: float | None = None
        self._arrived_s: float | None = None
        self._hold_s = 0.0
        self._jumps: dict[int, int] = {}
        self._active: StoredItem | None = None
        self._sticks = (0.0, 0.0, 0.0, 0.0)

    # --- motion ----------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Return the present state for telemetry."""
        s = self._state
        navigating = self.mode in NEEDS_POSITION
        xtrack = 0.0
        if self.mode == AUTO and self._from.distance_m(self._target) > 1.0:
            xtrack = cross_track_m(s.at, self._from, self._target)
        return Snapshot(
            at=s.at,
            alt_m=s.alt_m,
            roll_rad=0.0,
            pitch_rad=0.0,
            heading_rad=s.heading_rad,
            vx_mps=s.vx_mps,
            vy_mps=s.vy_mps,
            climb_mps=s.climb_mps,
            airspeed_mps=0.0,
            throttle_pct=30 if self.armed else 0,
            target=self._target if navigating else None,
            xtrack_m=xtrack,
            on_ground=s.alt_m >= SURFACED_M,
        )

    def _move(self, dt_s: float) -> None:
        current = self._current()
        demand = self._demand() if self.armed else self._adrift()
        self._state = step(self._state, demand, current, dt_s)
        power = IDLE_POWER_W
        if self.armed:
            s = self._state
            through = math.hypot(s.vx_mps - current.vx_mps, s.vy_mps - current.vy_mps)
            power += DRAG_POWER_W * (through**3 + abs(s.climb_mps) ** 3)
        self.battery = self.battery.drained(power, dt_s)
        if self.armed and self.mode == AUTO:
            self._advance_mission()
        if self.mode == SURFACE and self._state.alt_m >= SURFACED_M:
            self.set_mode(ALT_HOLD)

    def _current(self) -> Current:
        speed, towards = self.params["SIM_CURR_SPD"], math.radians(self.params["SIM_CURR_DIR"])
        return Current(vx_mps=speed * math.sin(towards), vy_mps=speed * math.cos(towards))

    def _adrift(self) -> SubDemand:
        """Return the demand of a disarmed vehicle: it drifts and floats up."""
        return SubDemand(
            vx_mps=0.0,
            vy_mps=0.0,
            climb_mps=0.1 if self._state.alt_m < 0.0 else 0.0,
            heading_rad=self._state.heading_rad,
            drifting=True,
        )

    def _demand(self) -> SubDemand:
        if self.mode in NEEDS_POSITION:
            return self._demand_to_target()
        if self.mode == SURFACE:
            climb = self.params["WP_SPD_UP"]
        elif self.mode == ALT_HOLD and self._sticks[2] == 0.0:
            climb = HEIGHT_GAIN_PER_S * (self._target_alt_m - self._state.alt_m)
        else:
            climb = self._sticks[2] * self.params["PILOT_SPEED_UP"] / 100.0
            self._target_alt_m = self._state.alt_m
        return self._demand_by_sticks(climb)

    def _demand_by_sticks(self, climb_mps: float) -> SubDemand:
        """Return the demand of the modes without position: a pilot, or drift with the water."""
        forward, right, _, yaw = self._sticks
        heading = self._state.heading_rad
        speed = self.params["PILOT_SPEED"] / 100.0
        current = self._current()
        vx = speed * (forward * math.sin(heading) + right * math.cos(heading))
        vy = speed * (forward * math.cos(heading) - right * math.sin(heading))
        return SubDemand(
            vx_mps=vx + current.vx_mps,
            vy_mps=vy + current.vy_mps,
            climb_mps=climb_mps,
            heading_rad=heading + yaw * math.radians(45.0),
        )

    def _demand_to_target(self) -> SubDemand:
        """Follow the line to the target with a carrot that stays ahead, in all three axes."""
        s = self._state
        speed = self._speed_mps or self.params["WP_SPD"]
        length = self._from.distance_m(self._target)
        along = along_track_m(s.at, self._from, self._target) if length > 0.1 else 0.0
        share = 1.0 if length < 0.1 else max(0.0, min(1.0, (along + speed * LOOK_AHEAD_S) / length))
        carrot = Point(
            self._from.x_m + share * (self._target.x_m - self._from.x_m),
            self._from.y_m + share * (self._target.y_m - self._from.y_m),
        )
        carrot_alt = self._from_alt_m + share * (self._target_alt_m - self._from_alt_m)
        dx, dy = carrot.x_m - s.at.x_m, carrot.y_m - s.at.y_m
        distance = math.hypot(dx, dy)
        wanted = min(speed, POSITION_GAIN_PER_S * distance)
        scale = wanted / distance if distance > 1e-6 else 0.0
        up, down = self.params["WP_SPD_UP"], self.params["WP_SPD_DN"]
        climb = HEIGHT_GAIN_PER_S * (carrot_alt - s.alt_m)
        if length > 3.0 and not self._fixed_heading:
            self._heading_rad = self._from.course_to(self._target)
        return SubDemand(
            vx_mps=dx * scale,
            vy_mps=dy * scale,
            climb_mps=max(-down, min(up, climb)),
            heading_rad=self._heading_rad,
        )

    def steer(self, forward: float, right: float, up: float, yaw: float) -> None:
        """Take MANUAL_CONTROL sticks, each -1000..1000 and ``up`` 0..1000 with 500 neutral."""
        self._sticks = (
            forward / FULL_STICK,
            right / FULL_STICK,
            (up - FULL_STICK / 2) / (FULL_STICK / 2),
            yaw / FULL_STICK,
        )

    # --- modes -----------------------------------------------------------------------------

    def _enter(self, mode: int) -> int:
        if mode in NEEDS_POSITION and not self.has_position:
            self.say(CRITICAL, f"Mode {MODES[mode]} requires position")
            return FAILED
        if mode == AUTO and len(self.mission.items) < 2:
            self.say(CRITICAL, "No mission, can't enter AUTO")
            return FAILED
        self._stay_here()
        if mode == AUTO:
            if self.mission_complete or not 0 < self.seq < len(self.mission.items):
                self.seq = 1
                self.mission_complete = False
            self._start(self.seq)
        return OK

    def _stay_here(self) -> None:
        self._from = self._target = self._state.at
        self._from_alt_m = self._target_alt_m = self._state.alt_m
        self._heading_rad = self._state.heading_rad
        self._fixed_heading = False
        self._speed_mps = None
        self._active = None

    def reposition(self, target: LonLat, alt_rel_m: float | None) -> int:
        """Go to a place in GUIDED; outside an enabled fence the old target is kept."""
        x, y = self.frame.xy(target)
        if self.params.whole("FENCE_ENABLE") and not self.fence.allows(Point(x, y)):
            return FAILED
        if self.set_mode(GUIDED) != OK:
            return FAILED
        self._from, self._from_alt_m = self._state.at, self._state.alt_m
        self._target = Point(x, y)
        if alt_rel_m is not None:
            self._target_alt_m = min(alt_rel_m, 0.0)
        return OK

    def floor_applies(self) -> bool:
        """Return whether the deepest altitude of the fence counts: whenever it dives."""
        return self.armed

    # --- mission ---------------------------------------------------------------------------

    def _mission_changed(self) -> None:
        if self.mode != AUTO:
            self.seq = 0
            self._jumps.clear()
        elif self.seq >= len(self.mission.items):
            self._mission_over()

    def jump_to(self, seq: int) -> int:
        """Make an item the current one."""
        if not 0 <= seq < len(self.mission.items):
            return FAILED
        self.seq = max(seq, 1)
        self.mission_complete = False
        if self.mode == AUTO:
            self._target, self._target_alt_m = self._state.at, self._state.alt_m
            self._start(self.seq)
        return OK

    def _start(self, seq: int) -> None:
        for _ in range(MAX_SKIPS):
            if seq >= len(self.mission.items):
                break
            item = self.mission.items[seq]
            self.seq = seq
            if item.is_navigation:
                self._begin(item)
                return
            seq = self._execute(seq, item)
        self._mission_over()

    def _execute(self, seq: int, item: StoredItem) -> int:
        if item.command == Command.JUMP:
            done = self._jumps.get(seq, 0)
            if item.param2 < 0 or done < item.param2:
                self._jumps[seq] = done + 1
                return max(1, int(item.param1))
        elif item.command == Command.CHANGE_SPEED and item.param2 > 0:
            self._speed_mps = item.param2
        elif item.command == Command.CONDITION_YAW:
            self._set_heading(item)
        self.reached(seq)
        return seq + 1

    def _set_heading(self, item: StoredItem) -> None:
        angle = math.radians(item.param1)
        sign = -1.0 if item.param3 < 0 else 1.0
        relative = item.param4 > 0
        self._heading_rad = self._state.heading_rad + sign * angle if relative else angle
        self._fixed_heading = True

    def _begin(self, item: StoredItem) -> None:
        self._active = item
        self._arrived_s = None
        self._hold_s = item.param1 if item.command in _HOLDING else 0.0
        self._from, self._from_alt_m = self._target, self._target_alt_m
        if item.has_place:
            self._target = self.point_of(item)
        if item.command in {Command.LAND, Command.RETURN_TO_LAUNCH}:
            self._target_alt_m = 0.0
            if item.command == Command.RETURN_TO_LAUNCH:
                self._target = Point(0.0, 0.0)
        elif item.command != Command.DELAY:
            self._target_alt_m = min(self.height_of(item), 0.0)

    def _advance_mission(self) -> None:
        item = self._active
        if item is None or item.command == Command.LOITER_UNLIMITED:
            return
        away = math.hypot(
            self._state.at.distance_m(self._target), self._state.alt_m - self._target_alt_m
        )
        if self._arrived_s is None:
            if away > self.params["WP_RADIUS_M"]:
                return
            self._arrived_s = self.time_s
        if item.command == Command.LAND and self._state.alt_m < SURFACED_M:
            return
        if self.time_s - self._arrived_s < self._hold_s:
            return
        self.reached(self.seq)
        self._start(self.seq + 1)

    def _mission_over(self) -> None:
        """Hold position when the mission ends, as ArduSub does."""
        self.mission_complete = True
        self.say(INFO, "Mission complete")
        self._active = None

    # --- failsafes -------------------------------------------------------------------------

    def gcs_timeout_s(self) -> float | None:
        """Return FS_GCS_TIMEOUT unless FS_GCS_ENABLE is off."""
        return self.params["FS_GCS_TIMEOUT"] if self.params.whole("FS_GCS_ENABLE") else None

    def _on_gcs_lost(self) -> None:
        """Obey FS_GCS_ENABLE: 1 warns, 2 disarms, 3 holds depth, 4 surfaces."""
        action = self.params.whole("FS_GCS_ENABLE")
        if action == 2:
            self.disarm()
        elif action == 3:
            self.set_mode(ALT_HOLD)
        elif action == 4:
            self.set_mode(SURFACE)

    def _on_battery_low(self, action: int) -> None:
        if action == 3:
            self.set_mode(SURFACE)
        elif action == 2:
            self.disarm()

    def _on_fence_breach(self) -> None:
        """Do nothing but report: ArduSub takes no fence action (tried on the real SITL)."""


_HOLDING = frozenset({Command.WAYPOINT, Command.LOITER_TIME, Command.DELAY})
