"""The hash-chained evidence log: appending, reading, and the signed head."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select

from umimori import __version__
from umimori.clocks import WallClock
from umimori.records.codec import format_time, parse_time, to_plain
from umimori.records.evidence import EvidenceEntry, EvidenceHead, StoredSum
from umimori.store.engine import reading
from umimori.store.ports import Scalar
from umimori.store.signing import HeadSigner
from umimori.store.tables import EVIDENCE

GENESIS_HASH = "0" * 64
"""What the first entry names as its predecessor."""
STREAM_ROWS = 1000


def entry_hash(entry: EvidenceEntry) -> str:
    """Return the SHA-256 (hex) over all other fields, the previous hash among them."""
    plain = to_plain(entry)
    del plain["hash"]
    if not entry.stored:
        del plain["stored"]  # the same text as before sums were recorded
    text = json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def append_entry(
    connection: Connection,
    *,
    time_utc: datetime,
    actor: str,
    act: str,
    subject: tuple[str, str, str],
    detail: dict[str, Scalar],
    stored: tuple[StoredSum, ...] = (),
) -> EvidenceEntry:
    """Append one entry inside a write transaction.

    Args:
        connection: holds the write lock, so that nobody else appends meanwhile.
        time_utc: wall time.
        actor: who, e.g. ``officer:sato``.
        act: what, e.g. ``detection_run``.
        subject: kind, id and SHA-256 of the record it is about; empty texts for none.
        detail: a few plain values.
        stored: sums of the kinds whose rows changed since the entry before.
    """
    last = connection.execute(
        select(EVIDENCE.c.seq, EVIDENCE.c.hash).order_by(EVIDENCE.c.seq.desc()).limit(1)
    ).first()
    draft = EvidenceEntry(
        seq=1 if last is None else last.seq + 1,
        time_utc=time_utc,
        actor=actor,
        act=act,
        subject_kind=subject[0],
        subject_id=subject[1],
        subject_sha256=subject[2],
        detail=dict(detail),
        software_version=__version__,
        previous_hash=GENESIS_HASH if last is None else last.hash,
        hash="",
        stored=stored,
    )
    entry = dataclasses.replace(draft, hash=entry_hash(draft))
    row = dataclasses.asdict(entry) | {
        "time_utc": format_time(time_utc),
        "detail": json.dumps(detail, sort_keys=True, ensure_ascii=False, allow_nan=False),
        "stored": json.dumps(to_plain(stored), sort_keys=True),
    }
    connection.execute(insert(EVIDENCE).values(row))
    return entry


def entry_of(row: RowMapping) -> EvidenceEntry:
    """Return the entry of a table row."""
    values = dict(row)
    values["time_utc"] = parse_time(values["time_utc"])
    values["detail"] = json.loads(values["detail"])
    values["stored"] = tuple(StoredSum(**plain) for plain in json.loads(values["stored"]))
    return EvidenceEntry(**values)


def stream_rows(connection: Connection) -> Iterator[RowMapping]:
    """Yield all rows of the log by rising sequence number."""
    result = connection.execution_options(yield_per=STREAM_ROWS).execute(
        select(EVIDENCE).order_by(EVIDENCE.c.seq)
    )
    yield from result.mappings()


class SqlEvidenceLog:
    """Reads the log of one store."""

    def __init__(self, engine: Engine, signer: HeadSigner, clock: WallClock) -> None:
        self._engine = engine
        self._signer = signer
        self._clock = clock

    def entries(self, after: int = 0, limit: int | None = None) -> list[EvidenceEntry]:
        """Return entries with a sequence number above ``after``, in order."""
        query = select(EVIDENCE).where(EVIDENCE.c.seq > after).order_by(EVIDENCE.c.seq)
        with reading(self._engine) as connection:
            return [entry_of(row) for row in connection.execute(query.limit(limit)).mappings()]

    def head(self) -> EvidenceHead:
        """Return the signed end of the log as it is now."""
        with reading(self._engine) as connection:
            count = connection.scalar(select(func.count()).select_from(EVIDENCE)) or 0
            last = connection.scalar(
                select(EVIDENCE.c.hash).order_by(EVIDENCE.c.seq.desc()).limit(1)
            )
        return self._signer.sign(count, last or GENESIS_HASH, self._clock.now_utc())
