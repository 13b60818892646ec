"""Positions and boxes as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umimori.coordinate_text import parse_bbox, parse_numbers, parse_position
from umimori.errors import GeometryError, UsageError
from umimori.geodesy import BBox, LonLat

LON = st.floats(-180, 180, allow_nan=False)
LAT = st.floats(-90, 90, allow_nan=False)


@given(lon=LON, lat=LAT)
def test_a_position_is_read_as_written(lon: float, lat: float) -> None:
    assert parse_position(f"{lon!r},{lat!r}") == LonLat(lon, lat)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b", "nan,1", "inf,2", "1;2"])
def test_what_is_no_position_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="--base"):
        parse_position(text)


@pytest.mark.parametrize("text", ["34.7,139.4", "35,-170"])
def test_swapped_positions_are_noticed(text: str) -> None:
    with pytest.raises(GeometryError, match="swapped"):
        parse_position(text)


def test_boxes() -> None:
    assert parse_bbox("179,30,-179,31") == BBox(179, 30, -179, 31)
    with pytest.raises(GeometryError, match="swapped"):
        parse_bbox("34,139,35,140")
    with pytest.raises(GeometryError, match="no area"):
        parse_bbox("139,34,139,35")


@given(st.text(max_size=40))
def test_any_text_is_numbers_or_refused(text: str) -> None:
    try:
        assert len(parse_numbers(text, 2, "--x", "A,B")) == 2
    except UsageError as error:
        assert "--x" in error.one_line()
