"""The tables, as SQLAlchemy Core sees them; the migrations make them.

The R*Tree tables (``<kind>_box``) are made by hand in the migrations and are no part of this
metadata: they exist on SQLite only.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TableClause,
    Text,
    column,
    table,
)

from umimori.store.kinds import KINDS, Kind

METADATA = MetaData()
INTEGER_KEYS = frozenset({"mmsi"})
BOOLEAN_KEYS = frozenset({"open_port"})


def _key_column(name: str) -> Column[int] | Column[bool] | Column[str]:
    if name in INTEGER_KEYS:
        return Column(name, Integer)
    if name in BOOLEAN_KEYS:
        return Column(name, Boolean)
    return Column(name, String)


def _record_table(kind: Kind) -> Table:
    indices = [Index(f"ix_{kind.name}_{key}", key) for key in kind.keys]
    return Table(
        kind.name,
        METADATA,
        Column("row", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        *(_key_column(name) for name in kind.keys),
        Column("begin_utc", String),
        Column("end_utc", String),
        Column("west_deg", Double),
        Column("south_deg", Double),
        Column("east_deg", Double),
        Column("north_deg", Double),
        Column("sha256", String, nullable=False),
        Column("body", Text, nullable=False),
        *indices,
        Index(f"ix_{kind.name}_begin_utc", "begin_utc"),
        sqlite_autoincrement=True,
    )


RECORD_TABLES: dict[str, Table] = {kind.name: _record_table(kind) for kind in KINDS}
RAW_ROWS: dict[str, TableClause] = {
    name: table(name, *(column(c.name) for c in records.columns))
    for name, records in RECORD_TABLES.items()
}
"""The record tables without types: values as they stand in the file, whatever somebody wrote."""

BOX_COLUMNS = ("row", "west_deg", "east_deg", "south_deg", "north_deg")
BOX_TABLES: dict[str, TableClause] = {
    kind.name: table(f"{kind.name}_box", *(column(name) for name in BOX_COLUMNS))
    for kind in KINDS
    if kind.positions is not None
}
"""R*Tree tables by kind; the boxes are 32-bit floats, rounded outward."""

TELEMETRY = Table(
    "telemetry",
    METADATA,
    Column("row", Integer, primary_key=True, autoincrement=True),
    Column("flight_id", String, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_telemetry_flight_id", "flight_id", "row"),
    sqlite_autoincrement=True,
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("id", String, nullable=False),
    Column("change", String, nullable=False),
    Column("wall_utc", String, nullable=False),
    Column("sha256", String, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

EVIDENCE = Table(
    "evidence",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("time_utc", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject_kind", String, nullable=False),
    Column("subject_id", String, nullable=False),
    Column("subject_sha256", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("software_version", String, nullable=False),
    Column("previous_hash", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("stored", Text, nullable=False, server_default="[]"),
    Index("ix_evidence_subject", "subject_kind", "subject_id", "seq"),
)

RECORD_SUM = Table(
    "record_sum",
    METADATA,
    Column("kind", String, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("last_row", Integer),
    Column("sum", LargeBinary, nullable=False),
    Column("stated", Boolean, nullable=False),
)
"""What the rows of each kind add up to, and whether the newest log entry about it says so."""

BLOB = Table(
    "blob",
    METADATA,
    Column("sha256", String, primary_key=True),
    Column("size_bytes", Integer, nullable=False),
    Column("suffix", String, nullable=False),
    Column("added_utc", String, nullable=False),
)

CLAIM = Table(
    "claim",
    METADATA,
    Column("resource", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("expires_utc", String, nullable=False),
)

ACCOUNT = Table(
    "account",
    METADATA,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("password_hash", String, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_utc", String, nullable=False),
)

SESSION = Table(
    "session",
    METADATA,
    Column("token_sha256", LargeBinary, primary_key=True),
    Column("name", String, nullable=False),
    Column("created_utc", String, nullable=False),
    Column("idle_expiry_utc", String, nullable=False),
    Column("absolute_expiry_utc", String, nullable=False),
    Column("idle_s", Double, nullable=False),
    Index("ix_session_name", "name"),
)

ONE_TIME_LOGIN = Table(
    "one_time_login",
    METADATA,
    Column("token_sha256", LargeBinary, primary_key=True),
    Column("name", String, nullable=False),
    Column("expires_utc", String, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("time_utc", String, nullable=False),
    Column("user", String, nullable=False),
    Column("action", String, nullable=False),
    Column("path", String, nullable=False),
    Column("status", Integer, nullable=False),
    sqlite_autoincrement=True,
)
