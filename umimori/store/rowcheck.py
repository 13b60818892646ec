"""Compare all stored rows with the sums that the log states, and name those that differ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping, select

from umimori.errors import UmimoriError
from umimori.records.codec import from_json
from umimori.records.evidence import StoredSum
from umimori.store.kinds import KINDS, Extent, Kind
from umimori.store.sumbook import record_text, summed_columns
from umimori.store.sums import EMPTY_SHA256, RowSum
from umimori.store.tables import BOX_COLUMNS, BOX_TABLES, OUTBOX, RAW_ROWS, RECORD_SUM
from umimori.store.writing import box_values, row_values

MAX_NAMED = 50
"""So many rows of a kind are named one by one; the rest is counted."""
STREAM_ROWS = 500
EXTENT_COLUMNS = ("west_deg", "south_deg", "east_deg", "north_deg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sum and the log entry that states it."""

    seq: int
    stored: StoredSum


@dataclass(slots=True)
class _KindRows:
    """What one reading of a kind's rows found."""

    sum: RowSum = field(default_factory=RowSum)
    hashes: dict[str, str] = field(default_factory=dict)
    """SHA-256 of the body by id."""
    wrong: dict[str, str] = field(default_factory=dict)
    """What is wrong, by id; the first thing found."""
    unplaced: int = 0
    """Places of the index that belong to no row."""
    missing: int = 0
    """Records that were put and are gone."""


def body_sha256(body: str | bytes) -> str:
    """Return the hash of a body as it lies in the file, valid UTF-8 or not."""
    raw = body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogateescape")
    return hashlib.sha256(raw).hexdigest()


def check_records(
    connection: Connection,
    statements: Mapping[str, list[Statement]],
    named: Iterable[tuple[str, str]],
    problems: list[str],
) -> int:
    """Check the rows of every record kind and return how many were read.

    Args:
        connection: one consistent read.
        statements: what the log states, by kind, in order.
        named: kind and id of records that the log has named as changed or missing already.
        problems: takes one line for each thing found.
    """
    known = set(named)
    read = 0
    for kind in KINDS:
        stated = statements.get(kind.name, [])
        _check_order(kind.name, stated, problems)
        rows = _read_rows(connection, kind)
        read += rows.sum.rows
        last = stated[-1] if stated else None
        summary = _compare(connection, kind.name, rows.sum, last)
        if summary is not None:
            _find_wrong_columns(connection, kind, rows)
            _find_by_outbox(connection, kind, rows)
        for record_id in {record_id for name, record_id in known if name == kind.name}:
            rows.wrong.pop(record_id, None)
        _report(kind.name, rows, problems)
        if summary is not None:
            problems.append(summary)
    return read


def working_sum(connection: Connection, kind: str) -> tuple[int, str]:
    """Return rows and SHA-256 of the sum that writers go on from."""
    kept = connection.execute(select(RECORD_SUM).where(RECORD_SUM.c.kind == kind)).first()
    if kept is None:
        return (0, EMPTY_SHA256)
    return (int(kept.rows), hashlib.sha256(bytes(kept.sum)).hexdigest())


def _check_order(name: str, stated: list[Statement], problems: list[str]) -> None:
    """Each statement must begin with what the one before ended with."""
    before, since = EMPTY_SHA256, "the beginning"
    for statement in stated:
        if statement.stored.before_sha256 != before:
            problems.append(
                f"the {name} records were changed behind the log between {since} and entry "
                f"{statement.seq}."
            )
        before, since = statement.stored.sha256, f"entry {statement.seq}"


def _read_rows(connection: Connection, kind: Kind) -> _KindRows:
    rows = _KindRows()
    boxes = _read_boxes(connection, kind)
    for values in _stream(connection, kind):
        record_id, body_hash = str(values["id"]), body_sha256(values["body"])
        box = boxes.pop(values["row"], None)
        rows.hashes[record_id] = body_hash
        rows.sum.add(record_text(kind, values["row"], values, body_hash))
        if body_hash != values["sha256"]:
            rows.wrong[record_id] = "was changed: its content does not fit its SHA-256"
        elif kind.positions is not None and box != _box_of(values):
            rows.wrong[record_id] = "was changed: its place in the index of positions is not its"
    rows.unplaced = len(boxes)
    return rows


