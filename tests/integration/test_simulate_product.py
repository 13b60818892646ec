"""``umimori imagery simulate``: the product on disk, its truth and AIS log, and its refusals."""

import hashlib
import json
import math
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyais
import pytest
import rasterio
from typer.testing import CliRunner

from imagery.cli import app
from imagery.simulation.adapters.skeleton_tree import read_skeleton
from imagery.simulation.random_scenario import HOSTILE_NAME
from imagery.simulation.request import Request, run_request
from umimori.errors import (
    CorruptFileError,
    GeometryError,
    IncompleteProductError,
    NotAProductError,
    NotPermittedError,
    UmimoriError,
    UsageError,
)


def request(folder: Path, **changes) -> Request:
    options = {
        "out": folder / "scene.SAFE",
        "center": "139.36,34.64",
        "lines": 900,
        "samples": 1100,
        "incidence_deg": 36.5,
        "open_sea": True,
        "vessels": 14,
        "seed": 3,
        "truth": folder / "truth.geojson",
        "ais": folder / "ais.nmea",
        "charted": folder / "charted.geojson",
    }
    return Request(**(options | changes))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("simulated")
    run_request(request(made))
    return made


@pytest.fixture(scope="module")
def annotation(folder) -> ET.Element:
    return ET.parse(next((folder / "scene.SAFE/annotation").glob("*-vv-*.xml"))).getroot()


def image(folder: Path, polarisation: str) -> np.ndarray:
    path = next((folder / "scene.SAFE/measurement").glob(f"*-{polarisation}-*.tiff"))
    with rasterio.open(path) as tiff:
        return tiff.read(1)


def test_the_manifest_lists_every_file_with_its_checksum_and_says_simulated(folder):
    safe = folder / "scene.SAFE"
    manifest = ET.parse(safe / "manifest.safe").getroot()
    listed = {}
    for stream in manifest.iter("byteStream"):
        place = stream.find("fileLocation").get("href")
        data = (safe / place).read_bytes()
        assert len(data) == int(stream.get("size"))
        assert hashlib.md5(data).hexdigest() == stream.findtext("checksum")
        listed[place] = True
    assert len(listed) == 8
    assert "UMIMORI SIMULATION" in (safe / "manifest.safe").read_text()
    mark = json.loads((safe / "support/umimori-simulated.json").read_text())
    assert mark["simulated"] is True and mark["seed"] == 3


def test_file_names_follow_the_convention(folder):
    pattern = r"s1a-iw-grd-v[vh]-\d{8}t\d{6}-\d{8}t\d{6}-\d{6}-[0-9a-f]{6}-00[12]\.(tiff|xml)"
    names = [p.name for p in (folder / "scene.SAFE").rglob("s1a-iw*")]
    assert len(names) == 4
    assert all(re.fullmatch(pattern, name) for name in names)


def test_measurements_are_like_real_ones(folder):
    for polarisation in ("vv", "vh"):
        path = next((folder / "scene.SAFE/measurement").glob(f"*-{polarisation}-*.tiff"))
        with rasterio.open(path) as tiff:
            assert (tiff.height, tiff.width, tiff.dtypes[0]) == (900, 1100, "uint16")
            points, crs = tiff.gcps
            assert len(points) == 210 and crs.to_epsg() == 4326
            assert not tiff.profile["tiled"]


def test_the_grid_agrees_with_the_state_vectors(annotation):
    """Interpolate the orbit (Hermite) and compute range and Doppler of each grid point anew."""
    from scipy.interpolate import CubicHermiteSpline

    def moment(text: str) -> float:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()

    states = annotation.findall(".//orbitList/orbit")
    times = [moment(s.findtext("time")) for s in states]
    vectors = {
        kind: np.array([[float(s.findtext(f"{kind}/{a}")) for a in "xyz"] for s in states])
        for kind in ("position", "velocity")
    }
    origin = times[0]
    spline = CubicHermiteSpline(np.array(times) - origin, vectors["position"], vectors["velocity"])
    points = annotation.findall(".//geolocationGridPoint")
    assert len(points) == 11 * 21
    for point in points[::17]:
        lon, lat = (np.radians(float(point.findtext(n))) for n in ("longitude", "latitude"))
        e2 = 0.00669437999014
        n = 6378137.0 / np.sqrt(1 - e2 * np.sin(lat) ** 2)
        ground = np.array(
            [
                n * np.cos(lat) * np.cos(lon),
                n * np.cos(lat) * np.sin(lon),
                n * (1 - e2) * np.sin(lat),
            ]
        )
        t = moment(point.findtext("azimuthTime")) - origin
        satellite, velocity = spline(t), spline.derivative()(t)
        slant = float(point.findtext("slantRangeTime")) * 299792458.0 / 2
        assert np.linalg.norm(ground - satellite) == pytest.approx(slant, abs=0.5)
        along = np.dot(ground - satellite, velocity) / np.linalg.norm(velocity)
        assert abs(along) < 1.0


