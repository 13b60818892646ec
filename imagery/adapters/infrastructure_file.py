"""Charted fixed objects at sea from a GeoJSON file."""

from __future__ import annotations

import json
from pathlib import Path

from shapely.geometry import shape

from umimori.errors import CorruptFileError, UmimoriError
from umimori.geodesy import LonLat


def read_infrastructure(path: Path) -> list[LonLat]:
    """Return one place per feature: a point, or a point on the outline's surface.

    Raises:
        CorruptFileError: when the file is no GeoJSON FeatureCollection.
    """
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        shapes = [shape(item["geometry"]) for item in features if item.get("geometry")]
        points = [item.representative_point() for item in shapes if not item.is_empty]
        return [LonLat(point.x, point.y) for point in points]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, UmimoriError) as error:
        raise CorruptFileError(
            f"{path.name} is no GeoJSON FeatureCollection of places.",
            remedy="Give a GeoJSON file with points in longitude and latitude.",
        ) from error
