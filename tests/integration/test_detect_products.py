"""Real products, plain images, and products that are not usable."""

import json
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from imagery.adapters.opening import open_product
from imagery.adapters.safe_annotation import read_annotation
from imagery.adapters.safe_product import open_safe
from imagery.adapters.safe_tables import read_calibration, read_noise
from imagery.adapters.xml_tree import XmlTree
from imagery.chips import encode_png
from imagery.parameters import DetectorParameters, Units
from imagery.radiometry import Window
from imagery.service import detect_scene
from imagery.simulation.scenario import Scenario
from imagery.simulation.service import simulate_scene
from umimori.errors import CorruptFileError, IncompleteProductError, NotAProductError
from umimori.geodesy import LonLat

PARAMETERS = DetectorParameters()


def real_trees(shared_data: Path, tmp_path: Path) -> list[Path]:
    """All real SAFE trees; the zipped ones unpacked."""
    root = shared_data / "sentinel1_safe"
    trees = sorted(root.glob("*.SAFE"))
    for archive in sorted((root / "older_ipf").glob("*.zip")):
        with zipfile.ZipFile(archive) as file:
            file.extractall(tmp_path)
    return trees + sorted(tmp_path.glob("*.SAFE"))


def tree_of(path: Path) -> XmlTree:
    return XmlTree(path.read_bytes(), path.name)


@pytest.mark.data
def test_real_annotations_are_placed_within_a_pixel(shared_data, tmp_path):
    """Palau, Italy, and the products of 2015 and 2021; also a scene with mountains of 2,000 m."""
    seen = 0
    for tree in real_trees(shared_data, tmp_path):
        for path in sorted((tree / "annotation").glob("*-vv-*.xml")):
            annotation = read_annotation(tree_of(path))
            assert annotation.radar.geometry.leave_one_out_m <= 10.0, path.name
            assert annotation.radar.swaths
            heading = annotation.radar.orbit.heading_deg(annotation.start_utc)
            lon, lat = annotation.radar.geometry.lonlat(
                np.array([0.0, 1000.0]), np.array([5000.0, 5000.0])
            )
            east = (lon[1] - lon[0]) * np.cos(np.radians(lat[0]))
            along = np.degrees(np.arctan2(east, lat[1] - lat[0])) % 360
            assert abs((along - heading + 180) % 360 - 180) < 5.0
            seen += 1
    assert seen >= 7


