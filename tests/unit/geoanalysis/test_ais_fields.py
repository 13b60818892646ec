"""Sentinels of the AIS standard become unknown; receive times are found."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoanalysis.ais.fields import PositionProblem, RawReport, clean_position, station_kind
from geoanalysis.ais.receive_time import fix_time, tag_block_time, trailing_time
from geoanalysis.ais.statics import clean_size_m, clean_text, merge_static
from umimori.geodesy import MPS_PER_KNOT
from umimori.records import AisMessageKind, AisPosition, AisStatic

NOW = datetime(2024, 5, 1, 8, 42, 3, tzinfo=UTC)


def raw(**changes) -> RawReport:
    values = {
        "mmsi": 431000001, "lon_deg": 139.4, "lat_deg": 34.5, "sog_kn": 10.0, "cog_deg": 90.0,
        "heading_deg": 91.0, "nav_status": 0, "kind": AisMessageKind.CLASS_A,
    }  # fmt: skip
    return RawReport(**(values | changes))


def clean(**changes):
    return clean_position(raw(**changes), time_utc=NOW, source="t", simulated=False)


def test_plain_report() -> None:
    found = clean()
    assert isinstance(found, AisPosition)
    assert found.sog_mps == pytest.approx(10.0 * MPS_PER_KNOT)
    assert (found.cog_deg, found.heading_deg, found.nav_status) == (90.0, 91.0, 0)


@pytest.mark.parametrize("sog", [102.3, 102.2, None, -1.0, float("nan")])
def test_speed_not_available(sog) -> None:
    assert clean(sog_kn=sog).sog_mps is None


def test_a_speed_just_below_the_sentinel_counts() -> None:
    assert clean(sog_kn=102.1).sog_mps == pytest.approx(102.1 * MPS_PER_KNOT)


def test_course_heading_and_status_not_available() -> None:
    found = clean(cog_deg=360.0, heading_deg=511.0, nav_status=15)
    assert (found.cog_deg, found.heading_deg, found.nav_status) == (None, None, None)


def test_long_range_sentinels_are_smaller() -> None:
    assert clean(sog_kn=63.0, kind=AisMessageKind.LONG_RANGE).sog_mps is None
    assert clean(cog_deg=511.0, kind=AisMessageKind.LONG_RANGE).cog_deg is None


@pytest.mark.parametrize(
    ("lon", "lat", "problem"),
    [
        (181.0, 34.0, PositionProblem.NO_POSITION),
        (139.0, 91.0, PositionProblem.NO_POSITION),
        (None, 34.0, PositionProblem.NO_POSITION),
        (200.0, 34.0, PositionProblem.OUTSIDE_GLOBE),
        (0.0, 0.0, PositionProblem.NULL_ISLAND),
    ],
)
def test_no_position(lon, lat, problem) -> None:
    assert clean(lon_deg=lon, lat_deg=lat) is problem


@pytest.mark.parametrize("mmsi", [0, None, 1_000_000_000, -5])
def test_impossible_station_numbers(mmsi) -> None:
    assert clean(mmsi=mmsi) is PositionProblem.BAD_MMSI


def test_without_a_time() -> None:
    found = clean_position(raw(), time_utc=None, source="t", simulated=False)
    assert found is PositionProblem.NO_TIME


@given(
    lon=st.floats(allow_nan=True, allow_infinity=True),
    lat=st.floats(allow_nan=True, allow_infinity=True),
    sog=st.floats(allow_nan=True, allow_infinity=True),
    cog=st.floats(allow_nan=True, allow_infinity=True),
)
def test_whatever_numbers_come_nothing_raises(lon, lat, sog, cog) -> None:
    found = clean(lon_deg=lon, lat_deg=lat, sog_kn=sog, cog_deg=cog)
    if isinstance(found, AisPosition):
        assert found.sog_mps is None or 0.0 <= found.sog_mps < 60.0
        assert found.cog_deg is None or 0.0 <= found.cog_deg < 360.0


def test_station_numbers_tell_the_kind() -> None:
    assert station_kind(4310101, AisMessageKind.CLASS_A) is AisMessageKind.BASE_STATION
    assert station_kind(111431001, AisMessageKind.CLASS_A) is AisMessageKind.SAR_AIRCRAFT
    assert station_kind(994310001, AisMessageKind.CLASS_A) is AisMessageKind.ATON
    assert station_kind(412, AisMessageKind.CLASS_A) is AisMessageKind.CLASS_A


def test_tag_block_times() -> None:
    seconds = int(NOW.timestamp())
    assert tag_block_time(b"s:rORBCOMM000,c:%d*10" % seconds) == NOW
    assert tag_block_time(b"c:%d000,s:x*10" % seconds) == NOW
    assert tag_block_time(b"s:c:12*10") is None


def test_trailing_times_of_the_coast_guard_format() -> None:
    seconds = int(NOW.timestamp())
    assert trailing_time(b",d-109,S2105,r003669946,%d" % seconds) == NOW
    assert trailing_time(b",r003669946") is None


def test_fix_second_moves_a_late_receive_time_back() -> None:
    assert fix_time(NOW, 58) == NOW.replace(minute=41, second=58)
    assert fix_time(NOW, 3) == NOW
    assert fix_time(NOW, 30) == NOW
    assert fix_time(NOW, 60) == NOW
    assert fix_time(NOW, 4) == NOW


def test_names_lose_padding_and_control_characters_only() -> None:
    assert clean_text("EVER GIVEN@@@@") == "EVER GIVEN"
    assert clean_text("<SCRIPT SRC=//X.Y>") == "<SCRIPT SRC=//X.Y>"
    assert clean_text("A\x1b[31mB\n") == "A[31mB"
    assert clean_text("@@@") is None


def test_sizes() -> None:
    assert clean_size_m(100, 20, 1022) == 120.0
    assert clean_size_m(0, 0, 1022) is None
    assert clean_size_m(None, 3, 1022) is None


def test_statics_fill_each_other() -> None:
    name = AisStatic(
        mmsi=1, name="A", call_sign=None, imo=None, ship_type=None, length_m=None, width_m=None,
        destination=None, source="t", simulated=False,
    )  # fmt: skip
    size = AisStatic(
        mmsi=1, name=None, call_sign="JX", imo=None, ship_type=70, length_m=90.0, width_m=14.0,
        destination=None, source="t", simulated=True,
    )  # fmt: skip
    merged = merge_static(name, size)
    assert (merged.name, merged.call_sign, merged.length_m) == ("A", "JX", 90.0)
    assert merged.simulated