def _stream(connection: Connection, kind: Kind) -> Iterator[RowMapping]:
    raw = RAW_ROWS[kind.name]
    query = select(raw).order_by(raw.c.row).execution_options(yield_per=STREAM_ROWS)
    yield from connection.execute(query).mappings()


def _read_boxes(connection: Connection, kind: Kind) -> dict[int, tuple[float, ...]]:
    table = BOX_TABLES.get(kind.name)
    if table is None:
        return {}
    query = select(*(table.c[name] for name in BOX_COLUMNS))
    return {row[0]: tuple(row[1:]) for row in connection.execute(query)}


def _box_of(values: RowMapping) -> tuple[float, ...] | None:
    if values["west_deg"] is None:
        return None
    try:
        box = box_values(Extent(**{name: float(values[name]) for name in EXTENT_COLUMNS}))
    except (TypeError, ValueError, OverflowError):
        return ()  # no box is like it
    return tuple(box[name] for name in BOX_COLUMNS[1:])


def _compare(
    connection: Connection, name: str, row_sum: RowSum, last: Statement | None
) -> str | None:
    """Return what is to be said when rows, log and working sum do not agree."""
    rows, sha256 = (0, EMPTY_SHA256) if last is None else (last.stored.rows, last.stored.sha256)
    by = "no entry recorded any" if last is None else f"entry {last.seq} recorded {rows}"
    if (rows, sha256) != (row_sum.rows, row_sum.sha256):
        verb = "the sum over them does not fit" if rows == row_sum.rows else "that does not fit"
        return f"{name}: {row_sum.rows} records are stored, {by}; {verb}."
    if (rows, sha256) != working_sum(connection, name):
        return f"{name}: the running sum over the records is not the one that {by}."
    return None


def _find_wrong_columns(connection: Connection, kind: Kind, rows: _KindRows) -> None:
    """Compare the columns with those that follow from the body."""
    names = summed_columns(kind)
    for values in _stream(connection, kind):
        record_id = str(values["id"])
        if record_id in rows.wrong:
            continue
        try:
            right = row_values(kind, from_json(kind.record, values["body"]))
        except (UmimoriError, ValueError, TypeError):
            rows.wrong[record_id] = "was changed: its content is no such record"
            continue
        differ = [name for name in names if values[name] != right[name]]
        if differ:
            rows.wrong[record_id] = f"was changed: {', '.join(differ)} do not fit its content"


def _find_by_outbox(connection: Connection, kind: Kind, rows: _KindRows) -> None:
    """Compare with the newest change of each id that was announced."""
    announced: dict[str, tuple[str, str]] = {}
    query = (
        select(OUTBOX.c.id, OUTBOX.c.change, OUTBOX.c.sha256)
        .where(OUTBOX.c.kind == kind.name)
        .order_by(OUTBOX.c.number)
    )
    for record_id, change, sha256 in connection.execute(query):
        announced[record_id] = (change, sha256)
    put = {key: sha256 for key, (change, sha256) in announced.items() if change == "put"}
    for record_id, sha256 in put.items():
        if record_id not in rows.hashes:
            rows.missing += 1
            rows.wrong.setdefault(record_id, "is missing")
        elif sha256 and rows.hashes[record_id] != sha256:
            rows.wrong.setdefault(record_id, "was changed after it was put")
    for record_id in rows.hashes:
        if record_id not in put:
            rows.wrong.setdefault(record_id, "was added behind the program's back")


def _report(name: str, rows: _KindRows, problems: list[str]) -> None:
    listed = list(rows.wrong.items())
    problems += [f"the {name} {record_id} {what}." for record_id, what in listed[:MAX_NAMED]]
    if len(listed) > MAX_NAMED:
        problems.append(f"and {len(listed) - MAX_NAMED} more {name} records.")
    if rows.unplaced > rows.missing:
        problems.append(f"{name}: {rows.unplaced} places in the index have no such record.")
