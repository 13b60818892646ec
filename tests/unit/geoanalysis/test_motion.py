"""Interpolation and dead reckoning of AIS tracks."""

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoanalysis.association.motion import MotionModel
from umimori.geodesy import LocalFrame, LonLat
from umimori.records import AisMessageKind, AisTrack, TrackPoint

speeds = st.floats(-10.0, 10.0)


def model_of(points, moment, frame=None) -> MotionModel:
    """points: (t, x, y, east, north); a velocity of None means unknown."""
    frame = frame or LocalFrame(LonLat(139.4, 34.5))
    made = []
    for t, x, y, east, north in points:
        known = east is not None
        made.append(
            TrackPoint(
                time_utc=moment + timedelta(seconds=t),
                position=frame.lonlat(x, y),
                sog_mps=math.hypot(east, north) if known else None,
                cog_deg=math.degrees(math.atan2(east, north)) % 360.0 if known else None,
            )
        )
    track = AisTrack(
        id="t", mmsi=431000001, name=None, ship_type=None, length_m=None, width_m=None,
        kind=AisMessageKind.CLASS_A, points=tuple(made), dropped={}, simulated=True,
    )  # fmt: skip
    return MotionModel((track,), frame)


@given(east=speeds, north=speeds, when=st.floats(-1800.0, 1800.0))
def test_straight_sailing_is_predicted_exactly(east: float, north: float, when: float) -> None:
    from datetime import UTC, datetime

    moment = datetime(2024, 5, 1, 8, 42, tzinfo=UTC)
    points = [(t, east * t, north * t, east, north) for t in (-600.0, -100.0, 0.0, 400.0, 900.0)]
    state = model_of(points, moment).predict(moment.timestamp() + when)
    assert state.x_m == pytest.approx(east * when, abs=0.5)
    assert state.y_m == pytest.approx(north * when, abs=0.5)


def test_curve_follows_a_turn_that_a_straight_line_cuts(moment) -> None:
    """A steady turn of 3 deg/min at 8 m/s: the Hermite curve stays within metres of the arc."""
    rate = math.radians(3.0) / 60.0
    radius = 8.0 / rate

    def arc(t: float) -> tuple[float, float, float, float, float]:
        return (
            t, radius * (1 - math.cos(rate * t)), radius * math.sin(rate * t),
            8.0 * math.sin(rate * t), 8.0 * math.cos(rate * t),
        )  # fmt: skip

    state = model_of([arc(-300.0), arc(300.0)], moment).predict(moment.timestamp())
    assert math.hypot(state.x_m, state.y_m) < 5.0
    chord_x = (arc(-300.0)[1] + arc(300.0)[1]) / 2.0
    assert chord_x > 100.0


def test_covariance_grows_with_the_age_of_the_report(moment) -> None:
    model = model_of([(-60.0, 0.0, 0.0, 5.0, 0.0), (0.0, 300.0, 0.0, 5.0, 0.0)], moment)
    sizes = [
        float(np.trace(model.predict(moment.timestamp() + age).covariance_m2))
        for age in (0.0, 60.0, 600.0, 3000.0)
    ]
    assert sizes == sorted(sizes)
    assert sizes[3] > 10.0 * sizes[1]


def test_uncertainty_is_larger_along_the_course_than_across(moment) -> None:
    model = model_of([(-60.0, -360.0, 0.0, 6.0, 0.0), (0.0, 0.0, 0.0, 6.0, 0.0)], moment)
    covariance = model.predict(moment.timestamp() + 900.0).covariance_m2
    assert covariance[0, 0] > covariance[1, 1]
    assert abs(covariance[0, 1]) < 1e-6 * covariance[0, 0]


def test_long_silence_is_joined_from_both_ends(moment) -> None:
    """An hour between reports: the estimate lies between both reckonings, gap to the nearer."""
    points = [(-1800.0, 0.0, 0.0, 4.0, 0.0), (1800.0, 14_400.0, 0.0, 4.0, 0.0)]
    state = model_of(points, moment).predict(moment.timestamp())
    assert state.bracketed
    assert state.gap_s == pytest.approx(1800.0)
    assert state.x_m == pytest.approx(7_200.0, abs=20.0)


def test_disagreeing_ends_widen_the_covariance(moment) -> None:
    straight = [(-1800.0, 0.0, 0.0, 4.0, 0.0), (1800.0, 14_400.0, 0.0, 4.0, 0.0)]
    detour = [(-1800.0, 0.0, 0.0, 4.0, 0.0), (1800.0, 0.0, 0.0, 4.0, 0.0)]
    narrow = model_of(straight, moment).predict(moment.timestamp()).covariance_m2
    wide = model_of(detour, moment).predict(moment.timestamp()).covariance_m2
    assert np.trace(wide) > 1.5 * np.trace(narrow)


def test_unknown_speed_is_taken_from_the_neighbours(moment) -> None:
    points = [(t, 3.0 * t, 0.0, None, None) for t in (-120.0, -60.0, 0.0)]
    state = model_of(points, moment).predict(moment.timestamp() + 60.0)
    assert state.x_m == pytest.approx(180.0, abs=1.0)


def test_single_report_without_speed_is_very_uncertain(moment) -> None:
    model = model_of([(0.0, 0.0, 0.0, None, None)], moment)
    state = model.predict(moment.timestamp() + 600.0)
    assert math.sqrt(state.covariance_m2[0, 0]) > 2_000.0


def test_vessel_on_the_antimeridian_moves_steadily(moment) -> None:
    frame = LocalFrame(LonLat(180.0, 20.0))
    points = [(t, 6.0 * t, 0.0, 6.0, 0.0) for t in (-300.0, 300.0)]
    state = model_of(points, moment, frame).predict(moment.timestamp() + 100.0)
    assert state.x_m == pytest.approx(600.0, abs=0.5)


def test_noise_of_close_reports_does_not_become_speed(moment) -> None:
    """Three seconds apart and 14 m of noise between them: the speed is the one that was sent."""
    points = [(-1.5, 0.0, -10.0, 6.0, 0.0), (1.5, 18.0, 10.0, 6.0, 0.0)]
    state = model_of(points, moment).predict(moment.timestamp())
    assert state.east_mps == pytest.approx(6.0, abs=0.01)
    assert state.north_mps == pytest.approx(0.0, abs=0.01)


def test_derived_speeds_say_how_uncertain_they_are(moment) -> None:
    close = [(t, 4.0 * t, 0.0, None, None) for t in (-4.0, 0.0, 4.0)]
    wide = [(t, 4.0 * t, 0.0, None, None) for t in (-60.0, 0.0, 60.0)]
    near = model_of(close, moment).predict(moment.timestamp() + 1.0)
    far = model_of(wide, moment).predict(moment.timestamp() + 1.0)
    assert near.velocity_sigma_mps > 3.0 * far.velocity_sigma_mps