def test_calibrated_open_sea_is_as_bright_as_the_law_says(folder):
    """VV of a 6 m/s sea lies between -24 and -12 dB, VH at the noise."""
    from scipy.ndimage import median_filter

    calibration = ET.parse(
        next((folder / "scene.SAFE/annotation/calibration").glob("calibration-*-vv-*"))
    ).getroot()
    lut = float(calibration.findtext(".//sigmaNought").split()[10])
    for polarisation, low, high in (("vv", -24.0, -12.0), ("vh", -28.0, -22.0)):
        number = image(folder, polarisation).astype(float)
        sigma = 10 * np.log10(np.median(median_filter(number**2, 3)) / lut**2)
        assert low < sigma < high


def test_noise_steps_at_the_seam_of_the_sub_swaths(annotation, folder):
    swaths = [m.findtext("swath") for m in annotation.findall(".//swathMerge")]
    assert swaths == ["IW1", "IW2"]
    rates = {
        d.findtext("swath"): float(d.findtext("prf"))
        for d in annotation.findall(".//downlinkInformation")
    }
    assert rates == pytest.approx({"IW1": 1717.129, "IW2": 1451.627}, abs=0.01)
    noise = ET.parse(
        next((folder / "scene.SAFE/annotation/calibration").glob("noise-*-vh-*"))
    ).getroot()
    seam = int(annotation.findall(".//swathBounds")[1].findtext("firstRangeSample"))
    vector = noise.find(".//noiseRangeVector")
    pixel = np.array(vector.findtext("pixel").split(), int)
    power = np.array(vector.findtext("noiseRangeLut").split(), float)
    before, after = power[pixel == seam - 1][0], power[pixel == seam][0]
    assert before / after > 1.05
    columns = np.median(image(folder, "vh").astype(float) ** 2, axis=0)
    drop = columns[seam - 120 : seam].mean() / columns[seam : seam + 120].mean()
    assert drop > 1.03


def test_vessels_are_bright_where_the_truth_says(folder):
    truth = json.loads((folder / "truth.geojson").read_text())
    assert truth["umimori"]["simulated"] is True
    vv = image(folder, "vv").astype(float) ** 2
    background = np.median(vv)
    ships = [f["properties"] for f in truth["features"] if f["properties"]["kind"] == "vessel"]
    large = [s for s in ships if s["length_m"] > 60]
    assert len(ships) >= 10 and large
    for ship in large:
        row, col = round(ship["line"]), round(ship["sample"])
        window = vv[max(0, row - 12) : row + 13, max(0, col - 12) : col + 13]
        assert window.max() > 20 * background
    assert {"dark", "mmsi", "speed_mps", "heading_deg", "distance_to_shore_m"} <= set(ships[0])


def test_the_ais_log_decodes_and_hides_nothing_hostile(folder):
    lines = (folder / "ais.nmea").read_bytes().splitlines()
    kinds, names, mmsis = set(), set(), set()
    parts: dict[str, list[bytes]] = {}
    for line in lines:
        tag, _, sentence = line[1:].partition(b"\\")
        body, _, checksum = tag.partition(b"*")
        value = 0
        for byte in body:
            value ^= byte
        assert f"{value:02X}" == checksum.decode()
        assert body.startswith(b"s:UMIMORI-SIM,c:")
        fields = sentence.split(b",")
        group = parts.setdefault(f"{fields[3]}{fields[4]}", [])
        group.append(sentence)
        if len(group) == int(fields[1]):
            message = pyais.decode(*group)
            kinds.add(message.msg_type)
            mmsis.add(message.mmsi)
            names.add(getattr(message, "shipname", None))
            parts.pop(f"{fields[3]}{fields[4]}")
    assert {1, 5, 18, 24} <= kinds
    assert HOSTILE_NAME in names
    truth = json.loads((folder / "truth.geojson").read_text())["features"]
    phantoms = {f["properties"]["mmsi"] for f in truth if f["properties"]["kind"] == "phantom"}
    assert phantoms and phantoms <= mmsis


