"""Check evidence log, records and blobs, and name what is not as it was written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, RowMapping, case, func, select

from umimori.records.codec import format_time
from umimori.records.evidence import EvidenceEntry, EvidenceHead
from umimori.store.blobs import FileBlobStore, hash_file
from umimori.store.evidence import GENESIS_HASH, entry_hash, entry_of, stream_rows
from umimori.store.kinds import KINDS
from umimori.store.ports import VerifyReport
from umimori.store.rowcheck import Statement, body_sha256, check_records
from umimori.store.signing import HeadSigner
from umimori.store.sumbook import TELEMETRY_KIND
from umimori.store.tables import BLOB, RECORD_TABLES
from umimori.store.telemetrycheck import check_telemetry
from umimori.store.writing import ADOPT_ACT, DELETE_ACT


@dataclass(slots=True)
class _Findings:
    problems: list[str] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)
    """Stored hash by sequence number."""
    last: dict[tuple[str, str], EvidenceEntry] = field(default_factory=dict)
    """Newest entry by subject."""
    statements: defaultdict[str, list[Statement]] = field(default_factory=lambda: defaultdict(list))
    """What the log says that the rows of a kind add up to, in order."""
    named: set[tuple[str, str]] = field(default_factory=set)
    """Kind and id of records that were found changed or missing."""
    adopted: list[int] = field(default_factory=list)
    """Entries that took over the rows of an older version."""


def verify_store(
    connection: Connection, blobs: FileBlobStore, signer: HeadSigner, anchor: EvidenceHead | None
) -> VerifyReport:
    """Return what one consistent read of the store shows.

    The heads are read before the log: a writer that appends meanwhile makes the log longer than
    the heads say, never shorter.
    """
    found = _Findings()
    written, broken = signer.read_heads()
    found.problems += [
        f"line {line} of {signer.heads_file.name} was edited: it is no head." for line in broken
    ]
    _check_chain(connection, found)
    heads = _check_heads(found, signer, written, anchor)
    _check_logged_records(connection, found)
    records = check_records(connection, found.statements, found.named, found.problems)
    telemetry, unstated = check_telemetry(
        connection, found.statements[TELEMETRY_KIND], found.problems
    )
    blob_count = _check_blobs(connection, blobs, found)
    return VerifyReport(
        ok=not found.problems,
        entries=len(found.hashes),
        records=records,
        telemetry_rows=telemetry,
        blobs=blob_count,
        heads=len(heads),
        problems=tuple(map(_printable, found.problems)),
        unprovable=tuple(_unprovable(found, heads, anchor, unstated)),
    )


def _printable(line: str) -> str:
    """Return a line that can be printed, whatever bytes somebody wrote into an id."""
    return line.encode("utf-8", "backslashreplace").decode()


def _check_chain(connection: Connection, found: _Findings) -> None:
    place_of: dict[str, int] = {GENESIS_HASH: 0}
    before_seq, before_hash = 0, GENESIS_HASH
    for row in stream_rows(connection):
        entry = _decode(row, found)
        if entry is None:
            before_seq, before_hash = int(row["seq"]), str(row["hash"])
            found.hashes[before_seq] = before_hash
            continue
        intact = entry_hash(entry) == entry.hash
        moved_from = None if intact else _moved_from(entry, place_of)
        if entry.seq != before_seq + 1:
            found.problems.append(_gap(before_seq + 1, entry.seq - 1))
        if moved_from is not None:
            found.problems.append(
                f"entry {entry.seq} was moved: it was written as entry {moved_from}."
            )
        elif not intact:
            found.problems.append(f"entry {entry.seq} was edited: its content and hash differ.")
        if entry.previous_hash != before_hash and entry.seq == before_seq + 1 and intact:
            found.problems.append(
                f"entry {entry.seq} does not follow entry {before_seq}: an entry was removed, "
                "inserted or reordered here."
            )
        place_of[entry.hash] = entry.seq
        found.hashes[entry.seq] = entry.hash
        found.last[entry.subject_kind, entry.subject_id] = entry
        for stored in entry.stored:
            found.statements[stored.kind].append(Statement(seq=entry.seq, stored=stored))
        if entry.act == ADOPT_ACT:
            found.adopted.append(entry.seq)
        before_seq, before_hash = entry.seq, entry.hash


def _decode(row: RowMapping, found: _Findings) -> EvidenceEntry | None:
    try:
        return entry_of(row)
    except (ValueError, TypeError):
        found.problems.append(f"entry {row['seq']} was edited: it cannot be read any more.")
        return None


def _moved_from(entry: EvidenceEntry, place_of: dict[str, int]) -> int | None:
    """Return the number under which an entry's hash was right, when it stands elsewhere now."""
    tries = {entry.seq - 1, entry.seq + 1}
    if entry.previous_hash in place_of:
        tries.add(place_of[entry.previous_hash] + 1)
    for seq in sorted(tries):
        if entry_hash(replace(entry, seq=seq)) == entry.hash:
            return seq
    return None


