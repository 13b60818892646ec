"""The embedded fixed wing: ArduPlane's modes, missions and failsafes on the kinematic model."""

from __future__ import annotations

import math
from dataclasses import replace

from sitl.embedded.autopilot import (
    CRITICAL,
    DENIED,
    FAILED,
    INFO,
    OK,
    Autopilot,
    Place,
    Snapshot,
)
from sitl.embedded.battery import Battery
from sitl.embedded.guidance import (
    GRAVITY_MPS2,
    L1Tuning,
    Point,
    bank_for,
    cross_track_m,
    follow_circle,
    follow_line,
)
from sitl.embedded.items import Command, StoredItem
from sitl.embedded.plane_mission import (
    MAX_SKIPS,
    Doing,
    Leg,
    Surroundings,
    is_done,
    leg_of,
    progressed,
)
from sitl.embedded.plane_model import (
    PlaneDemand,
    PlaneLimits,
    parked,
    step,
    wind_from,
)
from umimori.geodesy import LonLat
from umimori.records.vehicle import VehicleKind

MANUAL, CIRCLE, FBWA, FBWB, CRUISE = 0, 1, 5, 6, 7
AUTO, RTL, LOITER, TAKEOFF, GUIDED = 10, 11, 12, 13, 15
MODES = {
    MANUAL: "MANUAL",
    CIRCLE: "CIRCLE",
    FBWA: "FBWA",
    FBWB: "FBWB",
    CRUISE: "CRUISE",
    AUTO: "AUTO",
    RTL: "RTL",
    LOITER: "LOITER",
    TAKEOFF: "TAKEOFF",
    GUIDED: "GUIDED",
}
"""ArduPlane's custom_mode numbers (PLANE_MODE in ardupilotmega.xml)."""
CAPACITY_MAH = 22_000.0
CELLS = 6
CRUISE_POWER_W = 240.0
IDLE_POWER_W = 8.0
CLIMB_POWER_W_PER_MPS = 60.0
"""A survey aircraft of about 6 kg: m g per metre per second of climb; 90 min at cruise."""
HEIGHT_GAIN_PER_S = 0.5
LOW_BATTERY_RTL, LOW_BATTERY_LAND = 1, 2
"""BATT_FS_LOW_ACT of ArduPlane."""


