"""The SQLite engine: WAL, busy timeout, explicit BEGIN, and its errors in our words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from umimori.errors import (
    ConflictError,
    CorruptFileError,
    EnvironmentMissingError,
    NotPermittedError,
    UmimoriError,
)

BUSY_TIMEOUT_S = 30.0
"""How long a writer waits for the others; every write transaction is short."""
WRITE = {"umimori_write": True}
"""Execution option of connections that begin with the write lock in hand."""


def make_engine(file: Path) -> Engine:
    """Return the engine of one database file.

    pysqlite would begin transactions on its own, late and without the write lock; it is told not
    to (``isolation_level = None``) and every transaction begins explicitly: IMMEDIATE for writes,
    so that two writers queue instead of failing half way.
    """
    engine = create_engine(
        f"sqlite:///{file}",
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        pool_size=8,
        max_overflow=32,
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("umimori_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open one consistent read of the database."""
    with in_our_words(engine.url.database or ""), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open one write transaction with the lock in hand; commit at the end, else roll back."""
    with in_our_words(engine.url.database or ""), engine.connect() as plain:
        connection = plain.execution_options(**WRITE)
        with connection.begin():
            yield connection


@contextmanager
def any_text(connection: Connection) -> Iterator[None]:
    """Read texts that are no UTF-8 too, as somebody may have written them into the file."""
    raw: Any = connection.connection.dbapi_connection
    raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = str


@contextmanager
def in_our_words(file: str) -> Iterator[None]:
    """Turn the database's errors into ours."""
    try:
        yield
    except (DatabaseError, sqlite3.Error) as error:
        # An error on connecting comes without SQLAlchemy's wrapping.
        known = _translate(str(getattr(error, "orig", error)), file)
        if known is None:
            raise
        raise known from error


def _translate(text: str, file: str) -> UmimoriError | None:
    lowered = text.lower()
    if "locked" in lowered or "busy" in lowered:
        return ConflictError(
            f"the store {file} is held by another process for too long.",
            remedy="Wait for it to end, then run this again.",
        )
    if "full" in lowered:
        return EnvironmentMissingError(
            f"the disk that holds {file} is full.", remedy="Free some room and run it again."
        )
    if "readonly" in lowered or "unable to open" in lowered or "disk i/o" in lowered:
        return NotPermittedError(
            f"the store {file} cannot be written.",
            remedy="Check its permissions, or name another data folder with --data.",
        )
    if "not a database" in lowered or "malformed" in lowered:
        return CorruptFileError(
            f"{file} is damaged or no store of Umimori.",
            remedy="Restore a backup with: umimori restore FILE",
        )
    return None


def use_wal(engine: Engine) -> None:
    """Switch the file to write-ahead logging (kept in the file), so that readers never wait."""
    with in_our_words(engine.url.database or ""):
        raw = engine.raw_connection()
        try:
            mode = raw.cursor().execute("PRAGMA journal_mode").fetchone()[0]
            if mode != "wal":
                raw.cursor().execute("PRAGMA journal_mode = WAL")
        finally:
            raw.close()
