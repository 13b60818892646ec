"""Entries of the hash-chained evidence log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceHead:
    """The end of the log at a moment, signed with a key outside the store."""

    count: int
    hash: str
    time_utc: datetime
    signature: str
    public_key: str
