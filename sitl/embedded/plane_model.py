"""Kinematics of the fixed wing: coordinated turns, climb limits, wind, ground roll.

Point-mass model with a first-order roll: turn rate = g tan(bank) / airspeed (coordinated turn,
e.g. R. Beard and T. McLain, "Small Unmanned Aircraft", 2012, eq. 9.14).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sitl.embedded.guidance import GRAVITY_MPS2, Motion, Point, wrap_pi

ROLL_TIME_CONSTANT_S = 0.5
"""ROLL response of ArduPlane's default tuning (RLL2SRV_TCONST)."""
CLIMB_TIME_CONSTANT_S = 1.0
ACCELERATION_MPS2 = 4.0
BRAKING_MPS2 = 3.0
LIFT_OFF_FRACTION = 0.6
"""Share of the cruise speed at which the wheels leave the ground."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wind:
    """Air moving over the ground, east and north, metres per second."""

    vx_mps: float
    vy_mps: float


def wind_from(speed_mps: float, from_deg: float) -> Wind:
    """Return the wind that blows from a direction (meteorological convention)."""
    towards = math.radians(from_deg + 180.0)
    return Wind(vx_mps=speed_mps * math.sin(towards), vy_mps=speed_mps * math.cos(towards))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneLimits:
    """What the airframe can do."""

    max_bank_rad: float
    max_climb_mps: float
    max_sink_mps: float
    cruise_mps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneDemand:
    """What the autopilot asks for: bank, climb rate, airspeed (0 = motor off)."""

    bank_rad: float
    climb_mps: float
    airspeed_mps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneState:
    """Position in the local frame, height above home, attitude and speeds."""

    at: Point
    alt_m: float
    heading_rad: float
    bank_rad: float
    airspeed_mps: float
    climb_mps: float
    vx_mps: float
    vy_mps: float
    on_ground: bool

    @property
    def motion(self) -> Motion:
        """Return what lateral guidance needs."""
        return Motion(self.at, self.vx_mps, self.vy_mps)


def parked(heading_deg: float) -> PlaneState:
    """Return the state of an aircraft standing at home."""
    return PlaneState(
        at=Point(0.0, 0.0),
        alt_m=0.0,
        heading_rad=math.radians(heading_deg),
        bank_rad=0.0,
        airspeed_mps=0.0,
        climb_mps=0.0,
        vx_mps=0.0,
        vy_mps=0.0,
        on_ground=True,
    )


def step(
    state: PlaneState, demand: PlaneDemand, wind: Wind, limits: PlaneLimits, dt_s: float
) -> PlaneState:
    """Return the state ``dt_s`` seconds later."""
    if state.on_ground:
        return _roll_on_ground(state, demand, limits, dt_s)
    bank_wanted = max(-limits.max_bank_rad, min(limits.max_bank_rad, demand.bank_rad))
    bank = state.bank_rad + (bank_wanted - state.bank_rad) * min(1.0, dt_s / ROLL_TIME_CONSTANT_S)
    airspeed = _approach(state.airspeed_mps, demand.airspeed_mps, ACCELERATION_MPS2 * dt_s)
    climb_wanted = max(-limits.max_sink_mps, min(limits.max_climb_mps, demand.climb_mps))
    climb = state.climb_mps + (climb_wanted - state.climb_mps) * min(
        1.0, dt_s / CLIMB_TIME_CONSTANT_S
    )
    rate = GRAVITY_MPS2 * math.tan(bank) / max(airspeed, 1.0)
    heading = wrap_pi(state.heading_rad + rate * dt_s)
    level = math.sqrt(max(airspeed * airspeed - climb * climb, 0.0))
    vx = level * math.sin(heading) + wind.vx_mps
    vy = level * math.cos(heading) + wind.vy_mps
    alt = state.alt_m + climb * dt_s
    return PlaneState(
        at=Point(state.at.x_m + vx * dt_s, state.at.y_m + vy * dt_s),
        alt_m=max(alt, 0.0),
        heading_rad=heading,
        bank_rad=0.0 if alt <= 0.0 else bank,
        airspeed_mps=airspeed,
        climb_mps=0.0 if alt <= 0.0 else climb,
        vx_mps=vx,
        vy_mps=vy,
        on_ground=alt <= 0.0,
    )


def _roll_on_ground(
    state: PlaneState, demand: PlaneDemand, limits: PlaneLimits, dt_s: float
) -> PlaneState:
    """Accelerate for take-off or brake after touch-down; the wheels take up the wind."""
    change = ACCELERATION_MPS2 if demand.airspeed_mps > state.airspeed_mps else BRAKING_MPS2
    speed = _approach(state.airspeed_mps, demand.airspeed_mps, change * dt_s)
    vx, vy = speed * math.sin(state.heading_rad), speed * math.cos(state.heading_rad)
    lifts = speed >= LIFT_OFF_FRACTION * limits.cruise_mps and demand.climb_mps > 0.0
    return PlaneState(
        at=Point(state.at.x_m + vx * dt_s, state.at.y_m + vy * dt_s),
        alt_m=0.01 if lifts else 0.0,
        heading_rad=state.heading_rad,
        bank_rad=0.0,
        airspeed_mps=speed,
        climb_mps=0.0,
        vx_mps=vx,
        vy_mps=vy,
        on_ground=not lifts,
    )


def _approach(value: float, target: float, step_: float) -> float:
    return value + max(-step_, min(step_, target - value))
