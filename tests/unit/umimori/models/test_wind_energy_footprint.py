"""Wind triangle, power and swath against values worked by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umimori.errors import UsageError
from umimori.models.energy import power_ratio, usable_s
from umimori.models.footprint import seen_area, spacing_m, swath_width_m
from umimori.models.kinematics import corner_tangent_m, wind_grown_radius_m
from umimori.models.wind import CALM, Wind, ground_speed_mps, towards


def test_wind_components_blow_away_from_where_it_comes() -> None:
    west_wind = Wind(10.0, 270.0)
    assert (west_wind.east_mps, west_wind.north_mps) == pytest.approx((10.0, 0.0), abs=1e-9)
    current_to_east = towards(1.0, 90.0)
    assert current_to_east.east_mps == pytest.approx(1.0)


@given(st.floats(0, 360), st.floats(0, 15), st.floats(0, 360))
def test_ground_velocity_less_wind_is_the_airspeed(
    course: float, speed: float, from_deg: float
) -> None:
    wind = Wind(speed, from_deg)
    ground = ground_speed_mps(22.0, course, wind)
    assert ground is not None
    east = ground * math.sin(math.radians(course)) - wind.east_mps
    north = ground * math.cos(math.radians(course)) - wind.north_mps
    assert math.hypot(east, north) == pytest.approx(22.0, rel=1e-9)


def test_a_wind_too_strong_gives_no_ground_speed() -> None:
    assert ground_speed_mps(15.0, 0.0, Wind(16.0, 0.0)) is None
    assert ground_speed_mps(15.0, 0.0, Wind(16.0, 90.0)) is None
    assert ground_speed_mps(15.0, 0.0, CALM) == 15.0


@pytest.mark.parametrize(("speed", "direction"), [(-1.0, 0.0), (math.nan, 0.0), (1.0, math.inf)])
def test_what_is_no_wind_is_refused(speed: float, direction: float) -> None:
    with pytest.raises(UsageError):
        Wind(speed, direction)


def test_power_is_one_at_cruise_and_grows_with_bank_and_climb() -> None:
    assert power_ratio(22.0, 22.0) == pytest.approx(1.0)
    assert power_ratio(22.0, 22.0, bank_deg=60.0) == pytest.approx(0.5 + 0.5 * 4.0)
    assert power_ratio(22.0, 22.0, climb_mps=2.2) == pytest.approx(2.0)
    assert power_ratio(22.0, 22.0, climb_mps=-3.0) == pytest.approx(1.0)
    assert usable_s(1000.0, 0.25) == 750.0


def test_swath_spacing_and_seen_area() -> None:
    assert swath_width_m(100.0, 45.0) == pytest.approx(200.0)
    assert spacing_m(200.0, 0.2) == pytest.approx(160.0)
    assert seen_area([(0.0, 0.0), (1000.0, 0.0)], 200.0).area == pytest.approx(200_000.0)


def test_corner_and_wind_radius() -> None:
    assert corner_tangent_m(100.0, 90.0) == pytest.approx(100.0)
    assert corner_tangent_m(100.0, 180.0) == math.inf
    assert wind_grown_radius_m(68.0, 22.0, 22.0) == pytest.approx(4 * 68.0)
