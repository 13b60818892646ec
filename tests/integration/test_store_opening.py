"""Opening: folders that cannot be used, damaged files, and tables of every age."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from umimori.errors import (
    BadInputError,
    CorruptFileError,
    EnvironmentMissingError,
    NotPermittedError,
    outcome_of,
)
from umimori.store import open_store
from umimori.store.archive import read_backup
from umimori.store.engine import make_engine, reading
from umimori.store.migrate import HEAD_REVISION, migration_config
from umimori.store.tables import METADATA


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    for folder in (file, file / "below"):
        with pytest.raises(NotPermittedError) as caught:
            open_store(folder)
        assert outcome_of(caught.value).exit_code == 4
        assert caught.value.remedy


def test_a_folder_without_write_permission_even_for_root(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    try:
        with pytest.raises(NotPermittedError, match="cannot be written"):
            open_store(folder)
    finally:
        folder.chmod(0o755)


def test_a_place_where_nothing_can_be_made() -> None:
    with pytest.raises(NotPermittedError):
        open_store(Path("/proc/umimori-data"))


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno
    import tempfile

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    with pytest.raises(EnvironmentMissingError, match="full"):
        open_store(tmp_path)


def test_no_store_where_none_may_be_made(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError, match="no store"):
        open_store(tmp_path / "absent", create=False)
    assert not (tmp_path / "absent").exists()


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "umimori.sqlite3").write_bytes(b"this is no database, but quite long" * 40)
    with pytest.raises(CorruptFileError) as caught:
        open_store(tmp_path)
    assert "restore" in caught.value.remedy


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "umimori.sqlite3")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(EnvironmentMissingError, match="newer"):
        open_store(tmp_path)


def test_the_migrations_make_exactly_the_tables_of_the_code(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    engine = make_engine(tmp_path / "umimori.sqlite3")
    with reading(engine) as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: (
                    not (kind == "table" and ("_box" in name or name == "alembic_version"))
                )
            },
        )
        assert compare_metadata(context, METADATA) == []
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    engine.dispose()
    assert ScriptDirectory.from_config(migration_config()).get_current_head() == HEAD_REVISION


def test_private_files_are_private(tmp_path: Path) -> None:
    with open_store(tmp_path / "data") as store, store.write(actor="a") as tx:
        tx.log("start")
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data" / "keys" / "evidence_ed25519.pem").stat().st_mode & 0o077 == 0


def test_keys_and_heads_can_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UMIMORI_KEYS_DIR", str(tmp_path / "safe" / "keys"))
    monkeypatch.setenv("UMIMORI_HEADS_FILE", str(tmp_path / "safe" / "heads.jsonl"))
    with open_store(tmp_path / "data") as store:
        with store.write(actor="a") as tx:
            tx.log("start")
        assert store.verify().ok
    assert (tmp_path / "safe" / "keys" / "evidence_ed25519.pem").is_file()
    assert (tmp_path / "safe" / "heads.jsonl").is_file()
    assert not (tmp_path / "data" / "keys").exists()


@pytest.mark.parametrize("content", [b"", b"no tar" * 400])
def test_restoring_what_is_no_backup(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.tar"
    file.write_bytes(content)
    with pytest.raises(CorruptFileError):
        read_backup(file, tmp_path / "data")
    with pytest.raises(BadInputError):
        read_backup(tmp_path / "absent.tar", tmp_path / "data")