class PlaneAutopilot(Autopilot):
    """Flies the fixed wing."""

    kind = VehicleKind.PLANE
    mode_names = MODES
    gps_ready_s = 22.8
    navigation_ready_s = 22.8

    def __init__(
        self, place: Place, *, asks_int: bool, speedup: float, stall_guard_s: float
    ) -> None:
        super().__init__(place, asks_int=asks_int, speedup=speedup, stall_guard_s=stall_guard_s)
        self.battery = Battery(capacity_mah=CAPACITY_MAH, cells=CELLS, resistance_ohm=0.03)
        self.params.set("BATT_CAPACITY", CAPACITY_MAH)
        self.params.set("SIM_BATT_VOLTAGE", CELLS * 4.2)
        self._state = parked(place.heading_deg)
        self._leg: Leg | None = None
        self._hold = Point(0.0, 0.0)
        self._hold_alt_m = 0.0
        self._hold_radius_m = 80.0
        self._air_speed_mps: float | None = None
        self._last_nav = Point(0.0, 0.0)
        self._last_alt_m = 0.0
        self._jumps: dict[int, int] = {}
        self._landed_s: float | None = None

    # --- motion ----------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Return the present state for telemetry."""
        s = self._state
        pitch = math.atan2(s.climb_mps, max(s.airspeed_mps, 1.0))
        leg = self._leg if self.mode == AUTO else None
        xtrack = 0.0
        if leg is not None and leg.doing is Doing.LINE and leg.start.distance_m(leg.end) > 1.0:
            xtrack = cross_track_m(s.at, leg.start, leg.end)
        target = leg.end if leg else (self._hold if self.mode in {RTL, LOITER, GUIDED} else None)
        return Snapshot(
            at=s.at,
            alt_m=s.alt_m,
            roll_rad=s.bank_rad,
            pitch_rad=pitch,
            heading_rad=s.heading_rad,
            vx_mps=s.vx_mps,
            vy_mps=s.vy_mps,
            climb_mps=s.climb_mps,
            airspeed_mps=s.airspeed_mps,
            throttle_pct=50 if self.armed and s.airspeed_mps > 1.0 else 0,
            target=target,
            xtrack_m=xtrack,
            on_ground=s.on_ground,
        )

    def _move(self, dt_s: float) -> None:
        before = self._state.at
        demand = (
            self._demand()
            if self.armed
            else PlaneDemand(bank_rad=0.0, climb_mps=-1.0, airspeed_mps=0.0)
        )
        p = self.params
        wind = wind_from(p["SIM_WIND_SPD"], p["SIM_WIND_DIR"])
        self._state = step(self._state, demand, wind, self._limits(), dt_s)
        climb = max(0.0, self._state.climb_mps)
        motor_on = self.armed and demand.airspeed_mps > 0.0
        power = IDLE_POWER_W
        if motor_on:
            power += CRUISE_POWER_W + CLIMB_POWER_W_PER_MPS * climb
        self.battery = self.battery.drained(power, dt_s)
        if self.armed and self.mode == AUTO and self._leg is not None:
            self._leg = progressed(self._leg, before, self._state, dt_s)
            self._advance_mission()
        if self.armed and self.mode == RTL:
            self._maybe_land_after_return()
        self._disarm_after_landing()

    def _limits(self) -> PlaneLimits:
        p = self.params
        return PlaneLimits(
            max_bank_rad=math.radians(p["ROLL_LIMIT_DEG"]),
            max_climb_mps=p["TECS_CLMB_MAX"],
            max_sink_mps=p["TECS_SINK_MAX"],
            cruise_mps=p["AIRSPEED_CRUISE"],
        )

    def _tuning(self) -> L1Tuning:
        return L1Tuning(self.params["NAVL1_PERIOD"], self.params["NAVL1_DAMPING"])

    def _demand(self) -> PlaneDemand:
        cruise = self._air_speed_mps or self.params["AIRSPEED_CRUISE"]
        s = self._state
        if self.mode == AUTO and self._leg is not None:
            return self._demand_on_leg(self._leg, cruise)
        if self.mode in {RTL, LOITER, GUIDED, CIRCLE, TAKEOFF}:
            return self._circle(self._hold, self._hold_radius_m, True, self._hold_alt_m, cruise)
        if s.on_ground:
            return PlaneDemand(bank_rad=0.0, climb_mps=0.0, airspeed_mps=0.0)
        return PlaneDemand(
            bank_rad=0.0, climb_mps=self._climb_to(self._hold_alt_m), airspeed_mps=cruise
        )

    def _demand_on_leg(self, leg: Leg, cruise: float) -> PlaneDemand:
        s = self._state
        if leg.doing is Doing.LAND and s.on_ground:
            return PlaneDemand(bank_rad=0.0, climb_mps=0.0, airspeed_mps=0.0)
        if leg.doing is Doing.TAKE_OFF:
            climb = self.params["TECS_CLMB_MAX"]
            return PlaneDemand(bank_rad=0.0, climb_mps=climb, airspeed_mps=cruise)
        if leg.doing in {Doing.CIRCLE, Doing.HOME}:
            radius = leg.radius_m if leg.doing is Doing.CIRCLE else self._home_radius_m()
            return self._circle(leg.end, radius, leg.clockwise, leg.alt_m, cruise)
        lateral = follow_line(s.motion, leg.start, leg.end, self._tuning())
        return PlaneDemand(
            bank_rad=bank_for(lateral, math.radians(self.params["ROLL_LIMIT_DEG"])),
            climb_mps=self._climb_on(leg),
            airspeed_mps=cruise,
        )

    def _climb_on(self, leg: Leg) -> float:
        """Return the climb that holds the leg's height, with its slope fed forward."""
        s = self._state
        if leg.doing is Doing.LAND and s.at.distance_m(leg.end) < 3.0 * s.motion.speed_mps:
            flare = s.alt_m < self.params["LAND_FLARE_ALT"]
            return -1.0 if flare else self._climb_to(0.0) - 1.0
        wanted = leg.altitude_at(s.at)
        ahead = Point(s.at.x_m + s.vx_mps, s.at.y_m + s.vy_mps)
        return self._climb_to(wanted) + (leg.altitude_at(ahead) - wanted)

    def _circle(
        self, centre: Point, radius_m: float, clockwise: bool, alt_m: float, cruise: float
    ) -> PlaneDemand:
        if self._state.on_ground:
            return PlaneDemand(bank_rad=0.0, climb_mps=0.0, airspeed_mps=0.0)
        lateral = follow_circle(self._state.motion, centre, radius_m, clockwise, self._tuning())
        return PlaneDemand(
            bank_rad=bank_for(lateral, math.radians(self.params["ROLL_LIMIT_DEG"])),
            climb_mps=self._climb_to(alt_m),
            airspeed_mps=cruise,
        )

    def _climb_to(self, alt_m: float) -> float:
        return HEIGHT_GAIN_PER_S * (alt_m - self._state.alt_m)

    def _home_radius_m(self) -> float:
        radius = self.params["RTL_RADIUS"] or self.params["WP_LOITER_RAD"]
        return max(abs(radius), self._smallest_radius_m())

    def _smallest_radius_m(self) -> float:
        speed = self._air_speed_mps or self.params["AIRSPEED_CRUISE"]
        bank = math.radians(self.params["ROLL_LIMIT_DEG"])
        return speed * speed / (GRAVITY_MPS2 * math.tan(0.8 * bank))

    # --- modes -----------------------------------------------------------------------------

    def _enter(self, mode: int) -> int:
        if mode == AUTO:
            return self._enter_auto()
        self._hold = self._state.at
        self._hold_alt_m = self._state.alt_m
        self._hold_radius_m = abs(self.params["WP_LOITER_RAD"])
        self._air_speed_mps = None
        if mode == RTL:
            self._hold = self._return_point()
            self._hold_alt_m = self.params["RTL_ALTITUDE"]
            self._hold_radius_m = self._home_radius_m()
        return OK

    def _enter_auto(self) -> int:
        if len(self.mission.items) < 2:
            self.say(CRITICAL, "No mission, can't enter AUTO")
            return FAILED
        restart = self.mission_complete or self.params.whole("MIS_RESTART") == 1
        if restart or not 0 < self.seq < len(self.mission.items):
            self.seq = 1
            self.mission_complete = False
        self._last_nav, self._last_alt_m = self._state.at, self._state.alt_m
        self._start(self.seq)
        return OK

    def _return_point(self) -> Point:
        points = [self.point_of(item) for item in self.rally_list.items]
        limit_m = self.params["RALLY_LIMIT_KM"] * 1000.0
        near = [p for p in points if limit_m <= 0 or p.distance_m(self._state.at) <= limit_m]
        if self.params.whole("RALLY_INCL_HOME") or not near:
            near.append(Point(0.0, 0.0))
        return min(near, key=self._state.at.distance_m)

    def reposition(self, target: LonLat, alt_rel_m: float | None) -> int:
        """Circle a place in GUIDED; refused outside an enabled fence, as ArduPlane does."""
        x, y = self.frame.xy(target)
        if self.params.whole("FENCE_ENABLE") and not self.fence.allows(Point(x, y)):
            return DENIED
        if self.set_mode(GUIDED) != OK:
            return FAILED
        self._hold = Point(x, y)
        if alt_rel_m is not None:
            self._hold_alt_m = alt_rel_m
        return OK

    def floor_applies(self) -> bool:
        """Return whether the aircraft is up and not about to land."""
        flying = self.armed and not self._state.on_ground and self.mode == AUTO
        doing = self._leg.doing if self._leg is not None else None
        return flying and doing in {Doing.LINE, Doing.CIRCLE}

    # --- mission ---------------------------------------------------------------------------

    def _mission_changed(self) -> None:
        if self.mode != AUTO:
            self.seq, self._leg = 0, None
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
            self._last_nav, self._last_alt_m = self._state.at, self._state.alt_m
            self._start(self.seq)
        return OK

    def _start(self, seq: int) -> None:
        """Execute items from ``seq`` on until one needs flying."""
        for _ in range(MAX_SKIPS):
            if seq >= len(self.mission.items):
                break
            item = self.mission.items[seq]
            if item.is_navigation:
                self._begin_leg(seq, item)
                return
            seq = self._execute(seq, item)
        self._mission_over()

    def _execute(self, seq: int, item: StoredItem) -> int:
        """Do an item that takes no time; return the number of the next one."""
        if item.command == Command.JUMP:
            done = self._jumps.get(seq, 0)
            if item.param2 < 0 or done < item.param2:
                self._jumps[seq] = done + 1
                return max(1, int(item.param1))
        elif item.command == Command.CHANGE_SPEED and item.param2 > 0:
            low, high = self.params["AIRSPEED_MIN"], self.params["AIRSPEED_MAX"]
            self._air_speed_mps = max(low, min(high, item.param2))
        elif item.command == Command.FENCE_ENABLE:
            self.params.set("FENCE_ENABLE", item.param1)
        self.reached(seq)
        return seq + 1

    def _begin_leg(self, seq: int, item: StoredItem) -> None:
        self.seq = seq
        end = self.point_of(item) if item.has_place else self._state.at
        around = Surroundings(
            start=self._last_nav,
            start_alt_m=self._last_alt_m,
            home=Point(0.0, 0.0),
            rtl_alt_m=self.params["RTL_ALTITUDE"],
            waypoint_radius_m=self.params["WP_RADIUS"],
            loiter_radius_m=self.params["WP_LOITER_RAD"],
            after=self._place_after(seq),
        )
        leg = leg_of(seq, item, end, self.height_of(item), around)
        smallest = self._smallest_radius_m()
        self._leg = replace(leg, radius_m=max(leg.radius_m, smallest))
        if leg.doing is Doing.HOME:
            self._hold = leg.end

    def _place_after(self, seq: int) -> Point | None:
        for item in self.mission.items[seq + 1 :]:
            if item.is_navigation and item.has_place:
                return self.point_of(item)
            if item.command in {Command.JUMP, Command.RETURN_TO_LAUNCH}:
                return None
        return None

    def _advance_mission(self) -> None:
        leg = self._leg
        if leg is None or not is_done(leg, self._state, self._tuning(), self._home_radius_m()):
            return
        if leg.doing is Doing.LAND:
            if self._landed_s is None:
                self._landed_s = self.time_s
                self.reached(leg.seq)
            return
        self.reached(leg.seq)
        at_place = leg.doing is Doing.LINE
        self._last_nav = leg.end if at_place else self._state.at
        self._last_alt_m = leg.alt_m if at_place else self._state.alt_m
        if leg.doing is Doing.HOME:
            self.set_mode(RTL)
            return
        self._start(leg.seq + 1)

    def _mission_over(self) -> None:
        self._leg = None
        self.mission_complete = True
        self.say(INFO, "Mission complete, changing mode to RTL")
        self._enter(RTL)
        self.mode = RTL

    def _maybe_land_after_return(self) -> None:
        """Go on to the landing sequence when RTL_AUTOLAND says so (1: from home, 2: at once)."""
        wish = self.params.whole("RTL_AUTOLAND")
        starts = [i for i, it in enumerate(self.mission.items) if it.command == Command.LAND_START]
        if wish not in {1, 2} or not starts or self._state.on_ground:
            return
        far = self._state.at.distance_m(self._hold) > 2.0 * self._hold_radius_m
        if wish == 1 and far:
            return
        nearest = min(starts, key=lambda i: self._distance_to(self.mission.items[i]))
        self.mode = AUTO
        self.jump_to(nearest)

    def _distance_to(self, item: StoredItem) -> float:
        return self.point_of(item).distance_m(self._state.at) if item.has_place else 0.0

    def _disarm_after_landing(self) -> None:
        delay = self.params["LAND_DISARMDELAY"]
        if self._landed_s is not None and delay > 0 and self.time_s - self._landed_s >= delay:
            self._landed_s = None
            self._leg = None
            self.say(INFO, "Auto disarmed")
            self.disarm()

    # --- failsafes -------------------------------------------------------------------------

    def _arming_refusals(self) -> list[str]:
        reasons = []
        has_landing = any(it.command == Command.LAND_START for it in self.mission.items)
        if has_landing and self.params.whole("RTL_AUTOLAND") == 0:
            reasons.append("DO_LAND_START set and RTL_AUTOLAND disabled")
        if self._leg is not None and self._leg.doing is Doing.LAND:
            reasons.append("In landing sequence")
        return reasons

    def gcs_timeout_s(self) -> float | None:
        """Return FS_LONG_TIMEOUT when FS_GCS_ENABL asks for it."""
        wish = self.params.whole("FS_GCS_ENABL")
        if wish == 0 or (wish == 3 and self.mode != AUTO):
            return None
        return self.params["FS_LONG_TIMEOUT"]

    def _on_gcs_lost(self) -> None:
        """Obey FS_LONG_ACTN: 0 and 4 go on in AUTO, 1 and 2 return."""
        action = self.params.whole("FS_LONG_ACTN")
        if action in {1, 2} or (action == 0 and self.mode != AUTO):
            self.set_mode(RTL)

    def _on_battery_low(self, action: int) -> None:
        if action in {LOW_BATTERY_RTL, LOW_BATTERY_LAND}:
            self.set_mode(RTL)

    def _on_fence_breach(self) -> None:
        if self.params.whole("FENCE_ACTION") == 1:
            self.set_mode(RTL)
