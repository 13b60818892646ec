"""The parts of the annotation about raw data: quality records and the downlink of each sub-swath.

A simulated scene has no raw data: counts of errors are zero and the statistics are those of an
ideal receiver. What readers use (the pulse repetition frequency) is real.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from imagery.simulation.frame import SceneFrame
from imagery.simulation.instrument import SUB_SWATHS, SubSwath
from imagery.simulation.product.xml import counted, fields, node, utc_text

_ERROR_COUNTS = (
    "numErrSyncMarker",
    "numErrDataTakeId",
    "numErrEccNumber",
    "numErrTestMode",
    "numErrRxChannelId",
    "numErrInstrumentConfigId",
    "numErrPacketCount",
    "numErrPriCount",
    "numErrSsbErrorFlag",
    "numErrBaqMode",
    "numErrBaqBlockLength",
    "numErrRangeDecimation",
    "numErrRxGain",
    "numErrTxRampRate",
    "numErrTxPulseStartFrequency",
    "numErrRank",
    "numErrPri",
    "numErrSwst",
    "numErrSwl",
    "numErrPolarisation",
    "numErrTempComp",
    "numErrElevationBeamAddress",
    "numErrAzimuthBeamAddress",
    "numErrSasTestMode",
    "numErrCalType",
    "numErrCalibrationBeamAddress",
    "numErrCalMode",
    "numErrTxPulseNumber",
    "numErrSignalType",
    "numErrSwapFlag",
    "numErrSwathNumber",
    "numErrNumberOfQuads",
    "numIspHeaderErrors",
)

_RANKS = {"IW1": 9, "IW2": 8, "IW3": 10}
_PULSES = {
    "IW1": (5.240481033595628e-05, -2.825153419637256e07, 1.078230321255894e12, 5.659e7),
    "IW2": (6.199592966536363e-05, -2.415503791125222e07, 7.792817275120481e11, 4.835e7),
    "IW3": (5.339056426703426e-05, -2.139431040091632e07, 8.014509490705804e11, 4.286e7),
}
"""Length (s), start frequency (Hz), ramp rate (Hz/s), filter bandwidth (Hz) of the chirp."""
_SAMPLING_HZ = {"IW1": 6.434523812571429e7, "IW2": 5.459595962181818e7, "IW3": 4.69184028e7}
_WINDOW_S = {"IW1": 3.7198e-4, "IW2": 4.4340e-4, "IW3": 4.2323e-4}


def quality_information(frame: SceneFrame, mean: float, deviation: float) -> ET.Element:
    """Return the quality record of a scene without downlink errors."""
    gaps = {
        "numDownlinkInputDataGaps": 0,
        "downlinkGapsInInputDataSignificantFlag": False,
        "numDownlinkInputMissingLines": 0,
        "downlinkMissingLinesSignificantFlag": False,
        "numInstrumentInputDataGaps": 0,
        "instrumentGapsInInputDataSignificantFlag": False,
        "numInstrumentInputMissingLines": 0,
        "instrumentMissingLinesSignificantFlag": False,
        "numSsbErrorInputDataGaps": 0,
        "ssbErrorGapsInInputDataSignificantFlag": False,
        "numSsbErrorInputMissingLines": 0,
        "ssbErrorMissingLinesSignificantFlag": False,
    }
    downlink = {
        "iInputDataMean": 0.0,
        "qInputDataMean": 0.0,
        "inputDataMeanOutsideNominalRangeFlag": False,
        "iInputDataStdDev": 1.0,
        "qInputDataStdDev": 1.0,
        "inputDataStDevOutsideNominalRangeFlag": False,
        **gaps,
        "chirpSourceUsed": "Nominal",
        "pgSourceUsed": "Model",
        "rrfSpectrumUsed": "Extended Tapered",
        "replicaReconstructionFailedFlag": False,
        "meanPgProductAmplitude": 1.0,
        "stdDevPgProductAmplitude": 0.0,
        "meanPgProductPhase": 0.0,
        "stdDevPgProductPhase": 0.0,
        "pgProductDerivationFailedFlag": False,
        "invalidDownlinkParamsFlag": False,
    }
    raw = {
        "iBias": 0.0,
        "iBiasSignificanceFlag": False,
        "qBias": 0.0,
        "qBiasSignificanceFlag": False,
        "iqGainImbalance": 1.0,
        "iqGainSignificanceFlag": False,
        "iqQuadratureDeparture": 0.0,
        "iqQuadratureDepartureSignificanceFlag": False,
    }
    image = [
        node(
            "imageStatistics",
            [
                node("outputDataMean", fields({"re": mean, "im": 0.0})),
                node("outputDataStdDev", fields({"re": deviation, "im": 0.0})),
            ],
        ),
        node("outputDataMeanOutsideNominalRangeFlag", False),
        node("outputDataStDevOutsideNominalRangeFlag", False),
    ]
    doppler = {"dcMethod": "Orbit and Attitude", "dopplerCentroidUncertainFlag": False}
    data = node(
        "qualityData",
        [
            node("azimuthTime", utc_text(frame.start_utc)),
            node("downlinkQuality", fields(downlink)),
            node("rawDataAnalysisQuality", fields(raw)),
            node("dopplerCentroidQuality", fields(doppler)),
            node("imageQuality", image),
        ],
    )
    return node(
        "qualityInformation",
        [node("productQualityIndex", 0.0), counted("qualityDataList", [data])],
    )


def downlink_information(frame: SceneFrame, swath: SubSwath) -> ET.Element:
    """Return the downlink record of a sub-swath: pulse repetition, timing, formats."""
    start, stop = utc_text(frame.start_utc), utc_text(frame.stop_utc)
    return node(
        "downlinkInformation",
        [
            node("swath", swath.name),
            node("azimuthTime", start),
            node("firstLineSensingTime", start),
            node("lastLineSensingTime", stop),
            node("prf", swath.prf_hz),
            node("bitErrorCount", fields(dict.fromkeys(_ERROR_COUNTS, 0))),
            node("downlinkValues", _values(frame, swath)),
        ],
    )


def _values(frame: SceneFrame, swath: SubSwath) -> list[ET.Element]:
    start = utc_text(frame.start_utc)
    length_s, start_hz, ramp, filter_hz = _PULSES[swath.name]
    number = 10 + [s.name for s in SUB_SWATHS].index(swath.name)
    pointing = {
        "azimuthTime": start,
        "aocsOpMode": "Normal Pointing Mode",
        "rollErrorFlag": False,
        "pitchErrorFlag": False,
        "yawErrorFlag": False,
    }
    window = {"azimuthTime": start, "value": _WINDOW_S[swath.name]}
    opening = {"azimuthTime": start, "value": 1.0e-4}
    return [
        *fields(
            {
                "pri": 1.0 / swath.prf_hz,
                "rank": _RANKS[swath.name],
                "dataTakeId": 0,
                "eccNumber": 8,
                "rxChannelId": 0,
                "instrumentConfigId": 7,
            }
        ),
        node(
            "dataFormat",
            fields(
                {
                    "baqBlockLength": 256,
                    "echoFormat": "FDBAQ",
                    "noiseFormat": "BAQ 5 Bit",
                    "calibrationFormat": "Decimation",
                    "meanBitRate": 0.0,
                }
            ),
        ),
        node(
            "rangeDecimation",
            fields(
                {
                    "decimationFilterBandwidth": filter_hz,
                    "samplingFrequencyAfterDecimation": _SAMPLING_HZ[swath.name],
                    "filterLength": 36,
                }
            ),
        ),
        *fields(
            {
                "rxGain": -4.0,
                "txPulseLength": length_s,
                "txPulseStartFrequency": start_hz,
                "txPulseRampRate": ramp,
                "swathNumber": number,
            }
        ),
        counted("swlList", [node("swl", fields(window))]),
        counted("swstList", [node("swst", fields(opening))]),
        counted("pointingStatusList", [node("pointingStatus", fields(pointing))]),
    ]
