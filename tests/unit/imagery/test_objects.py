"""From marked pixels to judged objects."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from imagery.candidates import Candidate, find_candidates
from imagery.cfar import BandTile, Water, detect_tile
from imagery.measurement import Extent, measure
from imagery.scoring import judge
from umimori.records.detection import DetectionFlag, VesselClass

SPACING, RESOLUTION = (10.0, 10.0), (22.0, 20.4)


def blurred_ship(length_m, width_m, angle_deg, contrast=200.0, size=101):
    """A bar at an angle from the line axis, blurred by the point response, over a sea of 1."""
    fine = 5
    axis = (np.arange(size * fine) - size * fine / 2 + 0.5) / fine * SPACING[0]
    y, x = np.meshgrid(axis, axis, indexing="ij")
    angle = np.radians(angle_deg)
    along = y * np.cos(angle) + x * np.sin(angle)
    across = -y * np.sin(angle) + x * np.cos(angle)
    bar = ((np.abs(along) <= length_m / 2) & (np.abs(across) <= width_m / 2)).astype(float)
    sigma = [r / 2.3548 / SPACING[0] * fine for r in RESOLUTION]
    image = ndimage.gaussian_filter(bar, sigma)
    image = image.reshape(size, fine, size, fine).mean(axis=(1, 3))
    return 1.0 + contrast * image / image.max()


@settings(max_examples=25, deadline=None)
@given(length=st.floats(40, 300), angle=st.floats(0, 179))
def test_length_and_direction_of_a_blurred_bar(length, angle):
    image = blurred_ship(length, length / 6, angle)
    rows, cols = np.nonzero(image > 4)
    extent = measure(rows.astype(float), cols.astype(float), image[rows, cols], SPACING, RESOLUTION)
    assert extent.length_m == pytest.approx(length, abs=18 + 0.06 * length)
    assert extent.row_px == pytest.approx(50, abs=0.5)
    assert extent.col_px == pytest.approx(50, abs=0.5)
    if length > 60:
        assert extent.angle_deg is not None
        assert abs((extent.angle_deg - angle + 90) % 180 - 90) < 6


def test_a_single_pixel_has_a_size_and_no_direction():
    extent = measure(np.array([5.0]), np.array([7.0]), np.array([30.0]), SPACING, RESOLUTION)
    assert extent.length_m > 0
    assert extent.width_m <= extent.length_m
    assert (extent.row_px, extent.col_px) == (5.0, 7.0)


def scene(*, land=False, seed=1):
    rng = np.random.default_rng(seed)
    shape = (512, 512)
    power = rng.gamma(4.4, 1 / 4.4, shape).astype(np.float32)
    power[200:230, 300:304] = 200.0
    skip, doubtful = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    if land:
        power[:, :150] = 40.0
        skip[:, :120] = 1
        doubtful[:, :170] = 1
    bands = tuple(
        BandTile(polarisation=name, power=power.copy(), noise=np.zeros(shape, np.float32))
        for name in ("VV", "VH")
    )
    return bands, Water(skip=skip, doubtful=doubtful)


def candidates_of(bands, water, core=(0, 0, 512, 512), origin=(1000, 2000)):
    looks = {"VV": 4.4, "VH": 4.4, "fused": 4.4, "smooth": 39.6}
    tested = detect_tile(bands, water, looks, 1e-10)
    return find_candidates(tested, bands, water, origin, core, SPACING, RESOLUTION, min_pixels=3)


def test_a_ship_is_one_object_at_its_place_in_the_scene():
    (ship,) = candidates_of(*scene())
    assert ship.extent.row_px == pytest.approx(1214.5, abs=1)
    assert ship.extent.col_px == pytest.approx(2301.5, abs=1)
    assert ship.extent.length_m == pytest.approx(300, abs=30)
    assert ship.peak == pytest.approx((200.0, 200.0))
    assert not ship.touches_land
    assert ship.chip.shape == (2, 64, 64)


def test_an_object_belongs_to_the_tile_with_its_peak_only():
    bands, water = scene()
    inside = candidates_of(bands, water, core=(0, 0, 256, 512))
    outside = candidates_of(bands, water, core=(256, 0, 512, 512))
    assert len(inside) == 1
    assert outside == []


def test_land_outside_the_mask_is_seen_as_one_piece_with_it():
    found = candidates_of(*scene(land=True))
    shore = [c for c in found if c.extent.col_px < 2200]
    assert shore
    assert all(c.touches_land for c in shore)


def candidate(**changes):
    base = {
        "extent": Extent(
            row_px=10.0,
            col_px=10.0,
            length_m=90.0,
            length_error_m=15.0,
            width_m=20.0,
            angle_deg=0.0,
        ),
        "peak_row": 10,
        "peak_col": 10,
        "peak": (2.0, 0.4),
        "clutter": (0.02, 0.002),
        "noise": (0.001, 0.001),
        "contrast": 90.0,
        "mean_contrast": 20.0,
        "pixels": 40,
        "seeds": 30,
        "touches_land": False,
        "touches_edge": False,
        "chip": np.zeros((2, 64, 64), np.float16),
    }
    return Candidate(**(base | changes))


def verdict_of(item, **changes):
    base = {
        "ghost": False,
        "distance_to_shore_m": 5000.0,
        "coast_error_m": 500.0,
        "spacing_m": SPACING,
    }
    return judge(item, **(base | changes))


def test_a_bright_object_at_sea_is_a_vessel():
    verdict = verdict_of(candidate())
    assert verdict.vessel_class is VesselClass.VESSEL
    assert verdict.flags == ()
    assert verdict.score > 0.95


def test_a_wave_group_in_one_polarisation_is_none():
    verdict = verdict_of(candidate(peak=(0.14, 0.005), contrast=5.2, seeds=2))
    assert verdict.score < 0.3


def test_doubt_lowers_the_score_and_is_named():
    plain = verdict_of(candidate(contrast=15.0, seeds=8)).score
    doubts = {
        DetectionFlag.NEAR_SHORE: {"distance_to_shore_m": 300.0},
        DetectionFlag.AZIMUTH_AMBIGUITY: {"ghost": True},
        DetectionFlag.FIXED_OBJECT: {"infrastructure": True},
    }
    for flag, changes in doubts.items():
        verdict = verdict_of(candidate(contrast=15.0, seeds=8), **changes)
        assert flag in verdict.flags
        assert verdict.score < plain


def test_what_is_larger_than_any_ship_is_no_vessel():
    island = Extent(
        row_px=0.0, col_px=0.0, length_m=300.0, length_error_m=50.0, width_m=180.0, angle_deg=None
    )
    verdict = verdict_of(candidate(extent=island, pixels=500))
    assert DetectionFlag.EXTENDED in verdict.flags
    assert verdict.vessel_class is VesselClass.FIXED


def test_without_a_scale_nothing_is_too_large():
    island = Extent(
        row_px=0.0, col_px=0.0, length_m=900.0, length_error_m=50.0, width_m=280.0, angle_deg=None
    )
    verdict = verdict_of(candidate(extent=island), spacing_m=None, distance_to_shore_m=None)
    assert verdict.vessel_class is VesselClass.VESSEL
