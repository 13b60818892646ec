"""Matches and P(dark) on simulated seas with known truth, nearest neighbour beside them.

Vessels wander (speed and course change slowly), reports have gaps of up to 18 minutes, some
vessels are dark, some reports are false. 160 vessels on 40 x 40 km: 100 per 1,000 km2.
"""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from geoanalysis.association.match_scene import match_scene
from umimori.records import MatchState

VESSELS, DARK, FALSE = 120, 40, 6
NEIGHBOUR_GATE_M = 1_500.0
"""The gate that Skylight documents for its nearest-projected-ping correlation."""
MIN_LENGTH_M = 25.0


@dataclass
class Truth:
    mmsi: int | None
    gap_s: float


def wander(rng, x, y, speed, course, times):
    """Integrate a course that drifts by a few degrees per minute, in both directions from t=0."""
    state = {0.0: (x, y, speed, course)}
    for sign in (1.0, -1.0):
        px, py, v, c = x, y, speed, course
        turn = rng.normal(0.0, 0.004)
        for k in range(1, 61):
            step = 60.0 * sign
            c += turn * 60.0 * sign * 0.05 + rng.normal(0.0, 0.01)
            v = max(0.0, v + rng.normal(0.0, 0.05))
            px += v * math.sin(c) * step
            py += v * math.cos(c) * step
            state[k * step] = (px, py, v, c)
    return {t: state[min(state, key=lambda s, t=t: abs(s - t))] for t in times}


def simulate(world, seed):
    """Fill a world; return the truth by detection id."""
    rng = np.random.default_rng(seed)
    truths: dict[str, Truth] = {}
    for k in range(VESSELS + DARK + FALSE):
        x, y = rng.uniform(-19_500.0, 19_500.0, 2)
        speed, course = rng.uniform(0.0, 9.0), rng.uniform(0.0, 2.0 * math.pi)
        length = float(np.exp(rng.normal(4.2, 0.6)))
        length = min(max(length, MIN_LENGTH_M), 350.0)
        gap = float(rng.choice([20.0, 60.0, 300.0, 1_080.0]))
        times = [60.0 * round(t / 60.0) for t in np.arange(-2_400.0, -gap + 1.0, 120.0)]
        if gap < 500.0 and rng.random() < 0.5:
            times += [60.0 * round((gap + d) / 60.0) for d in (0.0, 120.0, 300.0)]
        path = wander(rng, x, y, speed, course, sorted({*times, 0.0}))
        false = k >= VESSELS + DARK
        if k < VESSELS or false:
            report(world, rng, 431_000_000 + k, path, times, length)
        if false or rng.random() > 0.95:
            continue
        seen = world.see(
            x + rng.normal(0.0, 15.0), y + rng.normal(0.0, 15.0),
            east=speed * math.sin(course), north=speed * math.cos(course),
            length_m=max(8.0, length + rng.normal(0.0, 14.0)), score=0.98,
        )  # fmt: skip
        truths[seen.id] = Truth(mmsi=431_000_000 + k if k < VESSELS else None, gap_s=gap)
    return truths


def report(world, rng, mmsi, path, times, length):
    import dataclasses
    from datetime import timedelta

    from umimori.records import TrackPoint

    track = world.report(mmsi, 0.0, 0.0, length_m=length, times_s=(0.0,))
    points = []
    for t in sorted(set(times)):
        x, y, speed, course = path[t]
        points.append(
            TrackPoint(
                time_utc=track.points[0].time_utc + timedelta(seconds=t),
                position=world.frame.lonlat(x + rng.normal(0, 8), y + rng.normal(0, 8)),
                sog_mps=max(0.0, speed + rng.normal(0.0, 0.05)),
                cog_deg=math.degrees(course + rng.normal(0.0, 0.02)) % 360.0,
            )
        )
    world.tracks[-1] = dataclasses.replace(track, points=tuple(points))


def nearest_neighbour(world, result):
    """Match every detection with the nearest unshifted prediction inside the gate, one to one."""
    pairs = []
    for d in world.detections:
        x, y = world.frame.xy(d.position)
        for v in result.vessels:
            gap = math.hypot(v.truth.x_m - x, v.truth.y_m - y)
            if gap <= NEIGHBOUR_GATE_M:
                pairs.append((gap, d.id, v.mmsi))
    found: dict[str, int] = {}
    for _, identifier, mmsi in sorted(pairs):
        if identifier not in found and mmsi not in found.values():
            found[identifier] = mmsi
    return found


@pytest.fixture(scope="module")
def outcome():
    """Pool five seeds: per detection (truth, matched number, p_dark, neighbour's number)."""
    import sys

    rows = []
    world_type = None
    for seed in range(5):
        world_type = world_type or _world_type(sys)
        world = world_type()
        truths = simulate(world, seed)
        result = match_scene(
            world.scene, "run-1", world.detections, world.tracks,
            shore_distance_m=None, coast_error_m=0.0,
        )  # fmt: skip
        neighbour = nearest_neighbour(world, result)
        for match in result.matches:
            if match.detection_id:
                truth = truths[match.detection_id]
                rows.append((truth, match, neighbour.get(match.detection_id)))
    return rows


def _world_type(sys):
    return next(
        module.World for module in list(sys.modules.values())
        if getattr(module, "__file__", "") and str(module.__file__).endswith(
            "geoanalysis/conftest.py")
    )  # fmt: skip


def top1(rows, pick) -> float:
    mine = [pick(match, near) == truth.mmsi for truth, match, near in rows if truth.mmsi]
    return sum(mine) / len(mine)


def test_matches_beat_the_nearest_neighbour(outcome) -> None:
    ours = top1(outcome, lambda match, near: match.mmsi)
    theirs = top1(outcome, lambda match, near: near)
    assert ours >= 0.97
    assert ours > theirs


def test_p_dark_is_calibrated_and_separates(outcome) -> None:
    p = np.array([match.p_dark for _, match, _ in outcome])
    dark = np.array([truth.mmsi is None for truth, _, _ in outcome], float)
    brier = float(np.mean((p - dark) ** 2))
    skill = 1.0 - brier / float(np.mean((dark.mean() - dark) ** 2))
    bins = np.clip((p * 10).astype(int), 0, 9)
    ece = sum(
        abs(p[bins == b].mean() - dark[bins == b].mean()) * np.mean(bins == b)
        for b in np.unique(bins)
    )
    order = np.argsort(p)
    ranks = np.empty(len(p))
    ranks[order] = np.arange(1, len(p) + 1)
    n1, n0 = dark.sum(), (1 - dark).sum()
    auc = (ranks[dark == 1].sum() - n1 * (n1 + 1) / 2.0) / (n1 * n0)
    assert ece <= 0.05
    assert skill >= 0.6
    assert auc >= 0.97


def test_false_calls_of_darkness_are_rare(outcome) -> None:
    called = [truth for truth, match, _ in outcome if match.state is MatchState.DARK]
    wrong = [truth for truth in called if truth.mmsi is not None]
    assert len(wrong) / len(called) < 0.1
