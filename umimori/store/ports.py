"""What everybody above may know of the store; nothing here names a database.

The embedded default keeps it in SQLite. Another implementation must pass the contract tests in
``tests/contract/test_store_contract.py``.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self, TypeVar

from umimori.clocks import WallClock
from umimori.geodesy import BBox
from umimori.records.evidence import EvidenceEntry, EvidenceHead
from umimori.records.flight import TelemetrySample

RecordT = TypeVar("RecordT")
KeyValue = str | int | float | bool | None | Sequence[str] | Sequence[int]
Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEvent:
    """One committed change; ``number`` rises without ever being used twice."""

    number: int
    kind: str
    """Record kind in snake case, e.g. ``detection_run``."""
    id: str
    change: str
    """"put" or "delete"."""
    wall_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What a check of evidence log, records and blobs found, one plain line per finding."""

    ok: bool
    entries: int
    records: int
    """Records that were compared with what the log says of all records of their kind."""
    telemetry_rows: int
    """Telemetry rows that were compared in the same way."""
    blobs: int
    """Blobs whose bytes were hashed again."""
    heads: int
    """Signed heads that were checked, the anchor included."""
    problems: tuple[str, ...]
    unprovable: tuple[str, ...]
    """What this check cannot rule out, said plainly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One owner holds one resource (a link, a vehicle) until ``expires_utc``."""

    resource: str
    owner: str
    expires_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person who may log in."""

    name: str
    role: str
    password_hash: str
    """Argon2 text; never shown."""
    disabled: bool
    created_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One unsafe request or login."""

    number: int
    time_utc: datetime
    user: str
    action: str
    path: str
    status: int


class BlobStore(Protocol):
    """Files by the SHA-256 of their content."""

    def put_file(self, path: Path, suffix: str | None = None) -> str:
        """Copy a file in and return its SHA-256 (hex)."""
        ...

    def put_bytes(self, data: bytes, suffix: str = "") -> str:
        """Write bytes and return their SHA-256 (hex)."""
        ...

    def put_bytes_many(self, items: Iterable[bytes], suffix: str = "") -> list[str]:
        """Write many small blobs with one registration; return their SHA-256 in order."""
        ...

    def path(self, sha256: str, *, verify: bool = False) -> Path:
        """Return the file of a blob; UnknownRecordError when it is not there."""
        ...

    def open(self, sha256: str, *, verify: bool = False) -> BinaryIO:
        """Open a blob for reading; TamperedError when verified bytes differ."""
        ...

    def suffix(self, sha256: str) -> str:
        """Return the suffix given when the blob came in, e.g. ``.tif``, else an empty text."""
        ...


class EvidenceLog(Protocol):
    """The hash-chained log of acts; written through :meth:`Transaction.log` only."""

    def entries(self, after: int = 0, limit: int | None = None) -> list[EvidenceEntry]:
        """Return entries with a sequence number above ``after``, in order."""
        ...

    def head(self) -> EvidenceHead:
        """Return the signed end of the log as it is now."""
        ...


class Transaction(Protocol):
    """One short write; everything in it is stored, or nothing."""

    def put(self, record: object) -> bool:
        """Insert or replace a record; return False where the same content stands already."""
        ...

    def put_many(self, records: Iterable[object]) -> int:
        """Put records of any kinds and return how many changed."""
        ...

    def add(self, record: object) -> None:
        """Insert a record; ConflictError when its id exists."""
        ...

    def find(self, kind: type[RecordT], record_id: str) -> RecordT | None:
        """Return a record as this transaction sees it, or None."""
        ...

    def log(
        self, act: str, subject: object | None = None, detail: dict[str, Scalar] | None = None
    ) -> EvidenceEntry:
        """Append an act about a stored record (or about none) to the evidence log."""
        ...

    def telemetry(self, samples: Sequence[TelemetrySample]) -> None:
        """Append telemetry rows (not part of the evidence)."""
        ...

    def delete(self, kind: type, record_id: str) -> bool:
        """Delete working data; RefusedError for reviews, releases, flights, commands, findings."""
        ...


