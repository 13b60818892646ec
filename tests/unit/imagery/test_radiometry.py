"""Calibration and noise tables."""

import numpy as np
import pytest

from imagery.radiometry import AzimuthNoise, Lut, LutLine, NoiseModel, Window, calibrate


def lut(*lines):
    return Lut(
        lines=tuple(
            LutLine(line=line, samples=np.array(samples, float), values=np.array(values, float))
            for line, samples, values in lines
        )
    )


ONE = lut((0, [0, 1000], [1.0, 1.0]))
SILENT = NoiseModel(range_lut=lut((0, [0, 1000], [0.0, 0.0])))


def test_sigma_nought_is_dn_squared_over_gain_squared():
    dn = np.array([[3, 0], [10, 65535]], np.uint16)
    table = lut((0, [0, 1], [2.0, 2.0]))
    power, noise = calibrate(dn, Window(row=0, col=0, height=2, width=2), table, SILENT)
    assert power[0, 0] == pytest.approx(9 / 4)
    assert np.isnan(power[0, 1])
    assert power[1, 1] == pytest.approx(65535.0**2 / 4, rel=1e-6)
    assert (noise == 0).all()


def test_gain_is_bilinear_in_line_and_sample():
    table = lut(
        (0, [0, 100], [100.0, 200.0]), (50, [0, 100], [200.0, 300.0]), (90, [0, 100], [1, 1])
    )
    window = Window(row=25, col=50, height=1, width=1)
    power, _ = calibrate(np.full((1, 1), 200, np.uint16), window, table, SILENT)
    assert power[0, 0] == pytest.approx(200.0**2 / 200.0**2)


def test_beyond_the_last_vector_its_values_hold():
    table = lut((10, [0, 9], [10.0, 10.0]), (20, [0, 9], [20.0, 20.0]))
    window = Window(row=0, col=0, height=100, width=10)
    power, _ = calibrate(np.full((100, 10), 100, np.uint16), window, table, SILENT)
    assert power[0, 0] == pytest.approx(100.0)
    assert power[99, 0] == pytest.approx(25.0)


def test_a_window_far_inside_reads_the_same_values_as_the_whole():
    rng = np.random.default_rng(1)
    samples = np.arange(0, 401, 40)
    table = lut(*((line, samples, 300 + 50 * rng.random(11)) for line in range(0, 401, 57)))
    dn = rng.integers(1, 500, (400, 400)).astype(np.uint16)
    whole, _ = calibrate(dn, Window(row=0, col=0, height=400, width=400), table, SILENT)
    part, _ = calibrate(
        dn[100:180, 50:130], Window(row=100, col=50, height=80, width=80), table, SILENT
    )
    assert part == pytest.approx(whole[100:180, 50:130], rel=1e-5)


def test_noise_is_range_times_azimuth_inside_each_block():
    model = NoiseModel(
        range_lut=lut((0, [0, 9], [100.0, 100.0])),
        azimuth=(
            AzimuthNoise(
                first_line=0,
                last_line=9,
                first_sample=0,
                last_sample=4,
                lines=np.array([0.0, 9.0]),
                values=np.array([1.0, 1.9]),
            ),
            AzimuthNoise(
                first_line=0,
                last_line=9,
                first_sample=5,
                last_sample=9,
                lines=np.array([0.0, 9.0]),
                values=np.array([2.0, 2.0]),
            ),
        ),
    )
    window = Window(row=0, col=0, height=10, width=10)
    _, noise = calibrate(np.ones((10, 10), np.uint16), window, ONE, model)
    assert noise[3, 4] == pytest.approx(130.0)
    assert noise[3, 5] == pytest.approx(200.0)
