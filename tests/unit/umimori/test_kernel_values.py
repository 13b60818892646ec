"""Ids, geodesy, clocks, codec and the error table."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from umimori import errors
from umimori.clocks import REAL_WORLD, FixedClock, WorldClock
from umimori.errors import OUTCOMES, BadInputError, GeometryError, UmimoriError, outcome_of
from umimori.geodesy import BBox, LocalFrame, LonLat, bearing_deg, distance_m, forward
from umimori.ids import derived_id, event_id
from umimori.records import AisMessageKind, AisPosition, Reason
from umimori.records.codec import format_time, from_json, parse_time, to_json

EARLIEST, LATEST = datetime(1970, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001
LONS, LATS = st.floats(-180.0, 180.0), st.floats(-89.0, 89.0)


def test_derived_ids_depend_on_every_part_and_nothing_else() -> None:
    assert derived_id("a", "b", 1.5) == derived_id("a", "b", 1.5)
    assert derived_id("a", "bc") != derived_id("ab", "c")
    assert derived_id("a", "b", "c") != derived_id("a", "bc")
    assert derived_id("a", {"x": 1, "y": 2}) == derived_id("a", {"y": 2, "x": 1})
    assert uuid.UUID(derived_id("a")).version == 5


@given(st.integers(0, 2**48 - 1))
def test_event_ids_are_uuid7_and_sort_by_time(unix_ms: int) -> None:
    made = uuid.UUID(event_id(unix_ms))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == unix_ms
    assert event_id(unix_ms) != event_id(unix_ms)


@given(LONS, LATS, st.floats(0.0, 360.0), st.floats(1.0, 1e6))
def test_forward_is_undone_by_distance_and_bearing(
    lon: float, lat: float, course: float, length: float
) -> None:
    start = LonLat(lon, lat)
    end = forward(start, course, length)
    assert distance_m(start, end) == pytest.approx(length, rel=1e-6, abs=1e-3)
    if length > 100.0:
        turn = (bearing_deg(start, end) - course + 180.0) % 360.0 - 180.0
        assert abs(turn) < 0.01


@given(LONS, LATS, st.floats(-50_000, 50_000), st.floats(-50_000, 50_000))
def test_a_local_frame_goes_there_and_back(lon: float, lat: float, x: float, y: float) -> None:
    frame = LocalFrame(LonLat(lon, lat))
    back = frame.to_xy(*frame.to_lonlat(x, y))
    assert np.allclose(back, (x, y), atol=1e-3)


@pytest.mark.parametrize("bad", [(181.0, 0.0), (0.0, 91.0), (float("nan"), 0.0), (0.0, -90.1)])
def test_positions_outside_the_globe_are_refused(bad: tuple[float, float]) -> None:
    with pytest.raises(GeometryError):
        LonLat(*bad)


def test_boxes_over_the_antimeridian() -> None:
    box = BBox(170.0, -10.0, -170.0, 10.0)
    assert box.contains(LonLat(180.0, 0.0))
    assert box.contains(LonLat(-175.0, 0.0))
    assert not box.contains(LonLat(0.0, 0.0))
    assert abs(box.centre.lon_deg) == 180.0
    assert [p.crosses_antimeridian for p in box.parts()] == [False, False]
    with pytest.raises(GeometryError):
        BBox(1.0, 2.0, 1.0, 3.0)


def test_world_time_runs_at_its_own_rate() -> None:
    wall, world = datetime(2026, 1, 1, tzinfo=UTC), datetime(2020, 6, 1, tzinfo=UTC)
    clock = WorldClock(wall_anchor_utc=wall, world_anchor_utc=world, rate=10.0)
    assert clock.at(wall + timedelta(seconds=6)) == world + timedelta(minutes=1)
    assert REAL_WORLD.at(wall) == wall
    fixed = FixedClock(wall)
    fixed.advance(2.0)
    assert (fixed.now_utc() - wall).total_seconds() == fixed.monotonic_s() == 2.0


@given(
    st.datetimes(EARLIEST, LATEST),
    st.integers(-12, 14),
)
def test_times_come_back_in_utc(moment: datetime, hours: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert parse_time(format_time(aware)) == aware


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        format_time(EARLIEST)
    with pytest.raises(ValueError, match="time zone"):
        parse_time("2026-01-01T00:00:00")


REPORT = AisPosition(
    mmsi=431000001,
    time_utc=datetime(2026, 1, 1, tzinfo=UTC),
    position=LonLat(139.0, 34.0),
    sog_mps=None,
    cog_deg=10.5,
    heading_deg=None,
    nav_status=0,
    kind=AisMessageKind.CLASS_A,
    source="海",
    simulated=True,
)


def test_records_have_one_canonical_text() -> None:
    text = to_json(REPORT)
    assert from_json(AisPosition, text) == REPORT
    assert " " not in text
    assert "海" in text
    assert text.index('"cog_deg"') < text.index('"mmsi"') < text.index('"time_utc"')


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"mmsi":1}', "{", "null", '"x"'])
def test_other_texts_are_no_records(text: str) -> None:
    with pytest.raises(BadInputError):
        from_json(AisPosition, text)


def test_nan_is_never_stored() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(Reason(code="x", points=float("nan"), values={}))


def every_error() -> list[type[UmimoriError]]:
    return [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, UmimoriError)]


def test_every_error_stands_in_the_table_with_a_code_of_its_own() -> None:
    assert set(every_error()) == set(OUTCOMES)
    codes = [e.code for e in every_error()]
    assert len(set(codes)) == len(codes)
    assert {o.exit_code for o in OUTCOMES.values()} <= {2, 3, 4, 5, 6, 70}
    assert outcome_of(ZeroDivisionError()).exit_code == 70


def test_an_error_is_one_line() -> None:
    error = BadInputError("a\nb", remedy="do\n  this")
    assert error.one_line() == "a b do this"
