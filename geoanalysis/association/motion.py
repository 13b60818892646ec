"""Where an AIS vessel is at a moment between, before or after its reports.

Between two reports at most 15 minutes apart: cubic Hermite curve through both positions with both
velocities; a ship seldom keeps one manoeuvre longer than that. Else dead reckoning from one or
both ends, with a covariance that grows with time along and across the course; two
ends are joined by inverse covariance. All in one metric plane (:class:`LocalFrame`).
"""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from umimori.geodesy import LocalFrame
from umimori.records import AisTrack

FloatArray = NDArray[np.float64]

MAX_HERMITE_GAP_S = 900.0
BASE_SIGMA_M = 25.0
"""GNSS, antenna offset from the radar centre of the hull and clock: without any time gap."""
ANTENNA_FRACTION = 0.2
"""The antenna stands up to half a length from the centre; 0.2 L as a standard deviation."""
GROWTH_ALONG = 0.15
GROWTH_ACROSS = 0.10
"""Standard deviation of dead reckoning per metre sailed, along and across the course: the
Gaussian fallback for densities learned from tracks (Kroodsma et al., "Revealing the global
longline fleet with satellite radar", Sci. Rep. 12, 2022, builds the learned ones)."""
DRIFT_MPS = 0.3
"""Added per second where the vessel is slow or its velocity is not known well."""
UNKNOWN_VELOCITY_MPS = 5.0
"""Growth per second when neither speed nor a neighbour tells the velocity."""
HERMITE_GROWTH = 0.03
"""Departure from the curve per metre sailed since the nearer report."""
SPEED_ERROR_MPS = 0.15
"""Standard deviation of a reported speed component: half of 0.1 kn steps plus GNSS noise."""
SPEED_DRIFT_MPS2 = 0.001
"""Growth of the velocity's standard deviation per second of dead reckoning."""
MIN_DERIVED_STEP_S = 5.0
DERIVED_STEP_S = 60.0
FIX_NOISE_M = 15.0
"""Difference of two GNSS fixes of 10 m each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Position and velocity at one moment, in the plane of a :class:`MotionModel`.

    ``covariance_m2`` is 2 x 2 (east, north); ``gap_s`` the age of the nearest report;
    ``bracketed`` says that reports stand on both sides.
    """

    x_m: float
    y_m: float
    east_mps: float
    north_mps: float
    covariance_m2: FloatArray
    velocity_sigma_mps: float
    gap_s: float
    bracketed: bool


RECENT_INTERVALS = 5