@pytest.mark.data
def test_real_noise_of_old_and_new_processors(shared_data, tmp_path):
    """Noise-equivalent sigma nought of IW lies between -20 and -35 dB wherever it is given."""
    for tree in real_trees(shared_data, tmp_path):
        for path in sorted((tree / "annotation" / "calibration").glob("noise-*-vv-*.xml")):
            noise = read_noise(tree_of(path))
            gain = read_calibration(
                tree_of(path.with_name(path.name.replace("noise-", "calibration-")))
            )
            middle = noise.range_lut.lines[len(noise.range_lut.lines) // 2]
            gains = gain.lines[len(gain.lines) // 2]
            level = middle.values / np.interp(middle.samples, gains.samples, gains.values) ** 2
            if level.max() == 0.0:
                assert "2015" in tree.name  # the oldest processors wrote zeros
                continue
            decibel = 10 * np.log10(np.median(level[level > 0]))
            if noise.azimuth:
                assert -35 < decibel < -18, path.name


@pytest.mark.data
def test_a_real_product_with_pixels_is_read_in_windows(shared_data):
    (tree,) = (shared_data / "sentinel1_safe").glob("S1B*.SAFE")
    product = open_safe(tree)
    assert product.scene.platform == "S1B"
    assert not product.scene.simulated
    (band,) = product.reader.read(Window(row=9000, col=12_000, height=64, width=128))
    assert band.power.shape == (64, 128)
    assert 1e-4 < float(band.noise.mean()) < 1e-1


@pytest.mark.data
def test_a_real_product_without_pixels_says_what_is_missing(shared_data):
    (tree, *_) = sorted((shared_data / "sentinel1_safe").glob("S1A*.SAFE"))
    with pytest.raises(IncompleteProductError, match="measurement"):
        open_safe(tree)


@pytest.fixture(scope="module")
def small_safe(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "small.SAFE"
    scenario = Scenario(
        name="bad input",
        seed=1,
        centre=LonLat(139.5, 33.5),
        time_utc=datetime(2026, 11, 20, 8, 42, 30, tzinfo=UTC),
        lines=400,
        samples=500,
    )
    simulate_scene(scenario, path, land=[])
    return path


@pytest.fixture
def safe(small_safe, tmp_path):
    return Path(shutil.copytree(small_safe, tmp_path / "copy.SAFE"))


def one(folder: Path, pattern: str) -> Path:
    return sorted(folder.glob(pattern))[0]


def test_a_zip_reads_as_its_folder(small_safe, tmp_path):
    archive = shutil.make_archive(
        str(tmp_path / "product"), "zip", small_safe.parent, small_safe.name
    )
    product, folder = open_safe(Path(archive)), open_safe(small_safe)
    window = Window(row=100, col=50, height=40, width=60)
    for ours, theirs in zip(product.reader.read(window), folder.reader.read(window), strict=True):
        assert (ours.power == theirs.power).all()
    assert product.scene.simulated


def test_a_truncated_measurement_is_corrupt(safe):
    path = one(safe, "measurement/*vv*.tiff")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CorruptFileError, match=r"\.tiff"):
        detect_scene(safe, coast=None)


def test_a_measurement_of_another_size_is_corrupt(safe):
    path = one(safe, "measurement/*vh*.tiff")
    path.unlink()
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=10,
        width=10,
        count=1,
        dtype="uint16",
        transform=Affine(1, 0, 5, 0, -1, 5),
    ) as target:
        target.write(np.ones((1, 10, 10), np.uint16))
    with pytest.raises(CorruptFileError, match="10 x 10"):
        open_safe(safe)


@pytest.mark.parametrize(
    "pattern",
    [
        "annotation/*vh*.xml",
        "annotation/calibration/calibration-*vv*.xml",
        "annotation/calibration/noise-*vh*.xml",
        "measurement/*vv*.tiff",
    ],
)
def test_a_missing_part_is_named(safe, pattern):
    one(safe, pattern).unlink()
    with pytest.raises(IncompleteProductError, match=r"missing"):
        open_safe(safe)


def test_what_is_no_product_is_said_plainly(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("ships")
    for path in (tmp_path / "empty", tmp_path / "notes.txt", tmp_path / "absent.SAFE"):
        with pytest.raises(NotAProductError) as caught:
            open_product(path, PARAMETERS)
        assert caught.value.remedy
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(CorruptFileError):
        open_product(tmp_path / "broken.zip", PARAMETERS)


def hostile(text: str) -> str:
    return text.replace(
        "<product>",
        '<!DOCTYPE product [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><product>',
        1,
    )


def replaced(tag: str, value: str):
    def change(text: str) -> str:
        start = text.index(f"<{tag}>") + len(tag) + 2
        return text[:start] + value + text[text.index(f"</{tag}>", start) :]

    return change


@pytest.mark.parametrize(
    "change",
    [
        hostile,
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "\x00" * 100,
        replaced("numberOfLines", "0"),
        replaced("numberOfLines", "-5"),
        replaced("numberOfSamples", "1e12"),
        replaced("rangePixelSpacing", "nan"),
        replaced("azimuthPixelSpacing", "0"),
        replaced("radarFrequency", "inf"),
        replaced("latitude", "north"),
        replaced("latitude", "123"),
        replaced("height", "99999"),
        replaced("incidenceAngle", "nan"),
        replaced("productLastLineUtcTime", "yesterday"),
        replaced("productLastLineUtcTime", "1999-01-01T00:00:00"),
        replaced("prf", "-1"),
    ],
)
def test_a_damaged_annotation_ends_in_one_plain_line(safe, change):
    path = one(safe, "annotation/*vv*.xml")
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CorruptFileError) as caught:
        open_safe(safe)
    assert "\n" not in caught.value.one_line()
    assert caught.value.remedy


@pytest.mark.parametrize("value", ["", "0 0 0", "nan nan", "1 2 x"])
def test_damaged_tables_end_in_one_plain_line(safe, value):
    path = one(safe, "annotation/calibration/calibration-*vv*.xml")
    text = path.read_text(encoding="utf-8")
    start = text.index("<sigmaNought")
    begin, end = text.index(">", start) + 1, text.index("</sigmaNought>")
    path.write_text(text[:begin] + value + text[end:], encoding="utf-8")
    with pytest.raises(CorruptFileError):
        open_safe(safe)


def bright_image(shape=(300, 400), level=0.02, seed=3):
    rng = np.random.default_rng(seed)
    values = rng.gamma(4.4, level / 4.4, shape).astype(np.float32)
    values[100:104, 200:212] = 2.0
    return values


def write_tiff(path, values, **changes):
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": str(values.dtype),
        "crs": "EPSG:32654",
        "transform": Affine(10.0, 0.0, 400_000.0, 0.0, -10.0, 3_700_000.0),
    }
    with rasterio.open(path, "w", **(profile | changes)) as target:
        target.write(values[None])


@pytest.mark.parametrize("units", [Units.AUTO, Units.LINEAR, Units.DB])
def test_sigma_nought_images_linear_and_in_decibels(tmp_path, units):
    values = bright_image()
    values[:5] = np.nan
    if units is Units.DB:
        values = 10 * np.log10(values)
    write_tiff(tmp_path / "sea.tif", values)
    parameters = DetectorParameters(units=units)
    (ship,) = detect_scene(tmp_path / "sea.tif", coast=None, parameters=parameters).detections
    assert ship.peak_db == pytest.approx(3.0, abs=0.2)
    assert ship.position.lon_deg == pytest.approx(139.94, abs=0.02)
    assert ship.length_m == pytest.approx(120, abs=25)
    assert ship.heading_deg == pytest.approx(90, abs=5)


def test_an_amplitude_image_without_georeference_gives_pixels(tmp_path):
    amplitude = np.clip(np.sqrt(bright_image()) * 120, 0, 255).astype(np.uint8)
    path = tmp_path / "chip.png"
    path.write_bytes(encode_png(amplitude))
    result = detect_scene(path, coast=None)
    best = max(result.detections, key=lambda d: d.score)
    assert best.position is None
    assert best.length_m is None
    assert best.row_px == pytest.approx(101.5, abs=1.5)
    assert best.col_px == pytest.approx(205.5, abs=1.5)
    assert result.overview is None
    json.dumps(result.run.parameters)


def test_an_image_of_nothing_but_gaps_has_no_detections(tmp_path):
    write_tiff(tmp_path / "gaps.tif", np.full((64, 64), np.nan, np.float32))
    parameters = DetectorParameters(units=Units.LINEAR)
    assert detect_scene(tmp_path / "gaps.tif", coast=None, parameters=parameters).detections == ()


def test_images_that_cannot_be_read_are_corrupt(tmp_path):
    (tmp_path / "noise.png").write_bytes(bytes(range(256)))
    (tmp_path / "empty.tif").write_bytes(b"")
    write_tiff(tmp_path / "tiny.tif", np.ones((4, 4), np.float32))
    for name in ("noise.png", "empty.tif", "tiny.tif"):
        with pytest.raises(CorruptFileError):
            open_product(tmp_path / name, PARAMETERS)
