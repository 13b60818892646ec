"""What a coordinated turn, a climb and a corner cost a fixed wing."""

from __future__ import annotations

import math

STANDARD_GRAVITY_MPS2 = 9.80665
"""Standard acceleration of free fall (3rd CGPM, 1901; BIPM SI brochure)."""


def turn_radius_m(speed_mps: float, bank_deg: float) -> float:
    """Return the radius of a level coordinated turn, r = V^2 / (g tan(bank)).

    Source: any flight mechanics text, e.g. Beard & McLain, "Small Unmanned Aircraft" (2012),
    eq. 9.14. With the ground speed V + W it bounds the radius over ground in a wind W.
    """
    return speed_mps**2 / (STANDARD_GRAVITY_MPS2 * math.tan(math.radians(bank_deg)))


def bank_for_radius_deg(speed_mps: float, radius_m: float) -> float:
    """Return the bank that gives a radius, the inverse of :func:`turn_radius_m`."""
    return math.degrees(math.atan2(speed_mps**2, STANDARD_GRAVITY_MPS2 * radius_m))


def wind_grown_radius_m(
    still_air_radius_m: float, airspeed_mps: float, wind_speed_mps: float
) -> float:
    """Return the radius over ground of the worst part of a turn in wind.

    The bank stays that of the still-air turn, so r grows with ((V + W) / V)^2.
    """
    return still_air_radius_m * ((airspeed_mps + wind_speed_mps) / airspeed_mps) ** 2


def corner_tangent_m(radius_m: float, turn_deg: float) -> float:
    """Return how far before and after a corner an arc of ``radius_m`` leaves the two legs.

    t = r tan(turn / 2); infinite for a reversal.
    """
    half = math.radians(min(abs(turn_deg), 180.0)) / 2.0
    return math.inf if half >= math.pi / 2.0 - 1e-9 else radius_m * math.tan(half)
