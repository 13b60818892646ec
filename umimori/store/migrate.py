"""Bring the tables of a store up to date by the Alembic scripts of this package."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect, text

from umimori.errors import EnvironmentMissingError
from umimori.store.adoption import adopt_rows
from umimori.store.engine import reading, writing

HEAD_REVISION = "0002"
"""Newest migration script (a test compares it with the folder)."""
FIRST_WITH_SUMS = "0002"
MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(engine: Engine) -> None:
    """Run the missing migrations in one write transaction; do nothing where none is missing.

    Raises:
        EnvironmentMissingError: a newer version of Umimori wrote this store.
    """
    with reading(engine) as connection:
        if _revision(connection) == HEAD_REVISION:
            return
    with writing(engine) as connection:
        current = _revision(connection)
        if current == HEAD_REVISION:
            return
        if current is not None and current > HEAD_REVISION:
            raise EnvironmentMissingError(
                f"the store was written by a newer Umimori (tables {current}, known "
                f"{HEAD_REVISION}).",
                remedy="Update Umimori on this machine, or name another data folder with --data.",
            )
        command.upgrade(migration_config(connection), "head")
        if current is not None and current < FIRST_WITH_SUMS:
            adopt_rows(connection)


def migration_config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration without any file outside the package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return None if row is None else str(row[0])
