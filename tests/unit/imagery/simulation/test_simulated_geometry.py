"""Orbit and frame: the grid must follow from the state vectors, by formulas written here anew."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagery.simulation.frame import SceneFrame, make_frame
from imagery.simulation.orbit import orbit_over
from umimori.errors import GeometryError
from umimori.geodesy import WGS84, LonLat

WHEN = datetime(2026, 11, 20, 8, 42, 30, tzinfo=UTC)


def frame_at(
    lon: float = 139.36,
    lat: float = 34.64,
    *,
    lines: int = 1200,
    samples: int = 1500,
    incidence: float = 37.0,
    ascending: bool = True,
) -> SceneFrame:
    return make_frame(
        centre=LonLat(lon, lat),
        centre_time_utc=WHEN,
        lines=lines,
        samples=samples,
        incidence_deg=incidence,
        ascending=ascending,
    )


def ecef(lon: float, lat: float) -> np.ndarray:
    a, f = 6378137.0, 1 / 298.257223563
    e2 = f * (2 - f)
    lo, la = np.radians(lon), np.radians(lat)
    n = a / np.sqrt(1 - e2 * np.sin(la) ** 2)
    return np.array(
        [n * np.cos(la) * np.cos(lo), n * np.cos(la) * np.sin(lo), n * (1 - e2) * np.sin(la)]
    )


places = st.tuples(st.floats(-180, 180), st.floats(-70, 70), st.floats(32, 43), st.booleans())


@settings(max_examples=25, deadline=None)
@given(places)
def test_every_pixel_lies_broadside_at_its_slant_range(place):
    lon, lat, incidence, ascending = place
    frame = frame_at(lon, lat, incidence=incidence, ascending=ascending)
    for line, sample in [(0, 0), (1199, 1499), (600, 30)]:
        plon, plat = (float(v) for v in frame.locate(line, sample))
        point = ecef(plon, plat)
        satellite, velocity = frame.orbit.state(float(frame.line_time_s(line)))
        sight = point - satellite
        assert abs(np.dot(sight, velocity)) / np.linalg.norm(velocity) < 0.01
        assert np.linalg.norm(sight) == pytest.approx(
            float(frame.slant_range_m(line, sample)), abs=0.01
        )
        # Right of the track: up, flight direction and sight turn the same way everywhere.
        assert np.dot(np.cross(velocity, satellite), sight) > 0


@pytest.mark.parametrize("incidence", [36.05, 36.1, 36.12])
def test_an_exact_root_is_an_orbit(incidence):
    """The solver reports these as "not making good progress", because nothing is left to gain."""
    frame_at(0.0, 14.188, incidence=incidence)


@settings(max_examples=25, deadline=None)
@given(places, st.floats(0, 1199), st.floats(0, 1499))
def test_a_position_is_imaged_where_it_was_located(place, line, sample):
    lon, lat, incidence, ascending = place
    frame = frame_at(lon, lat, incidence=incidence, ascending=ascending)
    back = frame.image(*frame.locate(line, sample))
    assert float(back[0]) == pytest.approx(line, abs=1e-3)
    assert float(back[1]) == pytest.approx(sample, abs=1e-3)


def test_velocity_is_the_derivative_of_position():
    orbit = orbit_over(LonLat(140, 35), 38.0, ascending=False)
    before, _ = orbit.state(-0.5)
    after, _ = orbit.state(0.5)
    _, velocity = orbit.state(0.0)
    assert np.allclose(after - before, velocity, atol=0.01)


def test_the_centre_is_seen_under_the_wanted_incidence_and_pixels_are_ten_metres():
    frame = frame_at(lines=4000, samples=4000, incidence=36.3)
    lon, lat = frame.locate(1999.5, 1999.5)
    assert WGS84.inv(lon, lat, 139.36, 34.64)[2] < 1.0
    assert float(frame.incidence_deg(1999.5, 1999.5)) == pytest.approx(36.3, abs=1e-3)
    corners = frame.locate([0, 0, 3999], [0, 3999, 0])
    along_range = WGS84.inv(corners[0][0], corners[1][0], corners[0][1], corners[1][1])[2]
    along_track = WGS84.inv(corners[0][0], corners[1][0], corners[0][2], corners[1][2])[2]
    assert along_range == pytest.approx(39_990, rel=1e-3)
    assert along_track == pytest.approx(39_990, rel=2e-3)


@pytest.mark.parametrize(("ascending", "low", "high"), [(True, 340, 360), (False, 180, 200)])
def test_the_pass_decides_the_heading(ascending, low, high):
    assert low < frame_at(ascending=ascending).heading_deg < high


def test_a_cubic_through_the_grid_of_a_full_scene_is_good_to_a_tenth_of_a_pixel():
    frame = frame_at(lines=16_700, samples=25_000, incidence=39.2)
    line, sample = np.meshgrid(np.linspace(0, 16_699, 11), np.linspace(0, 24_999, 21))
    v, u = line.ravel() / 8350 - 1, sample.ravel() / 12_500 - 1
    basis = np.stack([v**i * u**j for i in range(4) for j in range(4) if i + j <= 3], axis=1)
    lon, lat = frame.locate(line.ravel(), sample.ravel())
    for values, metres in ((lat, 111_000), (lon, 92_000)):
        fit = basis @ np.linalg.lstsq(basis, values, rcond=None)[0]
        assert np.abs(fit - values).max() * metres < 1.0


def test_the_antimeridian_is_no_border():
    frame = frame_at(179.99, -17.0)
    lon, _ = frame.locate(np.full(50, 600.0), np.linspace(0, 1499, 50))
    assert lon.max() > 179 and lon.min() < -179
    assert np.allclose(frame.image(*frame.locate(600, 700)), (600, 700), atol=1e-3)


@pytest.mark.parametrize(
    "options",
    [{"lat": 85.0}, {"samples": 30_000}, {"lines": 10}, {"incidence": 20.0}],
)
def test_what_no_satellite_sees_is_refused_with_a_remedy(options):
    with pytest.raises(GeometryError) as refused:
        frame_at(**options)
    assert refused.value.remedy
