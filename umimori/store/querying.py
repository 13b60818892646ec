"""Filters of records as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select

from umimori.errors import BadInputError, TamperedError, UsageError
from umimori.geodesy import BBox
from umimori.records.codec import format_time, from_json
from umimori.store.kinds import Kind
from umimori.store.ports import KeyValue
from umimori.store.tables import BOX_TABLES, RECORD_TABLES

RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What :meth:`umimori.store.ports.Store.list` was asked for."""

    bbox: BBox | None
    since_utc: datetime | None
    until_utc: datetime | None
    keys: Mapping[str, KeyValue]


def select_records(kind: Kind, filters: Filters) -> Select[tuple[str, str]]:
    """Return the query for ids and bodies of all records that meet the filters."""
    records = RECORD_TABLES[kind.name]
    query = select(records.c.id, records.c.body)
    for name, wanted in filters.keys.items():
        query = query.where(_key_filter(kind, records, name, wanted))
    if filters.since_utc is not None:
        query = query.where(records.c.end_utc >= format_time(filters.since_utc))
    if filters.until_utc is not None:
        query = query.where(records.c.begin_utc <= format_time(filters.until_utc))
    if filters.bbox is not None:
        query = query.where(_box_filter(kind, records, filters.bbox))
    return query


def stored_record(kind: type[RecordT], record_id: str, body: str) -> RecordT:
    """Return the record of a stored body.

    Raises:
        TamperedError: the body is not what this program writes.
    """
    try:
        return from_json(kind, body)
    except BadInputError as error:
        raise TamperedError(
            f"the stored {kind.__name__} record {record_id} is damaged.",
            remedy="Run umimori verify; it names all that was changed. Then restore a backup.",
        ) from error


def _key_filter(kind: Kind, records: Table, name: str, wanted: KeyValue) -> ColumnElement[bool]:
    if name not in kind.keys and name != "id":
        known = ", ".join((*kind.keys, "id"))
        raise UsageError(
            f"a {kind.name} cannot be listed by {name}.", remedy=f"List it by: {known}."
        )
    key = records.c[name]
    if wanted is None:
        return key.is_(None)
    if isinstance(wanted, (list, tuple, set, frozenset)):
        return key.in_([_plain(item) for item in wanted])
    matches: ColumnElement[bool] = key == _plain(wanted)
    return matches


def _plain(value: object) -> Any:
    return value.value if isinstance(value, Enum) else value


def _box_filter(kind: Kind, records: Table, bbox: BBox) -> ColumnElement[bool]:
    """Return the exact test on the doubles, behind a search of the R*Tree where there is one."""
    boxes = BOX_TABLES.get(kind.name)
    if boxes is None:
        raise UsageError(f"a {kind.name} has no position.", remedy="List it without a box.")
    exact = or_(*(_meets(records, part) for part in bbox.parts()))
    near = or_(
        *(
            and_(
                boxes.c.west_deg <= part.east_deg,
                boxes.c.east_deg >= part.west_deg,
                boxes.c.south_deg <= part.north_deg,
                boxes.c.north_deg >= part.south_deg,
            )
            for part in bbox.parts()
        )
    )
    return and_(records.c.row.in_(select(boxes.c.row).where(near)), exact)


def _meets(records: Table, part: BBox) -> ColumnElement[bool]:
    c = records.c
    crossing = c.west_deg > c.east_deg
    lon = or_(
        and_(~crossing, c.west_deg <= part.east_deg, c.east_deg >= part.west_deg),
        and_(crossing, or_(c.west_deg <= part.east_deg, c.east_deg >= part.west_deg)),
    )
    return and_(lon, c.south_deg <= part.north_deg, c.north_deg >= part.south_deg)
