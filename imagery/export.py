"""Detections as features: one set of names for GeoJSON, GeoPackage, GeoParquet and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from umimori.records.codec import format_time
from umimori.records.detection import Detection

PROPERTIES = (
    "id",
    "scene_id",
    "run_id",
    "time_utc",
    "lon",
    "lat",
    "position_error_m",
    "length_m",
    "length_error_m",
    "width_m",
    "heading_deg",
    "heading_ambiguous",
    "peak_db",
    "contrast",
    "polarisation",
    "score",
    "class",
    "flags",
    "distance_to_shore_m",
    "near_infrastructure",
    "simulated",
    "row_px",
    "col_px",
)
"""design.md section 2, then the place in the image."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Spreadsheets run cells that begin so (OWASP, "CSV Injection")."""


def properties_of(detection: Detection) -> dict[str, Any]:
    """Return the public properties of a detection."""
    position = detection.position
    special: dict[str, Any] = {
        "time_utc": None if detection.time_utc is None else format_time(detection.time_utc),
        "lon": None if position is None else position.lon_deg,
        "lat": None if position is None else position.lat_deg,
        "class": detection.vessel_class.value,
        "flags": [flag.value for flag in detection.flags],
    }
    return {
        name: special[name] if name in special else getattr(detection, name) for name in PROPERTIES
    }


def to_geojson(detections: Sequence[Detection]) -> str:
    """Return a FeatureCollection (RFC 7946); geometry is null where there is no position."""
    features = []
    for item in detections:
        position = item.position
        geometry = None if position is None else {"type": "Point", "coordinates": list(position.xy)}
        features.append(
            {
                "type": "Feature",
                "id": item.id,
                "geometry": geometry,
                "properties": properties_of(item),
            }
        )
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False)


def to_csv(detections: Sequence[Detection]) -> str:
    """Return CSV (RFC 4180) with flags joined by ``;`` and texts that no spreadsheet will run."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(PROPERTIES)
    for item in detections:
        properties = properties_of(item)
        properties["flags"] = ";".join(properties["flags"])
        writer.writerow([_cell(properties[name]) for name in PROPERTIES])
    return stream.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value
