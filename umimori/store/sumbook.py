"""Keeps the sums over all rows up to date inside one write transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from umimori.records.evidence import StoredSum
from umimori.store.kinds import Kind
from umimori.store.sums import RowSum, row_text
from umimori.store.tables import RECORD_SUM

TELEMETRY_KIND = "telemetry"
PLACE_COLUMNS = ("begin_utc", "end_utc", "west_deg", "south_deg", "east_deg", "north_deg")


def summed_columns(kind: Kind) -> tuple[str, ...]:
    """Return the columns that the sum covers besides row number and content."""
    return ("id", *kind.keys, *PLACE_COLUMNS)


def record_text(kind: Kind, row: int, values: Any, body_sha256: str) -> bytes:
    """Return what stands for a record's row in the sum of its kind."""
    cells = (values[name] for name in summed_columns(kind))
    return row_text(kind.name, row, cells, body_sha256)


def telemetry_text(row: int, flight_id: str, body_sha256: str) -> bytes:
    """Return what stands for a telemetry row in the sum of telemetry."""
    return row_text(TELEMETRY_KIND, row, (flight_id,), body_sha256)


class SumBook:
    """The sums of the kinds that one transaction touches; the write lock is held meanwhile.

    A sum is taken over as it stands, never from the rows: rows that were changed behind the
    program's back stay different from it for ever, whatever is written later.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sums: dict[str, RowSum] = {}
        self._before: dict[str, str] = {}
        self._last_row: int | None = None
        self._unstated: set[str] = set()
        self._changed: set[str] = set()

    def replace(self, kind: str, old: bytes | None, new: bytes | None) -> None:
        """Take the old row away and add the new one, where there is one."""
        row_sum = self._load(kind)
        if old is not None:
            row_sum.remove(old)
        if new is not None:
            row_sum.add(new)
        self._changed.add(kind)
        self._unstated.add(kind)

    def add_telemetry(self, row: int, flight_id: str, body_sha256: str) -> None:
        """Add a new telemetry row."""
        self.replace(TELEMETRY_KIND, None, telemetry_text(row, flight_id, body_sha256))
        self._last_row = row

    @property
    def owes_entry(self) -> bool:
        """Return whether records changed that no entry has stated; telemetry may wait."""
        return bool(self._unstated - {TELEMETRY_KIND})

    def take_statements(self) -> tuple[StoredSum, ...]:
        """Return the sums that the next log entry must state, each once."""
        self._load(TELEMETRY_KIND)
        statements = tuple(self._statement(kind) for kind in sorted(self._unstated))
        self._changed |= self._unstated
        self._unstated.clear()
        return statements

    def save(self) -> None:
        """Write the changed sums."""
        for kind in self._changed:
            row_sum = self._sums[kind]
            values = {
                "kind": kind,
                "rows": row_sum.rows,
                "last_row": self._last_row if kind == TELEMETRY_KIND else None,
                "sum": row_sum.words,
                "stated": kind not in self._unstated,
            }
            statement = insert(RECORD_SUM).values(values)
            self._connection.execute(statement.on_conflict_do_update(["kind"], set_=values))
        self._changed.clear()

    def _statement(self, kind: str) -> StoredSum:
        row_sum = self._sums[kind]
        telemetry = kind == TELEMETRY_KIND
        stated = StoredSum(
            kind=kind,
            rows=row_sum.rows,
            sha256=row_sum.sha256,
            before_sha256=None if telemetry else self._before[kind],
            last_row=self._last_row if telemetry else None,
        )
        self._before[kind] = stated.sha256
        return stated

    def _load(self, kind: str) -> RowSum:
        if kind not in self._sums:
            kept = self._connection.execute(
                select(RECORD_SUM).where(RECORD_SUM.c.kind == kind)
            ).first()
            row_sum = RowSum() if kept is None else RowSum(kept.sum, kept.rows)
            self._sums[kind] = row_sum
            self._before[kind] = row_sum.sha256
            if kept is not None and kind == TELEMETRY_KIND:
                self._last_row = kept.last_row
                if not kept.stated:
                    self._unstated.add(kind)
        return self._sums[kind]
