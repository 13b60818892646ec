"""The simulator against real products: schemas, tables, geolocation, and real ship chips."""

import csv
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from imagery.simulation.adapters.skeleton_tree import read_skeleton
from imagery.simulation.randomness import Stream
from imagery.simulation.request import Request, run_request
from imagery.simulation.speckle import speckle
from imagery.simulation.targets import (
    CROSS_POLAR_DB,
    CROSS_POLAR_SPREAD_DB,
    SCATTER_DB,
    Target,
    paint,
    ship_cross_section_m2,
)

pytestmark = pytest.mark.data

LENGTH_BINS_M = ((20, 60), (60, 80), (80, 100), (100, 150), (150, 200), (200, 400))
LEAST_CHIPS = 12


def real_trees(shared_data: Path) -> list[Path]:
    return sorted((shared_data / "sentinel1_safe").glob("*.SAFE"))


def test_the_annotation_is_valid_by_the_schemas_of_a_real_product(shared_data, tmp_path):
    etree = pytest.importorskip("lxml.etree")
    run_request(
        Request(out=tmp_path / "s.SAFE", center="139.3,34.6", lines=300, samples=300, open_sea=True)
    )
    support = next(
        tree / "support" for tree in real_trees(shared_data) if (tree / "support").is_dir()
    )
    for pattern, schema in (
        ("annotation/s1a-*.xml", "s1-level-1-product.xsd"),
        ("annotation/calibration/calibration-*.xml", "s1-level-1-calibration.xsd"),
        ("annotation/calibration/noise-*.xml", "s1-level-1-noise.xsd"),
    ):
        checker = etree.XMLSchema(etree.parse(str(support / schema)))
        found = sorted((tmp_path / "s.SAFE").glob(pattern))
        assert len(found) == 2
        for path in found:
            assert checker.validate(etree.parse(str(path))), checker.error_log


def test_real_trees_are_understood(shared_data):
    trees = real_trees(shared_data)
    assert trees
    for path in trees:
        tree = read_skeleton(path)
        points = tree.grid.points
        lon, lat = tree.grid.locate(points.line, points.sample)
        sea_lon, sea_lat = tree.grid.sea_level_points
        at_sea = np.abs(points.height_m) < 1.0
        assert np.abs(sea_lat - points.lat_deg)[at_sea].max(initial=0.0) * 111_000 < 2.0
        assert np.abs(lat - sea_lat).max() * 111_000 < 0.01
        assert np.abs(lon - sea_lon).max() * 111_000 < 0.01
        line, sample = tree.grid.image(lon, lat)
        assert np.abs(line - points.line).max() < 0.01
        assert np.abs(sample - points.sample).max() < 0.01
        # Noise-equivalent sigma nought of Sentinel-1 lies between -20 and -34 dB inside the swath.
        name = next(iter(tree.stems))
        middle = slice(200, tree.grid.samples - 2_000)
        first = tree.grid.lines // 2
        noise = tree.radiometry.noise(name, first, 4)[:, middle]
        gain = tree.radiometry.gain(name, first, 4)[:, middle]
        level = 10 * np.log10(noise / gain)
        assert level.min() > -34 and level.max() < -19


@pytest.mark.slow
def test_a_real_tree_is_filled_with_pixels_of_its_full_size(shared_data, tmp_path):
    real = next(p for p in real_trees(shared_data) if p.name.startswith("S1B"))
    result = run_request(
        Request(out=tmp_path / real.name, skeleton=real, open_sea=True, vessels=60)
    )
    assert result.vessels_in_image > 50
    tiff = next((tmp_path / real.name / "measurement").glob("*.tiff"))
    with rasterio.open(tiff) as image:
        assert (image.height, image.width) == (result.scenario.lines, result.scenario.samples)
        sample = image.read(1, window=((8_000, 8_200), (9_000, 9_400)))
    assert sample.min() >= 0 and 20 < np.median(sample) < 400
    for path in sorted((real / "annotation").rglob("*.xml")):
        assert path.read_bytes() == (tmp_path / real.name / path.relative_to(real)).read_bytes()


# --- contrast of ships ---------------------------------------------------------------------------


