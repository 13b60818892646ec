"""verify, backup, restore and coast from the command line."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import typer

from dashboard.cli.backup import backup, restore
from dashboard.cli.coast import coast_app
from dashboard.cli.verify import verify
from umimori.errors import (
    CorruptFileError,
    EnvironmentMissingError,
    NotPermittedError,
    UmimoriError,
    UsageError,
)
from umimori.store import open_store

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    app = typer.Typer()
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("verify")(verify)
    app.add_typer(coast_app, name="coast")

    def call(*arguments: str, data: str = "data") -> int:
        try:
            result = app([*arguments, "--data", str(tmp_path / data)], standalone_mode=False)
        except typer.Exit as error:
            return error.exit_code
        return int(result or 0)

    return call


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    with open_store(tmp_path / "data") as store, store.write(actor="officer:sato") as tx:
        tx.log("start", detail={"version": "0.1.0"})
        tx.log("stop")
    return tmp_path / "data"


def test_verify_says_ok_and_then_what_was_changed(
    run: Run, filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify") == 0
    assert "ok: 2 entries" in capsys.readouterr().out
    with closing(sqlite3.connect(filled / "umimori.sqlite3")) as connection:
        connection.execute("UPDATE evidence SET actor = 'x' WHERE seq = 1")
        connection.commit()
    assert run("verify") == 3
    assert "PROBLEM entry 1 was edited" in capsys.readouterr().out
    assert run("verify", "--json") == 3
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert document["entries"] == 2


def test_verify_with_an_anchor(
    run: Run, filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anchor = tmp_path / "kept.jsonl"
    anchor.write_bytes((filled / "heads.jsonl").read_bytes())
    assert run("verify", "--anchor", str(anchor)) == 0
    assert "without an anchor" not in capsys.readouterr().out


def test_verify_of_no_store(run: Run) -> None:
    with pytest.raises(EnvironmentMissingError):
        run("verify", data="absent")


def test_backup_and_restore(
    run: Run, filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "b.tar"
    assert run("backup", str(file), "--with-key") == 0
    capsys.readouterr()
    assert run("restore", str(file), "--json", data="again") == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert run("backup", str(file)) == 0
    assert run("restore", str(file), data="keyless") == 0
    assert "evidence key is not in this backup" in capsys.readouterr().out


def test_coast_refuses_what_it_cannot_read(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UmimoriError) as caught:
        run("coast", "import", str(tmp_path / "absent.geojson"))
    assert "\n" not in caught.value.one_line()


def test_coast_reset_without_an_import(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("coast", "reset", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"removed": False}


@pytest.mark.parametrize("error_m", ["nan", "-1", "inf"])
def test_a_coast_error_that_is_no_number_is_wrong_usage(
    run: Run, tmp_path: Path, error_m: str
) -> None:
    file = tmp_path / "land.geojson"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="coast error"):
        run("coast", "import", str(file), "--coast-error-m", error_m)


def test_a_file_of_noise_is_refused_in_plain_words(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rnd.bin"
    file.write_bytes(bytes(range(256)) * 8)
    with pytest.raises(CorruptFileError) as caught:
        run("coast", "import", str(file))
    assert "is no file of polygons in a known format" in str(caught.value)


def test_a_backup_where_nothing_can_be_written_is_refused(run: Run, filled: Path) -> None:
    with pytest.raises(NotPermittedError, match=r"/proc/b\.tar cannot be used"):
        run("backup", "/proc/b.tar", "--data", str(filled))
