"""Optimum and marginals of the assignment against enumeration of every joint assignment."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geoanalysis.association.assignment import MAX_EXACT, assign, components, marginals

log_odds = st.floats(-8.0, 8.0)


def enumerate_all(odds: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the pair probabilities and the weight of the best joint assignment."""
    n, m = odds.shape
    sums, total, best = np.zeros((n, m)), 0.0, 0.0
    for choice in itertools.product(range(-1, m), repeat=n):
        used = [j for j in choice if j >= 0]
        if len(used) != len(set(used)):
            continue
        weight = float(np.prod([odds[i, j] for i, j in enumerate(choice) if j >= 0]))
        total += weight
        best = max(best, weight)
        for i, j in enumerate(choice):
            if j >= 0:
                sums[i, j] += weight
    return sums / total, best


@st.composite
def tables(draw) -> np.ndarray:
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    values = draw(arrays(float, (n, m), elements=log_odds))
    possible = draw(arrays(bool, (n, m)))
    return np.exp(values) * possible


@given(tables())
@settings(deadline=None)
def test_marginals_and_optimum_equal_brute_force(odds: np.ndarray) -> None:
    solved = assign(odds)
    expected, best = enumerate_all(odds)
    assert solved.p_pair == pytest.approx(expected, abs=1e-9)
    weight = float(np.prod([odds[pair] for pair in solved.pairs]))
    assert weight == pytest.approx(best, rel=1e-9)
    assert solved.p_detection_free == pytest.approx(1.0 - expected.sum(axis=1), abs=1e-9)
    assert solved.p_vessel_free == pytest.approx(1.0 - expected.sum(axis=0), abs=1e-9)


@given(tables())
@settings(deadline=None)
def test_no_detection_and_no_vessel_is_taken_twice(odds: np.ndarray) -> None:
    pairs = assign(odds).pairs
    assert len({i for i, _ in pairs}) == len(pairs) == len({j for _, j in pairs})


def test_components_are_independent() -> None:
    odds = np.zeros((4, 4))
    odds[:2, :2] = [[5.0, 1.0], [1.0, 5.0]]
    odds[2:, 2:] = [[2.0, 0.0], [3.0, 4.0]]
    assert len(components(odds)) == 2
    together = assign(odds).p_pair
    assert together[:2, :2] == pytest.approx(assign(odds[:2, :2]).p_pair)
    assert together[2:, 2:] == pytest.approx(assign(odds[2:, 2:]).p_pair)


def test_greedy_would_be_wrong() -> None:
    """The best single pair (0, 0) forces detection 1 to stay free; the optimum does not."""
    odds = np.array([[100.0, 90.0], [80.0, 0.0]])
    assert assign(odds).pairs == ((0, 1), (1, 0))


def test_large_components_stay_close_to_the_exact_sums() -> None:
    rng = np.random.default_rng(7)
    size = MAX_EXACT + 3
    odds = np.exp(rng.normal(0.0, 2.0, (size, size))) * (rng.random((size, size)) < 0.12)
    odds += np.diag(np.exp(rng.normal(2.0, 1.0, size)))
    approximate = marginals(odds)
    assert approximate.sum(axis=0).max() <= 1.0 + 1e-6
    assert approximate.sum(axis=1).max() <= 1.0 + 1e-6
    from geoanalysis.association import assignment

    exact = assignment._exact(odds)
    assert np.abs(exact - approximate).max() < 0.1


def test_empty_tables() -> None:
    solved = assign(np.zeros((3, 0)))
    assert solved.pairs == ()
    assert solved.p_detection_free == pytest.approx([1.0, 1.0, 1.0])
    assert assign(np.zeros((0, 2))).p_vessel_free == pytest.approx([1.0, 1.0])