def _gap(first: int, last: int) -> str:
    if first == last:
        return f"entry {first} was removed."
    return f"entries {first} to {last} were removed."


def _check_heads(
    found: _Findings, signer: HeadSigner, heads: list[EvidenceHead], anchor: EvidenceHead | None
) -> list[EvidenceHead]:
    foreign = sum(not signer.is_ours(head) for head in heads)
    if foreign:
        found.problems.append(
            f"{foreign} of {len(heads)} heads are not signed with the key of this store "
            f"({signer.key_file.name}); they were edited, or the key was lost or replaced."
        )
    for head in filter(signer.is_ours, heads):
        _check_head(found, head, f"the head of {format_time(head.time_utc)}")
    if anchor is not None:
        if signer.is_ours(anchor):
            _check_head(found, anchor, "the anchor")
        else:
            found.problems.append("the anchor is not signed with the key of this store.")
        heads = [*heads, anchor]
    if found.hashes and not heads:
        found.problems.append(f"{signer.heads_file.name} is missing or empty, but the log is not.")
    return heads


def _check_head(found: _Findings, head: EvidenceHead, name: str) -> None:
    end = max(found.hashes, default=0)
    if head.count > end:
        missing = (
            f"entry {end + 1}" if head.count == end + 1 else f"entries {end + 1} to {head.count}"
        )
        problem = f"the log was cut: {name} counts {head.count} entries; {missing} gone."
        if problem not in found.problems:
            found.problems.append(problem)
    elif head.count and found.hashes.get(head.count) != head.hash:
        found.problems.append(f"{name} does not fit entry {head.count}: the log was rewritten.")


def _check_logged_records(connection: Connection, found: _Findings) -> None:
    """Compare each record that the log names with what its newest entry says."""
    for (kind, record_id), entry in found.last.items():
        table = RECORD_TABLES.get(kind)
        if table is None:
            continue
        body = connection.scalar(select(table.c.body).where(table.c.id == record_id))
        problem = _differs(body, entry)
        if problem is not None:
            found.named.add((kind, record_id))
            found.problems.append(f"the {kind} {record_id} {problem}.")


def _differs(body: str | None, entry: EvidenceEntry) -> str | None:
    if body is None:
        return None if entry.act == DELETE_ACT else f"of entry {entry.seq} is missing"
    if entry.act == DELETE_ACT:
        return f"is there again after entry {entry.seq} deleted it"
    if body_sha256(body) != entry.subject_sha256:
        return f"was changed after entry {entry.seq} recorded it"
    return None


def _check_blobs(connection: Connection, blobs: FileBlobStore, found: _Findings) -> int:
    known = set(connection.execute(select(BLOB.c.sha256)).scalars())
    for kind in KINDS:
        table = RECORD_TABLES[kind.name]
        for name in kind.blobs:
            # CASE keeps a body that is no JSON any more away from json_extract.
            readable = func.json_valid(table.c.body) == 1
            named = case((readable, func.json_extract(table.c.body, f"$.{name}")))
            values = connection.execute(select(named).distinct()).scalars()
            known |= {value for value in values if isinstance(value, str)}
    for sha256 in sorted(known):
        file = blobs.file_of(sha256)
        if not file.is_file():
            found.problems.append(f"the blob {sha256} is missing.")
        elif hash_file(file) != sha256:
            found.problems.append(f"the blob {sha256} was changed.")
    return len(known)


def _unprovable(
    found: _Findings,
    heads: list[EvidenceHead],
    anchor: EvidenceHead | None,
    unstated_telemetry: int,
) -> list[str]:
    notes: list[str] = []
    end = max(found.hashes, default=0)
    signed = max((head.count for head in heads), default=0)
    if end > signed:
        entries = f"entry {end}" if end == signed + 1 else f"entries {signed + 1} to {end}"
        notes.append(f"no signed head covers {entries} yet; a removal would not show.")
    if anchor is None:
        notes.append(
            "without an anchor kept elsewhere, a cut of the end of the log together with the heads "
            "file, or a rewriting by somebody who has the key, would not show."
        )
    elif end > anchor.count:
        notes.append(
            f"the anchor covers entries 1 to {anchor.count}; for the {end - anchor.count} after it "
            "a cut together with the heads file would not show."
        )
    if unstated_telemetry:
        notes.append(
            f"{unstated_telemetry} telemetry rows are newer than the log; until its next entry, "
            "a change of them together with their running sum would not show."
        )
    notes += [
        f"entry {seq} took over what an older version had stored as it was found; earlier changes "
        "of records that no entry names would not show."
        for seq in found.adopted
    ]
    return notes
