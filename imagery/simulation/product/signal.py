"""The parts of the annotation about the signal: replica, Doppler, antenna pattern.

The schema wants them, and they are those of an ideal instrument: steered to zero Doppler, without
bias, its antenna pattern already compensated.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import numpy as np

from imagery.simulation.frame import SceneFrame
from imagery.simulation.instrument import (
    SPEED_OF_LIGHT_MPS,
    WAVELENGTH_M,
    SubSwath,
    SwathSpan,
)
from imagery.simulation.product.xml import counted, fields, node, numbers, utc_text

_PATTERN_POINTS = 65
_ROLL_DEG = 29.45


def raw_data_analysis(frame: SceneFrame) -> ET.Element:
    """Return the analysis of an ideal receiver: no bias, no imbalance."""
    ideal = {"iBias": 0.0, "qBias": 0.0, "iqQuadratureDeparture": 0.0, "iqGainImbalance": 1.0}
    bounds = {
        "iBiasUpperBound": 0.0,
        "iBiasLowerBound": 0.0,
        "qBiasUpperBound": 0.0,
        "qBiasLowerBound": 0.0,
        "iqGainUpperBound": 1.0,
        "iqGainLowerBound": 1.0,
        "iqQuadratureDepartureUpperBound": 0.0,
        "iqQuadratureDepartureLowerBound": 0.0,
        "iBiasUsedForCorrection": 0.0,
        "qBiasUsedForCorrection": 0.0,
        "iqGainImbalanceUsedForCorrection": 1.0,
        "iqQuadratureDepartureUsedForCorrection": 0.0,
    }
    return node(
        "rawDataAnalysis",
        [
            node("azimuthTime", utc_text(frame.start_utc)),
            *fields(ideal),
            node("support", fields(bounds)),
        ],
    )


def replica_information(frame: SceneFrame, swath: SubSwath) -> ET.Element:
    """Return an ideal chirp replica of a sub-swath."""
    start = utc_text(frame.start_utc)
    reference = node(
        "referenceReplica",
        [
            *fields({"azimuthTime": start, "chirpSource": "Nominal", "pgSource": "Model"}),
            numbers("amplitudeCoefficients", [1.0, 0.0, 0.0, 0.0], "%.6e"),
            numbers("phaseCoefficients", [0.0, 0.0, 5.391152e11, 0.0], "%.6e"),
            node("timeDelay", 0.0),
            node("gain", fields({"re": 1.0, "im": 0.0})),
        ],
    )
    replica = {
        "azimuthTime": start,
        "crossCorrelationBandwidth": 1.0,
        "crossCorrelationPslr": -21.0,
        "crossCorrelationIslr": -15.0,
        "crossCorrelationPeakLocation": 0.0,
        "reconstructedReplicaValidFlag": True,
        "pgProductAmplitude": 1.0,
        "pgProductPhase": 0.0,
        "modelPgProductAmplitude": 1.0,
        "modelPgProductPhase": 0.0,
        "relativePgProductValidFlag": True,
        "absolutePgProductValidFlag": True,
        "internalTimeDelay": 0.0,
    }
    return node(
        "replicaInformation",
        [
            node("swath", swath.name),
            reference,
            counted("replicaList", [node("replica", fields(replica))]),
        ],
    )


def azimuth_fm_rate(frame: SceneFrame) -> ET.Element:
    """Return the azimuth FM rate ``-2 V^2 / (wavelength R)`` at near range, and its slope."""
    near_s = 2.0 * frame.near_range_m / SPEED_OF_LIGHT_MPS
    rate = -2.0 * frame.satellite_speed_mps**2 / (WAVELENGTH_M * frame.near_range_m)
    return node(
        "azimuthFmRate",
        [
            node("azimuthTime", utc_text(frame.start_utc)),
            node("t0", near_s),
            numbers("azimuthFmRatePolynomial", [rate, -rate / near_s, rate / near_s**2], "%.15e"),
        ],
    )


def doppler_estimate(frame: SceneFrame) -> ET.Element:
    """Return the Doppler centroid of a platform steered to zero Doppler."""
    near_s = 2.0 * frame.near_range_m / SPEED_OF_LIGHT_MPS
    fine = node("fineDce", fields({"slantRangeTime": near_s, "frequency": 0.0}))
    return node(
        "dcEstimate",
        [
            node("azimuthTime", utc_text(frame.start_utc)),
            node("t0", near_s),
            numbers("geometryDcPolynomial", [0.0, 0.0, 0.0], "%.6e"),
            numbers("dataDcPolynomial", [0.0, 0.0, 0.0], "%.6e"),
            node("dataDcRmsError", 0.0),
            node("dataDcRmsErrorAboveThreshold", False),
            node("fineDceAzimuthStartTime", utc_text(frame.start_utc)),
            node("fineDceAzimuthStopTime", utc_text(frame.stop_utc)),
            counted("fineDceList", [fine]),
        ],
    )


def antenna_pattern(frame: SceneFrame, span: SwathSpan) -> ET.Element:
    """Return the viewing angles along a sub-swath with a flat (compensated) pattern."""
    samples = np.linspace(span.first_sample, span.last_sample, _PATTERN_POINTS)
    line = (frame.lines - 1) / 2.0
    flat = np.tile([1.0, 0.0], math.ceil(_PATTERN_POINTS / 2.0))[:_PATTERN_POINTS]
    return node(
        "antennaPattern",
        [
            node("swath", span.swath.name),
            node("azimuthTime", utc_text(frame.start_utc)),
            numbers(
                "slantRangeTime",
                2.0 * frame.slant_range_m(line, samples) / SPEED_OF_LIGHT_MPS,
                "%.15e",
            ),
            numbers("elevationAngle", frame.elevation_deg(line, samples), "%.6e"),
            numbers("elevationPattern", flat, "%.6e"),
            numbers("incidenceAngle", frame.incidence_deg(line, samples), "%.6e"),
            node("terrainHeight", 0.0),
            node("roll", _ROLL_DEG),
        ],
    )
