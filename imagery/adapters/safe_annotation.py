"""The annotation of one polarisation: geometry, timing, orbit, sub-swaths."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

import numpy as np

from imagery.adapters.xml_tree import XmlTree
from imagery.geolocation import RangeModel, TiePoints, fit_geometry, range_model_of
from imagery.orbit import StateVectors
from imagery.product import Radar, SwathPart
from imagery.sealevel import at_sea_level

log = logging.getLogger(__name__)

SPEED_OF_LIGHT_MPS = 299_792_458.0
"""SI definition of the metre."""
SPEED_LIMITS_MPS = (6500.0, 8500.0)
"""Earth-fixed speeds possible in the low orbits of imaging radars."""
SPACING_LIMITS_M = (1.0, 200.0)
HEIGHT_LIMIT_M = 9000.0
RANGE_AGREEMENT_M = 20.0
"""Grid and conversion agree to 1 m on flat sea and to some metres at mountains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What an annotation file says about its image."""

    mission: str
    mode: str
    product_type: str
    polarisation: str
    start_utc: datetime
    stop_utc: datetime
    height: int
    width: int
    azimuth_spacing_m: float
    range_spacing_m: float
    radar: Radar


def read_annotation(tree: XmlTree) -> Annotation:
    """Return the checked content of an annotation.

    Raises:
        CorruptFileError: when a field that is needed is missing or impossible.
    """
    image = "imageAnnotation/imageInformation/"
    height = tree.count(image + "numberOfLines")
    width = tree.count(image + "numberOfSamples")
    if height == 0 or width == 0:
        raise tree.bad(f"the image has {height} lines of {width} samples")
    first = tree.time(image + "productFirstLineUtcTime")
    last = tree.time(image + "productLastLineUtcTime")
    if not 0 < (last - first).total_seconds() < 600:
        raise tree.bad("first and last line are not between 0 and 600 s apart")
    orbit = _orbit(tree)
    speed = orbit.speed_mps(first)
    if not SPEED_LIMITS_MPS[0] <= speed <= SPEED_LIMITS_MPS[1]:
        raise tree.bad(f"the orbit's speed of {speed:.0f} m/s is impossible")
    spacings = [tree.positive(image + f"{axis}PixelSpacing") for axis in ("azimuth", "range")]
    if not all(SPACING_LIMITS_M[0] <= s <= SPACING_LIMITS_M[1] for s in spacings):
        raise tree.bad(f"the pixel spacings {spacings} m are impossible")
    points = _tie_points(tree, orbit)
    ranges = _ranges(tree, points, first, last, height, spacings[1])
    frequency = tree.positive("generalAnnotation/productInformation/radarFrequency")
    return Annotation(
        mission=tree.text("adsHeader/missionId"),
        mode=tree.text("adsHeader/mode"),
        product_type=tree.text("adsHeader/productType"),
        polarisation=tree.text("adsHeader/polarisation"),
        start_utc=first,
        stop_utc=last,
        height=height,
        width=width,
        azimuth_spacing_m=spacings[0],
        range_spacing_m=spacings[1],
        radar=Radar(
            geometry=fit_geometry(points, ranges),
            orbit=orbit,
            swaths=_swaths(tree, height, width),
            wavelength_m=SPEED_OF_LIGHT_MPS / frequency,
            first_line_utc=first,
            last_line_utc=last,
        ),
    )


def _tie_points(tree: XmlTree, orbit: StateVectors) -> TiePoints:
    items = tree.all("geolocationGrid/geolocationGridPointList/geolocationGridPoint")

    def column(tag: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([tree.number(tag, item) for item in items])

    points = TiePoints(
        row=column("line"),
        col=column("pixel"),
        lon_deg=column("longitude"),
        lat_deg=column("latitude"),
        height_m=column("height"),
        incidence_deg=column("incidenceAngle"),
        slant_range_m=column("slantRangeTime") * SPEED_OF_LIGHT_MPS / 2.0,
    )
    if np.abs(points.lat_deg).max() > 90 or np.abs(points.lon_deg).max() > 360:
        raise tree.bad("the geolocation grid leaves the globe")
    if points.incidence_deg.min() < 10 or points.incidence_deg.max() > 70:
        raise tree.bad("the incidence angles are outside 10 to 70 degrees")
    if points.slant_range_m.min() < 4e5 or points.slant_range_m.max() > 2e6:
        raise tree.bad("the slant ranges are outside 400 to 2,000 km")
    if np.abs(points.height_m).max() > HEIGHT_LIMIT_M:
        raise tree.bad("the heights of the geolocation grid are impossible")
    seconds = [(tree.time("azimuthTime", item) - orbit.epoch_utc).total_seconds() for item in items]
    if min(seconds) < orbit.seconds[0] - 60.0 or max(seconds) > orbit.seconds[-1] + 60.0:
        raise tree.bad("the orbit state vectors do not cover the image")
    return at_sea_level(points, orbit, np.array(seconds))


def _ranges(
    tree: XmlTree,
    points: TiePoints,
    first: datetime,
    last: datetime,
    height: int,
    spacing_m: float,
) -> RangeModel:
    """Return the product's ground to slant range conversion, if it agrees with the grid."""
    fallback = range_model_of(points, spacing_m)
    items = tree.root.findall("coordinateConversion/coordinateConversionList/coordinateConversion")
    if not items:
        return fallback
    lines_per_s = (height - 1) / (last - first).total_seconds()
    rows = np.array(
        [(tree.time("azimuthTime", item) - first).total_seconds() * lines_per_s for item in items]
    )
    terms = [tree.numbers("grsrCoefficients", item) for item in items]
    if len({entry.size for entry in terms}) != 1 or (np.diff(rows) <= 0).any():
        raise tree.bad("the ground range conversions do not belong together")
    model = RangeModel(
        rows=rows,
        origins_m=np.array([tree.number("gr0", item) for item in items]),
        coefficients=np.array(terms),
        spacing_m=spacing_m,
    )
    miss = np.abs(model.at(points.row, points.col) - points.slant_range_m)
    if float(np.median(miss)) > RANGE_AGREEMENT_M:
        log.warning("%s: range conversion and geolocation grid differ; the grid is used", tree.name)
        return fallback
    return model


