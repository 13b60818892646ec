"""The store on SQLite."""

from __future__ import annotations

import builtins
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from umimori.clocks import WallClock
from umimori.errors import ConflictError, UnknownRecordError, UsageError
from umimori.geodesy import BBox
from umimori.records.codec import format_time, parse_time
from umimori.records.evidence import EvidenceHead
from umimori.records.flight import TelemetrySample
from umimori.store.accounts import SqlAccountBook
from umimori.store.blobs import FileBlobStore
from umimori.store.engine import any_text, reading, writing
from umimori.store.evidence import SqlEvidenceLog
from umimori.store.kinds import kind_of
from umimori.store.ports import Claim, KeyValue, OutboxEvent, VerifyReport
from umimori.store.querying import Filters, select_records, stored_record
from umimori.store.signing import HeadSigner
from umimori.store.tables import CLAIM, OUTBOX, RECORD_TABLES, TELEMETRY
from umimori.store.verification import verify_store
from umimori.store.writing import SqlTransaction

RecordT = TypeVar("RecordT")


class SqlStore:
    """One data folder's store; see :class:`umimori.store.ports.Store` for what each call means."""

    def __init__(
        self,
        *,
        data_dir: Path,
        engine: Engine,
        blobs: FileBlobStore,
        signer: HeadSigner,
        clock: WallClock,
    ) -> None:
        self._data_dir = data_dir
        self._engine = engine
        self._blobs = blobs
        self._signer = signer
        self._clock = clock
        self._evidence = SqlEvidenceLog(engine, signer, clock)
        self._accounts = SqlAccountBook(engine, clock)
        self._thread = threading.local()

    @property
    def data_dir(self) -> Path:
        """Return the data folder."""
        return self._data_dir

    @property
    def blobs(self) -> FileBlobStore:
        """Return the blobs."""
        return self._blobs

    @property
    def evidence(self) -> SqlEvidenceLog:
        """Return the evidence log, for reading."""
        return self._evidence

    @property
    def accounts(self) -> SqlAccountBook:
        """Return the accounts."""
        return self._accounts

    @property
    def users(self) -> SqlAccountBook:
        """Return the accounts (another name)."""
        return self._accounts

    @contextmanager
    def write(self, actor: str, clock: WallClock | None = None) -> Iterator[SqlTransaction]:
        """Open one short write transaction in the name of ``actor``."""
        if getattr(self._thread, "writing", False):
            raise UsageError(
                "a write transaction is open already in this thread.",
                remedy="Use the open one; transactions do not nest.",
            )
        self._thread.writing = True
        try:
            with writing(self._engine) as connection:
                transaction = SqlTransaction(connection, actor, clock or self._clock)
                yield transaction
                transaction.finish()
        finally:
            self._thread.writing = False
        last = transaction.last_entry
        if last is not None:
            self._signer.append(self._signer.sign(last.seq, last.hash, last.time_utc))

    def get(self, kind: type[RecordT], record_id: str) -> RecordT:
        """Return a record; UnknownRecordError when the id is not there."""
        found = self.find(kind, record_id)
        if found is None:
            raise UnknownRecordError(
                f"there is no {kind_of(kind).name} with the id {record_id[:80]}.",
                remedy="Check the id, and that --data names the right folder.",
            )
        return found

    def find(self, kind: type[RecordT], record_id: str) -> RecordT | None:
        """Return a record or None."""
        table = RECORD_TABLES[kind_of(kind).name]
        with reading(self._engine) as connection:
            body = connection.scalar(select(table.c.body).where(table.c.id == record_id))
        return None if body is None else stored_record(kind, record_id, body)

    def list(
        self,
        kind: type[RecordT],
        *,
        bbox: BBox | None = None,
        since_utc: datetime | None = None,
        until_utc: datetime | None = None,
        limit: int | None = None,
        newest_first: bool = False,
        **keys: KeyValue,
    ) -> builtins.list[RecordT]:
        """Return records by time, then by order of writing."""
        filters = Filters(bbox=bbox, since_utc=since_utc, until_utc=until_utc, keys=keys)
        query = select_records(kind_of(kind), filters)
        table = RECORD_TABLES[kind_of(kind).name]
        order: tuple[Any, ...] = (table.c.begin_utc, table.c.row)
        if newest_first:
            order = (table.c.begin_utc.desc(), table.c.row.desc())
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(*order).limit(limit)).all()
        return [stored_record(kind, row.id, row.body) for row in rows]

    def count(
        self,
        kind: type,
        *,
        bbox: BBox | None = None,
        since_utc: datetime | None = None,
        until_utc: datetime | None = None,
        **keys: KeyValue,
    ) -> int:
        """Return how many records :meth:`list` would return without a limit."""
        filters = Filters(bbox=bbox, since_utc=since_utc, until_utc=until_utc, keys=keys)
        query = select_records(kind_of(kind), filters).subquery()
        with reading(self._engine) as connection:
            return connection.scalar(select(func.count()).select_from(query)) or 0

    def telemetry(
        self, flight_id: str, *, after_rowid: int = 0, limit: int | None = None
    ) -> builtins.list[tuple[int, TelemetrySample]]:
        """Return telemetry rows of a flight with their rising row numbers."""
        query = (
            select(TELEMETRY.c.row, TELEMETRY.c.body)
            .where(TELEMETRY.c.flight_id == flight_id, TELEMETRY.c.row > after_rowid)
            .order_by(TELEMETRY.c.row)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [
            (int(row), stored_record(TelemetrySample, f"row {row}", body)) for row, body in rows
        ]

    def last_telemetry(self, flight_id: str) -> TelemetrySample | None:
        """Return the newest telemetry row of a flight."""
        query = (
            select(TELEMETRY.c.row, TELEMETRY.c.body)
            .where(TELEMETRY.c.flight_id == flight_id)
            .order_by(TELEMETRY.c.row.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            found = connection.execute(query).first()
        if found is None:
            return None
        return stored_record(TelemetrySample, f"row {found.row}", found.body)

    def outbox_after(self, number: int, limit: int = 500) -> builtins.list[OutboxEvent]:
        """Return committed changes after a number, oldest first."""
        columns = [OUTBOX.c[f.name] for f in fields(OutboxEvent)]
        query = select(*columns).where(OUTBOX.c.number > number).order_by(OUTBOX.c.number)
        with reading(self._engine) as connection:
            rows = connection.execute(query.limit(limit)).mappings().all()
        return [OutboxEvent(**{**row, "wall_utc": parse_time(row["wall_utc"])}) for row in rows]

    def outbox_last(self) -> int:
        """Return the number of the newest change, 0 where there is none."""
        with reading(self._engine) as connection:
            return connection.scalar(select(func.max(OUTBOX.c.number))) or 0

    def claim(self, resource: str, owner: str, ttl_s: float) -> Claim:
        """Hold a resource; ConflictError while another owner's claim lives."""
        now = self._clock.now_utc()
        wanted = Claim(resource=resource, owner=owner, expires_utc=now + timedelta(seconds=ttl_s))
        values = {
            "resource": resource,
            "owner": owner,
            "expires_utc": format_time(wanted.expires_utc),
        }
        with writing(self._engine) as connection:
            held = connection.execute(select(CLAIM).where(CLAIM.c.resource == resource)).first()
            if held is not None and held.owner != owner and held.expires_utc > format_time(now):
                raise ConflictError(
                    f"{resource} is held by {held.owner}.",
                    remedy="End that agent first, or wait until its claim runs out.",
                )
            connection.execute(
                insert(CLAIM).values(values).on_conflict_do_update(["resource"], set_=values)
            )
        return wanted

    def renew(self, resource: str, owner: str, ttl_s: float) -> Claim:
        """Push the expiry of one's own claim; ConflictError when it was lost."""
        with reading(self._engine) as connection:
            holder = connection.scalar(select(CLAIM.c.owner).where(CLAIM.c.resource == resource))
        if holder != owner:
            raise ConflictError(
                f"{resource} is not held by {owner} any more.", remedy="Claim it again."
            )
        return self.claim(resource, owner, ttl_s)

    def release_claim(self, resource: str, owner: str) -> None:
        """Let one's own claim go; nothing happens when it is not one's own."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(CLAIM).where(CLAIM.c.resource == resource, CLAIM.c.owner == owner)
            )

    def verify(self, anchor: EvidenceHead | None = None) -> VerifyReport:
        """Check evidence log, records and blobs."""
        with reading(self._engine) as connection, any_text(connection):
            return verify_store(connection, self._blobs, self._signer, anchor)

    def backup(self, target: Path) -> None:
        """Write a consistent copy of the database file while others go on working."""
        source = str(self._engine.url.database)
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()
