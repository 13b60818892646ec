"""Better coasts in place of the default one, and files that cannot be used."""

import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from umimori.coast import Coast, load_coast
from umimori.coast.importing import N03_CREDIT, import_coast
from umimori.coast.islets import ISLETS
from umimori.coast.packing import CoastSource, write_coast
from umimori.errors import (
    BadInputError,
    CorruptFileError,
    EnvironmentMissingError,
    GeometryError,
    UsageError,
)
from umimori.geodesy import BBox

DEFAULT = CoastSource(name="default", credit="© default", coast_error_m=500.0, sha256="0" * 64)
MAINLAND = shapely.box(120.0, 30.0, 130.0, 40.0)
ISLAND = shapely.box(140.0, 30.0, 140.2, 30.2)
FAR = shapely.box(150.0, 30.0, 150.2, 30.2)


@pytest.fixture
def default(tmp_path: Path) -> Path:
    file = tmp_path / "default.bin"
    polygons = np.array([MAINLAND, ISLAND, FAR], dtype=object)
    write_coast(file, polygons, np.zeros(3, np.int32), [DEFAULT])
    return file


def write(file: Path, geometries: list[shapely.Geometry], crs: object = "EPSG:4326") -> Path:
    frame = geopandas.GeoDataFrame(geometry=geometries, crs="EPSG:4326")
    frame = frame if crs == "EPSG:4326" else frame.to_crs(crs)
    frame.to_file(file)
    return file


def imported(default: Path, *files: Path, **options: object) -> Coast:
    out = default.parent / "imported.bin"
    import_coast(list(files), out, default, **options)
    return load_coast(out)


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".fgb", ".shp"])
def test_an_island_is_replaced_where_it_stands_better(
    default: Path, tmp_path: Path, suffix: str
) -> None:
    better = shapely.box(140.005, 30.0, 140.205, 30.2)  # 480 m farther east
    coast = imported(default, write(tmp_path / f"land{suffix}", [better]), coast_error_m=20.0)
    assert not coast.contains(140.002, 30.1)
    assert coast.contains([140.203, 125.0, 150.1], [30.1, 35.0, 30.1]).all()
    assert coast.coast_error_in(BBox(139.9, 29.9, 140.3, 30.3)) == 20.0
    assert coast.coast_error_in(BBox(149.9, 29.9, 150.3, 30.3)) == 500.0
    assert coast.coast_error_m == 500.0
    assert coast.credit.startswith("© default; ")


def test_a_land_border_leaves_no_gap(default: Path, tmp_path: Path) -> None:
    """The imported country takes the east of the mainland; the west stays as it was."""
    country = shapely.box(127.0, 29.999, 130.001, 40.001)
    coast = imported(default, write(tmp_path / "land.geojson", [country]))
    lon = np.linspace(120.01, 129.99, 2000)
    assert coast.contains(lon, np.full(2000, 35.0)).all()
    assert sum(line.length for line in coast.shoreline_in(BBox(126.5, 32.0, 127.5, 38.0))) < 1e-6


def test_inner_borders_are_no_shore(default: Path, tmp_path: Path) -> None:
    towns = [shapely.box(140.0, 30.0, 140.1, 30.2), shapely.box(140.1, 30.0, 140.2, 30.2)]
    coast = imported(default, write(tmp_path / "land.geojson", towns))
    assert coast.shoreline_in(BBox(140.05, 30.05, 140.15, 30.15)) == []


def test_a_complete_region_replaces_all_in_it(default: Path, tmp_path: Path) -> None:
    rock = shapely.box(140.5, 30.0, 140.52, 30.02)
    file = write(tmp_path / "land.geojson", [rock, shapely.box(10.0, 10.0, 11.0, 11.0)])
    coast = imported(default, file, region=BBox(139.0, 29.0, 141.0, 31.0))
    assert coast.contains([140.51, 140.1, 10.5, 150.1], [30.01, 30.1, 10.5, 30.1]).tolist() == [
        True,
        False,
        False,
        True,
    ]


