"""Calibration and noise annotation: the look-up tables that turn numbers into sigma nought."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
from numpy.typing import NDArray

from imagery.simulation.frame import SceneFrame
from imagery.simulation.instrument import (
    BETA_NOUGHT,
    SwathSpan,
    burst_scalloping,
    gamma_lut,
    noise_equivalent_db,
    sample_incidence_deg,
    sigma_lut,
    swath_spans,
)
from imagery.simulation.product.identity import MISSION, ProductIdentity, image_number
from imagery.simulation.product.xml import counted, document, fields, node, numbers, utc_text

FloatArray = NDArray[np.float64]

VECTOR_STEP_LINES = 672
"""About one vector a second, as the real processor writes."""
SAMPLE_STEP = 40
AZIMUTH_STEP_LINES = 10


def header(identity: ProductIdentity, polarisation: str) -> ET.Element:
    """Return the header that opens every annotation file."""
    frame = identity.frame
    return node(
        "adsHeader",
        fields(
            {
                "missionId": MISSION,
                "productType": "GRD",
                "polarisation": polarisation.upper(),
                "mode": "IW",
                "swath": "IW",
                "startTime": utc_text(frame.start_utc),
                "stopTime": utc_text(frame.stop_utc),
                "absoluteOrbitNumber": identity.absolute_orbit,
                "missionDataTakeId": identity.data_take,
                "imageNumber": image_number(polarisation),
            }
        ),
    )


def vector_lines(frame: SceneFrame) -> list[int]:
    """Return the lines of the vectors, the last line always among them."""
    lines = list(range(0, frame.lines - 1, VECTOR_STEP_LINES))
    return [*lines, frame.lines - 1]


def vector_samples(frame: SceneFrame, extra: tuple[int, ...] = ()) -> NDArray[np.int64]:
    """Return the samples of a vector: every 40th, the last, and what is given."""
    wanted = {*range(0, frame.samples, SAMPLE_STEP), frame.samples - 1, *extra}
    return np.array(sorted(s for s in wanted if 0 <= s < frame.samples))


def calibration_file(identity: ProductIdentity, polarisation: str) -> bytes:
    """Return the calibration annotation of one polarisation."""
    frame = identity.frame
    samples = vector_samples(frame)
    incidence = sample_incidence_deg(frame)[samples]
    flat = np.full(samples.shape, BETA_NOUGHT)
    vectors = [
        node(
            "calibrationVector",
            [
                node("azimuthTime", utc_text(frame.utc(float(frame.line_time_s(line))))),
                node("line", line),
                numbers("pixel", samples, "%d"),
                numbers("sigmaNought", sigma_lut(incidence), "%.6e"),
                numbers("betaNought", flat, "%.6e"),
                numbers("gamma", gamma_lut(incidence), "%.6e"),
                numbers("dn", flat, "%.6e"),
            ],
        )
        for line in vector_lines(frame)
    ]
    return document(
        node(
            "calibration",
            [
                header(identity, polarisation),
                node("calibrationInformation", node("absoluteCalibrationConstant", "1.000000e+00")),
                counted("calibrationVectorList", vectors),
            ],
        )
    )


def noise_range_lut(frame: SceneFrame, polarisation: str) -> FloatArray:
    """Return the noise power in squared digital numbers of every sample, without scalloping."""
    incidence = sample_incidence_deg(frame)
    power = np.empty(frame.samples)
    for span in swath_spans(frame):
        part = slice(span.first_sample, span.last_sample + 1)
        level = 10.0 ** (noise_equivalent_db(span.swath, incidence[part], polarisation) / 10.0)
        power[part] = level * sigma_lut(incidence[part]) ** 2
    return power


def noise_azimuth_lut(frame: SceneFrame, span: SwathSpan, lines: NDArray[np.int64]) -> FloatArray:
    """Return the scalloping factor of a sub-swath at lines."""
    return burst_scalloping(span.swath, frame.line_time_s(lines))


def azimuth_lines(frame: SceneFrame) -> NDArray[np.int64]:
    """Return the lines at which the azimuth noise factor is written."""
    return np.array([*range(0, frame.lines - 1, AZIMUTH_STEP_LINES), frame.lines - 1])


def noise_file(identity: ProductIdentity, polarisation: str) -> bytes:
    """Return the noise annotation of one polarisation (layout of IPF 2.9 and later)."""
    frame = identity.frame
    spans = swath_spans(frame)
    seams = tuple(s for span in spans for s in (span.first_sample, span.last_sample))
    samples = vector_samples(frame, seams)
    power = noise_range_lut(frame, polarisation)[samples]
    ranges = [
        node(
            "noiseRangeVector",
            [
                node("azimuthTime", utc_text(frame.utc(float(frame.line_time_s(line))))),
                node("line", line),
                numbers("pixel", samples, "%d"),
                numbers("noiseRangeLut", power, "%.6e"),
            ],
        )
        for line in vector_lines(frame)
    ]
    lines = azimuth_lines(frame)
    azimuths = [
        node(
            "noiseAzimuthVector",
            [
                node("swath", span.swath.name),
                node("firstAzimuthLine", 0),
                node("firstRangeSample", span.first_sample),
                node("lastAzimuthLine", frame.lines - 1),
                node("lastRangeSample", span.last_sample),
                numbers("line", lines, "%d"),
                numbers("noiseAzimuthLut", noise_azimuth_lut(frame, span, lines), "%.6e"),
            ],
        )
        for span in spans
    ]
    return document(
        node(
            "noise",
            [
                header(identity, polarisation),
                counted("noiseRangeVectorList", ranges),
                counted("noiseAzimuthVectorList", azimuths),
            ],
        )
    )
