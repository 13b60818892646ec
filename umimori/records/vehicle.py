"""What a vehicle can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class VehicleKind(StrEnum):
    """The two kinds that Umimori plans and flies."""

    PLANE = "plane"
    SUB = "sub"


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleProfile:
    """The limits that a plan must respect.

    Args:
        cruise_speed_mps: airspeed of a plane, speed through water of a sub.
        max_bank_deg: bank limit of a plane (ROLL_LIMIT_DEG / LIM_ROLL_CD); None for a sub.
        turn_radius_m: smallest radius flown in still air at cruise speed.
        endurance_s: time to empty at cruise.
        reserve_fraction: share of the endurance that a plan may not use.
        max_climb_mps: best climb (plane) or vertical speed (sub).
        max_depth_m: rated depth of a sub, positive down; None for a plane.
        swath_half_angle_deg: half the sensor's field of view across track.
    """

    name: str
    kind: VehicleKind
    cruise_speed_mps: float
    min_speed_mps: float
    max_speed_mps: float
    max_bank_deg: float | None
    turn_radius_m: float
    endurance_s: float
    reserve_fraction: float
    max_climb_mps: float
    max_descent_mps: float
    max_depth_m: float | None
    max_wind_mps: float
    max_current_mps: float
    swath_half_angle_deg: float
    source: str
