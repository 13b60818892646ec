"""Energy as a share of the endurance at cruise, without knowing the battery.

Level power of a fixed wing: P(V) = k1 V^3 + k2 / V (parasitic and induced; e.g. Anderson,
"Aircraft Performance and Design", chapter 5); a bank multiplies the induced part by the square of
the load factor n = 1 / cos(bank); a climb adds m g vz. Divided by the power at cruise all unknown
masses cancel.
"""

from __future__ import annotations

import math

INDUCED_SHARE_AT_CRUISE = 0.5
"""At the speed of best range both parts are equal; above it the induced part is smaller, so this
overstates what a turn costs."""

LIFT_TO_DRAG = 10.0
"""Modest for a small fixed wing: climb power over cruise power is vz (L/D) / V."""


def power_ratio(
    airspeed_mps: float,
    cruise_mps: float,
    *,
    bank_deg: float = 0.0,
    climb_mps: float = 0.0,
) -> float:
    """Return the power of a fixed wing relative to level flight at cruise.

    A descent saves nothing: the motor is taken to keep its cruise power (safe side).
    """
    speed = airspeed_mps / cruise_mps
    load_factor = 1.0 / math.cos(math.radians(bank_deg))
    parasitic = (1.0 - INDUCED_SHARE_AT_CRUISE) * speed**3
    induced = INDUCED_SHARE_AT_CRUISE * load_factor**2 / speed
    climb = max(climb_mps, 0.0) * LIFT_TO_DRAG / cruise_mps
    return parasitic + induced + climb


def usable_s(endurance_s: float, reserve_fraction: float) -> float:
    """Return the seconds at cruise that a plan may use."""
    return endurance_s * (1.0 - reserve_fraction)
