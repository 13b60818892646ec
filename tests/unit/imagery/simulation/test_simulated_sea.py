"""Backscatter laws, texture and speckle: their published values and statistics."""

import numpy as np
import pytest

from imagery.simulation.randomness import Stream
from imagery.simulation.sea import SeaPainter, SeaState, vh_sigma, vv_sigma, wind_field
from imagery.simulation.speckle import response, speckle


def decibel(value):
    return 10 * np.log10(value)


def test_cmod5n_is_brightest_upwind_and_darkest_across():
    up, across, down = vv_sigma(8.0, np.array([0.0, 90.0, 180.0]), 36.0)
    assert up > down > across
    assert 2.0 < decibel(up / across) < 8.0


def test_cmod5n_rises_with_wind_and_falls_with_incidence():
    wind = vv_sigma(np.array([2.0, 5.0, 10.0, 20.0]), 45.0, 38.0)
    assert np.all(np.diff(wind) > 0)
    angle = vv_sigma(7.0, 45.0, np.array([30.0, 36.0, 42.0, 46.0]))
    assert np.all(np.diff(angle) < 0)
    # The law at 10 m/s upwind and 35 degrees, computed with an independent implementation.
    assert decibel(vv_sigma(10.0, 0.0, 35.0)) == pytest.approx(-10.8, abs=0.6)


def test_cross_polarised_sea_lies_under_the_noise_in_light_wind():
    assert decibel(vh_sigma(5.0)) == pytest.approx(-32.75, abs=0.01)


def test_speckle_has_the_looks_and_resolution_of_the_product():
    image = speckle(Stream.SPECKLE_VV, 3, 0, 400, 500)
    assert image.mean() == pytest.approx(1.0, abs=0.01)
    assert 1.0 / image.var() == pytest.approx(4.4, abs=0.25)
    offsets = np.linspace(-3, 3, 6001)
    power = response(offsets) ** 2
    width_pixels = np.ptp(offsets[power > power.max() / 2])
    assert 1.95 < width_pixels < 2.25  # 20 to 22 m at 10 m pixels


def test_speckle_does_not_depend_on_where_a_strip_begins():
    whole = speckle(Stream.SPECKLE_VH, 9, 0, 96, 128)
    part = speckle(Stream.SPECKLE_VH, 9, 64, 32, 128)
    assert np.array_equal(whole[64:], part)
    assert not np.allclose(whole, speckle(Stream.SPECKLE_VH, 10, 0, 96, 128))


def painter(order: float = 6.0) -> SeaPainter:
    sea = SeaState(texture_order=order, swell_height_m=0.0)
    return SeaPainter(
        sea=sea,
        wind=wind_field(sea, 1200, 1200, 350.0, 5),
        incidence_deg=np.full(302, 38.0),
        heading_deg=350.0,
        seed=5,
    )


def test_strips_of_sea_join_without_a_seam():
    whole = painter().strip(0, 120)
    part = painter().strip(80, 40)
    for a, b in zip(whole, part, strict=True):
        assert np.allclose(a[80:], b, rtol=1e-5)


def test_texture_and_speckle_make_a_k_distribution_of_the_wanted_order():
    texture = painter(order=6.0)._texture(np.arange(200), 302)
    assert texture.mean() == pytest.approx(1.0, abs=0.05)
    assert 1.0 / texture.var() == pytest.approx(6.0, rel=0.25)


def test_the_wind_has_a_front_and_keeps_its_mean():
    calm = wind_field(SeaState(wind_mps=6.0, front_step_mps=0.0), 4000, 4000, 350.0, 2)
    front = wind_field(SeaState(wind_mps=6.0, front_step_mps=3.0), 4000, 4000, 350.0, 2)
    assert calm.mean() == pytest.approx(6.0, abs=0.4)
    gain = front - calm
    assert gain.min() < 0.1 and gain.max() > 2.5
