"""The AIS vessels that a scene should show, each at its own line time, azimuth shift included."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import shapely
from numpy.typing import NDArray

from geoanalysis.association.azimuth_shift import LookGeometry, azimuth_shift_m
from geoanalysis.association.imaging import Imaging
from geoanalysis.association.likelihood import detection_probability
from geoanalysis.association.motion import MotionModel, Prediction
from geoanalysis.association.silence import is_silent
from umimori.geodesy import LocalFrame
from umimori.records import AisMessageKind, AisTrack, Scene

FloatArray = NDArray[np.float64]

VESSEL_KINDS = frozenset(
    {AisMessageKind.CLASS_A, AisMessageKind.CLASS_B, AisMessageKind.LONG_RANGE}
)
MAX_AIS_AGE_S = 3_600.0
"""Dead reckoning beyond one hour tells nothing about single ships."""
MAX_JOIN_GAP_S = 7_200.0
"""Two-sided estimates reach over longer silences."""
MAX_SHIP_SPEED_MPS = 16.0
INSIDE_SAMPLES = 32
LINE_TIME_STEPS = 2
EDGE_M = 1_000.0
"""Footprints are coarse; a vessel just outside may still be the one on the edge."""
_SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagedVessel:
    """An AIS vessel as the image should show it (metres in the scene's frame).

    Args:
        truth: where the vessel is at its line time.
        x_m: where it appears, shift included.
        p_inside: probability that it appears inside the image.
        p_detect: probability that the detector shows it where it appears.
        silent: it sends nothing about the scene's time, though it did before.
    """

    mmsi: int
    track: AisTrack
    truth: Prediction
    time_s: float
    time_utc: datetime
    x_m: float
    y_m: float
    shift_m: float | None
    covariance_m2: FloatArray
    length_m: float | None
    p_inside: float
    p_detect: float
    silent: bool
    model: MotionModel


def imaged_vessels(
    tracks: Iterable[AisTrack], scene: Scene, imaging: Imaging
) -> list[ImagedVessel]:
    """Return the vessels whose predicted place may lie in the image, by station number."""
    outline = outline_of(scene, imaging.frame)
    found = []
    for parts in vessels_of(tracks):
        if parts[0].kind not in VESSEL_KINDS:
            continue
        model = MotionModel(parts, imaging.frame)
        vessel = _image(model, parts, imaging, outline)
        if vessel is not None:
            found.append(vessel)
    return sorted(found, key=lambda v: (v.mmsi, v.track.id))


def vessels_of(tracks: Iterable[AisTrack]) -> list[tuple[AisTrack, ...]]:
    """Return the day tracks of every vessel together.

    Day parts of one station number belong together unless they run at the same time.
    """
    by_mmsi: dict[int, list[AisTrack]] = defaultdict(list)
    for track in tracks:
        if track.points:
            by_mmsi[track.mmsi].append(track)
    vessels: list[tuple[AisTrack, ...]] = []
    for mmsi in sorted(by_mmsi):
        chains: list[list[AisTrack]] = []
        for track in sorted(by_mmsi[mmsi], key=lambda t: t.points[0].time_utc):
            chain = next((c for c in chains if _follows(c[-1], track)), None)
            if chain is None:
                chains.append([track])
            else:
                chain.append(track)
        vessels += [tuple(chain) for chain in chains]
    return vessels


def outline_of(scene: Scene, frame: LocalFrame) -> shapely.Polygon | None:
    """Return the image's outline in metres of the frame; None without a footprint."""
    if len(scene.footprint) < 3:
        return None
    x, y = frame.to_xy([c.lon_deg for c in scene.footprint], [c.lat_deg for c in scene.footprint])
    polygon = shapely.Polygon(np.column_stack([np.atleast_1d(x), np.atleast_1d(y)]))
    return polygon if polygon.is_valid else polygon.convex_hull


def appearance(
    prediction: Prediction, look: LookGeometry | None
) -> tuple[float, float, float | None, FloatArray]:
    """Return image place (x, y), azimuth shift and covariance of a predicted vessel.

    The covariance gains, along the flight, what an uncertain radial speed moves the image by.
    """
    covariance = prediction.covariance_m2.copy()
    if look is None:
        return prediction.x_m, prediction.y_m, None, covariance
    shift = azimuth_shift_m(look, prediction.east_mps, prediction.north_mps)
    ahead = np.asarray(look.flight_direction)
    blur = look.shift_per_radial_speed_s * prediction.velocity_sigma_mps
    covariance = covariance + blur**2 * np.outer(ahead, ahead)
    return (
        prediction.x_m + shift * float(ahead[0]),
        prediction.y_m + shift * float(ahead[1]),
        shift,
        covariance,
    )


def _image(
    model: MotionModel,
    parts: Sequence[AisTrack],
    imaging: Imaging,
    outline: shapely.Polygon | None,
) -> ImagedVessel | None:
    prediction = model.predict(imaging.reference_s)
    limit_s = MAX_JOIN_GAP_S if prediction.bracketed else MAX_AIS_AGE_S
    if prediction.gap_s > limit_s:
        return None
    time_s = imaging.reference_s
    for _ in range(LINE_TIME_STEPS):
        time_s = imaging.time_s(prediction.x_m, prediction.y_m)
        prediction = model.predict(time_s)
    look = imaging.look(prediction.x_m, prediction.y_m)
    x, y, shift, covariance = appearance(prediction, look)
    if outline is not None and _p_inside(x, y, covariance, outline.buffer(EDGE_M)) <= 0.0:
        return None
    nearest = min(parts, key=lambda t: min(abs(p.time_utc.timestamp() - time_s) for p in t.points))
    return ImagedVessel(
        mmsi=nearest.mmsi, track=nearest, truth=prediction, time_s=time_s,
        time_utc=datetime.fromtimestamp(time_s, UTC), x_m=x, y_m=y,
        shift_m=shift, covariance_m2=covariance, length_m=model.length_m, p_inside=_p_inside(x, y, covariance, outline),
        p_detect=detection_probability(model.length_m, nearest.kind),
        silent=is_silent(model, time_s), model=model,
    )  # fmt: skip


def _p_inside(
    x_m: float, y_m: float, covariance_m2: FloatArray, outline: shapely.Polygon | None
) -> float:
    """Return the share of a Gaussian inside the outline, by a fixed sunflower of samples."""
    if outline is None:
        return 1.0
    # Equal-probability radii of a 2-D Gaussian, golden-angle directions: deterministic.
    index = np.arange(INSIDE_SAMPLES) + 0.5
    radius = np.sqrt(-2.0 * np.log(1.0 - index / INSIDE_SAMPLES))
    angle = index * math.pi * (3.0 - math.sqrt(5.0))
    unit = np.vstack([radius * np.cos(angle), radius * np.sin(angle)])
    spread = np.linalg.cholesky(covariance_m2) @ unit
    inside = shapely.contains_xy(outline, x_m + spread[0], y_m + spread[1])
    return float(np.mean(inside))


def _follows(before: AisTrack, after: AisTrack) -> bool:
    gap_s = (after.points[0].time_utc - before.points[-1].time_utc).total_seconds()
    if gap_s < 0.0:
        return False
    a, b = before.points[-1].position, after.points[0].position
    x, y = LocalFrame(a).xy(b)
    reach_m = 2.0 * MAX_SHIP_SPEED_MPS * (gap_s + 60.0) + 500.0
    return math.hypot(x, y) <= reach_m or gap_s > _SECONDS_PER_DAY
