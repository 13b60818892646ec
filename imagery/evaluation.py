"""Detections against a known truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from umimori.geodesy import LocalFrame, LonLat
from umimori.records.detection import Detection, VesselClass

MATCH_RADIUS_M = 200.0
"""xView3 counts a hit within 200 m."""
VESSEL_SCORE = 0.5
MIN_LENGTH_M, MIN_OFFSHORE_M = 25.0, 1000.0
"""What the targets of this detector are stated for."""
FAR = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthObject:
    """Something that is really there.

    ``imaged`` is where it appears in the image: a moving vessel is displaced along azimuth.
    """

    id: str
    vessel: bool
    imaged: LonLat
    length_m: float | None
    distance_to_shore_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How well the detections fit the truth, for vessels of a least length off the shore.

    ``precision`` is None when nothing, ``recall`` when no truth is in the range.
    """

    recall: float | None
    precision: float | None
    length_mae_m: float | None
    truths: int
    found: int
    false: int
    missed_ids: tuple[str, ...]
    false_ids: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    """(detection id, truth id) of all matches, small and near-shore vessels included."""

    @property
    def f1(self) -> float | None:
        """Return the harmonic mean of precision and recall."""
        if self.recall is None or self.precision is None:
            return None
        total = self.recall + self.precision
        return 2.0 * self.recall * self.precision / total if total else 0.0


def evaluate(
    detections: Sequence[Detection],
    truths: Sequence[TruthObject],
    *,
    min_length_m: float = MIN_LENGTH_M,
    min_offshore_m: float = MIN_OFFSHORE_M,
    min_score: float = VESSEL_SCORE,
) -> Evaluation:
    """Return recall, precision and length error of the vessels among the detections.

    A detection counts as a vessel by its class and score. Recall: vessels of at least the length
    and distance from the shore. Precision: detections at least so far off the shore; one that
    matches a smaller vessel is right, one that matches a fixed object or nothing is false.
    """
    claimed = [
        d
        for d in detections
        if d.position is not None and d.vessel_class is VesselClass.VESSEL and d.score >= min_score
    ]
    vessels = [t for t in truths if t.vessel]
    pairs = match(claimed, vessels)
    by_truth = {vessels[t].id: claimed[d] for d, t in pairs}
    right = {claimed[d].id for d, _ in pairs}
    wanted = [
        t
        for t in vessels
        if (t.length_m or 0.0) >= min_length_m and _offshore(t.distance_to_shore_m, min_offshore_m)
    ]
    counted = [d for d in claimed if _offshore(d.distance_to_shore_m, min_offshore_m)]
    found = [t for t in wanted if t.id in by_truth]
    false = [d.id for d in counted if d.id not in right]
    errors = [
        abs((by_truth[t.id].length_m or 0.0) - t.length_m)
        for t in found
        if t.length_m is not None and by_truth[t.id].length_m is not None
    ]
    return Evaluation(
        recall=len(found) / len(wanted) if wanted else None,
        precision=(len(counted) - len(false)) / len(counted) if counted else None,
        length_mae_m=float(np.mean(errors)) if errors else None,
        truths=len(wanted),
        found=len(found),
        false=len(false),
        missed_ids=tuple(t.id for t in wanted if t.id not in by_truth),
        false_ids=tuple(false),
        pairs=tuple((claimed[d].id, vessels[t].id) for d, t in pairs),
    )


def match(
    detections: Sequence[Detection],
    truths: Sequence[TruthObject],
    radius_m: float = MATCH_RADIUS_M,
) -> list[tuple[int, int]]:
    """Return index pairs of the assignment with the most and then the nearest pairs."""
    if not detections or not truths:
        return []
    frame = LocalFrame(truths[0].imaged)
    places = [d.position for d in detections if d.position is not None]
    dx, dy = frame.to_xy([p.lon_deg for p in places], [p.lat_deg for p in places])
    tx, ty = frame.to_xy([t.imaged.lon_deg for t in truths], [t.imaged.lat_deg for t in truths])
    distance = np.hypot(dx[:, None] - tx[None, :], dy[:, None] - ty[None, :])
    cost = np.where(distance <= radius_m, distance, FAR)
    rows, cols = linear_sum_assignment(cost)
    return [(int(r), int(c)) for r, c in zip(rows, cols, strict=True) if distance[r, c] <= radius_m]


def _offshore(distance_m: float | None, least_m: float) -> bool:
    return distance_m is None or distance_m >= least_m
