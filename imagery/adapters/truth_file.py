"""The truth beside a simulated scene, GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from imagery.evaluation import TruthObject
from umimori.errors import CorruptFileError
from umimori.geodesy import LonLat

VESSEL = "vessel"


def read_truth(path: Path) -> list[TruthObject]:
    """Return everything that can be seen in the image; what only AIS claims is left out.

    Raises:
        CorruptFileError: when the file is no such GeoJSON.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        features = [feature["properties"] for feature in document["features"]]
        return [_truth(item) for item in features if item.get("imaged_lon") is not None]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptFileError(
            f"{path.name} is no truth file of a simulated scene.",
            remedy="Give the GeoJSON that `umimori imagery simulate --truth` wrote.",
        ) from error


def _truth(item: dict[str, Any]) -> TruthObject:
    return TruthObject(
        id=str(item["id"]),
        vessel=item["kind"] == VESSEL,
        imaged=LonLat(float(item["imaged_lon"]), float(item["imaged_lat"])),
        length_m=None if item.get("length_m") is None else float(item["length_m"]),
        distance_to_shore_m=(
            None if item.get("distance_to_shore_m") is None else float(item["distance_to_shore_m"])
        ),
    )
