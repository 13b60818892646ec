"""The manifest: what the product is and which files it holds, with their checksums."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from imagery.simulation.product.identity import ProductIdentity
from imagery.simulation.product.xml import document, node, utc_text

SIMULATED_FACILITY = "UMIMORI SIMULATION"
"""Name of the processing facility: how a reader knows that the scene is simulated."""
SIMULATED_MARK = "support/umimori-simulated.json"
"""File that says so as well, with seed and version."""

_NAMESPACES = {
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xmlns:gml": "http://www.opengis.net/gml",
    "xmlns:xfdu": "urn:ccsds:schema:xfdu:1",
    "xmlns:safe": "http://www.esa.int/safe/sentinel-1.0",
    "xmlns:s1": "http://www.esa.int/safe/sentinel-1.0/sentinel-1",
    "xmlns:s1sar": "http://www.esa.int/safe/sentinel-1.0/sentinel-1/sar",
    "xmlns:s1sarl1": "http://www.esa.int/safe/sentinel-1.0/sentinel-1/sar/level-1",
    "xmlns:s1sarl2": "http://www.esa.int/safe/sentinel-1.0/sentinel-1/sar/level-2",
}
_SCHEMAS = {
    "product": "s1Level1ProductSchema",
    "calibration": "s1Level1CalibrationSchema",
    "noise": "s1Level1NoiseSchema",
    "measurement": "s1Level1MeasurementSchema",
    "quicklook": "s1Level1QuickLookSchema",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFile:
    """A file of the product: its role (a key of the schemas), path in the product and checksum."""

    role: str
    path: str
    size: int
    md5: str

    @property
    def object_id(self) -> str:
        """Return the identifier in the manifest: the role and the stem without hyphens."""
        stem = self.path.rsplit("/", 1)[-1].split(".", 1)[0].replace("-", "")
        if self.role in {"measurement", "quicklook", "calibration", "noise"}:
            return stem
        return f"{self.role}{stem}"


def md5_of(data: bytes) -> str:
    """Return the checksum that the manifest uses (not for security)."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def manifest_file(
    identity: ProductIdentity, files: Sequence[ProductFile], software_version: str
) -> bytes:
    """Return manifest.safe for a list of files."""
    root = node(
        "xfdu:XFDU",
        [
            node("informationPackageMap", [_package(files)]),
            node("metadataSection", _metadata(identity, files, software_version)),
            node("dataObjectSection", [_data_object(file) for file in files]),
        ],
        **_NAMESPACES,
        version="esa/safe/sentinel-1.0/sentinel-1/sar/level-1/grd/standard/iwdp",
    )
    return document(root)


def _package(files: Sequence[ProductFile]) -> ET.Element:
    units = [
        node(
            "xfdu:contentUnit",
            [node("dataObjectPointer", dataObjectID=file.object_id)],
            unitType="Measurement Data Unit"
            if file.role in {"measurement", "quicklook"}
            else "Metadata Unit",
            repID=_SCHEMAS[file.role],
        )
        for file in files
    ]
    return node(
        "xfdu:contentUnit",
        units,
        unitType="SAFE Archive Information Package",
        textInfo="Sentinel-1 IW Level-1 GRD Product",
        dmdID="acquisitionPeriod platform generalProductInformation measurementOrbitReference "
        "measurementFrameSet",
        pdiID="processing",
    )


def _metadata(
    identity: ProductIdentity, files: Sequence[ProductFile], software_version: str
) -> list[ET.Element]:
    pointers = [
        node(
            "metadataObject",
            [node("dataObjectPointer", dataObjectID=file.object_id)],
            ID=f"{file.object_id}Annotation",
            classification="DESCRIPTION",
            category="DMD",
        )
        for file in files
        if file.role in {"product", "calibration", "noise"}
    ]
    return [
        *pointers,
        _wrapped("processing", "Processing", _processing(identity, software_version), "PDI"),
        _wrapped("platform", "Platform Description", _platform()),
        _wrapped("measurementOrbitReference", "Orbit Reference", _orbit(identity)),
        _wrapped("generalProductInformation", "General Product Information", _product(identity)),
        _wrapped("acquisitionPeriod", "Acquisition Period", _period(identity)),
        _wrapped("measurementFrameSet", "Frame Set", _footprint(identity)),
    ]


def _wrapped(identifier: str, title: str, body: ET.Element, category: str = "DMD") -> ET.Element:
    return node(
        "metadataObject",
        [
            node(
                "metadataWrap",
                [node("xmlData", [body])],
                mimeType="text/xml",
                vocabularyName="SAFE",
                textInfo=title,
            )
        ],
        ID=identifier,
        classification="PROVENANCE" if category == "PDI" else "DESCRIPTION",
        category=category,
    )


