"""CSV shapes recognised by their headers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoanalysis.adapters.ais_files import read_ais_file
from geoanalysis.ais.counts import ImportCounts
from geoanalysis.ais.csv_shapes import parse_moment
from umimori.errors import BadInputError, UmimoriError
from umimori.geodesy import MPS_PER_KNOT
from umimori.records import AisMessageKind, AisPosition, AisStatic

MARINE_CADASTRE = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,"
    "Length,Width,Draft,Cargo,TranscieverClass\n"
    "368084090,2023-01-01T00:00:01,29.93174,-89.99239,6.0,296.2,299.0,LARRY B WHIPPLE,,WDK7401,"
    "57,12,23,10,3.0,57,A\n"
    "316005971,2023-01-01T00:00:02,91.0,181.0,102.3,360.0,511.0,,,,,,,,,,B\n"
)
DANISH = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,"
    "IMO,Callsign,Name,Ship type,Cargo type,Width,Length\n"
    "27/02/2024 00:00:10,Class B,219001258,55.5,11.2,Unknown value,,7.1,188.0,,Unknown,OXYZ,"
    "HAVKAT,Fishing,,6,18\n"
    "27/02/2024 00:00:12,Base Station,2190071,55.9,12.1,,,,,,,,,,,,\n"
)
LOWER_CASE = (
    "mmsi,base_date_time,longitude,latitude,sog,cog,heading,vessel_name,transceiver\n"
    "338075892,2025-03-04 05:06:07,-70.25,43.65,0.1,182.8,511,SANDY HOOK,A\n"
)


def read(tmp_path, text: str, given_utc=None):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    counts = ImportCounts()
    return list(read_ais_file(path, counts, given_utc=given_utc, simulated=False)), counts


def positions(items) -> list[AisPosition]:
    return [i for i in items if isinstance(i, AisPosition)]


def test_marine_cadastre(tmp_path) -> None:
    items, counts = read(tmp_path, MARINE_CADASTRE)
    (found,) = positions(items)
    assert found.time_utc == datetime(2023, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert found.sog_mps == pytest.approx(6.0 * MPS_PER_KNOT)
    assert counts.problems == {"position_not_available": 1}
    (static,) = [i for i in items if isinstance(i, AisStatic)]
    assert (static.name, static.length_m, static.ship_type) == ("LARRY B WHIPPLE", 23.0, 57)


def test_danish_maritime_authority(tmp_path) -> None:
    items, _ = read(tmp_path, DANISH)
    ship, base = positions(items)
    assert ship.time_utc == datetime(2024, 2, 27, 0, 0, 10, tzinfo=UTC)
    assert (ship.kind, base.kind) == (AisMessageKind.CLASS_B, AisMessageKind.BASE_STATION)


def test_the_newer_lower_case_shape(tmp_path) -> None:
    items, _ = read(tmp_path, LOWER_CASE)
    (found,) = positions(items)
    assert found.heading_deg is None
    assert found.time_utc == datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_unknown_header_names_the_wanted_columns(tmp_path) -> None:
    with pytest.raises(BadInputError) as caught:
        read(tmp_path, "a,b,c\n1,2,3\n")
    line = caught.value.one_line()
    assert "mmsi" in line and "lon" in line and "BaseDateTime" in line


def test_month_first_dates_are_noticed(tmp_path) -> None:
    text = "MMSI,time,lat,lon\n" + "".join(
        f"368084090,02/{day:02d}/2024 10:00,30.0,-90.0\n" for day in (11, 14)
    )
    items, _ = read(tmp_path, text)
    assert [p.time_utc.month for p in positions(items)] == [2, 2]


def test_rows_without_time_need_a_given_one(tmp_path) -> None:
    text = "MMSI,LAT,LON\n431000001,34.5,139.4\n"
    items, counts = read(tmp_path, text)
    assert positions(items) == []
    assert counts.problems["no_time"] == 1
    moment = datetime(2024, 5, 1, tzinfo=UTC)
    items, _ = read(tmp_path, text, given_utc=moment)
    assert positions(items)[0].time_utc == moment


@pytest.mark.parametrize(
    "text",
    ["2024-05-01T08:42:03Z", "2024-05-01 08:42:03", "01/05/2024 08:42:03", "1714552923",
     "2024-05-01T17:42:03+09:00"],
)  # fmt: skip
def test_spellings_of_one_moment(text) -> None:
    assert parse_moment(text, day_first=True) == datetime(2024, 5, 1, 8, 42, 3, tzinfo=UTC)


@given(st.text(max_size=200))
def test_any_text_gives_a_clear_error_or_rows(tmp_path_factory, text) -> None:
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_text("MMSI,BaseDateTime,LAT,LON\n" + text, encoding="utf-8", errors="replace")
    try:
        list(read_ais_file(path, ImportCounts(), given_utc=None, simulated=False))
    except UmimoriError as error:
        assert error.one_line()
