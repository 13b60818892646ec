"""The product annotation: orbit, timing, geolocation grid, sub-swaths.

Element order and names follow the product schema (s1-level-1-product.xsd of IPF 003.x).
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import numpy as np

from imagery.simulation.frame import PIXEL_SPACING_M, SceneFrame
from imagery.simulation.instrument import (
    RADAR_FREQUENCY_HZ,
    RANGE_SAMPLING_HZ,
    SPEED_OF_LIGHT_MPS,
    SwathSpan,
    swath_spans,
)
from imagery.simulation.orbit import WGS84_A_M, WGS84_B_M
from imagery.simulation.product.identity import ProductIdentity
from imagery.simulation.product.luts import header
from imagery.simulation.product.quality import downlink_information, quality_information
from imagery.simulation.product.signal import (
    antenna_pattern,
    azimuth_fm_rate,
    doppler_estimate,
    raw_data_analysis,
    replica_information,
)
from imagery.simulation.product.xml import counted, document, fields, node, numbers, utc_text

GRID_LINES = 11
GRID_SAMPLES = 21
ORBIT_STEP_S = 10.0
ORBIT_MARGIN_S = 60.0
ATTITUDE_STEP_S = 1.0
REFERENCE_RANGE_M = 800_000.0
STEERING_RATE_DEGPS = 1.590368784


def annotation_file(
    identity: ProductIdentity, polarisation: str, mean: float, deviation: float
) -> bytes:
    """Return the product annotation of one polarisation.

    Args:
        identity: names and the frame.
        polarisation: ``vv`` or ``vh``.
        mean: mean digital number of the image.
        deviation: standard deviation of the digital numbers.
    """
    frame = identity.frame
    spans = swath_spans(frame)
    return document(
        node(
            "product",
            [
                header(identity, polarisation),
                quality_information(frame, mean, deviation),
                _general(frame, spans),
                _image(identity, spans, mean, deviation),
                node("dopplerCentroid", counted("dcEstimateList", [doppler_estimate(frame)])),
                node(
                    "antennaPattern",
                    counted("antennaPatternList", [antenna_pattern(frame, span) for span in spans]),
                ),
                node(
                    "swathTiming",
                    [
                        node("linesPerBurst", 0),
                        node("samplesPerBurst", 0),
                        counted("burstList", []),
                    ],
                ),
                node("geolocationGrid", counted("geolocationGridPointList", grid_points(frame))),
                node(
                    "coordinateConversion",
                    counted("coordinateConversionList", _conversions(frame)),
                ),
                node("swathMerging", counted("swathMergeList", _merges(frame, spans))),
            ],
        )
    )


def grid_lines_samples(frame: SceneFrame) -> tuple[list[int], list[int]]:
    """Return the lines and samples of the geolocation grid, both ends included."""
    lines = sorted({round(v) for v in np.linspace(0, frame.lines - 1, GRID_LINES)})
    samples = sorted({round(v) for v in np.linspace(0, frame.samples - 1, GRID_SAMPLES)})
    return lines, samples


def grid_points(frame: SceneFrame) -> list[ET.Element]:
    """Return the points of the geolocation grid, line by line."""
    lines, samples = grid_lines_samples(frame)
    grid_line, grid_sample = (a.ravel() for a in np.meshgrid(lines, samples, indexing="ij"))
    lon, lat = frame.locate(grid_line, grid_sample)
    slant = frame.slant_range_m(grid_line, grid_sample)
    times = frame.line_time_s(grid_line)
    incidence = frame.incidence_deg(grid_line, grid_sample)
    elevation = frame.elevation_deg(grid_line, grid_sample)
    return [
        node(
            "geolocationGridPoint",
            fields(
                {
                    "azimuthTime": utc_text(frame.utc(float(times[i]))),
                    "slantRangeTime": 2.0 * float(slant[i]) / SPEED_OF_LIGHT_MPS,
                    "line": int(grid_line[i]),
                    "pixel": int(grid_sample[i]),
                    "latitude": float(lat[i]),
                    "longitude": float(lon[i]),
                    "height": 0.0,
                    "incidenceAngle": float(incidence[i]),
                    "elevationAngle": float(elevation[i]),
                }
            ),
        )
        for i in range(len(grid_line))
    ]


def _general(frame: SceneFrame, spans: tuple[SwathSpan, ...]) -> ET.Element:
    heading = (frame.heading_deg + 180.0) % 360.0 - 180.0
    information = {
        "pass": "Ascending" if frame.ascending else "Descending",
        "timelinessCategory": "Fast-24h",
        "platformHeading": heading,
        "projection": "Ground Range",
        "rangeSamplingRate": RANGE_SAMPLING_HZ,
        "radarFrequency": RADAR_FREQUENCY_HZ,
        "azimuthSteeringRate": STEERING_RATE_DEGPS,
    }
    downlink = [downlink_information(frame, span.swath) for span in spans]
    return node(
        "generalAnnotation",
        [
            node("productInformation", fields(information)),
            counted("downlinkInformationList", downlink),
            counted("orbitList", _orbits(frame)),
            counted("attitudeList", _attitudes(frame)),
            counted("rawDataAnalysisList", [raw_data_analysis(frame)]),
            counted(
                "replicaInformationList",
                [replica_information(frame, span.swath) for span in spans],
            ),
            counted("noiseList", []),
            counted("terrainHeightList", [_terrain(frame.start_utc), _terrain(frame.stop_utc)]),
            counted("azimuthFmRateList", [azimuth_fm_rate(frame)]),
        ],
    )


def _terrain(moment: datetime) -> ET.Element:
    return node("terrainHeight", fields({"azimuthTime": utc_text(moment), "value": 0.0}))


def _orbits(frame: SceneFrame) -> list[ET.Element]:
    first = float(frame.line_time_s(0)) - ORBIT_MARGIN_S
    last = float(frame.line_time_s(frame.lines - 1)) + ORBIT_MARGIN_S
    times = np.arange(first, last + ORBIT_STEP_S, ORBIT_STEP_S)
    # The file carries microseconds: states are computed at the times as written.
    stamps = [frame.utc(float(t)) for t in times]
    exact = np.array([(s - frame.centre_time_utc).total_seconds() for s in stamps])
    position, velocity = frame.orbit.state(exact)
    return [
        node(
            "orbit",
            [
                node("time", utc_text(stamp)),
                node("frame", "Earth Fixed"),
                node("position", _vector(position[i])),
                node("velocity", _vector(velocity[i])),
            ],
        )
        for i, stamp in enumerate(stamps)
    ]


def _vector(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[ET.Element]:
    return [node(axis, float(value)) for axis, value in zip("xyz", values, strict=True)]


def _attitudes(frame: SceneFrame) -> list[ET.Element]:
    """Return attitudes of a platform that keeps to zero Doppler; roll as of the mid-swath."""
    count = max(2, math.ceil((frame.stop_utc - frame.start_utc).total_seconds()) + 1)
    still = dict.fromkeys(("q1", "q2", "q3", "wx", "wy", "wz"), 0.0)
    angles = {"roll": 29.45, "pitch": 0.0, "yaw": 0.0}
    moments = [frame.start_utc + timedelta(seconds=i * ATTITUDE_STEP_S) for i in range(count)]
    return [
        node(
            "attitude",
            fields({"time": utc_text(moment), "frame": "GM2000", "q0": 1.0, **still, **angles}),
        )
        for moment in moments
    ]


def _image(
    identity: ProductIdentity, spans: tuple[SwathSpan, ...], mean: float, deviation: float
) -> ET.Element:
    frame = identity.frame
    node_time = frame.centre_time_utc - timedelta(seconds=frame.orbit.seconds_since_node)
    slice_ = {
        "sliceNumber": 1,
        "sensingStartTime": utc_text(frame.start_utc),
        "sensingStopTime": utc_text(frame.stop_utc),
    }
    middle = frame.incidence_deg((frame.lines - 1) / 2.0, (frame.samples - 1) / 2.0)
    information = [
        *fields(
            {
                "productFirstLineUtcTime": utc_text(frame.start_utc),
                "productLastLineUtcTime": utc_text(frame.stop_utc),
                "ascendingNodeTime": utc_text(node_time),
                "anchorTime": utc_text(frame.start_utc),
                "productComposition": "Slice",
                "sliceNumber": 1,
            }
        ),
        counted("sliceList", [node("slice", fields(slice_))]),
        *fields(
            {
                "slantRangeTime": 2.0 * frame.near_range_m / SPEED_OF_LIGHT_MPS,
                "pixelValue": "Detected",
                "outputPixels": "16 bit Unsigned Integer",
                "rangePixelSpacing": PIXEL_SPACING_M,
                "azimuthPixelSpacing": PIXEL_SPACING_M,
                "azimuthTimeInterval": frame.line_interval_s,
                "azimuthFrequency": 486.4863102995529,
                "numberOfSamples": frame.samples,
                "numberOfLines": frame.lines,
                "zeroDopMinusAcqTime": 0.0,
                "incidenceAngleMidSwath": float(middle),
            }
        ),
        node(
            "imageStatistics",
            [
                node("outputDataMean", fields({"re": mean, "im": 0.0})),
                node("outputDataStdDev", fields({"re": deviation, "im": 0.0})),
            ],
        ),
    ]
    return node(
        "imageAnnotation",
        [
            node("imageInformation", information),
            node("processingInformation", _processing(frame, spans)),
        ],
    )


def _processing(frame: SceneFrame, spans: tuple[SwathSpan, ...]) -> list[ET.Element]:
    flags: dict[str, str | int | float | bool] = {
        "rawDataAnalysisUsed": False,
        "orbitDataFileUsed": True,
        "attitudeDataFileUsed": False,
        "rxVariationCorrectionApplied": True,
        "antennaElevationPatternApplied": True,
        "antennaAzimuthPatternApplied": True,
        "antennaAzimuthElementPatternApplied": True,
        "dcMethod": "Orbit and Attitude",
        "dcInputData": "Range Compressed",
        "rangeSpreadingLossCompensationApplied": True,
        "srgrConversionApplied": True,
        "detectionPerformed": True,
        "thermalNoiseCorrectionPerformed": False,
        "rfiMitigationPerformed": "Never",
        "rfiMitigationDomain": "TimeAndFrequency",
        "chirpSource": "Nominal",
        "pgSource": "Model",
        "rrfSpectrum": "Extended Tapered",
        "applicationLutId": "IW_Default",
    }
    tail: dict[str, str | int | float | bool] = {
        "referenceRange": REFERENCE_RANGE_M,
        "ellipsoidName": "WGS84",
        "ellipsoidSemiMajorAxis": WGS84_A_M,
        "ellipsoidSemiMinorAxis": WGS84_B_M,
        "bistaticDelayCorrectionApplied": True,
        "topsFilterConvention": "Only Echo Lines",
        "orbitSource": "Auxiliary",
        "attitudeSource": "Auxiliary",
    }
    inputs = [
        node(
            "inputDimensions",
            fields(
                {
                    "azimuthTime": utc_text(frame.start_utc),
                    "swath": span.swath.name,
                    "numberOfInputSamples": span.last_sample - span.first_sample + 1,
                    "numberOfInputLines": frame.lines,
                }
            ),
        )
        for span in spans
    ]
    return [
        *fields(flags),
        counted("swathProcParamsList", [_swath_parameters(span) for span in spans]),
        counted("inputDimensionsList", inputs),
        *fields(tail),
    ]


def _swath_parameters(span: SwathSpan) -> ET.Element:
    def band(total_hz: float, look_hz: float, looks: int) -> list[ET.Element]:
        return fields(
            {
                "windowType": "Hamming",
                "windowCoefficient": 0.7,
                "totalBandwidth": total_hz,
                "processingBandwidth": total_hz,
                "lookBandwidth": look_hz,
                "numberOfLooks": looks,
                "lookOverlap": 0.0 if looks == 1 else look_hz * 0.25,
            }
        )

    return node(
        "swathProcParams",
        [
            node("swath", span.swath.name),
            node("rangeProcessing", band(5.65e7, 1.41e7, 5)),
            node("azimuthProcessing", band(327.0, 327.0, 1)),
            node("processorScalingFactor", 8.802781e11),
        ],
    )


def _conversions(frame: SceneFrame) -> list[ET.Element]:
    return [
        node(
            "coordinateConversion",
            [
                node("azimuthTime", utc_text(frame.utc(table.time_s))),
                node("slantRangeTime", 2.0 * frame.near_range_m / SPEED_OF_LIGHT_MPS),
                node("sr0", frame.near_range_m),
                numbers("srgrCoefficients", table.ground_of_slant, "%.15e"),
                node("gr0", 0.0),
                numbers("grsrCoefficients", table.slant_of_ground, "%.15e"),
            ],
        )
        for table in frame.polynomials
    ]


def _merges(frame: SceneFrame, spans: tuple[SwathSpan, ...]) -> list[ET.Element]:
    return [
        node(
            "swathMerge",
            [
                node("swath", span.swath.name),
                counted(
                    "swathBoundsList",
                    [
                        node(
                            "swathBounds",
                            fields(
                                {
                                    "azimuthTime": utc_text(frame.start_utc),
                                    "firstAzimuthLine": 0,
                                    "firstRangeSample": span.first_sample,
                                    "lastAzimuthLine": frame.lines - 1,
                                    "lastRangeSample": span.last_sample,
                                }
                            ),
                        )
                    ],
                ),
            ],
        )
        for span in spans
    ]
