"""When and how the radar saw a place: line time and look geometry from a run's detections.

Every detection carries its own line's time, incidence and range; the time grows linearly along
the flight, range and incidence across it. Least squares over all detections of a run give them
for places where nothing was detected.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from geoanalysis.association.azimuth_shift import LookGeometry
from umimori.geodesy import LocalFrame, LonLat
from umimori.records import Detection, Scene

MIN_BASELINE_M = 2_000.0
"""Detections nearer together than that along or across track tell no slope."""
GROUND_SPEED_FRACTION = 0.9
"""Footprint speed over platform speed at some 700 km height: R_earth / (R_earth + h)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imaging:
    """Line time and look geometry of a scene as functions of the place.

    ``reference_s`` is the Unix time of the frame's origin; ``slowness_s_per_m`` seconds per metre
    along the flight. Without any geometry ``look`` gives None and no shift can be predicted.
    """

    frame: LocalFrame
    reference_s: float
    slowness_s_per_m: float
    middle: LookGeometry | None
    range_slope: float
    incidence_slope_deg_per_m: float

    def time_s(self, x_m: float, y_m: float) -> float:
        """Return the Unix time of the line through a place of the frame."""
        if self.middle is None:
            return self.reference_s
        east, north = self.middle.flight_direction
        return self.reference_s + (x_m * east + y_m * north) * self.slowness_s_per_m

    def time_utc(self, x_m: float, y_m: float) -> datetime:
        """Return the time of the line through a place of the frame."""
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=self.time_s(x_m, y_m))

    def look(self, x_m: float, y_m: float) -> LookGeometry | None:
        """Return the look geometry at a place of the frame."""
        if self.middle is None:
            return None
        east, north = self.middle.look_direction
        across_m = x_m * east + y_m * north
        return LookGeometry(
            incidence_deg=self.middle.incidence_deg + across_m * self.incidence_slope_deg_per_m,
            slant_range_m=self.middle.slant_range_m + across_m * self.range_slope,
            platform_speed_mps=self.middle.platform_speed_mps,
            platform_heading_deg=self.middle.platform_heading_deg,
            right_look=self.middle.right_look,
        )


def look_of(detection: Detection) -> LookGeometry | None:
    """Return how the radar saw a detection; None when the detector could not tell."""
    if (
        detection.incidence_deg is None
        or detection.slant_range_m is None
        or not detection.platform_speed_mps
        or detection.platform_heading_deg is None
    ):
        return None
    return LookGeometry(
        incidence_deg=detection.incidence_deg,
        slant_range_m=detection.slant_range_m,
        platform_speed_mps=detection.platform_speed_mps,
        platform_heading_deg=detection.platform_heading_deg,
        right_look=detection.range_look != "left",
    )


def imaging_of(scene: Scene, detections: Sequence[Detection], frame: LocalFrame) -> Imaging | None:
    """Return line time and look geometry of a scene, or None when the scene has no time."""
    seen = [(d, look) for d in detections if d.position and (look := look_of(d)) is not None]
    middle_s = _middle_time_s(scene, detections)
    if middle_s is None:
        return None
    if not seen:
        return Imaging(
            frame=frame, reference_s=middle_s, slowness_s_per_m=0.0, middle=None,
            range_slope=0.0, incidence_slope_deg_per_m=0.0,
        )  # fmt: skip
    positions = [d.position for d, _ in seen if d.position is not None]
    x, y = frame.to_xy([p.lon_deg for p in positions], [p.lat_deg for p in positions])
    first = seen[0][1]
    flight, aside = first.flight_direction, first.look_direction
    across = np.atleast_1d(x) * aside[0] + np.atleast_1d(y) * aside[1]
    range_0, range_slope = _line(across, np.array([g.slant_range_m for _, g in seen]))
    incidence_0, incidence_slope = _line(across, np.array([g.incidence_deg for _, g in seen]))
    slowness = 1.0 / (first.platform_speed_mps * GROUND_SPEED_FRACTION)
    along = np.atleast_1d(x) * flight[0] + np.atleast_1d(y) * flight[1]
    times = np.array([d.time_utc.timestamp() if d.time_utc else math.nan for d, _ in seen])
    known = np.isfinite(times)
    reference_s = middle_s
    if known.any():
        # The origin's time from the detections; the slope stays physical, noise cannot bend it.
        reference_s = float(np.median(times[known] - along[known] * slowness))
    return Imaging(
        frame=frame,
        reference_s=reference_s,
        slowness_s_per_m=slowness,
        middle=LookGeometry(
            incidence_deg=incidence_0,
            slant_range_m=range_0,
            platform_speed_mps=first.platform_speed_mps,
            platform_heading_deg=first.platform_heading_deg,
            right_look=first.right_look,
        ),
        range_slope=range_slope,
        incidence_slope_deg_per_m=incidence_slope,
    )


def scene_frame(scene: Scene, detections: Sequence[Detection]) -> LocalFrame | None:
    """Return a metric plane round the middle of the scene; None without georeference."""
    corners: list[LonLat] = list(scene.footprint) or [
        d.position for d in detections if d.position is not None
    ]
    if not corners:
        return None
    rough = LocalFrame(corners[0])
    x, y = rough.to_xy([c.lon_deg for c in corners], [c.lat_deg for c in corners])
    return LocalFrame(rough.lonlat(float(np.mean(x)), float(np.mean(y))))


def _middle_time_s(scene: Scene, detections: Sequence[Detection]) -> float | None:
    if scene.start_utc is not None:
        stop = scene.stop_utc or scene.start_utc
        return (scene.start_utc.timestamp() + stop.timestamp()) / 2.0
    times = [d.time_utc.timestamp() for d in detections if d.time_utc is not None]
    return float(np.median(times)) if times else None


def _line(
    across_m: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> tuple[float, float]:
    """Return value at zero and slope of a least-squares line; slope 0 without a baseline."""
    if len(values) < 2 or float(np.ptp(across_m)) < MIN_BASELINE_M:
        return float(np.mean(values)), 0.0
    slope, intercept = np.polyfit(across_m, values, 1)
    return float(intercept), float(slope)