def _processing(identity: ProductIdentity, software_version: str) -> ET.Element:
    stop = utc_text(identity.frame.stop_utc)
    software = node("safe:software", name="Umimori scene simulator", version=software_version)
    facility = node(
        "safe:facility",
        [software],
        country="Simulated",
        name=SIMULATED_FACILITY,
        organisation="Umimori",
        site=SIMULATED_FACILITY,
    )
    return node("safe:processing", [facility], name="GRD Simulation", start=stop, stop=stop)


def _platform() -> ET.Element:
    mode = node("s1sarl1:instrumentMode", [node("s1sarl1:mode", "IW"), node("s1sarl1:swath", "IW")])
    instrument = node(
        "safe:instrument",
        [
            node("safe:familyName", "Synthetic Aperture Radar", abbreviation="SAR"),
            node("safe:extension", [mode]),
        ],
    )
    return node(
        "safe:platform",
        [
            node("safe:nssdcIdentifier", "2014-016A"),
            node("safe:familyName", "SENTINEL-1"),
            node("safe:number", "A"),
            instrument,
        ],
    )


def _orbit(identity: ProductIdentity) -> ET.Element:
    frame = identity.frame
    crossing = frame.centre_time_utc - timedelta(seconds=frame.orbit.seconds_since_node)
    ends = ("start", "stop")
    properties = node(
        "s1:orbitProperties",
        [
            node("s1:pass", "ASCENDING" if frame.ascending else "DESCENDING"),
            node("s1:ascendingNodeTime", utc_text(crossing)),
        ],
    )
    return node(
        "safe:orbitReference",
        [
            *[node("safe:orbitNumber", identity.absolute_orbit, type=end) for end in ends],
            *[node("safe:relativeOrbitNumber", identity.relative_orbit, type=end) for end in ends],
            node("safe:cycleNumber", identity.cycle),
            node("safe:phaseIdentifier", 1),
            node("safe:extension", [properties]),
        ],
    )


def _product(identity: ProductIdentity) -> ET.Element:
    p = "s1sarl1:"
    return node(
        f"{p}standAloneProductInformation",
        [
            node(f"{p}instrumentConfigurationID", 7),
            node(f"{p}missionDataTakeID", identity.data_take),
            node(f"{p}transmitterReceiverPolarisation", "VV"),
            node(f"{p}transmitterReceiverPolarisation", "VH"),
            node(f"{p}productClass", "S"),
            node(f"{p}productClassDescription", "SAR Standard L1 Product"),
            node(f"{p}productComposition", "Slice"),
            node(f"{p}productType", "GRD"),
            node(f"{p}productTimelinessCategory", "Fast-24h"),
            node(f"{p}sliceProductFlag", True),
            node(f"{p}segmentStartTime", utc_text(identity.frame.start_utc)),
            node(f"{p}sliceNumber", 1),
            node(f"{p}totalSlices", 1),
        ],
    )


def _period(identity: ProductIdentity) -> ET.Element:
    frame = identity.frame
    since = frame.orbit.seconds_since_node
    first = (since + float(frame.line_time_s(0))) * 1e3
    last = (since + float(frame.line_time_s(frame.lines - 1))) * 1e3
    since_node = node(
        "s1:timeANX",
        [node("s1:startTimeANX", f"{first:.6e}"), node("s1:stopTimeANX", f"{last:.6e}")],
    )
    return node(
        "safe:acquisitionPeriod",
        [
            node("safe:startTime", utc_text(frame.start_utc)),
            node("safe:stopTime", utc_text(frame.stop_utc)),
            node("safe:extension", [since_node]),
        ],
    )


def _footprint(identity: ProductIdentity) -> ET.Element:
    """Return the corners: last line near and far, first line far and near, as latitude,longitude."""
    frame = identity.frame
    end, far = frame.lines - 1, frame.samples - 1
    lon, lat = frame.locate([end, end, 0, 0], [0, far, far, 0])
    text = " ".join(f"{la:.6f},{lo:.6f}" for lo, la in zip(lon, lat, strict=True))
    footprint = node(
        "safe:footPrint",
        [node("gml:coordinates", text)],
        srsName="http://www.opengis.net/gml/srs/epsg.xml#4326",
    )
    return node("safe:frameSet", [node("safe:frame", [footprint])])


def _data_object(file: ProductFile) -> ET.Element:
    kinds = {"measurement": "application/octet-stream", "quicklook": "image/png"}
    stream = node(
        "byteStream",
        [
            node("fileLocation", locatorType="URL", href=f"./{file.path}"),
            node("checksum", file.md5, checksumName="MD5"),
        ],
        mimeType=kinds.get(file.role, "text/xml"),
        size=str(file.size),
    )
    return node("dataObject", [stream], ID=file.object_id, repID=_SCHEMAS[file.role])
