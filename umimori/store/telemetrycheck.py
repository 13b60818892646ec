"""Compare the telemetry rows with the sums that the log states.

Telemetry only grows, so that every statement can be checked over the rows up to the one it names.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from umimori.store.rowcheck import STREAM_ROWS, Statement, body_sha256, working_sum
from umimori.store.sumbook import TELEMETRY_KIND, telemetry_text
from umimori.store.sums import RowSum
from umimori.store.tables import TELEMETRY

MAX_NAMED = 10


@dataclass(slots=True)
class _Stretch:
    """The rows from one statement to the next."""

    first_row: int
    flights: dict[str, None] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)


class _Walk:
    """One pass over the rows, from statement to statement."""

    def __init__(self, statements: list[Statement]) -> None:
        self.sum = RowSum()
        self.problems: list[str] = []
        self._waiting = [s for s in statements if s.stored.last_row is not None]
        self._stretch = _Stretch(first_row=1)
        self._previous = 0

    def add(self, row: int, flight_id: str, body: str | bytes) -> None:
        while self._waiting and row > (self._waiting[0].stored.last_row or 0):
            self._close(self._waiting.pop(0))
        self._note_gap(row)
        self._stretch.flights[flight_id] = None
        self.sum.add(telemetry_text(row, flight_id, body_sha256(body)))

    def finish(self, working: tuple[int, str]) -> None:
        while self._waiting:
            self._close(self._waiting.pop(0))
        if not self.problems and (self.sum.rows, self.sum.sha256) != working:
            self.problems.append(
                f"telemetry: the rows from {self._stretch.first_row} on, which no entry states "
                f"yet, do not fit their running sum{self._where()}."
            )

    def _note_gap(self, row: int) -> None:
        if row > self._previous + 1:
            self._stretch.gaps.append(
                f"row {row - 1}"
                if row == self._previous + 2
                else f"rows {self._previous + 1} to {row - 1}"
            )
        self._previous = row

    def _close(self, statement: Statement) -> None:
        stored, last = statement.stored, statement.stored.last_row or 0
        self._note_gap(last + 1)
        self._previous = max(last, 0)
        fits = (self.sum.rows, self.sum.sha256) == (stored.rows, stored.sha256)
        if not fits and not self.problems:
            self.problems.append(
                f"telemetry: rows {self._stretch.first_row} to {last} are not those that entry "
                f"{statement.seq} recorded: {stored.rows} rows up to there, now {self.sum.rows}"
                f"{self._where()}."
            )
        self._stretch = _Stretch(first_row=last + 1)

    def _where(self) -> str:
        gone = "; gone: " + ", ".join(self._stretch.gaps[:MAX_NAMED]) if self._stretch.gaps else ""
        flights = list(self._stretch.flights)[:MAX_NAMED]
        return gone + ("; flight " + ", ".join(flights) if flights else "")


def check_telemetry(
    connection: Connection, statements: list[Statement], problems: list[str]
) -> tuple[int, int]:
    """Return how many rows there are, and how many of them no log entry states yet.

    Only the first stretch that differs is named: behind it the sums differ anyway.
    """
    walk = _Walk(statements)
    query = (
        select(TELEMETRY.c.row, TELEMETRY.c.flight_id, TELEMETRY.c.body)
        .order_by(TELEMETRY.c.row)
        .execution_options(yield_per=STREAM_ROWS)
    )
    for row, flight_id, body in connection.execute(query):
        walk.add(int(row), flight_id, body)
    walk.finish(working_sum(connection, TELEMETRY_KIND))
    problems += walk.problems
    stated = statements[-1].stored.rows if statements else 0
    return walk.sum.rows, max(0, walk.sum.rows - stated)
