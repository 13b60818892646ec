"""What the demo scene promises, and when stations report."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import Polygon

from imagery.simulation.ais_reports import FROM_S, TO_S, all_reports
from imagery.simulation.izu_scenario import MEETING, izu_scenario
from imagery.simulation.land import displaced_outlines
from imagery.simulation.land_distance import LandDistance
from imagery.simulation.placement import place_all
from imagery.simulation.random_scenario import (
    HOSTILE_NAME,
    TrafficMix,
    frame_of,
    grid_of,
    with_random_traffic,
)
from imagery.simulation.scenario import Scenario, Station
from umimori.errors import GeometryError
from umimori.geodesy import LocalFrame, LonLat, distance_m


def island(lon: float, lat: float, radius_m: float) -> Polygon:
    angles = np.linspace(0, 2 * math.pi, 40)
    x, y = LocalFrame(LonLat(lon, lat)).to_lonlat(
        radius_m * np.cos(angles), radius_m * np.sin(angles)
    )
    return Polygon(np.stack([x, y], axis=1))


# Oshima, Toshima, Udoneshima as discs of about their size and place.
IZU = [island(139.40, 34.735, 5_400), island(139.28, 34.52, 1_200), island(139.294, 34.472, 500)]


@pytest.fixture(scope="module")
def izu() -> Scenario:
    return izu_scenario(11, IZU)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_demo_scene_has_what_the_loop_must_show(seed):
    scene = izu_scenario(seed, IZU)
    land = LandDistance(IZU, frame_of(scene))
    truth = [p.truth for p in place_all(scene, grid_of(scene)) if p.truth.kind == "vessel"]
    assert len(truth) >= 30
    dark = [t for t in truth if t.dark]
    shore = dict(
        zip([t.item_id for t in dark], land.of_positions([t.position for t in dark]), strict=True)
    )
    large = [t for t in dark if t.length_m >= 40.0 and shore[t.item_id] > 2_000.0]
    assert len(dark) >= 8
    assert len(large) >= 6
    assert any(t.length_m < 25.0 for t in dark)
    assert sum(t.name == HOSTILE_NAME for t in truth) == 1
    assert len(scene.phantoms) == 2
    assert any(t.late for t in truth)


def test_everybody_is_on_water_and_apart(izu):
    land = LandDistance(IZU, frame_of(izu))
    truth = [p.truth for p in place_all(izu, grid_of(izu)) if p.truth.kind == "vessel"]
    assert min(land.of_positions([t.position for t in truth])) > 500.0
    close = [
        (a.item_id, b.item_id)
        for i, a in enumerate(truth)
        for b in truth[i + 1 :]
        if distance_m(a.imaged, b.imaged) < 1_000.0
    ]
    assert sorted(close) == [("v001", "v002"), ("v003", "v004")]


def test_two_vessels_meet_off_habu_for_more_than_twenty_minutes(izu):
    one, other = izu.vessels[0], izu.vessels[1]
    minutes = [
        t
        for t in range(-3600, 1200, 60)
        if distance_m(one.motion.position(t), other.motion.position(t)) < 500.0
    ]
    assert len(minutes) > 40
    assert one.motion.speed_mps(0.0) < 1.0 and other.motion.speed_mps(0.0) < 1.0
    assert distance_m(one.motion.position(0.0), MEETING) < 1_000.0
    assert distance_m(one.motion.position(-3600.0), MEETING) > 3_000.0


def test_the_same_seed_gives_the_same_scene():
    assert izu_scenario(5, IZU) == izu_scenario(5, IZU)
    assert izu_scenario(5, IZU) != izu_scenario(6, IZU)


def test_a_lake_too_small_for_its_ships_is_refused_or_emptier():
    with pytest.raises(GeometryError):
        izu_scenario(1, [island(139.36, 34.64, 60_000)])
    empty = replace(izu_scenario(1, IZU), vessels=(), fixed=(), phantoms=())
    crowded = replace(empty, lines=400, samples=400)
    filled = with_random_traffic(
        crowded, grid_of(crowded), LandDistance([], frame_of(crowded)), TrafficMix(vessels=200)
    )
    assert 0 < len(filled.vessels) < 200


def test_reports_keep_the_intervals_of_the_standard(izu):
    reports = all_reports(izu)
    fast = next(v for v in izu.vessels if v.role == "passenger")
    times = [r.time_s for r in reports if r.identity.mmsi == fast.mmsi and r.position]
    expected = (TO_S - FROM_S) / (6.0 if fast.motion.speed_mps(0) > 14 * 0.5144 else 10.0) * 0.35
    assert len(times) == pytest.approx(expected, rel=0.25)
    assert min(times) < FROM_S + 120 and max(times) > TO_S - 120


def test_dark_ships_are_silent_and_late_ones_come_last(izu):
    reports = all_reports(izu)
    heard = Counter(r.identity.mmsi for r in reports)
    silent = next(v for v in izu.vessels if v.role == "going silent")
    last = max(r.time_s for r in reports if r.identity.mmsi == silent.mmsi)
    assert last < silent.reporting.silent_from_s < 0.0
    assert all(heard[v.mmsi] == 0 for v in izu.vessels if v.reporting.station is Station.NONE)
    late = [r for r in reports if r.late]
    assert late and reports[-len(late) :] == late
    assert all(r.received_s - r.time_s > 5.0 for r in late)
    assert all(p.mmsi in heard for p in izu.phantoms)


def test_positions_carry_ten_metres_of_noise(izu):
    ship = next(v for v in izu.vessels if v.role == "cargo")
    errors = [
        distance_m(r.position, ship.motion.position(r.time_s))
        for r in all_reports(izu)
        if r.identity.mmsi == ship.mmsi and r.position is not None
    ]
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(10.0, rel=0.2)


@pytest.mark.parametrize("error_m", [50.0, 300.0])
def test_the_coast_is_drawn_beside_the_map(izu, error_m):
    grid = grid_of(izu)
    outlines = displaced_outlines(IZU[:1], grid, error_m, seed=8)
    line, sample = grid.image(139.40, 34.735)
    centre = outlines[0].centroid
    moved = math.hypot(centre.x - float(sample), centre.y - float(line)) * 10.0
    assert moved == pytest.approx(error_m, rel=0.45)
    assert len(outlines[0].exterior.coords) > 5 * len(IZU[0].exterior.coords)


def test_land_that_crosses_the_antimeridian_is_found_from_both_sides(izu):
    scene = replace(izu, centre=LonLat(179.995, -17.0), lines=800, samples=800)
    grid = grid_of(scene)
    west_side = island(-179.99, -17.0, 1_000)
    outlines = displaced_outlines([west_side], grid, 0.0, seed=1)
    assert len(outlines) == 1
    assert outlines[0].intersects(Polygon([(0, 0), (800, 0), (800, 800), (0, 800)]))
