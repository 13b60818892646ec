"""Which detection belongs to which vessel: the optimum and the marginal probabilities.

Input is a table of odds W[i, j]: the likelihood of "detection i is vessel j" over "detection i
belongs to none and vessel j gave no detection". Zero forbids a pair. Every detection takes at
most one vessel and the other way round; the weight of a joint assignment is the product of its
odds. The table falls apart into connected components, which are independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

FloatArray = NDArray[np.float64]

MAX_EXACT = 12
"""Largest smaller side of a component for exact sums (2^12 subsets)."""
BP_TOLERANCE = 1e-9
BP_MAX_ITERATIONS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The optimum and the marginals.

    Args:
        pairs: (detection, vessel) of the most probable joint assignment.
        p_pair: (n, m) probability that detection i is vessel j.
        p_detection_free: (n,) probability that no vessel explains detection i.
        p_vessel_free: (m,) probability that no detection is vessel j.
    """

    pairs: tuple[tuple[int, int], ...]
    p_pair: FloatArray
    p_detection_free: FloatArray
    p_vessel_free: FloatArray


def assign(odds: FloatArray) -> Assignment:
    """Solve a table of odds, shape (n detections, m vessels)."""
    n, m = odds.shape
    pairs: list[tuple[int, int]] = []
    p_pair = np.zeros((n, m))
    for rows, columns in components(odds):
        part = odds[np.ix_(rows, columns)]
        pairs += [(int(rows[i]), int(columns[j])) for i, j in optimum(part)]
        p_pair[np.ix_(rows, columns)] = marginals(part)
    return Assignment(
        pairs=tuple(sorted(pairs)),
        p_pair=p_pair,
        p_detection_free=np.clip(1.0 - p_pair.sum(axis=1), 0.0, 1.0),
        p_vessel_free=np.clip(1.0 - p_pair.sum(axis=0), 0.0, 1.0),
    )


def components(odds: FloatArray) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return (rows, columns) of every connected component that has a possible pair."""
    n, m = odds.shape
    row, column = np.nonzero(odds > 0.0)
    if len(row) == 0:
        return []
    graph = coo_matrix((np.ones(len(row)), (row, column + n)), shape=(n + m, n + m))
    _, label = connected_components(graph, directed=False)
    found = []
    for one in np.unique(label[row]):
        members = np.flatnonzero(label == one)
        found.append((members[members < n].astype(np.int64), (members[members >= n] - n)))
    return [(rows, columns.astype(np.int64)) for rows, columns in found]


def optimum(odds: FloatArray) -> list[tuple[int, int]]:
    """Return the pairs of the most probable joint assignment of one table.

    A free column per row carries the odds 1 (log 0) of leaving the detection unexplained.
    """
    n, m = odds.shape
    impossible = 1e12
    with np.errstate(divide="ignore"):
        cost = np.where(odds > 0.0, -np.log(odds), impossible)
    padded = np.hstack([cost, np.where(np.eye(n) > 0.0, 0.0, impossible)])
    rows, columns = linear_sum_assignment(padded)
    return [
        (int(i), int(j)) for i, j in zip(rows, columns, strict=True) if j < m and odds[i, j] > 0.0
    ]


def marginals(odds: FloatArray) -> FloatArray:
    """Return the probability of every pair of one table: exact when small, else by messages."""
    n, m = odds.shape
    if min(n, m) > MAX_EXACT:
        return _belief_propagation(odds)
    if m <= n:
        return _exact(odds)
    return _exact(odds.T).T


def _exact(odds: FloatArray) -> FloatArray:
    """Sum over all joint assignments, column subsets as bit masks (forward-backward).

    ``forward[k][S]`` sums the first k rows' weights when they use exactly the columns S;
    ``backward[k][S]`` sums rows k.. over all ways that use none of S.
    """
    n, m = odds.shape
    masks = np.arange(1 << m)
    free = [masks[(masks >> j) & 1 == 0] for j in range(m)]
    forward = np.zeros((n + 1, 1 << m))
    forward[0, 0] = 1.0
    for k in range(n):
        forward[k + 1] = forward[k]
        for j in np.flatnonzero(odds[k]):
            forward[k + 1, free[j] | (1 << j)] += odds[k, j] * forward[k, free[j]]
        forward[k + 1] /= (scale := forward[k + 1].sum())
        forward[: k + 1] /= scale
    backward = np.ones((n + 1, 1 << m))
    for k in range(n - 1, -1, -1):
        backward[k] = backward[k + 1]
        for j in np.flatnonzero(odds[k]):
            backward[k, free[j]] += odds[k, j] * backward[k + 1, free[j] | (1 << j)]
    total = float((forward[n] * backward[n]).sum())
    result = np.zeros((n, m))
    for k in range(n):
        for j in np.flatnonzero(odds[k]):
            ways = forward[k, free[j]] * backward[k + 1, free[j] | (1 << j)]
            result[k, j] = odds[k, j] * float(ways.sum()) / total
    return result


def _belief_propagation(odds: FloatArray) -> FloatArray:
    """Approximate marginals by loopy belief propagation, which always converges here.

    Williams and Lau, "Approximate evaluation of marginal association probabilities with belief
    propagation", IEEE Trans. AES 50 (4), 2014, algorithm of figure 3.
    """
    message = np.ones_like(odds)
    for _ in range(BP_MAX_ITERATIONS):
        weighted = odds * message
        to_vessel = odds / (1.0 + weighted.sum(axis=1, keepdims=True) - weighted)
        update = 1.0 / (1.0 + to_vessel.sum(axis=0, keepdims=True) - to_vessel)
        change = float(np.abs(update - message).max())
        message = update
        if change < BP_TOLERANCE:
            break
    weighted = odds * message
    return np.asarray(weighted / (1.0 + weighted.sum(axis=1, keepdims=True)))
