"""NMEA logs: what is decoded, what is counted, and that garbage never raises."""

import gzip
import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais import encode_dict

from geoanalysis.adapters.ais_files import read_ais_file
from geoanalysis.adapters.nmea_log import read_nmea
from geoanalysis.ais.counts import ImportCounts
from umimori.errors import BadInputError, CorruptFileError
from umimori.records import AisMessageKind, AisPosition, AisStatic

GOOD = b"!AIVDM,1,1,,B,15Mw1U?P00qNGTP@v`0@9wwn26sd,0*0E"
NOW = datetime(2024, 5, 1, 8, 42, 3, tzinfo=UTC)


def tagged(sentence: str, moment: datetime = NOW, source: str = "RX1") -> bytes:
    body = f"s:{source},c:{int(moment.timestamp())}"
    check = 0
    for char in body.encode():
        check ^= char
    return f"\\{body}*{check:02X}\\{sentence}".encode()


def message(**fields) -> list[str]:
    values = {"mmsi": 431000001, "lon": 139.4, "lat": 34.5, "speed": 8.0, "course": 45.0}
    return encode_dict(values | fields, talker_id="AI", sentence_type="VDM", radio_channel="A")


def read(lines: list[bytes], given_utc=None, simulated=False):
    counts = ImportCounts()
    stream = io.BytesIO(b"\n".join(lines) + b"\n")
    items = list(read_nmea(stream, counts, given_utc=given_utc, source="t", simulated=simulated))
    return items, counts


def test_tag_block_gives_the_receive_time() -> None:
    (item,), counts = read([tagged(message(type=1, second=60)[0])])
    assert isinstance(item, AisPosition)
    assert item.time_utc == NOW
    assert counts.messages["1"] == 1


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1, AisMessageKind.CLASS_A), (2, AisMessageKind.CLASS_A), (3, AisMessageKind.CLASS_A),
        (18, AisMessageKind.CLASS_B), (19, AisMessageKind.CLASS_B),
        (9, AisMessageKind.SAR_AIRCRAFT), (21, AisMessageKind.ATON),
        (27, AisMessageKind.LONG_RANGE),
    ],
)  # fmt: skip
def test_kinds_of_messages(number, kind) -> None:
    lines = [tagged(part) for part in message(type=number, speed=8, name="BUOY")]
    items, _ = read(lines)
    positions = [i for i in items if isinstance(i, AisPosition)]
    assert [p.kind for p in positions] == [kind]
    assert positions[0].position.lon_deg == pytest.approx(139.4, abs=0.001)


def test_multi_part_static_message_with_a_hostile_name() -> None:
    parts = encode_dict(
        {
            "type": 5, "mmsi": 431000001, "shipname": "<SCRIPT SRC=//X.Y>", "ship_type": 70,
            "to_bow": 100, "to_stern": 20, "to_port": 8, "to_starboard": 8, "imo": 9811000,
        },
        talker_id="AI", sentence_type="VDM", radio_channel="A",
    )  # fmt: skip
    assert len(parts) == 2
    (item,), _ = read([tagged(parts[0]), parts[1].encode()])
    assert isinstance(item, AisStatic)
    assert item.name == "<SCRIPT SRC=//X.Y>"
    assert (item.length_m, item.width_m, item.imo) == (120.0, 16.0, 9811000)


def test_parts_of_two_messages_may_interleave() -> None:
    a = encode_dict({"type": 5, "mmsi": 1, "shipname": "ALPHA"}, radio_channel="A", seq_id=1)
    b = encode_dict({"type": 5, "mmsi": 2, "shipname": "BRAVO"}, radio_channel="B", seq_id=2)
    items, counts = read([a[0].encode(), b[0].encode(), a[1].encode(), b[1].encode()])
    assert sorted(i.name for i in items) == ["ALPHA", "BRAVO"]
    assert "multipart_incomplete" not in counts.problems


def test_part_without_its_beginning_is_counted() -> None:
    parts = encode_dict({"type": 5, "mmsi": 1, "shipname": "ALPHA"}, radio_channel="A")
    _, counts = read([parts[1].encode(), tagged(message(type=1)[0])])
    assert counts.problems["multipart_incomplete"] == 1


