"""What a flight has looked at: the flown line widened to the sensor's swath. Pure.

The swath follows from the height over home and the vehicle's camera over flat water; bank and
pitch are not corrected, so it is an estimate and is called one. Only what was flown on the
mission counts, and only planes look down on the sea surface.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from umimori.geodesy import LocalFrame
from umimori.models.footprint import seen_area, swath_width_m
from umimori.records import TelemetrySample

MISSION_MODE = "AUTO"
MIN_HEIGHT_M = 20.0
"""Lower parts are take-off and landing."""
MAX_GAP_S = 30.0
"""Nothing is claimed over a longer silence of the telemetry."""
SIMPLIFY_M = 5.0


def flown_coverage(
    samples: Sequence[TelemetrySample], swath_half_angle_deg: float
) -> BaseGeometry | None:
    """Return the area seen, as a geometry in degrees, or None when nothing was."""
    looking = [s for s in samples if s.mode == MISSION_MODE and s.alt_rel_m >= MIN_HEIGHT_M]
    if len(looking) < 2:
        return None
    frame = LocalFrame(looking[0].position)
    x, y = frame.to_xy([s.position.lon_deg for s in looking], [s.position.lat_deg for s in looking])
    strips = [
        seen_area(
            [(x[i], y[i]), (x[i + 1], y[i + 1])],
            swath_width_m((a.alt_rel_m + b.alt_rel_m) / 2.0, swath_half_angle_deg),
        )
        for i, (a, b) in enumerate(pairwise(looking))
        if b.vehicle_s - a.vehicle_s <= MAX_GAP_S and (x[i], y[i]) != (x[i + 1], y[i + 1])
    ]
    if not strips:
        return None
    seen = shapely.simplify(shapely.union_all(strips), SIMPLIFY_M)
    return shapely.transform(seen, lambda xy: np.column_stack(frame.to_lonlat(xy[:, 0], xy[:, 1])))