def test_other_coordinate_systems_are_brought_to_lonlat(default: Path, tmp_path: Path) -> None:
    better = shapely.box(140.005, 30.0, 140.205, 30.2)
    file = write(tmp_path / "utm.gpkg", [better], "EPSG:32654")
    out = tmp_path / "out.bin"
    done = import_coast([file], out, default)
    assert any("WGS 84 / UTM zone 54N" in note for note in done.notes)
    assert done.bbox.west_deg == pytest.approx(140.005, abs=1e-3)
    assert load_coast(out).contains(140.203, 30.1)


def geojson(file: Path, rings: list[list[list[float]]], kind: str = "Polygon") -> Path:
    geometry = {"type": kind, "coordinates": rings}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    return file


def test_swapped_coordinates_are_told(default: Path, tmp_path: Path) -> None:
    ring = [[30.0, 140.0], [30.2, 140.0], [30.2, 140.2], [30.0, 140.0]]
    with pytest.raises(GeometryError, match="swapped"):
        imported(default, geojson(tmp_path / "x.geojson", [ring]))


def test_metres_without_a_system_are_told(default: Path, tmp_path: Path) -> None:
    ring = [[5e5, 4e6], [5.1e5, 4e6], [5.1e5, 4.1e6], [5e5, 4e6]]
    with pytest.raises(GeometryError, match="not lon/lat"):
        imported(default, geojson(tmp_path / "x.geojson", [ring]))


def test_files_without_polygons_are_told(default: Path, tmp_path: Path) -> None:
    line = geojson(tmp_path / "line.geojson", [[1.0, 2.0], [3.0, 4.0]], "LineString")
    empty = tmp_path / "empty.geojson"
    empty.write_bytes(b"")
    nothing = tmp_path / "nothing.geojson"
    nothing.write_text('{"type":"FeatureCollection","features":[]}', encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    for source in (line, empty, nothing, folder, tmp_path / "absent.shp"):
        with pytest.raises(BadInputError) as caught:
            imported(default, source)
        assert "\n" not in caught.value.one_line()
    noise = tmp_path / "noise.geojson"
    noise.write_bytes(np.random.default_rng(1).bytes(4000))
    with pytest.raises(CorruptFileError):
        imported(default, noise)


@pytest.mark.parametrize("error_m", [0.0, -5.0, float("nan"), 1e6])
def test_an_error_that_cannot_be_is_refused(default: Path, tmp_path: Path, error_m: float) -> None:
    file = write(tmp_path / "land.geojson", [ISLAND])
    with pytest.raises(UsageError, match="coast error"):
        imported(default, file, coast_error_m=error_m)


def test_a_failed_import_leaves_the_last_one(default: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.bin"
    import_coast([write(tmp_path / "land.geojson", [ISLAND])], out, default)
    before = out.read_bytes()
    with pytest.raises(BadInputError):
        import_coast([tmp_path / "absent.shp"], out, default)
    assert out.read_bytes() == before


def test_without_a_coast_there_is_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError) as caught:
        load_coast(tmp_path / "absent.bin")
    assert "make setup" in caught.value.remedy


@pytest.mark.data
def test_the_coast_of_the_ministry(shared_data: Path, tmp_path: Path) -> None:
    """N03 of Tokyo: right credit, the islets that it lacks stay, Oshima at its surveyed size."""
    from umimori.coast.loading import DEFAULT_COAST, IMPORTED_COAST

    if not DEFAULT_COAST.is_file():
        pytest.skip("the coast was not made (make setup)")
    out = tmp_path / IMPORTED_COAST
    done = import_coast(
        [shared_data / "japan_n03" / "N03-21_13_210101.json"],
        out,
        DEFAULT_COAST,
        coast_error_m=50.0,
    )
    assert done.credit == N03_CREDIT
    assert done.area_km2 == pytest.approx(2194.0, rel=0.01)  # Tokyo, GSI 2021
    coast = load_coast(folder=tmp_path)
    assert coast.coast_error_in(BBox(139.3, 34.6, 139.5, 34.8)) == 50.0
    for islet in ISLETS:
        assert coast.contains(*islet.position.xy), islet.name
    # Tokyo's neighbours on land are joined to it without a gap.
    lon = np.linspace(139.0, 139.75, 3000)
    assert coast.contains(lon, np.full(3000, 35.68)).mean() > 0.995
