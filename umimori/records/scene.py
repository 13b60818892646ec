"""A satellite scene."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from umimori.geodesy import LonLat


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One acquisition of one sensor, as it lies on disk.

    ``footprint`` is an open ring (first corner not repeated); longitudes may step over 180.
    ``content_sha256`` names the annotation that the geometry was read from; ``path`` is where the
    product was found. An image without georeference has no footprint and results in pixels.
    """

    id: str
    name: str
    platform: str
    sensor: str
    product_type: str
    polarisations: tuple[str, ...]
    start_utc: datetime | None
    stop_utc: datetime | None
    footprint: tuple[LonLat, ...]
    width_px: int
    height_px: int
    range_spacing_m: float | None
    azimuth_spacing_m: float | None
    path: str
    content_sha256: str
    overview_sha256: str | None = None
    """Blob of the quick-look GeoTIFF that the map shows as tiles."""
    simulated: bool
    credit: str = "contains modified Copernicus Sentinel data"
