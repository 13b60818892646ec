"""One write transaction: records, outbox, evidence and telemetry, all or nothing."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Table, delete, insert, select, update

from umimori.clocks import WallClock
from umimori.errors import ConflictError, RefusedError, UsageError
from umimori.records.codec import (
    format_time,
    plain_to_json,
    sha256_of,
    text_sha256,
    to_json,
    to_plain,
)
from umimori.records.evidence import EvidenceEntry
from umimori.records.flight import TelemetrySample
from umimori.store.evidence import append_entry
from umimori.store.kinds import KIND_BY_RECORD, Extent, Kind, kind_name, kind_of
from umimori.store.ports import Scalar
from umimori.store.querying import stored_record
from umimori.store.sumbook import SumBook, record_text, summed_columns
from umimori.store.tables import (
    BOX_TABLES,
    EVIDENCE,
    OUTBOX,
    RAW_ROWS,
    RECORD_TABLES,
    TELEMETRY,
)

RecordT = TypeVar("RecordT")
UPDATE_ACT = "update"
DELETE_ACT = "delete"
ADOPT_ACT = "adopt"
"""Act of the entry that first states the sums of a store that an older version wrote."""
STATE_ACT = "state"
"""Act of the entry that states the sums where records changed without any other entry."""
GLOBE_DEG = 180.0


def row_values(kind: Kind, record: object) -> dict[str, Any]:
    """Return the columns of a record."""
    plain = to_plain(record)
    body = plain_to_json(plain)
    begin, end = kind.times(record)
    extent = kind.extent(record)
    return {
        "id": kind.id_of(record),
        **{key: plain[key] for key in kind.keys},
        "begin_utc": None if begin is None else format_time(begin),
        "end_utc": None if end is None else format_time(end),
        "west_deg": None if extent is None else extent.west_deg,
        "south_deg": None if extent is None else extent.south_deg,
        "east_deg": None if extent is None else extent.east_deg,
        "north_deg": None if extent is None else extent.north_deg,
        "sha256": text_sha256(body),
        "body": body,
    }


def float32_below(value: float) -> float:
    """Return the largest 32-bit float that is not above a double."""
    rounded = _as_float32(value)
    return rounded if rounded <= value else _next_float32(rounded, up=False)


def float32_above(value: float) -> float:
    """Return the smallest 32-bit float that is not below a double."""
    rounded = _as_float32(value)
    return rounded if rounded >= value else _next_float32(rounded, up=True)


def _as_float32(value: float) -> float:
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def _next_float32(value: float, *, up: bool) -> float:
    if value == 0.0:
        tiny: float = struct.unpack("<f", struct.pack("<I", 1))[0]
        return tiny if up else -tiny
    (bits,) = struct.unpack("<I", struct.pack("<f", value))
    bits += 1 if (value > 0.0) == up else -1
    return float(struct.unpack("<f", struct.pack("<I", bits))[0])


def box_values(extent: Extent) -> dict[str, float]:
    """Return the R*Tree box of an extent, rounded outward; the whole circle at the antimeridian."""
    crossing = extent.west_deg > extent.east_deg
    return {
        "west_deg": float32_below(-GLOBE_DEG if crossing else extent.west_deg),
        "east_deg": float32_above(GLOBE_DEG if crossing else extent.east_deg),
        "south_deg": float32_below(extent.south_deg),
        "north_deg": float32_above(extent.north_deg),
    }


def describe(subject: object) -> tuple[str, str, str]:
    """Return kind, id and SHA-256 of a record as the log names it, stored kind or not."""
    known = KIND_BY_RECORD.get(type(subject))
    record_id = str(getattr(subject, "id", "")) if known is None else known.id_of(subject)
    return (kind_name(type(subject)), record_id, sha256_of(subject))


class SqlTransaction:
    """What :meth:`umimori.store.ports.Store.write` hands out.

    A record that the evidence log knows and that changes without an entry of its own gets an
    ``update`` entry at the end, so that the log always says what was put last. Every entry states
    what the rows of the changed kinds add up to; where records change without any entry, a
    ``state`` entry does. Telemetry, which comes all the time, waits for the next entry.
    """

    def __init__(self, connection: Connection, actor: str, clock: WallClock) -> None:
        self._connection = connection
        self._actor = actor
        self._clock = clock
        self._sums = SumBook(connection)
        self._touched: dict[tuple[str, str], str] = {}
        self._logged: set[tuple[str, str]] = set()
        self.last_entry: EvidenceEntry | None = None

    def put(self, record: object) -> bool:
        """Insert or replace a record; return False where the same content stands already."""
        kind = kind_of(type(record))
        table = RECORD_TABLES[kind.name]
        values = row_values(kind, record)
        old = self._standing(kind, values["id"])
        if old is None:
            self._insert(kind, table, values, record)
            return True
        if old["sha256"] == values["sha256"]:
            return False
        row = int(old["row"])
        self._connection.execute(update(table).where(table.c.row == row).values(values))
        self._after_put(kind, row, values, record, old=old)
        return True

    def put_many(self, records: Iterable[object]) -> int:
        """Put records of any kinds and return how many changed."""
        return sum(self.put(record) for record in records)

    def add(self, record: object) -> None:
        """Insert a record; ConflictError when its id exists."""
        kind = kind_of(type(record))
        table = RECORD_TABLES[kind.name]
        values = row_values(kind, record)
        known = self._connection.execute(
            select(table.c.row).where(table.c.id == values["id"])
        ).first()
        if known is not None:
            raise ConflictError(
                f"the {kind.name} {values['id']} exists already.", remedy="Read it again."
            )
        self._insert(kind, table, values, record)

    def find(self, kind: type[RecordT], record_id: str) -> RecordT | None:
        """Return a record as this transaction sees it, or None."""
        table = RECORD_TABLES[kind_of(kind).name]
        body = self._connection.scalar(select(table.c.body).where(table.c.id == record_id))
        return None if body is None else stored_record(kind, record_id, body)

    def log(
        self, act: str, subject: object | None = None, detail: dict[str, Scalar] | None = None
    ) -> EvidenceEntry:
        """Append an act about a stored record (or about none) to the evidence log."""
        about = ("", "", "")
        if subject is not None:
            about = describe(subject)
            self._logged.add(about[:2])
        return self._append(act, about, detail or {})

    def telemetry(self, samples: Sequence[TelemetrySample]) -> None:
        """Append telemetry rows; the next log entry states what all of them add up to."""
        if not samples:
            return
        rows = [{"flight_id": s.flight_id, "body": to_json(s)} for s in samples]
        self._connection.execute(insert(TELEMETRY), rows)
        # The write lock is held: the newest rows are these, in order.
        newest = select(TELEMETRY.c.row).order_by(TELEMETRY.c.row.desc()).limit(len(rows))
        numbers = reversed(self._connection.execute(newest).scalars().all())
        for number, row in zip(numbers, rows, strict=True):
            self._sums.add_telemetry(int(number), row["flight_id"], text_sha256(row["body"]))

    def delete(self, kind: type, record_id: str) -> bool:
        """Delete working data; a record that the log knows leaves a ``delete`` entry."""
        known = kind_of(kind)
        if known.event:
            raise RefusedError(
                f"a {known.name} is evidence and is never deleted.",
                remedy="Write a new record that corrects it.",
            )
        table = RECORD_TABLES[known.name]
        old = self._standing(known, record_id)
        if old is None:
            return False
        row = int(old["row"])
        self._connection.execute(delete(table).where(table.c.row == row))
        self._drop_box(known, row)
        self._sums.replace(known.name, record_text(known, row, old, str(old["sha256"])), None)
        self._announce(known.name, record_id, "delete", "")
        self._touched.pop((known.name, record_id), None)
        if self._last_logged(known.name, record_id) is not None:
            self._append(DELETE_ACT, (known.name, record_id, str(old["sha256"])), {})
        return True

    def finish(self) -> None:
        """Complete the evidence before the commit."""
        for (kind, record_id), sha256 in self._touched.items():
            logged = self._last_logged(kind, record_id)
            if logged is not None and logged != sha256:
                self._append(UPDATE_ACT, (kind, record_id, sha256), {})
        for kind, record_id in self._logged:
            self._check_stored(kind, record_id)
        if self._sums.owes_entry:
            self._append(STATE_ACT, ("", "", ""), {})
        self._sums.save()

    def _standing(self, kind: Kind, record_id: str) -> RowMapping | None:
        """Return the columns of a stored record, without its body."""
        raw = RAW_ROWS[kind.name]
        names = ("row", *summed_columns(kind), "sha256")
        query = select(*(raw.c[name] for name in names)).where(raw.c.id == record_id)
        return self._connection.execute(query).mappings().first()

    def _check_stored(self, kind: str, record_id: str) -> None:
        table = RECORD_TABLES.get(kind)
        if table is None:
            return
        stored = self._connection.scalar(select(table.c.sha256).where(table.c.id == record_id))
        logged = self._last_entry_of(kind, record_id)
        if stored is None and (logged is None or logged[0] != DELETE_ACT):
            raise UsageError(
                f"the log names the {kind} {record_id}, which is not stored.",
                remedy="Put the record before the transaction ends.",
            )
        if stored is not None and logged is not None and logged[1] != stored:
            self._append(UPDATE_ACT, (kind, record_id, str(stored)), {})

    def _insert(self, kind: Kind, table: Table, values: dict[str, Any], record: object) -> None:
        result = self._connection.execute(insert(table).values(values))
        self._after_put(kind, int(result.lastrowid), values, record, old=None)

    def _after_put(
        self,
        kind: Kind,
        row: int,
        values: dict[str, Any],
        record: object,
        *,
        old: RowMapping | None,
    ) -> None:
        before = None
        if old is not None:
            self._drop_box(kind, row)
            before = record_text(kind, row, old, str(old["sha256"]))
        self._sums.replace(kind.name, before, record_text(kind, row, values, values["sha256"]))
        extent = kind.extent(record)
        if extent is not None:
            self._connection.execute(
                insert(BOX_TABLES[kind.name]).values(row=row, **box_values(extent))
            )
        self._touched[kind.name, values["id"]] = values["sha256"]
        self._announce(kind.name, values["id"], "put", values["sha256"])

    def _drop_box(self, kind: Kind, row: int) -> None:
        boxes = BOX_TABLES.get(kind.name)
        if boxes is not None:
            self._connection.execute(delete(boxes).where(boxes.c.row == row))

    def _announce(self, kind: str, record_id: str, change: str, sha256: str) -> None:
        self._connection.execute(
            insert(OUTBOX).values(
                kind=kind,
                id=record_id,
                change=change,
                wall_utc=format_time(self._now()),
                sha256=sha256,
            )
        )

    def _append(
        self, act: str, subject: tuple[str, str, str], detail: dict[str, Scalar]
    ) -> EvidenceEntry:
        self.last_entry = append_entry(
            self._connection,
            time_utc=self._now(),
            actor=self._actor,
            act=act,
            subject=subject,
            detail=detail,
            stored=self._sums.take_statements(),
        )
        return self.last_entry

    def _last_entry_of(self, kind: str, record_id: str) -> tuple[str, str] | None:
        row = self._connection.execute(
            select(EVIDENCE.c.act, EVIDENCE.c.subject_sha256)
            .where(EVIDENCE.c.subject_kind == kind, EVIDENCE.c.subject_id == record_id)
            .order_by(EVIDENCE.c.seq.desc())
            .limit(1)
        ).first()
        return None if row is None else (str(row[0]), str(row[1]))

    def _last_logged(self, kind: str, record_id: str) -> str | None:
        last = self._last_entry_of(kind, record_id)
        return None if last is None else last[1]

    def _now(self) -> datetime:
        return self._clock.now_utc()
