"""Flights that must not happen, or that somebody or something breaks off."""

import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from cutting_proxy import CuttingProxy
from flying import fly_once
from hand_written import plane_mission, sub_mission
from in_process import RealLooking, autopilot_for, serving

from flight import session as session_module
from flight.adapters.pymavlink_link import PymavlinkLink
from flight.link_address import parse_link
from flight.service import Options, fly
from flight.session import Session
from umimori.clocks import SystemClock
from umimori.errors import ConflictError, LinkSilentError, RefusedError, UsageError, outcome_of
from umimori.records.codec import sha256_of
from umimori.records.flight import (
    CommandIntent,
    CommandOutcome,
    Flight,
    FlightState,
    Release,
)
from umimori.records.mission import Check, Severity
from umimori.store import open_store

CLOCK = SystemClock()


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path) as opened:
        yield opened


def other_station(link, mode):
    """Another ground station takes the vehicle over."""
    connection = PymavlinkLink(parse_link(link))
    try:
        session = Session(connection, CLOCK)
        session.connect()
        assert session.set_mode(mode).accepted
    finally:
        connection.close()


class When:
    """Runs something once, in a thread of its own, when the flight reaches an item."""

    def __init__(self, seq, action):
        self.seq, self.action, self.thread = seq, action, None

    def __call__(self, code, numbers):
        if code == "item" and numbers["seq"] == self.seq and self.thread is None:
            self.thread = threading.Thread(target=self.action)
            self.thread.start()

    def join(self):
        assert self.thread is not None, "the flight never came there"
        self.thread.join(10.0)


# --- nobody there ------------------------------------------------------------------------------


def test_a_closed_port_is_one_plain_line(store):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(LinkSilentError) as caught:
        fly(plane_mission(), f"tcp:127.0.0.1:{port}", store=store)
    assert outcome_of(caught.value).exit_code == 5
    assert "\n" not in caught.value.one_line()


@pytest.mark.parametrize("scheme", ["udp", "tcp"])
def test_a_link_that_says_nothing_is_silent(store, monkeypatch, scheme):
    monkeypatch.setattr(session_module, "CONNECT_S", 0.5)
    kind = socket.SOCK_DGRAM if scheme == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        if scheme == "tcp":
            server.listen()
        else:
            server.close()
        with pytest.raises(LinkSilentError, match="nobody answers"):
            fly(plane_mission(), f"{scheme}:127.0.0.1:{port}", store=store)
    assert session_module.CONNECT_S < 10.0


def test_the_wait_for_a_first_heartbeat_is_below_ten_seconds():
    assert session_module.CONNECT_S < 10.0


@pytest.mark.parametrize("text", ["", "tcp:127.0.0.1", "tcp:127.0.0.1:0", "carrier-pigeon:a:1"])
def test_a_bad_link_address_is_wrong_usage(store, text):
    with pytest.raises(UsageError):
        fly(plane_mission(), text, store=store)


# --- refused before anything is sent -----------------------------------------------------------


def test_a_mission_with_errors_or_beyond_endurance_is_refused(store):
    error = Check(code="fence", severity=Severity.ERROR, message="leaves the fence", item_seq=3)
    for bad in (replace(plane_mission(), checks=(error,)), plane_mission(energy_fraction=1.2)):
        with pytest.raises(RefusedError) as caught:
            fly(bad, "tcp:127.0.0.1:9", store=store)
        assert outcome_of(caught.value).exit_code == 6


def test_a_mission_for_the_other_kind_is_refused(store):
    with serving(autopilot_for(sub_mission())) as link, pytest.raises(RefusedError, match="plane"):
        fly(plane_mission(), link, store=store)


def test_an_armed_vehicle_is_refused(store):
    mission = sub_mission()
    vehicle = autopilot_for(mission)
    vehicle.arm(force=True)
    with serving(vehicle) as link, pytest.raises(RefusedError, match="armed"):
        fly(mission, link, store=store)


def test_a_second_agent_on_the_link_is_refused(store):
    mission = sub_mission()
    with serving(autopilot_for(mission)) as link:
        store.claim(f"link:{link}", "somebody else", 30.0)
        with pytest.raises(ConflictError):
            fly(mission, link, store=store)
        store.release_claim(f"link:{link}", "somebody else")


