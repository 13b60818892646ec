"""From candidate objects to detection records."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagery.ambiguity import is_ghost, sources_of
from imagery.candidates import Candidate
from imagery.product import Product
from imagery.scoring import Verdict, judge
from imagery.shore import ShoreGrid
from umimori.geodesy import WGS84, LonLat
from umimori.ids import derived_id
from umimori.records.detection import Detection, DetectionFlag

ORBIT_ERROR_M = 10.0
"""Absolute localisation of Sentinel-1 GRD with restituted orbits, one sigma
(S-1 Annual Performance Report 2022: a few metres; rounded up)."""
HEADING_BASELINE_M = 500.0
INFRASTRUCTURE_RADIUS_M = 100.0
"""An object this near to a charted one is that one (AI2: 50-100 m on Sentinel-1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A detection with the picture of it."""

    detection: Detection
    candidate: Candidate


def assemble(
    candidates: list[Candidate],
    product: Product,
    shore: ShoreGrid,
    run_id: str,
    min_score: float,
    infrastructure: Sequence[LonLat] = (),
) -> list[Placed]:
    """Return the detections of a scene in the order of lines and samples."""
    charted = _charted_pixels(product, infrastructure)
    know_shore = product.geometry is not None and bool(np.isfinite(shore.signed_m).all())

    def on_land(row: float, col: float) -> bool:
        return know_shore and shore.at(row, col) <= shore.coast_error_m

    sources = sources_of(candidates, product, on_land)
    placed = []
    for candidate in candidates:
        here = (candidate.extent.row_px, candidate.extent.col_px)
        distance = shore.measured_at(*here) if know_shore else None
        verdict = judge(
            candidate,
            ghost=is_ghost(candidate, product, sources),
            distance_to_shore_m=distance,
            coast_error_m=shore.coast_error_m,
            spacing_m=product.spacing_m,
            infrastructure=_near(charted, here, product),
        )
        if verdict.score >= min_score or verdict.flags:
            record = _detection(candidate, verdict, product, run_id, distance)
            placed.append(Placed(detection=record, candidate=candidate))
    return sorted(placed, key=lambda item: (item.detection.row_px, item.detection.col_px))


def _detection(
    candidate: Candidate,
    verdict: Verdict,
    product: Product,
    run_id: str,
    distance_m: float | None,
) -> Detection:
    scene, extent = product.scene, candidate.extent
    row, col = round(extent.row_px, 2), round(extent.col_px, 2)
    position = _position(product, row, col)
    best = int(np.argmax(np.array(candidate.peak) / _levels(candidate)))
    known_size = product.spacing_m is not None
    radar = product.radar
    time_utc = radar.line_time(row, scene.height_px) if radar else scene.start_utc
    heading = _bearing(product, row, col, extent.angle_deg)
    return Detection(
        id=derived_id("detection", scene.id, run_id, round(row, 1), round(col, 1)),
        scene_id=scene.id,
        run_id=run_id,
        row_px=row,
        col_px=col,
        position=position,
        position_error_m=_position_error(product, candidate) if position else None,
        time_utc=time_utc,
        length_m=round(extent.length_m, 1) if known_size else None,
        length_error_m=round(extent.length_error_m, 1) if known_size else None,
        width_m=round(extent.width_m, 1) if known_size else None,
        heading_deg=heading,
        heading_ambiguous=True,
        peak_db=round(10.0 * math.log10(candidate.peak[best]), 2),
        contrast=round(candidate.contrast, 2),
        polarisation=scene.polarisations[best],
        score=verdict.score,
        vessel_class=verdict.vessel_class,
        flags=verdict.flags,
        distance_to_shore_m=None if distance_m is None else round(distance_m, 1),
        near_infrastructure=DetectionFlag.FIXED_OBJECT in verdict.flags,
        incidence_deg=_rounded(radar.geometry.incidence_deg(row, col), 3) if radar else None,
        slant_range_m=_rounded(radar.geometry.slant_range_m(row, col), 1) if radar else None,
        platform_speed_mps=round(radar.orbit.speed_mps(time_utc), 2)
        if radar and time_utc
        else None,
        platform_heading_deg=_bearing(product, row, col, 0.0, full_circle=True) if radar else None,
        range_look=_look(product, row, col) if radar else None,
        pixels=candidate.pixels,
        simulated=scene.simulated,
    )


def _charted_pixels(product: Product, infrastructure: Sequence[LonLat]) -> NDArray[np.float64]:
    """Return line and sample of charted fixed objects, shape (n, 2)."""
    if product.geometry is None or not infrastructure:
        return np.empty((0, 2))
    lon = [place.lon_deg for place in infrastructure]
    lat = [place.lat_deg for place in infrastructure]
    return np.column_stack(product.geometry.pixel(lon, lat))


def _near(charted: NDArray[np.float64], here: tuple[float, float], product: Product) -> bool:
    if charted.size == 0 or product.spacing_m is None:
        return False
    metres = (charted - np.array(here)) * np.array(product.spacing_m)
    return bool((np.hypot(metres[:, 0], metres[:, 1]) <= INFRASTRUCTURE_RADIUS_M).any())


def _levels(candidate: Candidate) -> NDArray[np.float64]:
    levels = np.add(candidate.clutter, candidate.noise)
    return np.asarray(np.maximum(levels, 1e-9), np.float64)


def _position(product: Product, row: float, col: float) -> LonLat | None:
    if product.geometry is None:
        return None
    lon, lat = product.geometry.lonlat(row, col)
    return LonLat(round(float(lon), 7), round(float(lat), 7))


def _position_error(product: Product, candidate: Candidate) -> float:
    """Return one sigma of the imaged position; a mover's azimuth shift is not in it."""
    fit = product.radar.geometry.leave_one_out_m if product.radar else 0.0
    centre = candidate.extent.length_m / 10.0
    return round(math.hypot(ORBIT_ERROR_M, fit, centre), 1)


def _bearing(
    product: Product, row: float, col: float, angle_deg: float | None, *, full_circle: bool = False
) -> float | None:
    """Return the compass bearing of a direction in the image.

    ``angle_deg`` 0 is along rising lines: for a radar scene the flight direction as it lies on
    the ground at this very place, which the azimuth shift follows.
    """
    if angle_deg is None or product.geometry is None or product.spacing_m is None:
        return None
    half = HEADING_BASELINE_M / 2.0
    d_row = half * math.cos(math.radians(angle_deg)) / product.spacing_m[0]
    d_col = half * math.sin(math.radians(angle_deg)) / product.spacing_m[1]
    lon, lat = product.geometry.lonlat(
        np.array([row - d_row, row + d_row]), np.array([col - d_col, col + d_col])
    )
    bearing = float(WGS84.inv(lon[0], lat[0], lon[1], lat[1])[0])
    return round(bearing % (360.0 if full_circle else 180.0), 2) % (360.0 if full_circle else 180.0)


def _look(product: Product, row: float, col: float) -> str:
    along = _bearing(product, row, col, 0.0, full_circle=True) or 0.0
    across = _bearing(product, row, col, 90.0, full_circle=True) or 0.0
    return "right" if (across - along) % 360.0 < 180.0 else "left"


def _rounded(value: object, digits: int) -> float:
    return round(float(np.asarray(value)), digits)
