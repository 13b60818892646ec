"""Query parameters that several routes share, and the shapes of their answers."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from dashboard.web.geojson import FeatureCollection
from umimori.coordinate_text import parse_bbox
from umimori.geodesy import BBox

GEOJSON_MEDIA_TYPE = "application/geo+json"
DEFAULT_LIMIT = 5000
MAX_LIMIT = 50_000
MAX_OUTBOX_NUMBER = 2**53
BBOX_PATTERN = r"^\s*-?\d{1,3}(\.\d+)?(\s*,\s*-?\d{1,3}(\.\d+)?){3}\s*$"
ID_PATTERN = r"^[A-Za-z0-9:._@-]{1,128}$"

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Most records to return.")]
RecordId = Annotated[str, Path(pattern=ID_PATTERN, description="Id of the record.")]
OptionalId = Annotated[str | None, Query(pattern=ID_PATTERN)]
BBoxText = Annotated[
    str | None,
    Query(
        alias="bbox",
        pattern=BBOX_PATTERN,
        description="west,south,east,north in degrees; west > east crosses the antimeridian.",
    ),
]


class FeatureModel(BaseModel):
    """One GeoJSON Feature (RFC 7946)."""

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class FeatureCollectionModel(BaseModel):
    """A GeoJSON FeatureCollection (RFC 7946); ``simulated`` tells if anything in it is."""

    model_config = ConfigDict(extra="allow")

    type: Literal["FeatureCollection"]
    features: list[FeatureModel]
    simulated: bool


GEOJSON_RESPONSE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "GeoJSON",
        "content": {
            GEOJSON_MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/FeatureCollectionModel"},
            }
        },
    }
}


class GeoJSONResponse(JSONResponse):
    """A FeatureCollection as UTF-8 GeoJSON."""

    media_type = GEOJSON_MEDIA_TYPE

    def render(self, content: FeatureCollection) -> bytes:  # noqa: PLR6301 - starlette's hook
        """Return the bytes; NaN is refused, as JSON has none."""
        content.setdefault(
            "simulated", any(f["properties"].get("simulated") for f in content["features"])
        )
        return json.dumps(
            content, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        ).encode()


def optional_bbox(text: str | None) -> BBox | None:
    """Return the box of ``west,south,east,north``, or None."""
    return None if text is None else parse_bbox(text, "bbox")


def given(**keys: str | int | None) -> dict[str, Any]:
    """Return the filters that were given; the store takes None for "unknown", not for "any"."""
    return {name: value for name, value in keys.items() if value is not None}
