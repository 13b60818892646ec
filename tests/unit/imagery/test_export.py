"""Files of detections, chips and the overview."""

import csv
import io
import json
from datetime import UTC, datetime

import geopandas
import numpy as np
import pytest
import rasterio
from rasterio.io import MemoryFile

from imagery.adapters.overview_file import write_overview
from imagery.adapters.plain_image import AffineGeometry
from imagery.adapters.vector_files import write_detections
from imagery.chips import chip_png, encode_png
from imagery.evaluation import TruthObject, evaluate
from imagery.export import PROPERTIES, properties_of, to_csv, to_geojson
from imagery.overview import mercator_grid, to_bytes, warp
from umimori.errors import NotPermittedError, UsageError
from umimori.geodesy import LonLat, forward
from umimori.records.detection import Detection, DetectionFlag, VesselClass

HERE = LonLat(139.5, 34.5)


def detection(name="a", position=HERE, **changes):
    base = {
        "id": name,
        "scene_id": "s",
        "run_id": "r",
        "row_px": 10.25,
        "col_px": 20.5,
        "position": position,
        "position_error_m": 12.0,
        "time_utc": datetime(2026, 11, 20, 8, 42, tzinfo=UTC),
        "length_m": 80.0,
        "length_error_m": 15.0,
        "width_m": 14.0,
        "heading_deg": 45.0,
        "heading_ambiguous": True,
        "peak_db": 4.5,
        "contrast": 40.0,
        "polarisation": "VV",
        "score": 0.97,
        "vessel_class": VesselClass.VESSEL,
        "flags": (DetectionFlag.NEAR_SHORE, DetectionFlag.EXTENDED),
        "distance_to_shore_m": 4000.0,
        "near_infrastructure": False,
        "incidence_deg": 38.0,
        "slant_range_m": 870_000.0,
        "platform_speed_mps": 7590.0,
        "platform_heading_deg": 348.0,
        "range_look": "right",
        "pixels": 30,
        "simulated": True,
    }
    return Detection(**(base | changes))


def test_geojson_has_the_agreed_names_and_order_lon_lat():
    (feature,) = json.loads(to_geojson([detection()]))["features"]
    assert feature["geometry"]["coordinates"] == [139.5, 34.5]
    assert set(feature["properties"]) == set(PROPERTIES)
    assert feature["properties"]["flags"] == ["near_shore", "extended"]
    assert feature["properties"]["class"] == "vessel"
    assert feature["properties"]["simulated"] is True


def test_an_object_without_position_keeps_its_pixels():
    (feature,) = json.loads(to_geojson([detection(position=None)]))["features"]
    assert feature["geometry"] is None
    assert feature["properties"]["lon"] is None
    assert feature["properties"]["row_px"] == 10.25


@pytest.mark.parametrize("start", ["=1+1", "+A1", "-2", "@SUM(A1)", "\tx", "\r=x"])
def test_csv_cells_are_never_formulas(start):
    (row,) = csv.DictReader(io.StringIO(to_csv([detection(polarisation=start)])))
    assert row["polarisation"] == "'" + start
    assert row["peak_db"] == "4.5"


def test_negative_numbers_stay_numbers_in_csv():
    (row,) = csv.DictReader(io.StringIO(to_csv([detection(peak_db=-3.5)])))
    assert float(row["peak_db"]) == -3.5
    assert row["flags"] == "near_shore;extended"


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".parquet"])
def test_every_format_reads_back_the_same(tmp_path, suffix):
    path = tmp_path / f"ships{suffix}"
    write_detections(path, [detection("a"), detection("b", LonLat(140.0, 35.0), length_m=None)])
    frame = geopandas.read_parquet(path) if suffix == ".parquet" else geopandas.read_file(path)
    assert list(frame["id"]) == ["a", "b"]
    assert frame.geometry.iloc[1].x == 140.0
    assert set(PROPERTIES) <= set(frame.columns)
    assert frame["length_m"].isna().tolist() == [False, True]
    assert list(tmp_path.iterdir()) == [path]


def test_no_detections_make_an_empty_file(tmp_path):
    for suffix in (".geojson", ".gpkg", ".parquet", ".csv"):
        write_detections(tmp_path / f"none{suffix}", [])
    assert len(geopandas.read_file(tmp_path / "none.gpkg")) == 0


