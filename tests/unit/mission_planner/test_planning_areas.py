"""Areas: boxes over 180 degrees, swapped coordinates, nothing to fly over, files of all kinds."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from mission_planner.adapters.files import read_area, read_mission, write_missions
from mission_planner.area import area_of, area_of_bbox, area_of_geojson, area_of_positions
from mission_planner.options import PlanOptions, parse_flow
from mission_planner.service import Inspection, plan_area, plan_coast, plan_island, search_area
from umimori.coordinate_text import parse_bbox, parse_position
from umimori.errors import BadInputError, GeometryError, UmimoriError, UsageError
from umimori.geodesy import BBox, LonLat
from umimori.models.wind import Wind
from umimori.records.vehicle import VehicleKind

BOX = BBox(139.50, 34.60, 139.52, 34.62)


def test_a_box_is_as_large_as_the_geodesic_says() -> None:
    area = area_of_bbox(BOX)
    from pyproj import Geod

    expected, _ = Geod(ellps="WGS84").geometry_area_perimeter(
        shapely.box(139.50, 34.60, 139.52, 34.62)
    )
    assert area.polygon.area == pytest.approx(abs(expected), rel=1e-4)


def test_a_box_over_the_antimeridian_is_planned(
    plane_options: Callable[..., PlanOptions], open_sea: Any
) -> None:
    area = area_of_bbox(BBox(179.99, -17.01, -179.99, -17.0))
    assert area.polygon.area == pytest.approx(2130 * 1107, rel=0.02)
    options = plane_options(base=LonLat(179.97, -17.0), base_elevation_m=0.0)
    (mission,) = plan_area(area, options, open_sea).missions
    assert not mission.errors
    assert mission.length_m < 60_000
    lons = np.array([point[0] for point in mission.path])
    assert (lons > 179.9).any()
    assert (lons < -179.9).any()
    box = area.bbox(1000.0)
    assert box.crosses_antimeridian


def test_a_drawn_ring_over_the_antimeridian_is_small() -> None:
    ring = [(179.9, 10.0), (-179.9, 10.0), (-179.9, 10.1), (179.9, 10.1)]
    assert area_of(shapely.Polygon(ring)).polygon.area == pytest.approx(21.9e3 * 11.06e3, rel=0.02)


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        (shapely.Polygon([(139.0, 34.0), (139.1, 34.0), (139.2, 34.0)]), "no area"),
        (shapely.Polygon([(139.0, 34.0), (139.1, 34.1), (139.1, 34.0), (139.0, 34.1)]), "usable"),
        (shapely.Polygon([(34.0, 139.0), (34.1, 139.0), (34.1, 139.1)]), "swapped"),
        (shapely.Polygon([(5e5, 4e6), (5.1e5, 4e6), (5e5, 4.1e6)]), "outside the globe"),
        (shapely.LineString([(139.0, 34.0), (139.0, 34.0)]), "no length"),
        (shapely.Polygon(), "empty"),
    ],
)
def test_geometry_that_cannot_be_meant_is_refused(geometry: Any, says: str) -> None:
    with pytest.raises(GeometryError, match=says):
        area_of(geometry)


@pytest.mark.parametrize("text", ["34.6,139.5,34.7,139.6", "139,34,139,35", "139,35,140,34"])
def test_boxes_that_cannot_be_meant_are_refused(text: str) -> None:
    with pytest.raises(GeometryError):
        parse_bbox(text)


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d"])
def test_text_that_is_no_box_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError):
        parse_bbox(text)


def test_positions_and_flows_are_parsed() -> None:
    assert parse_position("139.4,34.7") == LonLat(139.4, 34.7)
    with pytest.raises(GeometryError, match="swapped"):
        parse_position("34.7,139.4")
    assert parse_flow("8@250") == Wind(8.0, 250.0)
    for text in ("8", "8@", "x@250", "-3@10", "nan@10"):
        with pytest.raises(UsageError):
            parse_flow(text)


@pytest.mark.parametrize("value", [0.0, -5.0, float("nan"), 1e9])
def test_lengths_must_be_usable(value: float, plane_options: Callable[..., PlanOptions]) -> None:
    with pytest.raises(UsageError, match="--alt"):
        plane_options(alt_m=value)


def test_an_area_on_land_is_refused_with_the_coasts_error(
    plane_options: Callable[..., PlanOptions], island_coast: Any
) -> None:
    area = area_of_bbox(BBox(139.39, 34.73, 139.41, 34.74))
    with pytest.raises(GeometryError, match="uncertain by 500 m"):
        plan_area(area, plane_options(), island_coast)


def test_an_area_half_on_land_is_flown_on_the_water_only(
    plane_options: Callable[..., PlanOptions], island_coast: Any
) -> None:
    area = area_of_bbox(BBox(139.44, 34.72, 139.48, 34.74))
    for mission in plan_area(area, plane_options(), island_coast).missions:
        codes = {c.code: c.severity.value for c in mission.checks}
        assert (codes["over_land"], codes["standoff"]) == ("info", "info")


def test_an_island_is_needed_for_a_ring(
    plane_options: Callable[..., PlanOptions], open_sea: Any
) -> None:
    with pytest.raises(GeometryError, match="no island"):
        plan_island(area_of_bbox(BOX), plane_options(), open_sea)
    with pytest.raises(GeometryError, match="no coast"):
        plan_coast(area_of_bbox(BOX), plane_options(), open_sea)


def test_an_islet_smaller_than_the_turn_circle_gets_a_flyable_ring(
    plane_options: Callable[..., PlanOptions], make_coast: Any, make_blob: Any
) -> None:
    islet = make_blob(LonLat(139.6, 34.6), 20.0, 30.0)
    coast = make_coast([islet], coast_error_m=20.0)
    options = plane_options(base=LonLat(139.63, 34.6), standoff_m=30.0, base_elevation_m=0.0)
    (mission,) = plan_island(area_of(islet), options, coast).missions
    assert not [
        c
        for c in mission.checks
        if c.code in {"leg_length", "turn_feasible"} and c.severity.value != "info"
    ]


def test_a_coast_track_keeps_its_standoff(
    plane_options: Callable[..., PlanOptions], island_coast: Any
) -> None:
    area = area_of_bbox(BBox(139.32, 34.66, 139.40, 34.80))
    result = plan_coast(area, plane_options(wind=Wind(6.0, 300.0)), island_coast)
    assert not result.has_errors
    standoffs = [c for m in result.missions for c in m.checks if c.code == "standoff"]
    assert {c.severity.value for c in standoffs} == {"info"}


def test_wind_above_cruise_and_a_wrong_vehicle_are_refused(
    plane_options: Callable[..., PlanOptions], open_sea: Any, sub: Any
) -> None:
    with pytest.raises(BadInputError, match="blown back"):
        plan_area(area_of_bbox(BOX), plane_options(wind=Wind(25.0, 0.0)), open_sea)
    with pytest.raises(UsageError, match="no fixed wing"):
        plan_area(area_of_bbox(BOX), plane_options(profile=sub), open_sea)
    with pytest.raises(UsageError):
        search_area(LonLat(139.5, 34.6), 0.0)


def test_areas_are_read_from_geojson_kml_and_geopackage(tmp_path: Path) -> None:
    import geopandas

    square = shapely.box(139.5, 34.6, 139.52, 34.62)
    frame = geopandas.GeoDataFrame(geometry=[square], crs="EPSG:4326")
    frame.to_file(tmp_path / "a.gpkg")
    (tmp_path / "a.geojson").write_text(
        json.dumps(
            {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(square)}
        )
    )
    corners = " ".join(f"{x},{y},0" for x, y in square.exterior.coords)
    (tmp_path / "a.kml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        "<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{corners}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"
    )
    areas = [
        read_area(tmp_path / f"a.{suffix}").polygon.area for suffix in ("gpkg", "geojson", "kml")
    ]
    assert areas == pytest.approx([areas[0]] * 3)
    geopandas.GeoDataFrame(geometry=[square], crs="EPSG:4326").to_crs(32654).to_file(
        tmp_path / "b.gpkg"
    )
    with pytest.raises(BadInputError, match="EPSG:32654"):
        read_area(tmp_path / "b.gpkg")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.geojson", b"{"),
        ("a.geojson", b"[1]"),
        ("a.geojson", b'{"type": "Polygon"}'),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}'),
        ("a.geojson", b'{"type": "Polygon", "coordinates": [[[1, 2], [3]]]}'),
        ("a.kml", b"no kml"),
        ("a.gpkg", b"\x00" * 100),
        ("a.shp", b""),
    ],
)
def test_files_that_are_no_area_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UmimoriError) as caught:
        read_area(tmp_path / name)
    assert caught.value.remedy


def test_missing_files_and_unknown_suffixes_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        read_area(tmp_path / "none.geojson")
    with pytest.raises(UsageError, match="suffix"):
        (tmp_path / "m.doc").write_text("x")
        read_mission(tmp_path / "m.doc")
    with pytest.raises(UsageError, match="suffix"):
        write_missions([], tmp_path / "m.doc")


def test_areas_of_tasks_and_geojson() -> None:
    corners = [LonLat(139.5, 34.6), LonLat(139.52, 34.6), LonLat(139.52, 34.62)]
    assert area_of_positions(corners, closed=True).shape.geom_type == "Polygon"
    assert area_of_positions(corners, closed=False).shape.geom_type == "LineString"
    assert area_of_positions(corners[:1], closed=True).shape.geom_type == "Point"
    with pytest.raises(GeometryError):
        area_of_positions([], closed=True)
    point = area_of_geojson({"type": "Point", "coordinates": [139.5, 34.6]})
    with pytest.raises(GeometryError, match="without an area"):
        _ = point.polygon


def test_profiles_have_a_source_and_both_kinds(profiles: dict[str, Any]) -> None:
    kinds = {profile.kind for profile in profiles.values()}
    assert kinds == {VehicleKind.PLANE, VehicleKind.SUB}
    assert all(len(profile.source) > 20 for profile in profiles.values())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e9])
@pytest.mark.parametrize(
    ("option", "field"),
    [("--spacing", "spacing_m"), ("--standoff", "standoff_m"), ("--base-elevation", "base_elevation_m")],
)  # fmt: skip
def test_numbers_that_are_none_are_wrong_usage(
    option: str, field: str, value: float, plane_options: Callable[..., PlanOptions]
) -> None:
    with pytest.raises(UsageError, match=f"{option} .* is not usable"):
        plane_options(**{field: value})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 1e9])
def test_depths_that_are_none_are_wrong_usage(value: float) -> None:
    with pytest.raises(UsageError, match="--top"):
        Inspection(top_m=value)
    with pytest.raises(UsageError, match="--depth"):
        Inspection(bottom_m=value)


def test_a_spacing_above_the_bound_is_told_the_bound(
    plane_options: Callable[..., PlanOptions],
) -> None:
    with pytest.raises(UsageError) as caught:
        plane_options(spacing_m=1e9)
    assert "100000" in caught.value.remedy
