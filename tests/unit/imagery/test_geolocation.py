"""Pixels to the ground and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagery.geolocation import (
    RangeModel,
    TiePoints,
    fit_geometry,
    leave_one_out_rms_m,
    range_model_of,
)
from umimori.errors import CorruptFileError
from umimori.geodesy import WGS84, LocalFrame, LonLat


def tie_points(centre: LonLat, *, height: int = 6000, width: int = 8000) -> TiePoints:
    """A grid of a scene flown to 348 degrees that looks right, ranges as over a round earth."""
    rows, cols = (
        axis.ravel() for axis in np.meshgrid(np.linspace(0, height, 8), np.linspace(0, width, 12))
    )
    along, across = (rows - height / 2) * 10.0, (cols - width / 2) * 10.0
    heading = np.radians(348.0)
    frame = LocalFrame(centre)
    x = across * np.cos(heading) + along * np.sin(heading)
    y = -across * np.sin(heading) + along * np.cos(heading)
    lon, lat = frame.to_lonlat(x, y)
    incidence = 34.0 + cols / width * 6.0
    slant = 850_000.0 + cols * 10.0 * np.sin(np.radians(35.0 + cols / width * 3.0))
    return TiePoints(
        row=rows,
        col=cols,
        lon_deg=(lon + 180.0) % 360.0 - 180.0,
        lat_deg=lat,
        height_m=np.zeros(rows.size),
        incidence_deg=incidence,
        slant_range_m=slant,
    )


@pytest.mark.parametrize(
    "centre", [LonLat(139.5, 34.5), LonLat(179.95, -16.0), LonLat(-179.9, 52.0), LonLat(20.0, 78.0)]
)
def test_tie_points_are_reproduced_within_half_a_pixel(centre):
    points = tie_points(centre)
    geometry = fit_geometry(points, range_model_of(points, 10.0))
    lon, lat = geometry.lonlat(points.row, points.col)
    assert (np.abs(lon) <= 180).all()
    _, _, miss = WGS84.inv(lon, lat, points.lon_deg, points.lat_deg)
    assert np.max(miss) < 5.0
    assert geometry.leave_one_out_m < 5.0


@settings(max_examples=40, deadline=None)
@given(
    row=st.floats(0, 6000), col=st.floats(0, 8000), lon=st.floats(-180, 180), lat=st.floats(-75, 75)
)
def test_ground_and_back_is_the_same_pixel(row, col, lon, lat):
    points = tie_points(LonLat(lon, lat))
    geometry = fit_geometry(points, range_model_of(points, 10.0))
    back = geometry.pixel(*geometry.lonlat(row, col))
    assert back[0] == pytest.approx(row, abs=0.02)
    assert back[1] == pytest.approx(col, abs=0.02)


def test_longitudes_do_not_step_inside_a_scene_across_the_antimeridian():
    points = tie_points(LonLat(179.98, -16.0))
    geometry = fit_geometry(points, range_model_of(points, 10.0))
    lon, _ = geometry.unwrapped_lonlat(np.full(50, 3000.0), np.linspace(0, 8000, 50))
    assert np.abs(np.diff(lon)).max() < 0.05


def test_range_model_is_linear_between_its_entries():
    model = RangeModel(
        rows=np.array([0.0, 100.0]),
        origins_m=np.zeros(2),
        coefficients=np.array([[800_000.0, 0.5], [800_100.0, 0.6]]),
        spacing_m=10.0,
    )
    assert model.at(50.0, 100.0) == pytest.approx(800_050.0 + 0.55 * 1000.0)
    assert model.at(-10.0, 100.0) == pytest.approx(800_500.0)
    assert model.at(500.0, 100.0) == pytest.approx(800_700.0)


def test_a_grid_of_one_line_is_refused():
    points = tie_points(LonLat(139.5, 34.5))
    keep = points.row == points.row.min()
    cut = TiePoints(**{name: getattr(points, name)[keep] for name in TiePoints.__slots__})
    with pytest.raises(CorruptFileError):
        fit_geometry(cut, range_model_of(points, 10.0))


def test_leaving_points_out_shows_a_wrong_one():
    points = tie_points(LonLat(139.5, 34.5))
    lat = points.lat_deg.copy()
    lat[40] += 0.01
    damaged = TiePoints(
        **{name: getattr(points, name) for name in TiePoints.__slots__} | {"lat_deg": lat}
    )
    assert leave_one_out_rms_m(damaged, 3) > 50 * max(leave_one_out_rms_m(points, 3), 0.5)