class AccountBook(Protocol):
    """People, their sessions, one-time logins and the audit trail.

    Tokens are made by the caller from a secure source; only their SHA-256 is stored.
    """

    def add_user(
        self, name: str, *, password_hash: str, role: str, now_utc: datetime | None = None
    ) -> Account:
        """Add a person; ConflictError when the name is taken."""
        ...

    def list_users(self) -> list[Account]:
        """Return all people by name."""
        ...

    def find_user(self, name: str) -> Account | None:
        """Return one person or None."""
        ...

    def disable_user(self, name: str) -> None:
        """Disable a person and end all their sessions; UnknownRecordError when unknown."""
        ...

    def set_password(self, name: str, *, password_hash: str) -> None:
        """Replace a password hash and end all of the person's sessions."""
        ...

    def create_session(
        self, token: str, *, user: str, now_utc: datetime, idle: timedelta, absolute: timedelta
    ) -> None:
        """Open a session that ends after ``idle`` without use, and after ``absolute`` anyway."""
        ...

    def find_session(self, token: str, *, now_utc: datetime) -> Account | None:
        """Return who a living session belongs to and push its idle expiry, else None."""
        ...

    def end_session(self, token: str) -> None:
        """End a session; unknown tokens are no error."""
        ...

    def create_one_time_login(
        self, token: str, *, user: str, now_utc: datetime, valid: timedelta
    ) -> None:
        """Let a token log this person in once."""
        ...

    def redeem_one_time_login(self, token: str, *, now_utc: datetime) -> str | None:
        """Return whose token it is and use it up, else None."""
        ...

    def record_audit(
        self, *, user: str, action: str, path: str, status: int, now_utc: datetime
    ) -> None:
        """Append one line to the audit trail."""
        ...

    def audit(self, *, limit: int = 200) -> list[AuditEntry]:
        """Return the newest audit lines first."""
        ...


class Store(Protocol):
    """Everything that one data folder holds. Safe for several threads and processes."""

    @property
    def data_dir(self) -> Path:
        """Return the data folder."""
        ...

    @property
    def blobs(self) -> BlobStore:
        """Return the blobs."""
        ...

    @property
    def evidence(self) -> EvidenceLog:
        """Return the evidence log, for reading."""
        ...

    @property
    def accounts(self) -> AccountBook:
        """Return the accounts."""
        ...

    @property
    def users(self) -> AccountBook:
        """Return the accounts (another name)."""
        ...

    def write(
        self, actor: str, clock: WallClock | None = None
    ) -> AbstractContextManager[Transaction]:
        """Open one short write transaction in the name of ``actor``."""
        ...

    def get(self, kind: type[RecordT], record_id: str) -> RecordT:
        """Return a record; UnknownRecordError when the id is not there."""
        ...

    def find(self, kind: type[RecordT], record_id: str) -> RecordT | None:
        """Return a record or None."""
        ...

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
    ) -> list[RecordT]:
        """Return records by time, then by order of writing.

        Args:
            kind: the record class.
            bbox: only records whose position (or extent) meets this box; records without any
                position are left out then.
            since_utc: only records that end at or after this.
            until_utc: only records that begin at or before this.
            limit: at most so many.
            newest_first: turn the order round.
            keys: key columns of the kind, e.g. ``run_id=...``; a sequence means "one of these",
                None means unknown.
        """
        ...

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
        ...

    def telemetry(
        self, flight_id: str, *, after_rowid: int = 0, limit: int | None = None
    ) -> builtins.list[tuple[int, TelemetrySample]]:
        """Return telemetry rows of a flight with their rising row numbers."""
        ...

    def last_telemetry(self, flight_id: str) -> TelemetrySample | None:
        """Return the newest telemetry row of a flight."""
        ...

    def outbox_after(self, number: int, limit: int = 500) -> builtins.list[OutboxEvent]:
        """Return committed changes after a number, oldest first."""
        ...

    def outbox_last(self) -> int:
        """Return the number of the newest change, 0 where there is none."""
        ...

    def claim(self, resource: str, owner: str, ttl_s: float) -> Claim:
        """Hold a resource; ConflictError while another owner's claim lives."""
        ...

    def renew(self, resource: str, owner: str, ttl_s: float) -> Claim:
        """Push the expiry of one's own claim; ConflictError when it was lost."""
        ...

    def release_claim(self, resource: str, owner: str) -> None:
        """Let one's own claim go; nothing happens when it is not one's own."""
        ...

    def verify(self, anchor: EvidenceHead | None = None) -> VerifyReport:
        """Check evidence log, records and blobs."""
        ...

    def backup(self, target: Path) -> None:
        """Write a consistent copy of the database file to ``target`` while others go on working."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...

    def __enter__(self) -> Self:
        """Return the store."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        ...
