"""Vessels in the image: energy, displacement, ambiguities."""

import itertools

import numpy as np
import pytest

from imagery.simulation.displacement import (
    ambiguity_offset_m,
    azimuth_shift_m,
    sensed_at_s,
    shift_lines,
)
from imagery.simulation.instrument import SUB_SWATHS, swath_spans
from imagery.simulation.motion import straight, through
from imagery.simulation.placement import place_all
from imagery.simulation.random_scenario import grid_of
from imagery.simulation.scenario import SILENT, Scenario, Vessel
from imagery.simulation.targets import Target, paint, ship_cross_section_m2
from umimori.errors import GeometryError
from umimori.geodesy import LocalFrame, LonLat, bearing_deg, distance_m

CENTRE = LonLat(139.36, 34.64)


def scenario(*vessels: Vessel) -> Scenario:
    from datetime import UTC, datetime

    return Scenario(
        name="test",
        seed=4,
        centre=CENTRE,
        time_utc=datetime(2026, 11, 20, 8, 42, 30, tzinfo=UTC),
        lines=1600,
        samples=1600,
        incidence_deg=37.0,
        vessels=vessels,
    )


def vessel(course_deg: float, speed_mps: float, length_m: float = 120.0) -> Vessel:
    frame = LocalFrame(CENTRE)
    return Vessel(
        vessel_id="v1",
        length_m=length_m,
        width_m=length_m / 6,
        motion=straight(frame, 500.0, -700.0, course_deg, speed_mps),
        reporting=SILENT,
    )


@pytest.mark.parametrize("length_m", [12.0, 60.0, 250.0])
def test_the_image_of_a_vessel_holds_its_cross_section(length_m):
    target = Target(
        number=1,
        line=300.3,
        sample=200.7,
        length_m=length_m,
        width_m=length_m / 6,
        bow=(0.6, 0.8),
        vv_m2=5_000.0,
        vh_m2=400.0,
        smear_pixels=0.5,
    )
    totals = {"vv": [], "vh": []}
    for seed in range(40):  # interference between scatterers averages out
        patch = paint(target, seed)
        totals["vv"].append(patch.vv.sum() * 100.0)
        totals["vh"].append(patch.vh.sum() * 100.0)
    assert np.mean(totals["vv"]) == pytest.approx(5_000.0, rel=0.12)
    assert np.mean(totals["vh"]) == pytest.approx(400.0, rel=0.12)


def test_the_hull_points_where_the_bow_points():
    target = Target(
        number=1,
        line=100.0,
        sample=100.0,
        length_m=300.0,
        width_m=40.0,
        bow=(0.0, 1.0),
        vv_m2=1e5,
        vh_m2=1e4,
    )
    patch = paint(target, 1)
    rows, cols = np.nonzero(patch.vv > patch.vv.max() / 100)
    assert np.ptp(cols) > 2 * np.ptp(rows)


def test_cross_section_follows_the_published_law():
    ratio = ship_cross_section_m2(200.0, 38.0) / ship_cross_section_m2(100.0, 38.0)
    assert ratio == pytest.approx(2 ** (7 / 3))
    assert ship_cross_section_m2(100.0, 45.0) > ship_cross_section_m2(100.0, 30.0)


def test_displacement_has_the_size_of_the_textbook():
    # 10 kn straight away from the radar at 38 degrees: 356 m against the flight direction.
    shift = azimuth_shift_m(870_000.0, 7_598.0, 38.0, 10 * 1852 / 3600)
    assert shift == pytest.approx(-362.6, abs=1.0)


@pytest.mark.parametrize("turn", [0.0, 90.0, 180.0, 270.0])
def test_a_mover_is_imaged_along_the_track(turn):
    base = scenario()
    grid = grid_of(base)
    course = (grid.heading_deg + turn) % 360.0
    made = scenario(vessel(course, 8.0))
    placed = place_all(made, grid)
    truth = next(p.truth for p in placed if p.truth.kind == "vessel")
    shift = distance_m(truth.position, truth.imaged)
    if turn in {0.0, 180.0}:
        assert shift < 5.0
    else:
        direction = bearing_deg(truth.position, truth.imaged)
        against = turn == 90.0  # sailing to the right is sailing away from the radar
        expected = (grid.heading_deg + (180.0 if against else 0.0)) % 360.0
        assert abs((direction - expected + 180) % 360 - 180) < 2.0
        assert 500.0 < shift < 650.0
    assert shift_lines(grid, made.vessels[0].motion, 0.0) * 10.0 == pytest.approx(
        shift if turn == 270.0 else -shift, abs=6.0
    )


def test_true_positions_belong_to_the_time_of_their_line():
    made = scenario(vessel(20.0, 9.0))
    grid = grid_of(made)
    motion = made.vessels[0].motion
    time_s = sensed_at_s(grid, motion)
    line, _ = grid.image(*motion.position(time_s).xy)
    assert float(grid.line_time_s(line)) == pytest.approx(time_s, abs=1e-6)


@pytest.mark.parametrize(
    ("swath", "slant_m", "incidence", "kilometres"),
    [(0, 820_000.0, 34.0, 5.2), (1, 875_000.0, 39.0, 4.6), (2, 930_000.0, 44.0, 5.7)],
)
def test_ambiguities_lie_as_far_as_seen_in_real_scenes(swath, slant_m, incidence, kilometres):
    azimuth, ground = ambiguity_offset_m(slant_m, 7_598.0, incidence, SUB_SWATHS[swath].prf_hz)
    assert azimuth / 1_000.0 == pytest.approx(kilometres, abs=0.2)
    assert 15.0 < ground < 40.0


def test_large_ships_throw_ghosts_and_boats_do_not():
    for length_m, expected in ((240.0, {"vessel", "ghost"}), (15.0, {"vessel"})):
        made = scenario(vessel(0.0, 0.0, length_m))
        kinds = {p.truth.kind for p in place_all(made, grid_of(made))}
        assert kinds == expected


def test_sub_swaths_cover_the_image_without_gap():
    spans = swath_spans(grid_of(scenario()))
    assert spans[0].first_sample == 0 and spans[-1].last_sample == 1599
    for a, b in itertools.pairwise(spans):
        assert b.first_sample == a.last_sample + 1


def test_motion_goes_through_its_points_and_on():
    frame = LocalFrame(CENTRE)
    motion = through(frame, [(0.0, 0.0, 0.0), (100.0, 500.0, 0.0), (200.0, 500.0, 300.0)])
    assert motion.xy_m(100.0) == pytest.approx((500.0, 0.0))
    assert motion.xy_m(300.0) == pytest.approx((500.0, 600.0))
    assert motion.course_deg(50.0) == pytest.approx(90.0)
    assert motion.speed_mps(150.0) == pytest.approx(3.0)
    with pytest.raises(GeometryError):
        through(frame, [(0.0, 0.0, 0.0), (0.0, 5.0, 0.0)])
