"""What every store must do, whatever it keeps its records in."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from umimori.clocks import FixedClock
from umimori.errors import ConflictError, RefusedError, UnknownRecordError, UsageError
from umimori.geodesy import BBox, LonLat
from umimori.records import (
    AisMessageKind,
    AisStatic,
    AisTrack,
    CommandOutcome,
    Port,
    Review,
    Scene,
    Target,
    TelemetrySample,
    TrackPoint,
    Verdict,
    Zone,
    ZoneKind,
)
from umimori.store import Store, open_store

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
Opener = Callable[[Path, FixedClock], Store]


def open_sqlite(folder: Path, clock: FixedClock) -> Store:
    return open_store(folder, clock=clock)


@pytest.fixture(params=[open_sqlite], ids=["sqlite"])
def opener(request: pytest.FixtureRequest) -> Opener:
    return request.param


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def store(opener: Opener, tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with opener(tmp_path / "data", clock) as opened:
        yield opened


def port(name: str, lon: float = 139.4, lat: float = 34.7, country: str | None = "JP") -> Port:
    return Port(
        id=f"port-{name}",
        name=name,
        position=LonLat(lon, lat),
        country=country,
        open_port=False,
        source="test",
    )


def review(number: int, note: str = "") -> Review:
    return Review(
        id=f"review-{number}",
        subject_id="anomaly-1",
        verdict=Verdict.WATCH,
        note=note,
        user="sato",
        time_utc=NOON + timedelta(minutes=number),
        simulated=True,
    )


def track(name: str, lons: list[float]) -> AisTrack:
    points = tuple(
        TrackPoint(
            time_utc=NOON + timedelta(hours=hour),
            position=LonLat(lon, 10.0),
            sog_mps=None,
            cog_deg=None,
        )
        for hour, lon in enumerate(lons)
    )
    return AisTrack(
        id=name,
        mmsi=431000001,
        name="<SCRIPT SRC=//X.Y>",
        ship_type=None,
        length_m=None,
        width_m=None,
        kind=AisMessageKind.CLASS_A,
        points=points,
        dropped={"teleport": 2},
        simulated=True,
    )


def test_a_record_comes_back_as_it_was_put(store: Store) -> None:
    with store.write(actor="analyst:mori") as tx:
        assert tx.put(port("a")) is True
    assert store.get(Port, "port-a") == port("a")
    assert store.find(Port, "port-b") is None
    with pytest.raises(UnknownRecordError):
        store.get(Port, "port-b")


def test_putting_the_same_again_changes_nothing(store: Store) -> None:
    with store.write(actor="a") as tx:
        tx.put(port("a"))
    last = store.outbox_last()
    with store.write(actor="a") as tx:
        assert tx.put_many([port("a"), port("b")]) == 1
    assert [event.id for event in store.outbox_after(last)] == ["port-b"]


def test_an_exception_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write(actor="a") as tx:
        tx.put(port("a"))
        tx.log("port_import", port("a"))
        _ = 1 / 0
    assert store.count(Port) == 0
    assert store.outbox_last() == 0
    assert store.evidence.head().count == 0
    with store.write(actor="a") as tx:  # and the store goes on
        tx.put(port("a"))
    assert store.count(Port) == 1


def test_writes_do_not_nest(store: Store) -> None:
    with store.write(actor="a"), pytest.raises(UsageError), store.write(actor="b"):
        pass


def test_lists_by_keys_time_and_order(store: Store) -> None:
    with store.write(actor="a") as tx:
        tx.put_many(review(number) for number in (3, 1, 2))
    minutes = [r.time_utc.minute for r in store.list(Review, subject_id="anomaly-1")]
    assert minutes == [1, 2, 3]
    newest = store.list(Review, newest_first=True, limit=2)
    assert [r.time_utc.minute for r in newest] == [3, 2]
    assert store.count(Review, since_utc=NOON + timedelta(minutes=2)) == 2
    assert store.count(Review, until_utc=NOON + timedelta(minutes=2)) == 2
    assert store.count(Review, verdict=Verdict.WATCH) == 3
    assert store.count(Review, verdict=[Verdict.CONFIRMED, Verdict.WATCH]) == 3
    assert store.count(Review, user="nobody") == 0
    with pytest.raises(UsageError):
        store.list(Review, colour="red")


def test_unknown_is_a_value_to_filter_by(store: Store) -> None:
    with store.write(actor="a") as tx:
        tx.put_many([port("a"), port("b", country=None)])
    assert [p.name for p in store.list(Port, country=None)] == ["b"]
    assert [p.name for p in store.list(Port, country="JP")] == ["a"]


def test_tracks_are_found_by_overlap_in_time(store: Store) -> None:
    with store.write(actor="a") as tx:
        tx.put(track("t", [140.0, 140.1, 140.2]))  # noon to two o'clock
    hour = timedelta(hours=1)
    assert store.count(AisTrack, since_utc=NOON + hour, until_utc=NOON + hour) == 1
    assert store.count(AisTrack, since_utc=NOON + 3 * hour) == 0
    assert store.count(AisTrack, until_utc=NOON - hour) == 0


def test_boxes_are_exact_and_cross_the_antimeridian(store: Store) -> None:
    edge = 139.7000000001
    with store.write(actor="a") as tx:
        tx.put_many(
            [
                port("in", 139.7, 35.0),
                port("out", edge, 35.0),
                port("fiji", -179.9, -17.0),
                port("east", 179.9, -17.0),
            ]
        )
        tx.put(track("over", [179.5, -179.5]))
    assert [p.name for p in store.list(Port, bbox=BBox(139.0, 34.0, 139.7, 36.0))] == ["in"]
    crossing = BBox(179.0, -20.0, -179.0, 20.0)
    assert {p.name for p in store.list(Port, bbox=crossing)} == {"fiji", "east"}
    assert store.count(AisTrack, bbox=crossing) == 1
    assert store.count(AisTrack, bbox=BBox(-10.0, -20.0, 10.0, 20.0)) == 0


def test_a_circle_is_found_by_its_reach(store: Store) -> None:
    zone = Zone(
        id="z",
        name="closed",
        kind=ZoneKind.CLOSED_PORT,
        ring=(LonLat(139.0, 34.0),),
        radius_m=20_000.0,
        source="test",
    )
    with store.write(actor="a") as tx:
        tx.put(zone)
    assert store.count(Zone, bbox=BBox(139.1, 33.9, 139.15, 34.1)) == 1
    assert store.count(Zone, bbox=BBox(139.3, 33.9, 139.4, 34.1)) == 0


def test_a_moved_record_is_found_where_it_is_now(store: Store) -> None:
    with store.write(actor="a") as tx:
        tx.put(port("a", 139.0, 34.0))
    with store.write(actor="a") as tx:
        tx.put(port("a", 130.0, 30.0))
    assert store.count(Port, bbox=BBox(138.0, 33.0, 140.0, 35.0)) == 0
    assert store.count(Port, bbox=BBox(129.0, 29.0, 131.0, 31.0)) == 1


def test_records_without_a_place(store: Store) -> None:
    scene = Scene(
        id="s",
        name="image.png",
        platform="unknown",
        sensor="SAR",
        product_type="image",
        polarisations=("VV",),
        start_utc=None,
        stop_utc=None,
        footprint=(),
        width_px=500,
        height_px=400,
        range_spacing_m=None,
        azimuth_spacing_m=None,
        path="image.png",
        content_sha256="0" * 64,
        simulated=False,
    )
    with store.write(actor="a") as tx:
        tx.put(scene)
    assert store.list(Scene) == [scene]
    assert store.list(Scene, bbox=BBox(-180.0, -90.0, 180.0, 90.0)) == []
    with pytest.raises(UsageError):
        store.list(CommandOutcome, bbox=BBox(0.0, 0.0, 1.0, 1.0))


def test_static_data_has_one_row_a_source(store: Store) -> None:
    static = AisStatic(
        mmsi=1,
        name="A",
        call_sign=None,
        imo=None,
        ship_type=None,
        length_m=None,
        width_m=None,
        destination=None,
        source="log",
        simulated=False,
    )
    with store.write(actor="a") as tx:
        tx.put(static)
        tx.put(static)
    assert store.list(AisStatic, mmsi=1) == [static]


def test_add_refuses_what_is_there(store: Store) -> None:
    outcome = CommandOutcome(id="o", intent_id="i", accepted=True, detail="", time_utc=NOON)
    with store.write(actor="a") as tx:
        tx.add(outcome)
    with pytest.raises(ConflictError), store.write(actor="b") as tx:
        tx.add(outcome)


def test_outbox_numbers_rise_and_name_deletions(store: Store) -> None:
    with store.write(actor="a") as tx:
        tx.put_many([port("a"), port("b")])
    with store.write(actor="a") as tx:
        assert tx.delete(Port, "port-a") is True
        assert tx.delete(Port, "port-a") is False
    events = store.outbox_after(0)
    assert [(e.kind, e.id, e.change) for e in events] == [
        ("port", "port-a", "put"),
        ("port", "port-b", "put"),
        ("port", "port-a", "delete"),
    ]
    assert [e.number for e in events] == sorted({e.number for e in events})
    assert store.outbox_after(events[1].number) == events[2:]
    assert store.outbox_after(0, limit=1) == events[:1]
    assert store.count(Port, bbox=BBox(139.0, 34.0, 140.0, 35.0)) == 1


def test_events_are_never_deleted(store: Store) -> None:
    with store.write(actor="a") as tx:
        tx.put(review(1))
    with pytest.raises(RefusedError), store.write(actor="a") as tx:
        tx.delete(Review, "review-1")
    assert store.count(Review) == 1


def test_the_log_chains_and_says_who_did_what(store: Store, clock: FixedClock) -> None:
    with store.write(actor="officer:sato") as tx:
        tx.put(review(1))
        first = tx.log("review", review(1), {"verdict": "watch"})
    clock.advance(60.0)
    with store.write(actor="officer:sato") as tx:
        second = tx.log("export")
    assert store.evidence.entries() == [first, second]
    assert second.previous_hash == first.hash
    assert (first.actor, first.act, first.subject_id) == ("officer:sato", "review", "review-1")
    assert second.time_utc - first.time_utc == timedelta(minutes=1)
    head = store.evidence.head()
    assert (head.count, head.hash) == (2, second.hash)
    assert store.evidence.entries(after=1) == [second]
    assert store.verify(head).ok


def test_a_change_of_a_logged_record_is_logged_by_itself(store: Store) -> None:
    target = Target(
        id="t",
        position=LonLat(139.0, 34.0),
        first_seen_utc=NOON,
        last_seen_utc=NOON,
        detection_ids=(),
        mmsi=None,
        simulated=True,
    )
    with store.write(actor="a") as tx:
        tx.put(target)
        tx.log("target", target)
    with store.write(actor="b") as tx:
        tx.put(
            Target(
                id="t",
                position=LonLat(139.5, 34.0),
                first_seen_utc=NOON,
                last_seen_utc=NOON,
                detection_ids=("d",),
                mmsi=None,
                simulated=True,
            )
        )
    assert [(e.actor, e.act) for e in store.evidence.entries()] == [
        ("a", "target"),
        ("b", "update"),
    ]
    with store.write(actor="c") as tx:
        tx.delete(Target, "t")
    assert store.evidence.entries()[-1].act == "delete"
    report = store.verify()
    assert report.ok, report.problems


def test_logging_what_is_not_stored_is_a_mistake(store: Store) -> None:
    with pytest.raises(UsageError), store.write(actor="a") as tx:
        tx.log("review", review(1))
    assert store.evidence.head().count == 0


def sample(second: int, flight: str = "f") -> TelemetrySample:
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


def test_telemetry_is_read_on_from_a_row(store: Store) -> None:
    assert store.last_telemetry("f") is None
    with store.write(actor="agent") as tx:
        tx.telemetry([sample(0), sample(1), sample(5, "other")])
        tx.telemetry([])
    rows = store.telemetry("f")
    assert [s.vehicle_s for _, s in rows] == [0.0, 1.0]
    with store.write(actor="agent") as tx:
        tx.telemetry([sample(2)])
    assert [s.vehicle_s for _, s in store.telemetry("f", after_rowid=rows[-1][0])] == [2.0]
    assert len(store.telemetry("f", limit=2)) == 2
    last = store.last_telemetry("f")
    assert last is not None
    assert last.vehicle_s == 2.0


def test_one_owner_holds_a_resource(store: Store, clock: FixedClock) -> None:
    store.claim("link:udp:127.0.0.1:14550", "agent-1", ttl_s=10.0)
    store.claim("link:udp:127.0.0.1:14550", "agent-1", ttl_s=10.0)
    with pytest.raises(ConflictError):
        store.claim("link:udp:127.0.0.1:14550", "agent-2", ttl_s=10.0)
    clock.advance(8.0)
    store.renew("link:udp:127.0.0.1:14550", "agent-1", ttl_s=10.0)
    clock.advance(8.0)
    with pytest.raises(ConflictError):
        store.claim("link:udp:127.0.0.1:14550", "agent-2", ttl_s=10.0)
    clock.advance(2.5)
    store.claim("link:udp:127.0.0.1:14550", "agent-2", ttl_s=10.0)
    with pytest.raises(ConflictError):
        store.renew("link:udp:127.0.0.1:14550", "agent-1", ttl_s=10.0)
    store.release_claim("link:udp:127.0.0.1:14550", "agent-1")  # not its own: nothing happens
    with pytest.raises(ConflictError):
        store.claim("link:udp:127.0.0.1:14550", "agent-1", ttl_s=10.0)
    store.release_claim("link:udp:127.0.0.1:14550", "agent-2")
    store.claim("link:udp:127.0.0.1:14550", "agent-1", ttl_s=10.0)


def test_blobs_are_named_by_their_content(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "chip.png"
    file.write_bytes(b"pixels")
    sha256 = store.blobs.put_file(file)
    assert store.blobs.put_bytes(b"pixels", suffix=".bin") == sha256
    assert store.blobs.suffix(sha256) == ".png"
    assert store.blobs.path(sha256, verify=True).read_bytes() == b"pixels"
    with store.blobs.open(sha256) as stream:
        assert stream.read() == b"pixels"
    with pytest.raises(UnknownRecordError):
        store.blobs.path("0" * 64)


def test_accounts_and_sessions(store: Store, clock: FixedClock) -> None:
    book = store.accounts
    book.add_user("sato", password_hash="$argon2id$x", role="officer")
    with pytest.raises(ConflictError):
        book.add_user("sato", password_hash="$argon2id$y", role="admin")
    hour, day = timedelta(hours=1), timedelta(hours=3)
    book.create_session("token", user="sato", now_utc=clock.now_utc(), idle=hour, absolute=day)
    for _ in range(5):  # used every half hour, it lives until its absolute end
        clock.advance(1800.0)
        account = book.find_session("token", now_utc=clock.now_utc())
        assert account is not None
        assert (account.name, account.role) == ("sato", "officer")
    clock.advance(1800.0)
    assert book.find_session("token", now_utc=clock.now_utc()) is None
    book.create_session("idle", user="sato", now_utc=clock.now_utc(), idle=hour, absolute=day)
    clock.advance(3601.0)
    assert book.find_session("idle", now_utc=clock.now_utc()) is None
    book.create_session("third", user="sato", now_utc=clock.now_utc(), idle=hour, absolute=day)
    book.disable_user("sato")
    assert book.find_session("third", now_utc=clock.now_utc()) is None
    assert [u.disabled for u in book.list_users()] == [True]
    with pytest.raises(UnknownRecordError):
        book.disable_user("nobody")


def test_a_one_time_login_works_once(store: Store, clock: FixedClock) -> None:
    book = store.accounts
    book.create_one_time_login("once", user="setup", now_utc=NOON, valid=timedelta(hours=1))
    book.create_one_time_login("late", user="setup", now_utc=NOON, valid=timedelta(hours=1))
    assert book.redeem_one_time_login("wrong", now_utc=NOON) is None
    assert book.redeem_one_time_login("once", now_utc=NOON) == "setup"
    assert book.redeem_one_time_login("once", now_utc=NOON) is None
    clock.advance(3601.0)
    assert book.redeem_one_time_login("late", now_utc=clock.now_utc()) is None


def test_the_audit_trail_keeps_its_order(store: Store) -> None:
    for status in (200, 403):
        store.accounts.record_audit(
            user="sato", action="POST", path="/x", status=status, now_utc=NOON
        )
    assert [line.status for line in store.accounts.audit()] == [403, 200]


def test_a_second_opening_sees_everything(opener: Opener, store: Store, clock: FixedClock) -> None:
    with store.write(actor="a") as tx:
        tx.put(port("a"))
    with opener(store.data_dir, clock) as other:
        assert other.get(Port, "port-a") == port("a")
        with other.write(actor="b") as tx:
            tx.put(port("b"))
    assert store.count(Port) == 2