def test_unknown_suffix_and_missing_folder_are_said_plainly(tmp_path):
    with pytest.raises(UsageError):
        write_detections(tmp_path / "ships.doc", [])
    with pytest.raises(NotPermittedError):
        write_detections(tmp_path / "nowhere" / "ships.csv", [])


def test_a_chip_is_a_png_that_others_read():
    chip = np.full((2, 8, 8), -20.0, np.float16)
    chip[0, 4, 4] = 10.0
    chip[1, 0, 0] = np.nan
    with (
        MemoryFile(chip_png(chip)) as file,
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
    ):
        grey = file.open().read(1)
    assert grey.shape == (8, 16)
    assert grey[4, 4] == 255
    assert grey[0, 8] == 0


def test_png_keeps_every_value():
    values = np.arange(256, dtype=np.uint8).reshape(8, 32)
    with (
        MemoryFile(encode_png(values)) as file,
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
    ):
        assert (file.open().read(1) == values).all()


def test_the_overview_puts_a_bright_point_where_it_is(tmp_path):
    transform = (0.0002, 0.00005, 139.0, 0.00003, -0.0002, 35.0)
    geometry = AffineGeometry(transform=transform, crs="EPSG:4326")
    power = np.full((600, 800), 0.01, np.float32)
    power[300:304, 500:504] = 1.0
    grid = mercator_grid(geometry, 600, 800, 20.0)
    path = tmp_path / "overview.tif"
    write_overview(
        path, grid, warp(to_bytes(power, (-25.0, 0.0)), 1, geometry, grid), simulated=True
    )
    with rasterio.open(path) as dataset:
        assert dataset.crs.to_epsg() == 3857
        assert dataset.profile["tiled"]
        assert dataset.tags()["UMIMORI_SIMULATED"] == "yes"
        grey = dataset.read(1)
        row, col = np.unravel_index(grey.argmax(), grey.shape)
        x = dataset.transform.c + (col + 0.5) * dataset.transform.a
        y = dataset.transform.f + (row + 0.5) * dataset.transform.e
    lon = np.degrees(x / 6378137.0)
    lat = np.degrees(2 * np.arctan(np.exp(y / 6378137.0)) - np.pi / 2)
    expected = geometry.lonlat(301.5, 501.5)
    assert lon == pytest.approx(float(expected[0]), abs=4e-4)
    assert lat == pytest.approx(float(expected[1]), abs=4e-4)
    assert (grey == 0).any()


def truth(name, position, length=60.0, *, vessel=True, shore=5000.0):
    return TruthObject(
        id=name, vessel=vessel, imaged=position, length_m=length, distance_to_shore_m=shore
    )


def test_evaluation_counts_hits_misses_and_false_ones():
    here = LonLat(139.5, 34.5)
    far = forward(here, 90.0, 5000.0)
    truths = [
        truth("hit", forward(here, 0.0, 150.0)),
        truth("missed", far),
        truth("small", forward(here, 180.0, 3000.0), length=12.0),
        truth("platform", forward(here, 270.0, 3000.0), vessel=False),
    ]
    detections = [
        detection("d1", here),
        detection("d2", forward(here, 180.0, 3010.0)),
        detection("d3", forward(here, 270.0, 3005.0)),
        detection("d4", forward(here, 45.0, 9000.0), vessel_class=VesselClass.AMBIGUITY),
        detection("d5", forward(here, 45.0, 9500.0), score=0.2),
        detection("d6", forward(here, 60.0, 9500.0), distance_to_shore_m=200.0),
    ]
    result = evaluate(detections, truths)
    assert result.recall == 0.5
    assert result.missed_ids == ("missed",)
    assert result.false_ids == ("d3",)
    assert result.precision == pytest.approx(2 / 3)
    assert result.length_mae_m == pytest.approx(20.0)
    assert dict(result.pairs) == {"d1": "hit", "d2": "small"}


def test_nothing_there_and_nothing_claimed_has_no_rates():
    result = evaluate([], [])
    assert (result.recall, result.precision, result.f1) == (None, None, None)


def test_two_detections_do_not_share_one_vessel():
    here = LonLat(139.5, 34.5)
    result = evaluate(
        [detection("near", forward(here, 0, 20)), detection("far", forward(here, 0, 90))],
        [truth("ship", here)],
    )
    assert result.false_ids == ("far",)


def test_properties_are_plain_json():
    json.dumps(properties_of(detection()), allow_nan=False)
