"""`umimori verify` finds any edit, removal or addition of any row, and names it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.cli.main import app
from umimori.errors import TamperedError
from umimori.geodesy import LonLat
from umimori.records import AisMessageKind, AisTrack, Port, Target, TelemetrySample, TrackPoint
from umimori.records.codec import text_sha256, to_json
from umimori.store import open_store
from umimori.store.kinds import KIND_BY_NAME
from umimori.store.sumbook import record_text
from umimori.store.sums import RowSum
from umimori.store.tables import RAW_ROWS, RECORD_TABLES

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def target(number: int) -> Target:
    return Target(
        id=f"t{number}",
        position=LonLat(139.0 + number / 10.0, -34.0),
        first_seen_utc=NOON,
        last_seen_utc=NOON,
        detection_ids=("d",),
        mmsi=None,
        simulated=True,
    )


def port(number: int) -> Port:
    return Port(
        id=f"p{number}",
        name="波浮港",
        position=LonLat(0.0, -0.0),
        country=None,
        open_port=True,
        source="test",
    )


def track() -> AisTrack:
    points = tuple(
        TrackPoint(
            time_utc=NOON + timedelta(hours=hour),
            position=LonLat(lon, 10.0),
            sog_mps=None,
            cog_deg=None,
        )
        for hour, lon in enumerate((179.5, -179.5))
    )
    return AisTrack(
        id="over",
        mmsi=431000001,
        name=None,
        ship_type=None,
        length_m=None,
        width_m=None,
        kind=AisMessageKind.CLASS_A,
        points=points,
        dropped={},
        simulated=True,
    )


def sample(second: int, flight: str = "f1") -> TelemetrySample:
    moment = NOON + timedelta(seconds=second)
    return TelemetrySample(
        flight_id=flight,
        wall_utc=moment,
        vehicle_s=float(second),
        world_utc=moment,
        position=LonLat(139.0, 34.0),
        alt_rel_m=100.0,
        heading_deg=None,
        ground_speed_mps=20.0,
        air_speed_mps=None,
        climb_mps=None,
        mode="AUTO",
        armed=True,
        mission_seq=3,
        battery_v=None,
        battery_pct=None,
        simulated=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Records that no entry names, and telemetry of which the last row waits for an entry."""
    data = tmp_path / "data"
    with open_store(data) as store:
        with store.write(actor="analyst") as tx:
            tx.put_many([target(1), target(2), target(3), port(1), track()])
        with store.write(actor="agent") as tx:
            tx.telemetry([sample(0), sample(1), sample(2, "f2")])
        with store.write(actor="analyst") as tx:
            tx.delete(Target, "t2")
            tx.put(target(4))
            tx.log("analysis")
        with store.write(actor="agent") as tx:
            tx.telemetry([sample(3, "f2")])
    return data


def verify(folder: Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["verify", "--data", str(folder)])
    return done.exit_code, done.output


def sql(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "umimori.sqlite3")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_store_as_it_was_written_is_clean(folder: Path) -> None:
    code, output = verify(folder)
    assert code == 0, output
    assert "5 records, 4 telemetry rows" in output
    assert "1 telemetry rows are newer than the log" in output
    assert "not named by the log" not in output


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE target SET body = replace(body, '\"d\"', '\"e\"') WHERE id = 't3'",
            "the target t3 was changed: its content does not fit its SHA-256",
        ),
        (
            "UPDATE target SET west_deg = 0, east_deg = 0 WHERE id = 't3'",
            "the target t3 was changed",
        ),
        (
            "UPDATE target SET begin_utc = NULL WHERE id = 't3'",
            "the target t3 was changed: begin_utc do",
        ),
        ("UPDATE target SET sha256 = 'x' WHERE id = 't3'", "the target t3 was changed"),
        ("UPDATE target SET body = 'x' WHERE id = 't3'", "the target t3 was changed"),
        (
            "UPDATE target SET body = CAST(x'FFFE' AS TEXT) WHERE id = 't3'",
            "the target t3 was changed",
        ),
        ("UPDATE target SET id = CAST(x'FF' AS TEXT) WHERE id = 't3'", "the target t3 is missing"),
        ("UPDATE target SET row = 99 WHERE id = 't3'", "the target t3 was changed"),
        ("UPDATE ais_track SET mmsi = 1", "the ais_track over was changed: mmsi do"),
        ("UPDATE port SET open_port = 0", "the port p1 was changed: open_port do"),
        ("UPDATE port SET open_port = 'no'", "the port p1 was changed: open_port do"),
        ("UPDATE port SET north_deg = 'x'", "the port p1 was changed"),
        ("DELETE FROM target WHERE id = 't3'", "the target t3 is missing"),
        ("DELETE FROM target", "target: 0 records are stored, entry 2 recorded 3"),
        ("DELETE FROM target_box WHERE row = 3", "the target t3 was changed: its place in the"),
        ("UPDATE target_box SET east_deg = 150 WHERE row = 3", "its place in the index"),
        ("INSERT INTO target_box VALUES (77, 1, 2, 1, 2)", "target: 1 places in the index have no"),
        (
            "INSERT INTO target (id, sha256, body) SELECT 'new', sha256, body FROM target LIMIT 1",
            "the target new was",
        ),
        (
            "INSERT INTO review (id, sha256, body) SELECT 'new', sha256, body FROM target LIMIT 1",
            "review: 1 records are stored, no entry recorded any",
        ),
        ("DELETE FROM record_sum WHERE kind = 'target'", "target: the running sum"),
        ("UPDATE record_sum SET rows = 9 WHERE kind = 'target'", "target: the running sum"),
        (
            "UPDATE telemetry SET body = replace(body, 'AUTO', 'LAND') WHERE row = 2",
            "telemetry: rows 1 to 3 are not those that entry 2 recorded: 3 rows up to there, now 3",
        ),
        (
            "UPDATE telemetry SET flight_id = 'f9' WHERE row = 2",
            "telemetry: rows 1 to 3 are not those that entry 2 recorded",
        ),
        ("DELETE FROM telemetry WHERE row = 2", "now 2; gone: row 2; flight f1, f2"),
        ("DELETE FROM telemetry WHERE row > 1", "now 1; gone: rows 2 to 3; flight f1"),
        (
            "INSERT INTO telemetry (row, flight_id, body) SELECT 0, flight_id, body FROM telemetry "
            "LIMIT 1",
            "3 rows up to there, now 4",
        ),
        (
            "DELETE FROM telemetry WHERE row = 4",
            "telemetry: the rows from 4 on, which no entry states yet, do not fit",
        ),
        (
            "UPDATE evidence SET stored = '[]' WHERE seq = 2",
            "entry 2 was edited: its content and hash differ",
        ),
        ("UPDATE evidence SET stored = '[1]' WHERE seq = 2", "entry 2 was edited"),
    ],
)
def test_what_was_done_is_named(folder: Path, statement: str, words: str) -> None:
    sql(folder, statement)
    code, output = verify(folder)
    assert code == 3, output
    assert words in output


