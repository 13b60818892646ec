"""Vessel detections of one scene by one run of one algorithm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from umimori.geodesy import LonLat


class VesselClass(StrEnum):
    """What the detector takes the object for."""

    VESSEL = "vessel"
    FIXED = "fixed"
    AMBIGUITY = "ambiguity"
    UNKNOWN = "unknown"


class DetectionFlag(StrEnum):
    """Why a detection needs a second look. Flagged, never silently deleted."""

    AZIMUTH_AMBIGUITY = "azimuth_ambiguity"
    FIXED_OBJECT = "fixed_object"
    ROAD_TRAFFIC = "road_traffic"
    NEAR_SHORE = "near_shore"
    NOISE_LIMITED = "noise_limited"
    SCENE_EDGE = "scene_edge"
    EXTENDED = "extended"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionRun:
    """One run of one detector version with its parameters on one scene."""

    id: str
    scene_id: str
    algorithm: str
    version: str
    parameters: dict[str, float | int | str | bool]
    detections: int
    seconds: dict[str, float]
    peak_memory_mib: float | None
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One object on the sea.

    Args:
        row_px: image line of the centre, sub-pixel, 0 at the middle of the first line.
        col_px: image sample of the centre, sub-pixel.
        position: None in an image without georeference.
        time_utc: zero-Doppler time of the line, not of the scene; None when unknown.
        heading_deg: direction of the long axis in [0, 180) when ``heading_ambiguous``.
        peak_db: brightest pixel, sigma0 in dB (or relative dB in an uncalibrated image).
        contrast: peak over the local clutter mean, linear power ratio.
        score: probability that this is a vessel.
        distance_to_shore_m: None where no coast is known or the shore is further than the coast
            measures (300 km): open sea.
        incidence_deg: incidence angle at the ellipsoid.
        slant_range_m: one-way slant range; with ``platform_speed_mps`` it gives the azimuth shift.
    """

    id: str
    scene_id: str
    run_id: str
    row_px: float
    col_px: float
    position: LonLat | None
    position_error_m: float | None
    time_utc: datetime | None
    length_m: float | None
    length_error_m: float | None
    width_m: float | None
    heading_deg: float | None
    heading_ambiguous: bool
    peak_db: float
    contrast: float
    polarisation: str
    score: float
    vessel_class: VesselClass
    flags: tuple[DetectionFlag, ...]
    distance_to_shore_m: float | None
    near_infrastructure: bool
    incidence_deg: float | None
    slant_range_m: float | None
    platform_speed_mps: float | None
    platform_heading_deg: float | None
    range_look: str | None
    """"right" or "left" of the flight direction."""
    pixels: int
    chip_sha256: str | None = None
    simulated: bool