def test_the_vehicle_s_own_words_explain_why_it_does_not_arm(store):
    mission = plane_mission(safety_parameters=())
    with serving(autopilot_for(mission)) as link, pytest.raises(RefusedError, match="arm"):
        fly(mission, link, store=store)
    (flight,) = store.list(Flight)
    assert flight.state is FlightState.ABORTED
    assert flight.uploaded_verified


# --- real or simulated -------------------------------------------------------------------------


def release_for(mission, link, **fields):
    now = CLOCK.now_utc()
    values = {
        "id": "release-1",
        "mission_sha256": sha256_of(mission),
        "vehicle_id": f"1:1@{link}",
        "first_user": "sato",
        "second_user": "suzuki",
        "created_utc": now - timedelta(minutes=1),
        "expires_utc": now + timedelta(minutes=10),
        "allow_parameter_changes": True,
        **fields,
    }
    return Release(**values)


def put(store, record):
    with store.write("officer", CLOCK) as tx:
        tx.put(record)


def test_a_vehicle_that_hides_the_simulation_parameter_counts_as_real(store):
    mission = plane_mission()
    vehicle = autopilot_for(mission)
    with (
        serving(vehicle, face=RealLooking) as link,
        pytest.raises(RefusedError, match="real vehicle"),
    ):
        fly(mission, link, store=store)
    assert not vehicle.armed and len(vehicle.mission.items) == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"mission_sha256": "0" * 64}, "another mission"),
        ({"vehicle_id": "7:1@udp:0.0.0.0:14550"}, "not for"),
        ({"second_user": "sato"}, "two different people"),
        ({"expires_utc": CLOCK.now_utc() - timedelta(seconds=1)}, "run out"),
    ],
)
def test_a_release_that_does_not_fit_is_refused(store, wrong, words):
    mission = plane_mission()
    with serving(autopilot_for(mission), face=RealLooking) as link:
        put(store, release_for(mission, link, **wrong))
        with pytest.raises(RefusedError, match=words):
            fly(mission, link, store=store, options=Options(release_id="release-1"))


def test_a_real_vehicle_flies_with_a_release_that_allows_its_parameters(store):
    mission = plane_mission()
    with serving(autopilot_for(mission), face=RealLooking) as link:
        put(store, release_for(mission, link))
        report = fly(mission, link, store=store, options=Options(release_id="release-1"))
    assert report.flight.state is FlightState.COMPLETED
    assert report.flight.engine == "vehicle" and report.flight.release_id == "release-1"


def test_a_release_without_parameters_refuses_a_difference(store):
    mission = plane_mission()
    vehicle = autopilot_for(mission)
    with serving(vehicle, face=RealLooking) as link:
        put(store, release_for(mission, link, allow_parameter_changes=False))
        with pytest.raises(RefusedError, match="safety parameter differs"):
            fly(mission, link, store=store, options=Options(release_id="release-1"))
    assert vehicle.params["RTL_AUTOLAND"] == 0.0 and not vehicle.armed


# --- somebody else, and command intents --------------------------------------------------------


def test_a_mode_change_that_is_not_ours_makes_us_yield(tmp_path):
    mission = plane_mission(laps=20)
    vehicle = autopilot_for(mission, speedup=60.0)
    stop = threading.Event()
    with serving(vehicle) as link:
        takeover = When(3, lambda: (other_station(link, "LOITER"), stop.set()))
        report, rows, _ = fly_once(
            mission, link, tmp_path, progress=takeover, should_stop=stop.is_set
        )
        takeover.join()
        assert vehicle.mode_names[vehicle.mode] == "LOITER"
        assert vehicle.armed
    assert report.flight.state is FlightState.YIELDED
    assert "not restored" in report.flight.note
    assert rows[-1].mode == "LOITER"


def intent(link, flight_id, command, number=0, valid_s=10.0):
    now = CLOCK.now_utc()
    return CommandIntent(
        id=f"intent-{number}-{command}",
        vehicle_id=f"1:1@{link}",
        flight_id=flight_id,
        command=command,
        arguments={},
        user="sato",
        created_utc=now,
        valid_until_utc=now + timedelta(seconds=valid_s),
    )