def forge(folder: Path) -> None:
    """Edit a record whole: body, hash, outbox and running sum fit each other again."""
    kind, body = KIND_BY_NAME["target"], to_json(target(3)).replace('"d"', '"e"')
    sha256 = text_sha256(body)
    with closing(sqlite3.connect(folder / "umimori.sqlite3")) as connection:
        connection.execute("UPDATE target SET body=?, sha256=? WHERE id='t3'", (body, sha256))
        connection.execute("UPDATE outbox SET sha256=? WHERE id='t3'", (sha256,))
        names = [column.name for column in RAW_ROWS["target"].columns]
        row_sum = RowSum()
        for cells in connection.execute(f"SELECT {','.join(names)} FROM target"):
            values = dict(zip(names, cells, strict=True))
            row_sum.add(record_text(kind, values["row"], values, values["sha256"]))
        connection.execute("UPDATE record_sum SET sum=? WHERE kind='target'", (row_sum.words,))
        connection.commit()


def test_an_edit_that_fits_itself_does_not_fit_the_log(folder: Path) -> None:
    forge(folder)
    code, output = verify(folder)
    assert code == 3
    assert "target: 3 records are stored, entry 2 recorded 3; the sum over them" in output


def test_work_that_goes_on_does_not_bless_an_edit(folder: Path) -> None:
    forge(folder)
    with open_store(folder) as store, store.write(actor="analyst") as tx:
        tx.put(target(5))
    code, output = verify(folder)
    assert code == 3
    assert "the target records were changed behind the log between entry 2 and entry 3" in output


def test_writing_over_an_edited_column_does_not_hide_it(folder: Path) -> None:
    sql(folder, "UPDATE target SET mmsi = 7 WHERE id = 't3'")
    with open_store(folder) as store, store.write(actor="analyst") as tx:
        tx.delete(Target, "t3")
    code, output = verify(folder)
    assert code == 3
    assert "target: 2 records are stored, entry 3 recorded 2; the sum" in output


def test_many_edits_are_counted(folder: Path) -> None:
    with open_store(folder) as store, store.write(actor="analyst") as tx:
        tx.put_many(target(number) for number in range(10, 90))
    sql(folder, "UPDATE target SET body = 'x'")
    code, output = verify(folder)
    assert code == 3
    assert "and 33 more target records." in output


def test_each_change_without_an_entry_of_its_own_is_stated(folder: Path) -> None:
    with open_store(folder) as store:
        acts = [entry.act for entry in store.evidence.entries()]
        assert acts == ["state", "analysis"]
        with store.write(actor="agent") as tx:
            tx.telemetry([sample(9)])
        with store.write(actor="agent") as tx:
            tx.put(target(4))  # as it stands already
        assert [entry.act for entry in store.evidence.entries()] == acts


def test_a_damaged_record_is_said_in_plain_words(folder: Path) -> None:
    sql(folder, "UPDATE target SET body = '{}' WHERE id = 't3'")
    with open_store(folder) as store:
        for read in (lambda: store.list(Target), lambda: store.get(Target, "t3")):
            with pytest.raises(TamperedError) as caught:
                read()
            assert "the stored Target record t3 is damaged" in str(caught.value)
            assert "__init__" not in str(caught.value)


def test_a_store_of_an_older_version_is_taken_over(folder: Path) -> None:
    """The tables of the version before are made by hand; its log stated no sums."""
    sql(
        folder,
        "DROP TABLE record_sum",
        "DELETE FROM evidence",
        "ALTER TABLE evidence DROP COLUMN stored",
        "ALTER TABLE outbox DROP COLUMN sha256",
        "UPDATE alembic_version SET version_num = '0001'",
    )
    (folder / "heads.jsonl").unlink()
    with open_store(folder) as store:
        assert [entry.act for entry in store.evidence.entries()] == ["adopt"]
        with store.write(actor="analyst") as tx:
            tx.put(target(5))
    code, output = verify(folder)
    assert code == 0, output
    assert "entry 1 took over what an older version had stored" in output
    sql(folder, "UPDATE port SET source = 'x'")
    assert verify(folder)[0] == 3


def test_every_kind_of_record_is_summed() -> None:
    assert set(RECORD_TABLES) == set(KIND_BY_NAME)
