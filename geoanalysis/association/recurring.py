"""Echoes that stand where an earlier pass saw one too are taken for fixed objects. Pure.

Ships move between passes; cages, towers and rocks that no chart names do not. Global Fishing Watch
drops detections that repeat within 100 m (F. Paolo et al., "Satellite mapping reveals extensive
industrial activity at sea", Nature 625, 2024, methods); here they are told apart and stay visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from scipy.spatial import cKDTree

from umimori.geodesy import LocalFrame, LonLat
from umimori.records import Detection

RECUR_RADIUS_M = 100.0
MIN_APART = timedelta(days=2)
"""Sooner, a ship at anchor may still lie there."""
MAX_APART = timedelta(days=180)


def recurring(
    detections: Sequence[Detection], earlier: Sequence[LonLat], frame: LocalFrame
) -> frozenset[str]:
    """Return the ids of detections that stand on an echo of an earlier pass.

    Args:
        detections: of the scene that is analysed.
        earlier: places of unmatched detections of passes ``MIN_APART`` to ``MAX_APART`` before.
        frame: metric plane of the scene.
    """
    placed = [(d.id, d.position) for d in detections if d.position is not None]
    if not placed or not earlier:
        return frozenset()
    tree = cKDTree(
        np.column_stack(frame.to_xy([p.lon_deg for p in earlier], [p.lat_deg for p in earlier]))
    )
    here = np.column_stack(
        frame.to_xy([p.lon_deg for _, p in placed], [p.lat_deg for _, p in placed])
    )
    near_m, _ = tree.query(here)
    return frozenset(
        id_ for (id_, _), gap_m in zip(placed, near_m, strict=True) if gap_m <= RECUR_RADIUS_M
    )
