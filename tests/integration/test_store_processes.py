"""Several processes and sudden deaths: nothing acknowledged is lost, nothing is half there."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from umimori.records import Port, Review
from umimori.store import open_store

PROCESSES = 4
EACH = 25

APPEND = """
import sys
from pathlib import Path
from umimori.geodesy import LonLat
from umimori.records import Port
from umimori.store import open_store
folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with open_store(folder) as store:
    for number in range(count):
        port = Port(id=f"{name}-{number}", name=name, position=LonLat(139.0, 34.0),
                    country=None, open_port=None, source="test")
        with store.write(actor=name) as tx:
            tx.put(port)
            tx.log("port_import", port)
        print(port.id, flush=True)
"""


def start(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", APPEND, str(folder), name, str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_four_processes_append_at_once_and_lose_nothing(tmp_path: Path) -> None:
    """They also race for the first opening: tables, WAL and key are made once."""
    folder = tmp_path / "data"
    running = [start(folder, f"agent-{n}", EACH) for n in range(PROCESSES)]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    with open_store(folder) as store:
        entries = store.evidence.entries()
        assert [e.seq for e in entries] == list(range(1, PROCESSES * EACH + 1))
        assert store.count(Port) == PROCESSES * EACH
        assert len({e.number for e in store.outbox_after(0)}) == PROCESSES * EACH
        report = store.verify()
        assert report.ok, report.problems
        assert report.heads == PROCESSES * EACH


def test_kill_9_loses_no_acknowledged_record_and_leaves_no_half_one(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    acknowledged: list[str] = []
    for round_ in range(3):
        process = start(folder, f"agent-{round_}", 10_000)
        assert process.stdout is not None
        for _ in range(7 + 5 * round_):
            acknowledged.append(process.stdout.readline().strip())
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read().splitlines(keepends=True)
        acknowledged += [line.strip() for line in rest if line.endswith("\n")]
        process.wait()
        process.stdout.close()
        assert process.stderr is not None
        process.stderr.close()
    with open_store(folder) as store:
        stored = {port.id for port in store.list(Port)}
        assert set(acknowledged) <= stored
        assert len(stored) <= len(acknowledged) + 3  # a commit may die before it is told
        assert {e.subject_id for e in store.evidence.entries()} == stored
        assert {e.id for e in store.outbox_after(0, limit=100_000)} == stored
        report = store.verify()
        assert report.ok, report.problems


def test_a_killed_blob_write_leaves_no_blob(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from umimori.store import open_store
store = open_store(Path(sys.argv[1]))
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
store.blobs.put_bytes(b"x" * 1000)
"""
    folder = tmp_path / "data"
    done = subprocess.run([sys.executable, "-c", script, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert list((folder / "blobs").glob("??/*")) == []
    with open_store(folder) as store:
        assert store.verify().ok


def test_threads_share_a_store(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from umimori.records import Verdict

    failures: list[BaseException] = []
    with open_store(tmp_path / "data") as store:

        def work(name: str) -> None:
            try:
                for number in range(10):
                    review = Review(
                        id=f"{name}-{number}",
                        subject_id=name,
                        verdict=Verdict.WATCH,
                        note="",
                        user=name,
                        time_utc=datetime(2026, 1, 1, tzinfo=UTC),
                        simulated=True,
                    )
                    with store.write(actor=name) as tx:
                        tx.put(review)
                        tx.log("review", review)
                    store.list(Review, subject_id=name)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert store.count(Review) == 60
        assert store.verify().ok


def test_verify_while_others_write_raises_no_false_alarm(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    process = start(folder, "agent", 60)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        with open_store(folder) as store:
            for _ in range(15):
                report = store.verify()
                assert report.ok, report.problems
    finally:
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors


@pytest.mark.parametrize("with_key", [True, False])
def test_backup_while_working_and_restore(tmp_path: Path, with_key: bool) -> None:
    from umimori.errors import ConflictError
    from umimori.store.archive import read_backup, write_backup

    folder = tmp_path / "data"
    with open_store(folder) as store:
        store.blobs.put_bytes(b"chip")
    process = start(folder, "agent", 30)
    assert process.stdout is not None
    process.stdout.readline()
    made = write_backup(folder, tmp_path / "backup.tar", with_key=with_key)
    process.communicate(timeout=120)
    assert made.file.stat().st_size == made.size_bytes
    restored = tmp_path / "restored"
    files, key = read_backup(made.file, restored)
    assert (files, key) == (made.files, with_key)
    if with_key:
        with open_store(restored, create=False) as store:
            report = store.verify()
            assert report.ok, report.problems
            assert report.entries >= 1
    with pytest.raises(ConflictError):
        read_backup(made.file, restored)
