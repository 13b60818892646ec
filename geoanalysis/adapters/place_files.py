"""Zones and ports from GeoJSON, GeoPackage (any vector file that GDAL reads) and CSV.

The World Port Index (Pub. 150, US National Geospatial-Intelligence Agency) is recognised by its
header; its "First Port of Entry" is taken for the status of an open port (開港), unknown stays
unknown.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyogrio
import shapely

from umimori.errors import BadInputError, CorruptFileError, GeometryError
from umimori.geodesy import LonLat, wrap_lon
from umimori.ids import derived_id
from umimori.records import Port, Zone, ZoneKind

WPI_MARK = "World Port Index Number"
_YES = {"yes", "y", "true", "1", "open", "開港"}
_NO = {"no", "n", "false", "0", "closed", "不開港"}
_NAMES = ("name", "Name", "NAME", "Main Port Name", "port", "title")


def read_zones(path: Path, default_kind: ZoneKind) -> list[Zone]:
    """Return the zones of a file: polygons, or points with a ``radius_m``.

    Raises:
        BadInputError: missing file, unknown kind, no zone in it.
        CorruptFileError: the file cannot be read.
        GeometryError: an empty or self-crossing polygon.
    """
    zones = [
        zone
        for number, (values, shape) in enumerate(_features(path))
        for zone in _zones_of(number, values, shape, path.name, default_kind)
    ]
    if not zones:
        raise BadInputError(
            f"{path.name} holds no zone.",
            remedy="Give polygons, or points with a radius_m property.",
        )
    return zones


def read_ports(path: Path) -> list[Port]:
    """Return the ports of a file: points with ``name``, ``country`` and ``open_port``.

    Raises:
        BadInputError: missing file or no port in it.
        CorruptFileError: the file cannot be read.
    """
    ports = []
    for values, shape in _features(path):
        point = None if shape is None or shape.is_empty else shapely.point_on_surface(shape)
        if point is None:
            continue
        ports.append(_port(values, LonLat(wrap_lon(point.x), point.y), path.name))
    if not ports:
        raise BadInputError(
            f"{path.name} holds no port.",
            remedy="Give points, or a CSV with the columns name, lon, lat, country, open_port.",
        )
    return ports


def _features(path: Path) -> Iterator[tuple[Mapping[str, Any], shapely.Geometry | None]]:
    if not path.is_file():
        raise BadInputError(f"there is no file {path}.", remedy="Check the name.")
    if path.suffix.lower() == ".csv":
        yield from _csv_features(path)
        return
    try:
        frame = pyogrio.read_dataframe(path)
    except Exception as error:
        # GDAL's drivers raise their own families of errors; all mean an unreadable file.
        raise CorruptFileError(
            f"{path.name} cannot be read as a vector file.",
            remedy="Give GeoJSON, GeoPackage or CSV.",
        ) from error
    if "geometry" not in frame:
        raise BadInputError(f"{path.name} has no geometry.", remedy="Give points or polygons.")
    if frame.crs is not None and frame.crs.to_epsg() != 4326:
        frame = frame.to_crs(4326)
    names = [column for column in frame.columns if column != "geometry"]
    for row, shape in zip(frame[names].itertuples(index=False), frame.geometry, strict=True):
        yield dict(zip(names, row, strict=True)), shape


def _csv_features(path: Path) -> Iterator[tuple[Mapping[str, Any], shapely.Geometry | None]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                lon = _number(row, "lon", "longitude", "Longitude", "LON", "x")
                lat = _number(row, "lat", "latitude", "Latitude", "LAT", "y")
                if lon is not None and lat is not None and abs(lat) <= 90.0 and abs(lon) <= 360.0:
                    yield row, shapely.Point(lon, lat)
    except (UnicodeDecodeError, csv.Error) as error:
        raise CorruptFileError(
            f"{path.name} is no CSV text ({error}).", remedy="Save it as UTF-8 CSV."
        ) from error


def _zones_of(
    number: int,
    values: Mapping[str, Any],
    shape: shapely.Geometry | None,
    source: str,
    default_kind: ZoneKind,
) -> Iterator[Zone]:
    name = _name(values) or f"{Path(source).stem} {number + 1}"
    if shape is None or shape.is_empty:
        raise GeometryError(f"the zone {name} has no geometry.", remedy="Draw it or remove it.")
    kind = _zone_kind(values, default_kind)
    if shape.geom_type == "Point":
        radius = _number(values, "radius_m", "radius")
        if radius is None or radius <= 0.0:
            raise GeometryError(
                f"the zone {name} is a point without radius_m.", remedy="Give radius_m in metres."
            )
        yield _zone(name, kind, (LonLat(wrap_lon(shape.x), shape.y),), radius, source)
        return
    for polygon in _polygons(shape, name):
        ring = tuple(LonLat(wrap_lon(x), y) for x, y in polygon.exterior.coords[:-1])
        yield _zone(name, kind, ring, None, source)


def _polygons(shape: shapely.Geometry, name: str) -> Iterable[shapely.Polygon]:
    parts = list(getattr(shape, "geoms", [shape]))
    for part in parts:
        if part.geom_type != "Polygon":
            raise GeometryError(
                f"the zone {name} is a {part.geom_type}.", remedy="Give polygons or circles."
            )
        if not part.is_valid or part.area == 0.0:
            raise GeometryError(
                f"the zone {name} crosses itself or has no area.", remedy="Draw it again."
            )
    return parts


def _zone(
    name: str, kind: ZoneKind, ring: tuple[LonLat, ...], radius_m: float | None, source: str
) -> Zone:
    corners = [corner.xy for corner in ring]
    return Zone(
        id=derived_id("zone", source, name, kind.value, corners, radius_m),
        name=name,
        kind=kind,
        ring=ring,
        radius_m=radius_m,
        source=source,
    )


def _zone_kind(values: Mapping[str, Any], default_kind: ZoneKind) -> ZoneKind:
    text = values.get("kind")
    if not isinstance(text, str) or not text:
        return default_kind
    try:
        return ZoneKind(text)
    except ValueError:
        known = ", ".join(kind.value for kind in ZoneKind)
        raise BadInputError(f"the zone kind {text} is unknown.", remedy=f"Use {known}.") from None


def _port(values: Mapping[str, Any], position: LonLat, source: str) -> Port:
    wpi = WPI_MARK in values
    name = _name(values) or f"{position.lat_deg:.3f} {position.lon_deg:.3f}"
    status = values.get("First Port of Entry") if wpi else values.get("open_port")
    country = values.get("Country Code") if wpi else values.get("country")
    key = values[WPI_MARK] if wpi else name
    origin = "World Port Index (NGA Pub. 150)" if wpi else source
    return Port(
        id=derived_id("port", origin, str(key), round(position.lon_deg, 5), position.lat_deg),
        name=name,
        position=position,
        country=str(country).strip() or None if country is not None else None,
        open_port=_truth(status),
        source=origin,
    )


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _YES:
        return True
    return False if text in _NO else None


def _name(values: Mapping[str, Any]) -> str | None:
    for key in _NAMES:
        text = values.get(key)
        if isinstance(text, str) and text.strip():
            return text.strip()[:120]
    return None


def _number(values: Mapping[str, Any], *keys: str) -> float | None:
    for key in keys:
        try:
            value = float(values[key])
        except (KeyError, TypeError, ValueError):
            continue
        return value if value == value else None
    return None