def contrast_db(chip: np.ndarray) -> tuple[float, float]:
    """Return peak over border median in decibels, and the border median: one measure for both."""
    height, width = chip.shape
    rim = max(4, min(height, width) // 6)
    border = np.ones(chip.shape, dtype=bool)
    border[rim:-rim, rim:-rim] = False
    background = float(np.median(chip[border]))
    middle = chip[height // 4 : -(height // 4), width // 4 : -(width // 4)]
    return 10 * np.log10(float(middle.max()) / background), background


def length_of(row: dict[str, str]) -> float:
    for name in ("mt_Length_overall", "ais_Length"):
        try:
            if float(row[name]) > 0:
                return float(row[name])
        except ValueError:
            continue
    return 0.0


@pytest.fixture(scope="module")
def real_chips(shared_data) -> list[tuple[float, float, np.ndarray]]:
    """Return length, incidence and bands (VH first where there are two) of the GRD chips."""
    folder = shared_data / "opensarship"
    with (folder / "ships.csv").open(encoding="utf-8") as table:
        rows = {
            (r["scene"], int(float(r["sar_Center_x"])), int(float(r["sar_Center_y"]))): r
            for r in csv.DictReader(table)
        }
    chips = []
    for path in sorted(folder.glob("*GRDH*/Patch_Cal/*.tif")):
        place = re.search(r"_x(\d+)_y(\d+)", path.name)
        row = rows.get((path.parent.parent.name, int(place[1]), int(place[2])))
        if row is None or length_of(row) == 0.0:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path) as tiff:
                chips.append((length_of(row), float(row["sar_Incidence"]), tiff.read()))
    return chips


def simulated_chip(
    length_m: float, incidence_deg: float, background: float, band: str, size: int, number: int
) -> np.ndarray:
    rng = np.random.default_rng(number)
    angle = rng.uniform(0, 2 * np.pi)
    vv = ship_cross_section_m2(length_m, incidence_deg) * 10 ** (rng.normal(0, SCATTER_DB) / 10)
    vh = vv * 10 ** (rng.normal(CROSS_POLAR_DB, CROSS_POLAR_SPREAD_DB) / 10)
    patch = paint(
        Target(
            number=number,
            line=size / 2 + rng.uniform(),
            sample=size / 2 + rng.uniform(),
            length_m=length_m,
            width_m=length_m / 6.2,
            bow=(float(np.cos(angle)), float(np.sin(angle))),
            vv_m2=vv,
            vh_m2=vh,
            smear_pixels=0.4,
        ),
        seed=1,
    )
    # The median of speckle lies 8 % under its mean; the real border median is what is known.
    chip = speckle(Stream.SPECKLE_VV, number, 0, size, size) * np.float32(background * 1.08)
    image = patch.vv if band == "vv" else patch.vh
    top, left = max(0, patch.first_line), max(0, patch.first_sample)
    bottom = min(size, patch.first_line + image.shape[0])
    right = min(size, patch.first_sample + image.shape[1])
    chip[top:bottom, left:right] += image[
        top - patch.first_line : bottom - patch.first_line,
        left - patch.first_sample : right - patch.first_sample,
    ]
    return chip


@pytest.mark.parametrize("band", ["vv", "vh"])
def test_contrast_by_length_lies_inside_the_quartiles_of_real_ships(real_chips, band):
    chips = [c for c in real_chips if band == "vv" or len(c[2]) == 2]
    checked = 0
    for low, high in LENGTH_BINS_M:
        real, simulated = [], []
        for number, (length_m, incidence, bands) in enumerate(chips):
            if not low <= length_m < high:
                continue
            contrast, background = contrast_db(bands[-1] if band == "vv" else bands[0])
            real.append(contrast)
            size = max(bands.shape[1], 40)
            simulated += [
                contrast_db(
                    simulated_chip(
                        length_m, incidence, background, band, size, number * 100 + int(low) + k
                    )
                )[0]
                for k in range(2)
            ]
        if len(real) < LEAST_CHIPS:
            continue
        first, third = np.percentile(real, [25, 75])
        assert first <= np.median(simulated) <= third, (low, high, first, third)
        checked += 1
    assert checked >= 4