def test_pause_resume_and_return_are_executed_once(store):
    mission = plane_mission(laps=20)
    vehicle = autopilot_for(mission, speedup=60.0)
    modes = []
    with serving(vehicle) as link:
        wishes = iter(["pause", "resume", "return"])

        def progress(code, numbers):
            if code == "command":
                modes.append((numbers["command"], vehicle.mode_names[vehicle.mode]))
            if (code == "item" and numbers["seq"] == 3) or code == "command":
                wish = next(wishes, None)
                if wish is not None:
                    (flight,) = store.list(Flight)
                    put(store, intent(link, flight.id, wish, len(modes)))

        report = fly(mission, link, store=store, progress=progress)
    assert modes[:2] == [("pause", "LOITER"), ("resume", "AUTO")]
    assert modes[2][0] == "return"
    assert report.flight.state is FlightState.ABORTED
    assert report.flight.note.startswith("returned on request, landed")
    outcomes = store.list(CommandOutcome)
    assert [o.accepted for o in outcomes] == [True] * 3
    assert len({o.intent_id for o in outcomes}) == 3


def test_after_a_take_over_only_a_resume_counts(store):
    mission = plane_mission(laps=4)
    vehicle = autopilot_for(mission, speedup=60.0)
    with serving(vehicle) as link:
        takeover = When(3, lambda: other_station(link, "LOITER"))

        def progress(code, numbers):
            takeover(code, numbers)
            if code == "yielded":
                (flight,) = store.list(Flight)
                put(store, intent(link, flight.id, "return", 1))
                put(store, intent(link, flight.id, "resume", 2))

        report = fly(mission, link, store=store, progress=progress)
        takeover.join()
    assert report.flight.state is FlightState.COMPLETED
    details = {o.intent_id: (o.accepted, o.detail) for o in store.list(CommandOutcome)}
    assert details == {
        "intent-1-return": (False, "yielded: resume first"),
        "intent-2-resume": (True, "ACCEPTED"),
    }


def test_a_pilot_who_takes_a_surfacing_sub_keeps_it(store, monkeypatch):
    mission = sub_mission(depth_m=60.0)
    vehicle = autopilot_for(mission, speedup=30.0)
    vehicle.params.set("WP_SPD_UP", 0.4)
    threads = []
    with serving(vehicle) as link:

        def progress(code, _):
            if code == "surfacing":
                threads.append(threading.Thread(target=other_station, args=(link, "MANUAL")))
                threads[0].start()

        monkeypatch.setattr("flight.pursuit.SURFACED_M", 1.0)  # never: only the pilot ends it
        report = fly(mission, link, store=store, progress=progress)
        threads[0].join()
        assert vehicle.armed
    assert report.flight.state is FlightState.YIELDED
    assert "MANUAL was chosen" in report.flight.note


def test_a_late_intent_is_answered_but_not_executed(store):
    mission = sub_mission()
    vehicle = autopilot_for(mission, speedup=60.0)
    seen = []
    with serving(vehicle) as link:

        def progress(code, numbers):
            seen.append(code)
            if code == "item" and numbers["seq"] == 3:
                (flight,) = store.list(Flight)
                put(store, intent(link, flight.id, "pause", valid_s=-1.0))

        report = fly(mission, link, store=store, progress=progress)
    assert report.flight.state is FlightState.COMPLETED
    assert "command" not in seen
    (outcome,) = store.list(CommandOutcome)
    assert not outcome.accepted and outcome.detail == "too late"


# --- the link breaks ---------------------------------------------------------------------------


def test_a_link_that_breaks_for_good_ends_as_lost(store, monkeypatch):
    monkeypatch.setattr(session_module, "SILENCE_S", 1.0)
    mission = plane_mission(laps=20)
    vehicle = autopilot_for(mission, speedup=40.0)
    with serving(vehicle) as direct:
        proxy = CuttingProxy(direct)
        cut = When(3, proxy.cut)
        with pytest.raises(LinkSilentError, match="fallen silent"):
            fly(mission, proxy.link, store=store, progress=cut)
        cut.join()
        proxy.close()
        assert vehicle.armed and vehicle.mode_names[vehicle.mode] == "AUTO"
    (flight,) = store.list(Flight)
    assert flight.state is FlightState.LOST


def test_a_link_that_comes_back_is_taken_up_again(tmp_path):
    mission = plane_mission()
    vehicle = autopilot_for(mission, speedup=60.0)
    with serving(vehicle) as direct:
        proxy = CuttingProxy(direct)

        def blink():
            proxy.cut()
            threading.Event().wait(0.4)
            proxy.mend()

        blinking = When(3, blink)
        report, _, _ = fly_once(mission, proxy.link, tmp_path, progress=blinking)
        blinking.join()
        proxy.close()
    assert report.flight.state is FlightState.COMPLETED
