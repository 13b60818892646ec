"""What an object is taken for, and how probably it is a vessel."""

from __future__ import annotations

import math
from dataclasses import dataclass

from imagery.candidates import Candidate
from umimori.records.detection import DetectionFlag, VesselClass

MAX_VESSEL_LENGTH_M = 430.0
"""The longest ship afloat has 400 m (UNCTAD 2024: container ships of 24,000 TEU); plus blur."""
MAX_VESSEL_WIDTH_M = 85.0
"""62 m is the widest tanker and container ship; plus the error of the measurement."""
NOISE_LIMITED_RATIO = 1.0
"""Thermal noise above the clutter in every polarisation."""

PER_LOG_CONTRAST, PER_LOG_SEEDS, PER_LOG_AGREEMENT, PER_LOG_PIXELS = 2.0, 0.5, 1.5, -0.8
REFERENCE_CONTRAST, REFERENCE_SEEDS, REFERENCE_AGREEMENT, REFERENCE_PIXELS = 7.5, 4.0, 4.5, 16.0
"""An object with all four reference values is a vessel or a wave group with equal odds. Agreement
is the least contrast over the polarisations: waves and gusts show in one of them only. Size speaks
against a faint object: a gust is wide and faint, a ship of its size is brighter by far."""
PENALTIES = {
    DetectionFlag.NEAR_SHORE: 1.2,
    DetectionFlag.FIXED_OBJECT: 4.0,
    DetectionFlag.EXTENDED: 3.5,
    DetectionFlag.AZIMUTH_AMBIGUITY: 5.0,
    DetectionFlag.SCENE_EDGE: 1.0,
    DetectionFlag.NOISE_LIMITED: 0.3,
}
LAND_CONNECTED_PENALTY = 2.0
"""Weights of the logistic score: set by hand on simulated scenes, not yet calibrated on real
ones (docs/detection.md says so)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Class, flags and score of one object."""

    vessel_class: VesselClass
    flags: tuple[DetectionFlag, ...]
    score: float


def judge(
    candidate: Candidate,
    *,
    ghost: bool,
    distance_to_shore_m: float | None,
    coast_error_m: float,
    spacing_m: tuple[float, float] | None,
    infrastructure: bool = False,
) -> Verdict:
    """Return what an object is taken for; nothing is deleted here.

    Args:
        candidate: the object.
        ghost: whether a brighter source explains it as an azimuth ambiguity.
        distance_to_shore_m: None where no coast is known.
        coast_error_m: how far the shore may be off.
        spacing_m: metres per line and sample; None in an image of unknown scale, where no object
            is too large for a ship.
        infrastructure: whether a charted fixed object stands here.
    """
    flags: list[DetectionFlag] = []
    if ghost:
        flags.append(DetectionFlag.AZIMUTH_AMBIGUITY)
    near = distance_to_shore_m is not None and distance_to_shore_m <= coast_error_m
    if near or candidate.touches_land:
        flags.append(DetectionFlag.NEAR_SHORE)
    if all(
        n > NOISE_LIMITED_RATIO * c for n, c in zip(candidate.noise, candidate.clutter, strict=True)
    ):
        flags.append(DetectionFlag.NOISE_LIMITED)
    if candidate.touches_edge:
        flags.append(DetectionFlag.SCENE_EDGE)
    if infrastructure:
        flags.append(DetectionFlag.FIXED_OBJECT)
    if spacing_m is not None and is_extended(candidate, spacing_m):
        flags.append(DetectionFlag.EXTENDED)
    return Verdict(
        vessel_class=_class(candidate, flags),
        flags=tuple(flags),
        score=_score(candidate, flags),
    )


def is_extended(candidate: Candidate, spacing_m: tuple[float, float]) -> bool:
    """Return whether an object is larger than any ship: land, an islet, a front."""
    area = candidate.pixels * spacing_m[0] * spacing_m[1]
    extent = candidate.extent
    return (
        extent.length_m > MAX_VESSEL_LENGTH_M
        or extent.width_m > MAX_VESSEL_WIDTH_M
        or area > 2.0 * MAX_VESSEL_LENGTH_M * MAX_VESSEL_WIDTH_M
    )


def _class(candidate: Candidate, flags: list[DetectionFlag]) -> VesselClass:
    if DetectionFlag.AZIMUTH_AMBIGUITY in flags:
        return VesselClass.AMBIGUITY
    if DetectionFlag.EXTENDED in flags or DetectionFlag.FIXED_OBJECT in flags:
        return VesselClass.FIXED
    if candidate.touches_land:
        return VesselClass.UNKNOWN
    return VesselClass.VESSEL


def _score(candidate: Candidate, flags: list[DetectionFlag]) -> float:
    value = PER_LOG_CONTRAST * math.log(candidate.contrast / REFERENCE_CONTRAST)
    value += PER_LOG_SEEDS * math.log(max(candidate.seeds, 1) / REFERENCE_SEEDS)
    value += PER_LOG_PIXELS * math.log(candidate.pixels / REFERENCE_PIXELS)
    if len(candidate.peak) > 1:
        least = min(_contrasts(candidate))
        value += PER_LOG_AGREEMENT * math.log(max(least, 1.0) / REFERENCE_AGREEMENT)
    value -= sum(PENALTIES.get(flag, 0.0) for flag in flags)
    if candidate.touches_land:
        value -= LAND_CONNECTED_PENALTY
    value = min(max(value, -7.0), 7.0)
    return round(1.0 / (1.0 + math.exp(-value)), 4)


def _contrasts(candidate: Candidate) -> list[float]:
    """Return peak over local level per polarisation, thermal noise in both."""
    levels = zip(candidate.peak, candidate.clutter, candidate.noise, strict=True)
    return [(peak + noise) / max(clutter + noise, 1e-12) for peak, clutter, noise in levels]