def _orbit(tree: XmlTree) -> StateVectors:
    items = tree.all("generalAnnotation/orbitList/orbit")
    times = [tree.time("time", item) for item in items]
    seconds = np.array([(moment - times[0]).total_seconds() for moment in times])
    if len(items) < 2 or (np.diff(seconds) <= 0).any():
        raise tree.bad("the orbit state vectors are not in order")
    return StateVectors(
        epoch_utc=times[0],
        seconds=seconds,
        position_m=np.array([_vector(tree, item, "position") for item in items]),
        velocity_mps=np.array([_vector(tree, item, "velocity") for item in items]),
    )


def _vector(tree: XmlTree, item: Element, tag: str) -> list[float]:
    return [tree.number(f"{tag}/{axis}", item) for axis in "xyz"]


def _swaths(tree: XmlTree, height: int, width: int) -> tuple[SwathPart, ...]:
    """Return where each sub-swath lies; products before IPF 2.36 do not say, then all is one."""
    downlinks = tree.root.findall("generalAnnotation/downlinkInformationList/downlinkInformation")
    prf = {tree.text("swath", item): tree.positive("prf", item) for item in downlinks}
    parts = [
        SwathPart(
            swath=tree.text("swath", merge),
            first_sample=tree.count("firstRangeSample", bounds),
            last_sample=tree.count("lastRangeSample", bounds),
            first_line=tree.count("firstAzimuthLine", bounds),
            last_line=tree.count("lastAzimuthLine", bounds),
            prf_hz=prf[tree.text("swath", merge)],
        )
        for merge in tree.root.findall("swathMerging/swathMergeList/swathMerge")
        if tree.text("swath", merge) in prf
        for bounds in merge.findall("swathBoundsList/swathBounds")
    ]
    if parts or not prf:
        return tuple(parts)
    whole = {"first_sample": 0, "last_sample": width, "first_line": 0, "last_line": height}
    return tuple(SwathPart(swath=name, prf_hz=value, **whole) for name, value in prf.items())
