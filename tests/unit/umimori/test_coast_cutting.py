"""Cutting large polygons, and telling cuts from shore."""

import numpy as np
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from umimori.coast.cutting import MAX_VERTICES, clip_ring, cut, is_cut, repaired


def star(lon: float, lat: float, radius_deg: float, corners: int, seed: int) -> shapely.Polygon:
    rng = np.random.default_rng(seed)
    angle = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)
    radius = radius_deg * rng.uniform(0.6, 1.0, corners)
    x, y = lon + radius * np.cos(angle), lat + radius * np.sin(angle)
    return shapely.Polygon(np.round(np.column_stack([x, y]), 5))


@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.floats(-170.0, 170.0), st.floats(-60.0, 60.0), st.integers(0, 1000))
def test_cutting_keeps_the_area_and_bounds_the_pieces(lon: float, lat: float, seed: int) -> None:
    whole = star(lon, lat, 3.0, 3 * MAX_VERTICES, seed)
    pieces = cut(np.array([whole], dtype=object))
    assert len(pieces) > 1
    assert shapely.is_valid(pieces).all()
    assert (shapely.get_num_coordinates(pieces) <= MAX_VERTICES * 1.1).all()
    assert np.isclose(shapely.area(pieces).sum(), whole.area, rtol=1e-5)
    assert np.isclose(shapely.union_all(pieces).area, whole.area, rtol=1e-5)


def test_holes_stay_holes() -> None:
    hole = star(140.0, 35.0, 0.5, 200, 1)
    ring = star(140.0, 35.0, 3.0, 2 * MAX_VERTICES, 2)
    pieces = cut(np.array([shapely.Polygon(ring.exterior, [hole.exterior])], dtype=object))
    assert np.isclose(shapely.area(pieces).sum(), ring.area - hole.area, rtol=1e-5)
    assert not shapely.intersects_xy(pieces, 140.0, 35.0).any()


def test_a_ring_clipped_on_both_sides_is_whole() -> None:
    ring = shapely.get_coordinates(star(10.0, 10.0, 1.0, 101, 3))
    sides = [clip_ring(ring, 0, 10.003, sign) for sign in (1.0, -1.0)]
    areas = [shapely.Polygon(side).area for side in sides]
    assert np.isclose(sum(areas), shapely.Polygon(ring).area)
    assert len(clip_ring(ring, 0, 20.0, 1.0)) == 0
    assert clip_ring(ring, 0, 0.0, 1.0) is ring


def test_only_edges_along_a_cut_line_are_cuts() -> None:
    line = 139.250003
    start = np.array([[line, 35.0], [line, 35.0], [139.25, 35.0], [180.0, 1.0], [10.0, -90.0]])
    end = np.array([[line, 35.1], [139.3, 35.1], [139.25, 35.1], [180.0, 2.0], [11.0, -90.0]])
    assert is_cut(start, end).tolist() == [True, False, False, True, True]


def test_a_bow_tie_is_taken_apart() -> None:
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    parts = repaired(np.array([bow], dtype=object))
    assert shapely.is_valid(parts).all()
    assert np.isclose(shapely.area(parts).sum(), 2.0)
