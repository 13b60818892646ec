"""Thresholds against published numbers and against draws."""

import numpy as np
import pytest

from imagery.thresholds import gamma_threshold, k_tail, texture_of, threshold_table

# Computed by quadrature for 4.4 looks, independently of this code (project notes, section 3.2).
PUBLISHED = [
    (1e-5, 4.43, 6.81, 8.70, 13.55),
    (1e-6, 5.04, 8.23, 10.76, 17.34),
    (1e-8, 6.25, 11.29, 15.33, 25.98),
    (1e-9, 6.84, 12.85, 17.81, 30.83),
]


@pytest.mark.parametrize(("pfa", "gamma", "nu10", "nu5", "nu2"), PUBLISHED)
def test_multiples_of_the_mean_agree_with_quadrature(pfa, gamma, nu10, nu5, nu2):
    assert gamma_threshold(4.4, pfa) == pytest.approx(gamma, rel=0.002)
    thresholds = threshold_table(4.4, pfa).at(np.array([0.1, 0.2, 0.5]))
    # The table is held for looks in steps of 2 %, hence the tolerance.
    assert thresholds == pytest.approx([nu10, nu5, nu2], rel=0.02)


def test_the_tail_is_the_share_of_draws_above():
    rng = np.random.default_rng(5)
    looks, order, count = 4.4, 3.0, 400_000
    draws = rng.gamma(order, 1 / order, count) * rng.gamma(looks, 1 / looks, count)
    for ratio in (2.0, 4.0, 6.0):
        expected = k_tail(np.array([ratio]), looks, 1 / order)[0]
        assert np.mean(draws > ratio) == pytest.approx(expected, rel=0.08)


def test_texture_is_recovered_from_moments():
    rng = np.random.default_rng(6)
    looks, order, count = 4.4, 5.0, 400_000
    draws = rng.gamma(order, 1 / order, count) * rng.gamma(looks, 1 / looks, count)
    cv_squared = np.array([draws.var() / draws.mean() ** 2])
    assert texture_of(cv_squared, looks)[0] == pytest.approx(1 / order, rel=0.05)


def test_speckle_alone_has_no_texture():
    assert texture_of(np.array([1 / 4.4, 0.1]), 4.4) == pytest.approx([0.0, 0.0])


def test_thresholds_rise_with_texture_and_with_rarer_alarms():
    textures = np.linspace(0, 2, 50)
    often, seldom = threshold_table(4.4, 1e-5).at(textures), threshold_table(4.4, 1e-8).at(textures)
    assert (np.diff(often) >= 0).all()
    assert (seldom > often).all()
