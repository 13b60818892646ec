"""Kinematics of the underwater vehicle: 3-D velocity with lag, yaw, depth limits, current.

First-order surge/sway/heave (T. Fossen, "Handbook of Marine Craft Hydrodynamics and Motion
Control", 2011, section 12.1: velocity loops closed by the autopilot), so that the vehicle answers
demands for a velocity over the ground as long as the current leaves it thrust to spare.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sitl.embedded.guidance import Point, wrap_pi

VELOCITY_TIME_CONSTANT_S = 0.8
MAX_WATER_SPEED_MPS = 1.8
"""Speed through water that a BlueROV2-class vehicle reaches (ArduSub SITL: 1.79 measured)."""
MAX_VERTICAL_MPS = 1.0
MAX_YAW_RATE_RADPS = math.radians(45.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """Water moving over the ground, east and north, metres per second."""

    vx_mps: float
    vy_mps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SubDemand:
    """Velocity over the ground (None: thrusters only hold against nothing, so drift) and yaw."""

    vx_mps: float
    vy_mps: float
    climb_mps: float
    heading_rad: float
    drifting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubState:
    """Position in the local frame; ``alt_m`` is relative to the surface, negative under it."""

    at: Point
    alt_m: float
    heading_rad: float
    vx_mps: float
    vy_mps: float
    climb_mps: float


def floating(heading_deg: float) -> SubState:
    """Return the state of a vehicle that floats at home."""
    return SubState(
        at=Point(0.0, 0.0),
        alt_m=0.0,
        heading_rad=math.radians(heading_deg),
        vx_mps=0.0,
        vy_mps=0.0,
        climb_mps=0.0,
    )


def step(state: SubState, demand: SubDemand, current: Current, dt_s: float) -> SubState:
    """Return the state ``dt_s`` seconds later."""
    wanted_x, wanted_y = _within_thrust(demand, current)
    share = min(1.0, dt_s / VELOCITY_TIME_CONSTANT_S)
    vx = state.vx_mps + (wanted_x - state.vx_mps) * share
    vy = state.vy_mps + (wanted_y - state.vy_mps) * share
    climb_wanted = max(-MAX_VERTICAL_MPS, min(MAX_VERTICAL_MPS, demand.climb_mps))
    climb = state.climb_mps + (climb_wanted - state.climb_mps) * share
    limit = MAX_YAW_RATE_RADPS * dt_s
    yaw = max(-limit, min(limit, wrap_pi(demand.heading_rad - state.heading_rad)))
    alt = state.alt_m + climb * dt_s
    return SubState(
        at=Point(state.at.x_m + vx * dt_s, state.at.y_m + vy * dt_s),
        alt_m=min(alt, 0.0),
        heading_rad=wrap_pi(state.heading_rad + yaw),
        vx_mps=vx,
        vy_mps=vy,
        climb_mps=0.0 if alt >= 0.0 else climb,
    )


def _within_thrust(demand: SubDemand, current: Current) -> tuple[float, float]:
    """Return the velocity over ground that the thrusters can hold in this current."""
    if demand.drifting:
        return current.vx_mps, current.vy_mps
    water_x, water_y = demand.vx_mps - current.vx_mps, demand.vy_mps - current.vy_mps
    speed = math.hypot(water_x, water_y)
    if speed <= MAX_WATER_SPEED_MPS:
        return demand.vx_mps, demand.vy_mps
    share = MAX_WATER_SPEED_MPS / speed
    return current.vx_mps + water_x * share, current.vy_mps + water_y * share
