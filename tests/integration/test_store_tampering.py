"""`verify` names what was done to the evidence behind the store's back."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from umimori.errors import BadInputError, TamperedError
from umimori.geodesy import LonLat
from umimori.records import Port
from umimori.records.codec import to_json
from umimori.store import VerifyReport, open_store
from umimori.store.signing import read_anchor

ENTRIES = 6


def port(number: int, name: str = "port") -> Port:
    return Port(
        id=f"p{number}",
        name=name,
        position=LonLat(139.0 + number / 10.0, 34.0),
        country=None,
        open_port=None,
        source="test",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    with open_store(data) as store:
        for number in range(1, ENTRIES + 1):
            with store.write(actor="officer:sato") as tx:
                tx.put(port(number))
                tx.log("port_import", port(number), {"number": number})
        store.blobs.put_bytes(b"a chip", ".png")
        assert store.verify().ok
    return data


def check(folder: Path) -> VerifyReport:
    with open_store(folder, create=False) as store:
        return store.verify()


def sql(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "umimori.sqlite3")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def only_problem(report: VerifyReport) -> str:
    assert not report.ok
    assert len(report.problems) == 1, report.problems
    return report.problems[0]


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'officer:abe'",
        "act = 'nothing'",
        "subject_id = 'p9'",
        "time_utc = '2020-01-01T00:00:00.000000Z'",
        "detail = '{\"number\": 9}'",
        "software_version = '9'",
    ],
)
def test_an_edited_entry_is_named(folder: Path, change: str) -> None:
    sql(folder, f"UPDATE evidence SET {change} WHERE seq = 3")
    problems = check(folder).problems
    assert "entry 3 was edited" in problems[0]


def test_an_entry_that_cannot_be_read_is_named(folder: Path) -> None:
    sql(folder, "UPDATE evidence SET detail = '{' WHERE seq = 3")
    assert "entry 3 was edited" in check(folder).problems[0]


def test_a_removed_entry_is_named(folder: Path) -> None:
    sql(folder, "DELETE FROM evidence WHERE seq = 4")
    problems = check(folder).problems
    assert any("entry 4 was removed" in problem for problem in problems)


def test_a_removed_and_renumbered_entry_is_named(folder: Path) -> None:
    sql(
        folder,
        "DELETE FROM evidence WHERE seq = 4",
        "UPDATE evidence SET seq = seq - 1 WHERE seq > 4",
    )
    problems = check(folder).problems
    assert any("entry 4 was moved" in problem for problem in problems)


def test_swapped_entries_are_named(folder: Path) -> None:
    sql(
        folder,
        "UPDATE evidence SET seq = 100 WHERE seq = 3",
        "UPDATE evidence SET seq = 3 WHERE seq = 4",
        "UPDATE evidence SET seq = 4 WHERE seq = 100",
    )
    problems = check(folder).problems
    assert any("entry 3 was moved: it was written as entry 4" in p for p in problems)


def test_a_cut_tail_is_named_by_the_heads_file(folder: Path) -> None:
    sql(folder, "DELETE FROM evidence WHERE seq > 4")
    problems = check(folder).problems
    assert any("the log was cut" in p and "entries 5 to 6" in p for p in problems)


def test_an_anchor_proves_a_cut_of_log_and_heads_together(folder: Path) -> None:
    older = shutil.copytree(folder, folder.parent / "older")
    with open_store(folder) as store:
        with store.write(actor="officer:sato") as tx:
            tx.put(port(7))
            tx.log("port_import", port(7))
        anchor = folder.parent / "anchor.json"
        anchor.write_text(to_json(store.evidence.head()), encoding="utf-8")
    shutil.rmtree(folder)
    older.rename(folder)
    blind = check(folder)
    assert blind.ok
    assert any("without an anchor" in note for note in blind.unprovable)
    with open_store(folder) as store:
        seen = store.verify(read_anchor(anchor))
    assert "the anchor counts 7" in only_problem(seen)


def test_a_rewritten_log_does_not_fit_its_heads(folder: Path) -> None:
    """Somebody without the key computes the whole chain again after an edit."""
    from dataclasses import replace

    from umimori.store.evidence import GENESIS_HASH, entry_hash

    with open_store(folder) as store:
        entries = store.evidence.entries()
    before, rows = GENESIS_HASH, []
    for entry in entries:
        actor = "officer:abe" if entry.seq == 2 else entry.actor
        draft = replace(entry, actor=actor, previous_hash=before)
        before = entry_hash(draft)
        rows.append((actor, draft.previous_hash, before, entry.seq))
    with closing(sqlite3.connect(folder / "umimori.sqlite3")) as connection:
        connection.executemany(
            "UPDATE evidence SET actor = ?, previous_hash = ?, hash = ? WHERE seq = ?", rows
        )
        connection.commit()
    problems = check(folder).problems
    assert any("does not fit entry 2: the log was rewritten" in p for p in problems)


def test_a_forged_head_is_named(folder: Path) -> None:
    heads = folder / "heads.jsonl"
    lines = heads.read_text().splitlines()
    forged = json.loads(lines[2])
    forged["count"] = 1
    lines[2] = json.dumps(forged)
    heads.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "1 of 6 heads are not signed" in only_problem(check(folder))


def test_a_missing_heads_file_is_named(folder: Path) -> None:
    (folder / "heads.jsonl").unlink()
    assert "heads.jsonl is missing" in only_problem(check(folder))


def test_another_key_is_noticed(folder: Path) -> None:
    (folder / "keys" / "evidence_ed25519.pem").unlink()
    assert "6 of 6 heads" in only_problem(check(folder))


def test_a_changed_record_is_named(folder: Path) -> None:
    changed = to_json(port(2, "another name"))
    sql(folder, f"UPDATE port SET body = '{changed}' WHERE id = 'p2'")
    problems = check(folder).problems
    assert len(problems) == 2
    assert "the port p2 was changed after entry 2" in problems[0]


def test_a_missing_record_is_named(folder: Path) -> None:
    sql(folder, "DELETE FROM port WHERE id = 'p2'")
    problems = check(folder).problems
    assert len(problems) == 2
    assert "the port p2 of entry 2 is missing" in problems[0]
    assert "port: 5 records are stored, entry 6 recorded 6" in problems[1]


def blob_file(folder: Path) -> Path:
    (file,) = (folder / "blobs").glob("??/*")
    return file


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda file: file.write_bytes(b"b chip"), "was changed"),
        (lambda file: file.unlink(), "is missing"),
    ],
)
def test_a_changed_or_missing_blob_is_named(
    folder: Path, act: Callable[[Path], object], words: str
) -> None:
    act(blob_file(folder))
    assert words in only_problem(check(folder))


def test_a_changed_blob_is_not_handed_out_when_asked_to_verify(folder: Path) -> None:
    file = blob_file(folder)
    sha256 = file.parent.name + file.name
    file.write_bytes(b"b chip")
    with open_store(folder) as store, pytest.raises(TamperedError):
        store.blobs.open(sha256, verify=True)


def test_a_blob_that_only_a_record_names_is_looked_for(folder: Path) -> None:
    from umimori.records import Scene

    scene = Scene(
        id="s",
        name="s",
        platform="S1A",
        sensor="C-SAR",
        product_type="GRD",
        polarisations=("VV",),
        start_utc=datetime(2026, 1, 1, tzinfo=UTC),
        stop_utc=None,
        footprint=(),
        width_px=1,
        height_px=1,
        range_spacing_m=None,
        azimuth_spacing_m=None,
        path="s",
        content_sha256="0" * 64,
        overview_sha256="a" * 64,
        simulated=True,
    )
    with open_store(folder) as store, store.write(actor="a") as tx:
        tx.put(scene)
    assert f"the blob {'a' * 64} is missing" in only_problem(check(folder))


def test_a_copy_of_the_folder_verifies(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    assert check(tmp_path / "copy").ok


def test_an_anchor_must_be_a_head(tmp_path: Path) -> None:
    for content in ("", "no json\n", "{}"):
        file = tmp_path / "anchor"
        file.write_text(content, encoding="utf-8")
        with pytest.raises(BadInputError):
            read_anchor(file)
    with pytest.raises(BadInputError):
        read_anchor(tmp_path / "absent")
