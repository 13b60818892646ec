"""The store's pure parts: extents, outward rounding, kinds, entry hashes."""

import struct
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umimori.errors import UsageError
from umimori.geodesy import LonLat
from umimori.records import EvidenceEntry, TelemetrySample
from umimori.store.evidence import GENESIS_HASH, entry_hash
from umimori.store.kinds import KINDS, extent_of, kind_name, kind_of
from umimori.store.writing import float32_above, float32_below


def is_float32(value: float) -> bool:
    return struct.unpack("<f", struct.pack("<f", value))[0] == value


@given(st.floats(-180.0, 180.0))
def test_boxes_are_rounded_outward_to_the_next_float(value: float) -> None:
    below, above = float32_below(value), float32_above(value)
    assert below <= value <= above
    assert is_float32(below)
    assert is_float32(above)
    if is_float32(value):
        assert below == value == above


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=8))
def test_an_extent_holds_its_positions(positions: list[tuple[float, float]]) -> None:
    extent = extent_of(LonLat(*p) for p in positions)
    assert extent is not None
    for lon, lat in positions:
        assert extent.south_deg <= lat <= extent.north_deg
        if extent.west_deg <= extent.east_deg:
            assert extent.west_deg <= lon <= extent.east_deg
        else:
            assert lon >= extent.west_deg or lon <= extent.east_deg


def test_an_extent_over_the_antimeridian_is_short() -> None:
    extent = extent_of([LonLat(179.0, 0.0), LonLat(-179.0, 1.0), LonLat(-178.0, 0.5)])
    assert extent is not None
    assert (extent.west_deg, extent.east_deg) == (179.0, -178.0)
    assert extent_of([]) is None


def test_every_stored_kind_has_its_name_once() -> None:
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names)
    assert kind_name(TelemetrySample) == "telemetry_sample"
    with pytest.raises(UsageError):
        kind_of(TelemetrySample)


ENTRY = EvidenceEntry(
    seq=1,
    time_utc=datetime(2026, 1, 1, tzinfo=UTC),
    actor="officer:sato",
    act="release",
    subject_kind="release",
    subject_id="r",
    subject_sha256="0" * 64,
    detail={"mission": "m", "items": 12},
    software_version="0.1.0",
    previous_hash=GENESIS_HASH,
    hash="",
)


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 2},
        {"time_utc": datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)},
        {"actor": "officer:abe"},
        {"act": "review"},
        {"subject_kind": "review"},
        {"subject_id": "s"},
        {"subject_sha256": "1" * 64},
        {"detail": {"mission": "m", "items": 13}},
        {"software_version": "0.1.1"},
        {"previous_hash": "1" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_entry_hash_covers_every_other_field(change: dict[str, object]) -> None:
    assert entry_hash(replace(ENTRY, **change)) != entry_hash(ENTRY)


def test_an_entry_hash_does_not_cover_itself() -> None:
    assert entry_hash(replace(ENTRY, hash="f" * 64)) == entry_hash(ENTRY)