class MotionModel:
    """Predicts one vessel from its points (several day tracks of one vessel may be joined)."""

    def __init__(self, tracks: tuple[AisTrack, ...], frame: LocalFrame) -> None:
        points = sorted(
            (point for track in tracks for point in track.points), key=lambda p: p.time_utc
        )
        self.tracks = tracks
        self.time_s: list[float] = [p.time_utc.timestamp() for p in points]
        x, y = frame.to_xy(
            [p.position.lon_deg for p in points], [p.position.lat_deg for p in points]
        )
        self.x_m = np.atleast_1d(x)
        self.y_m = np.atleast_1d(y)
        self._reported = [_velocity(p.sog_mps, p.cog_deg) for p in points]
        lengths = [track.length_m for track in tracks if track.length_m]
        self.length_m: float | None = lengths[0] if lengths else None

    def predict(self, time_s: float) -> Prediction:
        """Return the state at a Unix time."""
        after = bisect.bisect_left(self.time_s, time_s)
        if after == 0:
            return self._reckon(0, time_s)
        if after == len(self.time_s):
            return self._reckon(after - 1, time_s)
        span_s = self.time_s[after] - self.time_s[after - 1]
        if span_s <= MAX_HERMITE_GAP_S:
            return self._hermite(after - 1, time_s)
        return _join(self._reckon(after - 1, time_s), self._reckon(after, time_s))

    def silence_s(self, time_s: float) -> float:
        """Return how long the vessel was not heard about a moment, both sides together.

        Without a report after the moment the silence lasts until it; without one before, from it.
        """
        after = bisect.bisect_right(self.time_s, time_s)
        began = self.time_s[after - 1] if after > 0 else time_s
        ended = self.time_s[after] if after < len(self.time_s) else time_s
        return ended - began

    @property
    def usual_interval_s(self) -> float | None:
        """Return the median time between reports; None with a single one."""
        if len(self.time_s) < 2:
            return None
        return float(np.median(np.diff(self.time_s)))

    def recent_interval_s(self, time_s: float) -> float | None:
        """Return the median of the last ``RECENT_INTERVALS`` times between reports before a moment.

        A ship at anchor reports every 3 min and not every 10 s (ITU-R M.1371-5, table 1), so
        what it did an hour ago says little of what silence means now.
        """
        before = self.time_s[: bisect.bisect_right(self.time_s, time_s)][-RECENT_INTERVALS - 1 :]
        return float(np.median(np.diff(before))) if len(before) > 1 else None

    def velocity(self, index: int) -> tuple[float, float] | None:
        """Return the velocity at a report: as sent, else from its neighbours, else None."""
        return self._reported[index] or self._derived(index)[0]

    def _velocity_sigma(self, index: int) -> float:
        """Return the standard deviation of each component of :meth:`velocity`."""
        return SPEED_ERROR_MPS if self._reported[index] is not None else self._derived(index)[1]

    def _derived(self, index: int) -> tuple[tuple[float, float] | None, float]:
        """Return the mean velocity over the neighbouring reports and its standard deviation.

        Neighbours are taken until a minute lies between them: two positions a second apart give
        their noise, not a speed.
        """
        first = last = index
        step_s = 0.0
        while step_s < DERIVED_STEP_S and (first > 0 or last < len(self.time_s) - 1):
            first, last = max(0, first - 1), min(len(self.time_s) - 1, last + 1)
            step_s = self.time_s[last] - self.time_s[first]
        if step_s < MIN_DERIVED_STEP_S or step_s > 2.0 * MAX_HERMITE_GAP_S:
            return None, UNKNOWN_VELOCITY_MPS
        velocity = (
            float(self.x_m[last] - self.x_m[first]) / step_s,
            float(self.y_m[last] - self.y_m[first]) / step_s,
        )
        return velocity, min(SPEED_ERROR_MPS + FIX_NOISE_M / step_s, UNKNOWN_VELOCITY_MPS)

    def _reckon(self, index: int, time_s: float) -> Prediction:
        gap_s = time_s - self.time_s[index]
        velocity = self.velocity(index)
        east, north = velocity or (0.0, 0.0)
        growth = DRIFT_MPS if velocity is not None else UNKNOWN_VELOCITY_MPS
        speed = math.hypot(east, north)
        age_s = abs(gap_s)
        base = self._base_sigma_m()
        along = math.hypot(base, (GROWTH_ALONG * speed + growth) * age_s)
        across = math.hypot(base, (GROWTH_ACROSS * speed + growth) * age_s)
        sigma_v = self._velocity_sigma(index)
        return Prediction(
            x_m=float(self.x_m[index]) + east * gap_s,
            y_m=float(self.y_m[index]) + north * gap_s,
            east_mps=east,
            north_mps=north,
            covariance_m2=_oriented(along, across, east, north),
            velocity_sigma_mps=min(sigma_v + SPEED_DRIFT_MPS2 * age_s, UNKNOWN_VELOCITY_MPS),
            gap_s=age_s,
            bracketed=False,
        )

    def _hermite(self, index: int, time_s: float) -> Prediction:
        """Cubic Hermite basis on [0, 1] (Farin, "Curves and Surfaces for CAGD", ch. 6.5)."""
        start_s, stop_s = self.time_s[index], self.time_s[index + 1]
        span_s = stop_s - start_s
        u = (time_s - start_s) / span_s
        chord = (
            float(self.x_m[index + 1] - self.x_m[index]) / span_s,
            float(self.y_m[index + 1] - self.y_m[index]) / span_s,
        )
        v0 = self.velocity(index) or chord
        v1 = self.velocity(index + 1) or chord
        position = []
        for axis, column in enumerate((self.x_m, self.y_m)):
            p0, p1 = float(column[index]), float(column[index + 1])
            m0, m1 = v0[axis] * span_s, v1[axis] * span_s
            position.append(_hermite_value(u, p0, m0, p1, m1))
        gap_s = min(time_s - start_s, stop_s - time_s)
        # Not the curve's own slope: over a short span that is position noise divided by little.
        velocity = [(1.0 - u) * a + u * b for a, b in zip(v0, v1, strict=True)]
        speed = math.hypot(*velocity)
        sigma_v = max(self._velocity_sigma(index), self._velocity_sigma(index + 1))
        sigma = math.hypot(self._base_sigma_m(), (HERMITE_GROWTH * speed + 0.02) * gap_s)
        return Prediction(
            x_m=position[0],
            y_m=position[1],
            east_mps=velocity[0],
            north_mps=velocity[1],
            covariance_m2=np.eye(2) * sigma**2,
            velocity_sigma_mps=sigma_v + SPEED_DRIFT_MPS2 * gap_s,
            gap_s=gap_s,
            bracketed=True,
        )

    def _base_sigma_m(self) -> float:
        return math.hypot(BASE_SIGMA_M, ANTENNA_FRACTION * (self.length_m or 0.0))


