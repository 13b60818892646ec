"""The predicted track follows the legs, keeps the bank limit, and knows the wind."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from umimori.models.guidance import Airframe, TrackPoint, Waypoint, fly
from umimori.models.kinematics import bank_for_radius_deg, turn_radius_m
from umimori.models.wind import CALM, Wind

SPEED = 22.0
RADIUS = 68.0
AIRFRAME = Airframe(
    airspeed_mps=SPEED,
    bank_limit_deg=bank_for_radius_deg(SPEED, RADIUS),
    climb_mps=3.0,
    descent_mps=2.0,
)


def start(heading_deg: float = 0.0) -> TrackPoint:
    return TrackPoint(0.0, 0.0, 0.0, 50.0, heading_deg, 0.0, 0.0, 0)


@given(
    st.lists(st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)), min_size=1, max_size=5),
    st.floats(0, 10),
    st.floats(0, 360),
)
@settings(max_examples=30, deadline=None)
def test_the_radius_through_the_air_is_never_below_the_limit(
    corners: list[tuple[float, float]], wind_mps: float, from_deg: float
) -> None:
    track = fly(
        [Waypoint(x, y, 80.0) for x, y in corners], start(), AIRFRAME, Wind(wind_mps, from_deg)
    )
    for a, b in itertools.pairwise(track):
        turn = abs((b.heading_deg - a.heading_deg + 180.0) % 360.0 - 180.0)
        if turn > 0.0:
            flown = SPEED * (b.t_s - a.t_s) / math.radians(turn)
            assert flown >= RADIUS * 0.999


@pytest.mark.parametrize("wind", [CALM, Wind(8.0, 250.0), Wind(10.0, 90.0), Wind(10.0, 0.0)])
def test_a_long_leg_is_held_within_a_few_metres(wind: Wind) -> None:
    track = fly([Waypoint(0, 6000, 50.0)], start(), AIRFRAME, wind)
    late = [abs(p.x_m) for p in track if p.y_m > 1000.0]
    assert max(late) < 3.0
    assert track[-1].y_m >= 5999.0


def test_head_wind_costs_time_by_the_wind_triangle() -> None:
    calm = fly([Waypoint(0, 8000, 50.0)], start(), AIRFRAME, CALM)[-1].t_s
    head = fly([Waypoint(0, 8000, 50.0)], start(), AIRFRAME, Wind(8.0, 0.0))[-1].t_s
    assert head / calm == pytest.approx(SPEED / (SPEED - 8.0), rel=0.01)


def test_a_corner_is_left_early_and_the_next_leg_is_met() -> None:
    track = fly([Waypoint(0, 2000, 50.0), Waypoint(2000, 2000, 50.0)], start(), AIRFRAME, CALM)
    assert max(p.y_m for p in track) < 2000.0 + RADIUS / 2
    assert abs(track[-1].y_m - 2000.0) < 3.0


def test_a_wind_that_cannot_be_beaten_ends_all_the_same() -> None:
    track = fly([Waypoint(0, 1000, 50.0)], start(), AIRFRAME, Wind(30.0, 0.0))
    assert track[-1].y_m < 0.0
    assert track[-1].t_s < 500.0


def test_height_is_reached_at_the_climb_rate() -> None:
    track = fly([Waypoint(0, 3000, 110.0)], start(), AIRFRAME, CALM)
    reached = next(p.t_s for p in track if p.alt_m >= 109.99)
    assert reached == pytest.approx(20.0, abs=1.0)


def test_radius_and_bank_are_inverse() -> None:
    assert turn_radius_m(SPEED, bank_for_radius_deg(SPEED, RADIUS)) == pytest.approx(RADIUS)
