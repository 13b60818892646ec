"""Entries of the hash-chained evidence log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSum:
    """What all stored rows of one kind add up to (:mod:`umimori.store.sums`)."""

    kind: str
    """Record kind in snake case, or ``telemetry``."""
    rows: int
    sha256: str
    """SHA-256 of the sum over all rows, when the entry was made."""
    before_sha256: str | None
    """The same before the change; None for telemetry, which only ever grows."""
    last_row: int | None
    """Newest telemetry row that the sum covers; None for records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceEntry:
    """Who did what to what, when; ``hash`` covers all other fields and the previous hash."""

    seq: int
    time_utc: datetime
    actor: str
    act: str
    subject_kind: str
    subject_id: str
    subject_sha256: str
    detail: dict[str, str | int | float | bool | None]
    software_version: str
    previous_hash: str
    hash: str
    stored: tuple[StoredSum, ...] = ()
    """Sums of the kinds whose rows changed since the entry before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceHead:
    """The end of the log at a moment, signed with a key outside the store."""

    count: int
    hash: str
    time_utc: datetime
    signature: str
    public_key: str