def _velocity(sog_mps: float | None, cog_deg: float | None) -> tuple[float, float] | None:
    if sog_mps is None:
        return None
    if cog_deg is None:
        # A vessel at rest has no course; a moving one without it tells nothing.
        return (0.0, 0.0) if sog_mps < DRIFT_MPS else None
    course = math.radians(cog_deg)
    return sog_mps * math.sin(course), sog_mps * math.cos(course)


def _hermite_value(u: float, p0: float, m0: float, p1: float, m1: float) -> float:
    return (
        (2.0 * u**3 - 3.0 * u**2 + 1.0) * p0
        + (u**3 - 2.0 * u**2 + u) * m0
        + (3.0 * u**2 - 2.0 * u**3) * p1
        + (u**3 - u**2) * m1
    )


def _oriented(along_m: float, across_m: float, east: float, north: float) -> FloatArray:
    """Return the covariance with its long axis on the course."""
    speed = math.hypot(east, north)
    if speed == 0.0:
        return np.eye(2) * max(along_m, across_m) ** 2
    ahead = np.array([east, north]) / speed
    side = np.array([-ahead[1], ahead[0]])
    return np.asarray(along_m**2 * np.outer(ahead, ahead) + across_m**2 * np.outer(side, side))


def _join(before: Prediction, after: Prediction) -> Prediction:
    """Return the two dead reckonings weighted by inverse covariance.

    Where they disagree by more than both claim, the covariance grows to cover the difference.
    """
    first, second = np.linalg.inv(before.covariance_m2), np.linalg.inv(after.covariance_m2)
    covariance = np.linalg.inv(first + second)
    a, b = np.array([before.x_m, before.y_m]), np.array([after.x_m, after.y_m])
    mean = covariance @ (first @ a + second @ b)
    spread = a - b
    claimed = before.covariance_m2 + after.covariance_m2
    excess = float(spread @ np.linalg.inv(claimed) @ spread) / 2.0
    nearer = before if before.gap_s <= after.gap_s else after
    weight = after.gap_s / (before.gap_s + after.gap_s) if before.gap_s + after.gap_s else 0.5
    return Prediction(
        x_m=float(mean[0]),
        y_m=float(mean[1]),
        east_mps=weight * before.east_mps + (1.0 - weight) * after.east_mps,
        north_mps=weight * before.north_mps + (1.0 - weight) * after.north_mps,
        covariance_m2=np.asarray(covariance * max(1.0, excess)),
        velocity_sigma_mps=max(before.velocity_sigma_mps, after.velocity_sigma_mps),
        gap_s=nearer.gap_s,
        bracketed=True,
    )
