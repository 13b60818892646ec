"""Read land polygons from vector files of others (the only place that knows their formats)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from umimori.coast.cutting import Polygons, only_polygons
from umimori.errors import BadInputError, CorruptFileError, GeometryError

LOGGER = logging.getLogger(__name__)
SUFFIXES = (".geojson", ".json", ".topojson", ".shp", ".gpkg", ".fgb", ".zip")
WGS84 = CRS.from_epsg(4326)
MAX_LAT_DEG = 90.0
MAX_LON_DEG = 180.0
FORMATS = "GeoJSON, TopoJSON, Shapefile, GeoPackage or FlatGeobuf"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLand:
    """Polygons in lon/lat degrees, the files they came from, and what was done to them."""

    polygons: Polygons
    files: list[Path]
    notes: tuple[str, ...]


def read_land(sources: list[Path]) -> ReadLand:
    """Return all polygons of files and folders.

    Raises:
        BadInputError: a file is missing, or there are no polygons at all.
        CorruptFileError: a file cannot be read.
        GeometryError: coordinates are swapped or outside the globe.
    """
    files = _files_of(sources)
    notes: list[str] = []
    found = [_read_file(file, notes) for file in files]
    polygons = np.concatenate(found)
    if not len(polygons):
        names = ", ".join(file.name for file in files[:3])
        raise BadInputError(
            f"{names}: no polygons in it.", remedy=f"Give land polygons as {FORMATS}."
        )
    return ReadLand(polygons=polygons, files=files, notes=tuple(dict.fromkeys(notes)))


def _files_of(sources: list[Path]) -> list[Path]:
    files: list[Path] = []
    for source in sources:
        if source.is_dir():
            inside = sorted(p for p in source.iterdir() if p.suffix.lower() in SUFFIXES)
            # Where prefectures come one by one, a summary of all beside them says it twice.
            numbered = [p for p in inside if p.name.upper().startswith("N03-")]
            files += numbered or inside
        elif source.is_file():
            files.append(source)
        else:
            raise BadInputError(f"{source} does not exist.", remedy="Check the name of the file.")
    if not files:
        raise BadInputError(
            f"{sources[0]} holds no file that can be read.", remedy=f"Give {FORMATS}."
        )
    return files


def _read_file(file: Path, notes: list[str]) -> Polygons:
    if file.stat().st_size == 0:
        raise BadInputError(f"{file} is empty.", remedy=f"Give land polygons as {FORMATS}.")
    path = f"/vsizip/{file}" if file.suffix.lower() == ".zip" else str(file)
    try:
        layers = pyogrio.list_layers(path)
        found = [_read_layer(path, str(layer), file, notes) for layer in layers[:, 0]]
    except DataSourceError as error:
        raise CorruptFileError(
            f"{file} is no file of polygons in a known format, or damaged.",
            remedy=f"Give land polygons as {FORMATS}.",
        ) from error
    except (DataLayerError, ValueError, shapely.GEOSException) as error:
        LOGGER.debug("%s: %s", file, error)
        raise CorruptFileError(
            f"{file} is damaged: its polygons cannot be read.",
            remedy=f"Give land polygons as {FORMATS}.",
        ) from error
    return np.concatenate(found) if found else np.empty(0, dtype=object)


def _read_layer(path: str, layer: str, file: Path, notes: list[str]) -> Polygons:
    meta, _, wkb, _ = pyogrio.raw.read(path, layer=layer, columns=[])
    if wkb is None:
        return np.empty(0, dtype=object)
    geometries = shapely.force_2d(shapely.from_wkb(wkb))
    polygons = only_polygons(geometries[~shapely.is_missing(geometries)])
    if not len(polygons):
        return polygons
    polygons = _to_lonlat(polygons, meta.get("crs"), file, notes)
    _check_range(polygons, file)
    return polygons


def _to_lonlat(polygons: Polygons, crs_text: str | None, file: Path, notes: list[str]) -> Polygons:
    if crs_text is None:
        notes.append(f"{file.name} names no coordinate system; taken as lon/lat (EPSG:4326).")
        return polygons
    try:
        crs = CRS.from_user_input(crs_text)
    except CRSError as error:
        raise BadInputError(
            f"{file} names a coordinate system that is not known.",
            remedy="Convert it to EPSG:4326 first.",
        ) from error
    if crs == WGS84:
        return polygons
    transformer = Transformer.from_crs(crs, WGS84, always_xy=True)
    notes.append(f"{file.name} was brought from {crs.name} to WGS 84.")
    moved: Polygons = shapely.transform(
        polygons, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )
    return moved


def _check_range(polygons: Polygons, file: Path) -> None:
    """Refuse what is not lon/lat, and lat/lon where that can be told."""
    west, south, east, north = (float(v) for v in shapely.total_bounds(polygons))
    if not np.isfinite([west, south, east, north]).all():
        raise GeometryError(
            f"{file}: coordinates cannot be brought to lon/lat.",
            remedy="Check its coordinate system.",
        )
    swapped = south < -MAX_LAT_DEG or north > MAX_LAT_DEG
    if swapped and west >= -MAX_LAT_DEG and east <= MAX_LAT_DEG and north <= MAX_LON_DEG:
        raise GeometryError(
            f"{file}: latitudes up to {north:.1f}: longitude and latitude are swapped.",
            remedy="Write longitude first (GeoJSON order), then import it again.",
        )
    if swapped or west < -MAX_LON_DEG - 1e-9 or east > MAX_LON_DEG + 1e-9:
        raise GeometryError(
            f"{file}: coordinates {west:.1f},{south:.1f} to {east:.1f},{north:.1f} are not "
            "lon/lat degrees.",
            remedy="Name the coordinate system in the file, or convert it to EPSG:4326.",
        )
