"""The area of a plan: any geometry on the globe, with a metric plane of its own.

Vertices are projected one by one, so a ring that runs over 180 degrees needs no special case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape as shape_of
from shapely.validation import explain_validity

from umimori.errors import GeometryError
from umimori.geodesy import BBox, FloatArray, LocalFrame, LonLat, wrap_lon

_MIN_AREA_M2 = 1.0
_MIN_AREA_DEG2 = 1e-11
"""About 0.1 m2: corners on one line of the map, though on the globe that line is curved."""

_POLYGONS = {"Polygon", "MultiPolygon"}
_LINES = {"LineString", "MultiLineString", "LinearRing"}
_BBOX_EDGE_POINTS = 5


@dataclass(frozen=True, slots=True)
class Area:
    """A geometry in a local metric plane.

    Args:
        frame: the plane, centred on the geometry.
        shape: shapely geometry in metres (east, north).
        is_box: whether it was given as a box and not drawn.
    """

    frame: LocalFrame
    shape: Any
    is_box: bool = False

    @property
    def polygon(self) -> Any:
        """Return the geometry when it is a (multi)polygon with an area.

        Raises:
            GeometryError: when it is a line or a point, or has no area.
        """
        if self.shape.geom_type not in _POLYGONS or self.shape.area < _MIN_AREA_M2:
            raise GeometryError(
                f"the area is a {self.shape.geom_type} without an area.",
                remedy="Draw a polygon, or give --bbox W,S,E,N.",
            )
        return self.shape

    def bbox(self, margin_m: float = 0.0) -> BBox:
        """Return the box round the geometry and a margin; it may cross the antimeridian."""
        return box_round(self.frame, self.shape, margin_m)


def area_of(geometry: Any, *, is_box: bool = False) -> Area:
    """Return the area of a shapely geometry in degrees (lon, lat).

    Raises:
        GeometryError: empty, self-crossing, outside the globe, or with swapped coordinates.
    """
    if geometry is None or geometry.is_empty:
        raise GeometryError("the area is empty.", remedy="Give a geometry with coordinates.")
    degrees = shapely.get_coordinates(geometry)
    _refuse_impossible(degrees)
    frame = LocalFrame(_middle(degrees))
    flat = shapely.force_2d(geometry)
    if geometry.geom_type in _POLYGONS and geometry.convex_hull.area < _MIN_AREA_DEG2:
        raise GeometryError(
            "the area has no area: its corners lie on one line.",
            remedy="Draw a polygon with at least three corners that are not in line.",
        )
    if geometry.geom_type in _LINES and geometry.length == 0.0:
        raise GeometryError("the line has no length.", remedy="Give two different positions.")
    shape = shapely.transform(flat, lambda xy: np.column_stack(frame.to_xy(xy[:, 0], xy[:, 1])))
    if not shape.is_valid:
        reason = explain_validity(shape).split("[")[0].strip()
        raise GeometryError(f"the area is not usable: {reason}.", remedy="Draw it again.")
    area = Area(frame, shape, is_box)
    if shape.geom_type in _POLYGONS:
        return Area(frame, area.polygon, is_box)
    return area


def area_of_bbox(bbox: BBox) -> Area:
    """Return the area of a box; edges along parallels are followed with in-between points."""
    east = bbox.east_deg + (360.0 if bbox.crosses_antimeridian else 0.0)
    lons = np.linspace(bbox.west_deg, east, _BBOX_EDGE_POINTS)
    ring = [(wrap_lon(float(lon)), bbox.south_deg) for lon in lons]
    ring += [(wrap_lon(float(lon)), bbox.north_deg) for lon in lons[::-1]]
    return area_of(shapely.Polygon(ring), is_box=True)


def area_of_positions(positions: Iterable[LonLat], *, closed: bool) -> Area:
    """Return the area of an open ring, a line, or one position (a Task's ``area``)."""
    points = [position.xy for position in positions]
    if len(points) == 1:
        return area_of(shapely.Point(points[0]))
    if closed and len(points) >= 3:
        return area_of(shapely.Polygon(points))
    if len(points) >= 2:
        return area_of(shapely.LineString(points))
    raise GeometryError("the area has no positions.", remedy="Give at least one position.")


def area_of_geojson(document: Mapping[str, Any]) -> Area:
    """Return the area of a GeoJSON geometry, Feature or FeatureCollection (RFC 7946)."""
    try:
        if document.get("type") == "FeatureCollection":
            parts = [shape_of(feature["geometry"]) for feature in document["features"]]
        elif document.get("type") == "Feature":
            parts = [shape_of(document["geometry"])]
        else:
            parts = [shape_of(document)]
    except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as error:
        raise GeometryError(
            f"this is no GeoJSON geometry: {error}.", remedy="Give a GeoJSON polygon or line."
        ) from error
    return area_of(joined(parts))


def joined(parts: list[Any]) -> Any:
    """Return one geometry for several features: all polygons, else all lines, else the first."""
    polygons = [part for part in parts if part is not None and part.geom_type in _POLYGONS]
    if polygons:
        return polygons[0] if len(polygons) == 1 else shapely.union_all(polygons)
    lines = [part for part in parts if part is not None and part.geom_type in _LINES]
    if lines:
        return lines[0] if len(lines) == 1 else shapely.line_merge(shapely.union_all(lines))
    if not parts or parts[0] is None:
        raise GeometryError("the file holds no geometry.", remedy="Give a polygon or a line.")
    return parts[0]


def project(frame: LocalFrame, geometries: Iterable[Any]) -> list[Any]:
    """Return lon/lat geometries in a frame's metres; broken rings are repaired."""
    result = []
    for geometry in geometries:
        flat = shapely.transform(
            geometry, lambda xy: np.column_stack(frame.to_xy(xy[:, 0], xy[:, 1]))
        )
        result.append(flat if flat.is_valid else shapely.make_valid(flat))
    return result


def box_round(frame: LocalFrame, shape: Any, margin_m: float) -> BBox:
    """Return the lon/lat box round a shape in a frame's metres, and a margin."""
    west, south, east, north = shape.bounds
    xs = np.linspace(west - margin_m, east + margin_m, _BBOX_EDGE_POINTS)
    ys = np.linspace(south - margin_m, north + margin_m, _BBOX_EDGE_POINTS)
    grid_x, grid_y = np.meshgrid(xs, ys)
    lon, lat = frame.to_lonlat(grid_x.ravel(), grid_y.ravel())
    turned = (lon - frame.origin.lon_deg + 180.0) % 360.0 - 180.0 + frame.origin.lon_deg
    return BBox(
        wrap_lon(float(turned.min())),
        max(float(lat.min()), -90.0),
        wrap_lon(float(turned.max())),
        min(float(lat.max()), 90.0),
    )


def _refuse_impossible(degrees: FloatArray) -> None:
    if not np.isfinite(degrees).all():
        raise GeometryError("the area holds numbers that are not finite.", remedy="Draw it again.")
    lon, lat = degrees[:, 0], degrees[:, 1]
    if (np.abs(lat) > 90.0).any() and (np.abs(lon) <= 90.0).all():
        raise GeometryError(
            f"longitude and latitude look swapped (latitude {lat[np.abs(lat).argmax()]:g}).",
            remedy="Give longitude first, then latitude, in degrees (EPSG:4326).",
        )
    if (np.abs(lat) > 90.0).any() or (np.abs(lon) > 360.0).any():
        raise GeometryError(
            "the area lies outside the globe.",
            remedy="Give degrees of longitude and latitude (EPSG:4326), not metres.",
        )


def _middle(degrees: FloatArray) -> LonLat:
    """Return the middle of positions on the sphere, right across the antimeridian."""
    lon, lat = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    x = (np.cos(lat) * np.cos(lon)).mean()
    y = (np.cos(lat) * np.sin(lon)).mean()
    middle_lat = (degrees[:, 1].min() + degrees[:, 1].max()) / 2.0
    return LonLat(wrap_lon(float(np.degrees(np.arctan2(y, x)))), float(middle_lat))