def test_the_same_seed_gives_the_same_bytes_whatever_the_threads(folder, tmp_path):
    run_request(request(tmp_path, workers=1))
    for path in sorted((folder / "scene.SAFE").rglob("*")):
        if path.is_file():
            other = tmp_path / "scene.SAFE" / path.relative_to(folder / "scene.SAFE")
            assert path.read_bytes() == other.read_bytes(), path.name
    assert (folder / "ais.nmea").read_bytes() == (tmp_path / "ais.nmea").read_bytes()
    assert (folder / "truth.geojson").read_bytes() == (tmp_path / "truth.geojson").read_bytes()


def test_another_seed_gives_another_sea(folder, tmp_path):
    run_request(request(tmp_path, seed=4, vessels=0))
    assert not np.array_equal(image(folder, "vv"), image(tmp_path, "vv"))


def test_a_tree_without_pixels_is_filled_and_its_annotation_kept(folder, tmp_path):
    """A product is stripped of its pixels and filled again: a skeleton as a real one is."""
    import shutil

    bare = tmp_path / "BARE.SAFE"
    shutil.copytree(folder / "scene.SAFE", bare, ignore=shutil.ignore_patterns("measurement"))
    out = tmp_path / "filled"
    out.mkdir()
    run_request(Request(out=out / "scene.SAFE", skeleton=bare, open_sea=True, vessels=8, seed=9))
    for path in sorted((bare / "annotation").rglob("*.xml")):
        assert path.read_bytes() == (out / "scene.SAFE" / path.relative_to(bare)).read_bytes()
    assert image(out, "vv").shape == (900, 1100)
    levels = [np.median(image(place, "vh").astype(float) ** 2) for place in (folder, out)]
    assert levels[0] == pytest.approx(levels[1], rel=0.05)  # VH is noise: the tables were used


def test_the_command_prints_one_json_document(tmp_path):
    arguments = ["simulate", str(tmp_path / "x.SAFE"), "--center", "179.99,-17", "--open-sea"]
    arguments += ["--width-km", "3", "--height-km", "3", "--vessels", "2", "--json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["simulated"] is True
    assert (document["lines"], document["samples"]) == (300, 300)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"center": None}, UsageError),
        ({"center": "139.3"}, UsageError),
        ({"center": "139,95"}, GeometryError),
        ({"bbox": "139,34,140,35"}, UsageError),
        ({"center": None, "bbox": "139,34,139.1,34.1"}, UsageError),
        ({"center": None, "bbox": "139,34,139,35", "lines": None, "samples": None}, GeometryError),
        ({"wind": "fast"}, UsageError),
        ({"wind": "60@10"}, UsageError),
        ({"time": "yesterday"}, UsageError),
        ({"width_km": 5.0}, UsageError),
        ({"samples": 40_000}, GeometryError),
        ({"lines": 5}, UsageError),
        ({"lines": 3_000_000}, UsageError),
        ({"samples": None, "width_km": math.nan}, UsageError),
        ({"incidence_deg": 5.0}, UsageError),
        ({"coast_error_m": math.nan}, UsageError),
        ({"chosen": frozenset({"coast_error"})}, UsageError),
        ({"scenario": "izu"}, UsageError),
        ({"center": "20,84.5"}, GeometryError),
        ({"out": Path("scene.TXT")}, UsageError),
        ({"out": Path("/proc/no/scene.SAFE")}, NotPermittedError),
        ({"skeleton": Path("/nowhere")}, UsageError),
    ],
)
def test_bad_wishes_get_one_line_with_a_remedy(tmp_path, changes, error):
    with pytest.raises(error) as refused:
        run_request(request(tmp_path, **changes))
    assert refused.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_an_existing_product_is_not_overwritten(folder):
    with pytest.raises(UsageError, match="exists already"):
        run_request(request(folder))


def test_broken_skeletons_are_named(folder, tmp_path):
    import shutil

    def bare(name: str) -> Path:
        tree = tmp_path / name
        shutil.copytree(folder / "scene.SAFE", tree, ignore=shutil.ignore_patterns("measurement"))
        return tree

    lacking = bare("lacking")
    next((lacking / "annotation/calibration").glob("noise-*-vh-*")).unlink()
    broken = bare("broken")
    next((broken / "annotation").glob("*-vh-*")).write_text("<product>")
    empty = bare("empty")
    next((empty / "annotation").glob("*-vh-*")).write_text("<product/>")
    cases: list[tuple[Path, type[UmimoriError]]] = [
        (tmp_path, NotAProductError),
        (lacking, IncompleteProductError),
        (broken, CorruptFileError),
        (empty, CorruptFileError),
    ]
    for path, error in cases:
        with pytest.raises(error) as refused:
            read_skeleton(path)
        assert refused.value.remedy