def test_wrong_checksum_is_counted() -> None:
    _, counts = read([GOOD[:-2] + b"FF", tagged(message(type=1)[0])])
    assert counts.problems["checksum_wrong"] == 1


def test_base_station_gives_the_time_to_what_has_none() -> None:
    base = encode_dict(
        {
            "type": 4, "mmsi": 4310001, "lon": 139.0, "lat": 35.0, "year": 2024, "month": 5,
            "day": 1, "hour": 8, "minute": 42, "second": 3,
        },
        talker_id="AI", sentence_type="VDM",
    )[0]  # fmt: skip
    ship = message(type=1, second=60)[0].encode()
    items, _ = read([ship, base.encode(), ship])
    assert [i.time_utc for i in items] == [NOW, NOW, NOW]


def test_without_any_time_reports_are_counted_not_invented() -> None:
    ship = message(type=1)[0].encode()
    items, counts = read([ship])
    assert items == []
    assert counts.problems["no_time"] == 1
    items, counts = read([ship], given_utc=NOW)
    assert [i.time_utc for i in items] == [NOW]


def test_gatehouse_line_gives_the_time() -> None:
    lines = [b"$PGHP,1,2010,6,11,11,46,12,386,219,24,992190924,1,12*20", GOOD]
    (item,), _ = read(lines)
    assert item.time_utc == datetime(2010, 6, 11, 11, 46, 12, 386_000, tzinfo=UTC)


def test_our_simulators_logs_say_that_they_are_simulated() -> None:
    (item,), _ = read([tagged(message(type=1)[0], source="UMIMORI-SIM")])
    assert item.simulated


def test_log_without_one_message_is_corrupt() -> None:
    with pytest.raises(CorruptFileError):
        read([b"!AIVDM,1,1,,B,\x01\x02,0*0E"])


@given(st.lists(st.binary(max_size=120), max_size=30))
@settings(deadline=None, max_examples=150)
def test_garbage_between_good_lines_never_raises(garbage) -> None:
    lines = [part.replace(b"\n", b"") for part in garbage]
    items, counts = read([*lines, tagged(message(type=1)[0])])
    assert any(isinstance(i, AisPosition) for i in items)
    assert counts.lines >= 1


@given(
    payload=st.text(
        alphabet="0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw", max_size=80
    ),
    fill=st.integers(0, 9),
    count=st.integers(0, 12),
    number=st.integers(0, 12),
)
@settings(deadline=None, max_examples=300)
def test_any_payload_with_a_right_checksum_never_raises(payload, fill, count, number) -> None:
    core = f"AIVDM,{count},{number},1,A,{payload},{fill}"
    check = 0
    for char in core.encode():
        check ^= char
    read([f"!{core}*{check:02X}".encode(), tagged(message(type=1)[0])])


def test_gzip_and_zip(tmp_path) -> None:
    text = tagged(message(type=1)[0]) + b"\n"
    packed = tmp_path / "log.gz"
    packed.write_bytes(gzip.compress(text))
    archive = tmp_path / "log.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("a.nmea", text)
        out.writestr("b.nmea", text)
    for path, expected in ((packed, 1), (archive, 2)):
        counts = ImportCounts()
        items = list(read_ais_file(path, counts, given_utc=None, simulated=False))
        assert len(items) == expected


@pytest.mark.parametrize("size", [0, 10, 5_000, 200_000])
def test_random_bytes_are_refused_in_one_line(tmp_path, size) -> None:
    import random

    path = tmp_path / "noise.bin"
    path.write_bytes(random.Random(size).randbytes(size))
    with pytest.raises(CorruptFileError) as caught:
        list(read_ais_file(path, ImportCounts(), given_utc=None, simulated=False))
    assert "\n" not in caught.value.one_line()


def test_truncated_gzip_is_refused(tmp_path) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(tagged(message(type=1)[0]) * 100)[:-12])
    with pytest.raises(CorruptFileError):
        list(read_ais_file(path, ImportCounts(), given_utc=None, simulated=False))


def test_missing_file(tmp_path) -> None:
    with pytest.raises(BadInputError):
        list(read_ais_file(tmp_path / "no", ImportCounts(), given_utc=None, simulated=False))
