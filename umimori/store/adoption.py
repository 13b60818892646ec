"""Take over the rows of a store that was written before sums over them were kept."""

from __future__ import annotations

from sqlalchemy import Connection, select

from umimori.clocks import SystemClock
from umimori.store.evidence import append_entry
from umimori.store.kinds import KINDS
from umimori.store.rowcheck import body_sha256
from umimori.store.sumbook import SumBook, record_text
from umimori.store.tables import RAW_ROWS, TELEMETRY
from umimori.store.writing import ADOPT_ACT

ACTOR = "umimori"


def adopt_rows(connection: Connection) -> None:
    """Sum all rows as they are and state it in one log entry; nothing where there are none."""
    book = SumBook(connection)
    count = 0
    for kind in KINDS:
        for values in connection.execute(select(RAW_ROWS[kind.name])).mappings():
            text = record_text(kind, values["row"], values, body_sha256(values["body"]))
            book.replace(kind.name, None, text)
            count += 1
    for row in connection.execute(select(TELEMETRY).order_by(TELEMETRY.c.row)):
        book.add_telemetry(int(row.row), row.flight_id, body_sha256(row.body))
        count += 1
    if count:
        append_entry(
            connection,
            time_utc=SystemClock().now_utc(),
            actor=ACTOR,
            act=ADOPT_ACT,
            subject=("", "", ""),
            detail={"rows": count},
            stored=book.take_statements(),
        )
        book.save()
