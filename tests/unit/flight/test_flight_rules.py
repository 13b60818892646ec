"""The pure rules of a flight: comparison, parameters, commands, state, verdicts, figures."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hand_written import PLANE_HOME, plane_mission, sub_mission
from hypothesis import given
from hypothesis import strategies as st

from flight.commands import TRIES, CommandExchange
from flight.crosstrack import cross_track, flown_length_m, legs_to_measure, planned_path
from flight.following import Verdict, ending_of, judge, navigation_reached
from flight.intents import open_intents
from flight.link_address import parse_link
from flight.messages import Message, MissionType, Target
from flight.mission_wire import (
    as_float32,
    differences,
    fence_items,
    held_sha256,
    item_of,
    mission_items,
    rally_items,
)
from flight.modes import MODES, mode_name, mode_number
from flight.parameter_transfer import (
    READ_TRIES,
    SET_TRIES,
    ParameterReader,
    ParameterValue,
    ParameterWriter,
    same_value,
)
from flight.recording import TelemetryRecorder
from flight.safety_parameters import compare
from flight.vehicle_state import VehicleState, custom_version, firmware_text
from umimori.clocks import REAL_WORLD
from umimori.errors import UsageError
from umimori.geodesy import LonLat, forward
from umimori.missionfiles.commands import Command
from umimori.records.flight import CommandIntent
from umimori.records.mission import SafetyParameter
from umimori.records.vehicle import VehicleKind

US = Target(1, 1)
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def message(name, **fields):
    return Message(name, fields, 1, 1, 1.0)


# --- what travels ------------------------------------------------------------------------------


def test_slot_zero_is_home_and_positions_keep_a_centimetre():
    mission = plane_mission()
    items = mission_items(mission)
    assert [i.seq for i in items] == list(range(len(mission.items) + 1))
    assert (items[0].x_e7, items[0].y_e7) == (347820000, 1393602000)
    for sent, item in zip(items[1:], mission.items, strict=True):
        if item.position is not None:
            assert abs(sent.x_e7 / 1e7 - item.position.lat_deg) < 0.6e-7
            assert abs(sent.y_e7 / 1e7 - item.position.lon_deg) < 0.6e-7


@given(
    lon=st.floats(-180, 180), lat=st.floats(-90, 90), alt=st.floats(-300, 300),
    p=st.floats(-1e6, 1e6),
)  # fmt: skip
def test_an_item_survives_its_own_message(lon, lat, alt, p):
    mission = sub_mission()
    first = replace(mission.items[1], position=LonLat(lon, lat), alt_m=alt, param1=p, seq=1)
    (_, sent) = mission_items(replace(mission, items=(first,)))
    out = sent.outgoing(US, MissionType.MISSION)
    assert item_of(Message(out.name, out.fields, 1, 1)) == sent


def test_a_fence_carries_the_vertex_count_of_each_polygon():
    mission = plane_mission()
    hole = tuple(forward(PLANE_HOME, b, 100.0) for b in (0, 120, 240))
    items = fence_items(replace(mission.fence, exclusions=(hole,)))
    assert [i.param1 for i in items] == [8.0] * 8 + [3.0] * 3
    assert {i.command for i in items} == {5001, 5002}
    assert [i.seq for i in items] == list(range(11))
    assert fence_items(None) == ()


def changed(items, seq, **fields):
    return tuple(replace(i, **fields) if i.seq == seq else i for i in items)


def test_what_an_autopilot_forgets_is_no_difference():
    mission = plane_mission()
    sent = mission_items(mission)
    held = changed(sent, 0, x_e7=1, z_m=37.12)  # its own home
    held = changed(held, 2, param1=9.0)  # a plane keeps no delay at a waypoint
    held = changed(held, 3, frame=6, z_m=as_float32(sent[3].z_m + 0.005))
    assert differences(sent, held, VehicleKind.PLANE, MissionType.MISSION) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"x_e7": 347820001},
        {"z_m": 101.0},
        {"command": int(Command.NAV_LOITER_UNLIM)},
        {"frame": 0},
        {"param2": 30.0},
    ],
)
def test_what_matters_is_a_difference(fields):
    sent = mission_items(plane_mission())
    held = changed(sent, 3, **fields)
    found = differences(sent, held, VehicleKind.PLANE, MissionType.MISSION)
    assert len(found) == 1 and found[0].startswith("item 3")


def test_items_without_a_place_come_back_in_frame_zero():
    sent = mission_items(sub_mission())
    held = changed(sent, 1, frame=0)
    assert sent[1].command == Command.DO_CHANGE_SPEED
    assert differences(sent, held, VehicleKind.SUB, MissionType.MISSION) == []
    assert differences(sent, held[:-1], VehicleKind.SUB, MissionType.MISSION)


def test_the_certificate_covers_every_list_but_not_home():
    mission = plane_mission()
    lists = {
        MissionType.MISSION: mission_items(mission),
        MissionType.FENCE: fence_items(mission.fence),
        MissionType.RALLY: rally_items(mission),
    }
    base = held_sha256(lists)
    assert base == held_sha256(
        {**lists, MissionType.MISSION: changed(lists[MissionType.MISSION], 0, x_e7=5)}
    )
    for kind in MissionType:
        other = {**lists, kind: changed(lists[kind], lists[kind][-1].seq, z_m=1.5)}
        assert held_sha256(other) != base


# --- parameters and commands -------------------------------------------------------------------


def test_parameters_are_asked_for_again_and_given_up():
    reader = ParameterReader(["A", "B", "C"], US)
    assert {m.fields["param_id"] for m in reader.start(0.0)} == {"A", "B", "C"}
    reader.on_message(message("PARAM_VALUE", param_id="A", param_value=2.0, param_type=9), 0.1)
    reader.on_message(message("PARAM_ERROR", param_id="B", error=1), 0.1)
    now, asked = 0.0, 1
    while not reader.finished:
        now += 0.5
        asked += len(reader.on_tick(now))
    assert asked == READ_TRIES
    assert reader.values == {"A": ParameterValue(2.0, 9)}


def test_a_parameter_counts_only_when_the_vehicle_reports_the_value():
    writer = ParameterWriter({"RTL_AUTOLAND": ParameterValue(2.0, 2)}, US)
    writer.start(0.0)
    old = message("PARAM_VALUE", param_id="RTL_AUTOLAND", param_value=0.0, param_type=2)
    writer.on_message(old, 0.1)
    assert not writer.finished
    now, sent = 0.0, 1
    while not writer.finished:
        now += 0.5
        sent += len(writer.on_tick(now))
    assert sent == SET_TRIES and writer.failed == ("RTL_AUTOLAND",)


@given(st.floats(-1e6, 1e6))
def test_single_precision_is_the_same_value(value):
    assert same_value(value, as_float32(value))
    assert not same_value(value, as_float32(value) + max(1.0, abs(value) * 1e-3))


def test_a_command_is_repeated_then_given_up():
    exchange = CommandExchange(US, 400, 1.0)
    first = exchange.start(0.0)[0]
    assert first.fields["param1"] == 1.0 and first.fields["confirmation"] == 0
    again = exchange.on_tick(1.0)[0]
    assert again.fields["confirmation"] == 1
    exchange.on_message(message("COMMAND_ACK", command=176, result=0), 1.1)
    assert not exchange.finished
    now, sent = 1.0, 2
    while not exchange.finished:
        now += 1.0
        sent += len(exchange.on_tick(now))
    assert sent == TRIES and exchange.answer == "no answer"


def test_a_command_in_progress_goes_on_waiting():
    exchange = CommandExchange(US, 400, 1.0)
    exchange.start(0.0)
    exchange.on_message(message("COMMAND_ACK", command=400, result=5), 0.6)
    assert exchange.on_tick(1.0) == []
    exchange.on_message(message("COMMAND_ACK", command=400, result=4), 1.1)
    assert exchange.finished and not exchange.accepted and exchange.answer == "FAILED"


def test_safety_parameters_take_the_first_name_that_the_vehicle_knows():
    wanted = (
        SafetyParameter(names=("NEW", "OLD"), value=2.0, why="x"),
        SafetyParameter(names=("SAME",), value=1.0, why="y"),
        SafetyParameter(names=("NOWHERE",), value=1.0, why="z"),
    )
    held = {"OLD": ParameterValue(0.0, 2), "SAME": ParameterValue(1.0, 2)}
    found, unknown = compare(wanted, held)
    assert [(d.name, d.wanted) for d in found] == [("OLD", 2.0)]
    assert [u.names for u in unknown] == [("NOWHERE",)]


# --- state -------------------------------------------------------------------------------------


def heartbeat(mode=10, armed=True, type_=1, system=1, component=1):
    fields = {"type": type_, "custom_mode": mode, "base_mode": 128 if armed else 0}
    return Message("HEARTBEAT", fields, system, component, 2.0)


def position(boot_ms, lon=139.4, lat=34.7, alt_m=50.0):
    return message(
        "GLOBAL_POSITION_INT", time_boot_ms=boot_ms, lat=round(lat * 1e7), lon=round(lon * 1e7),
        alt=90_000, relative_alt=round(alt_m * 1000), vx=300, vy=400, vz=-50, hdg=9000,
    )  # fmt: skip


def test_state_follows_one_vehicle_and_ignores_others():
    state = VehicleState()
    assert not state.take(heartbeat(type_=6, system=254, component=190))
    assert state.others == {254}
    assert not state.take(heartbeat(component=154))  # a gimbal
    assert state.take(heartbeat())
    assert not state.take(heartbeat(mode=0, system=2))
    assert (state.kind, state.mode, state.armed) == (VehicleKind.PLANE, "AUTO", True)
    assert state.take(position(5000))
    assert state.ground_speed_mps == pytest.approx(5.0)
    assert (state.vehicle_s, state.heading_deg, state.climb_mps) == (5.0, 90.0, 0.5)


def test_a_late_position_does_not_turn_time_back_but_a_reboot_is_seen():
    state = VehicleState()
    state.take(heartbeat())
    for boot_ms in (100_000, 99_000, 100_250):
        state.take(position(boot_ms))
    assert (state.boot_ms, state.reboots) == (100_250, 0)
    state.take(position(1000))
    assert (state.boot_ms, state.reboots) == (1000, 1)


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1))
def test_no_position_that_a_vehicle_can_send_breaks_the_state(lat, lon):
    state = VehicleState()
    state.take(heartbeat())
    sent = position(1000)
    fields = {**sent.fields, "lat": lat, "lon": lon}
    state.take(Message(sent.name, fields, 1, 1))
    assert state.position is None or abs(state.position.lat_deg) <= 90.0


def test_the_firmware_is_read_from_its_version():
    version = message(
        "AUTOPILOT_VERSION", flight_sw_version=(4 << 24) | (6 << 16) | (2 << 8) | 255,
        flight_custom_version=[*b"64a9c787"],
    )  # fmt: skip
    assert firmware_text(version) == "4.6.2 (64a9c787)"
    assert custom_version(version) == "64a9c787"
    assert firmware_text(None) is None


def test_mode_names_have_numbers():
    for kind, names in MODES.items():
        for number, name in names.items():
            assert mode_number(kind, name) == number
    assert mode_name(VehicleKind.SUB, 99) == "MODE 99"


# --- verdicts ----------------------------------------------------------------------------------


def flying(mission, mode, *, armed=True, reached=(), current=1, at=None):
    state = VehicleState()
    type_ = 1 if mission.vehicle_kind is VehicleKind.PLANE else 12
    number = mode_number(mission.vehicle_kind, mode)
    state.take(heartbeat(mode=number, armed=armed, type_=type_))
    state.reached.update(reached)
    state.current_seq = current
    state.position = at
    return state


@pytest.mark.parametrize(
    ("mode", "armed", "reached", "current", "verdict"),
    [
        ("AUTO", True, (), 3, Verdict.GOING),
        ("AUTO", False, (1, 2, 3), 9, Verdict.LANDED),
        ("AUTO", False, (1,), 2, Verdict.DISARMED_EARLY),
        ("LOITER", True, (1,), 2, Verdict.FOREIGN),
        ("RTL", True, (1,), 2, Verdict.FOREIGN),
        ("RTL", True, tuple(range(10)), 9, Verdict.FOREIGN),
    ],
)
def test_a_plane_that_lands(mode, armed, reached, current, verdict):
    mission = plane_mission()
    state = flying(mission, mode, armed=armed, reached=reached, current=current)
    assert judge(state, ending_of(mission), "AUTO") is verdict


def test_a_plane_that_returns_is_done_when_it_is_home():
    mission = plane_mission()
    last = replace(mission.items[-1], command=int(Command.NAV_RETURN_TO_LAUNCH), position=None)
    mission = replace(mission, items=(*mission.items[:-1], last))
    ending = ending_of(mission)
    far = flying(mission, "RTL", current=9, at=forward(PLANE_HOME, 0.0, 9000.0))
    near = flying(mission, "RTL", current=9, at=forward(PLANE_HOME, 0.0, 200.0))
    early = flying(mission, "RTL", current=3, at=PLANE_HOME)
    assert judge(far, ending, "AUTO") is Verdict.GOING
    assert judge(near, ending, "AUTO") is Verdict.HOLDING
    assert judge(early, ending, "AUTO") is Verdict.FOREIGN


def test_a_sub_is_brought_up_after_its_last_item():
    mission = sub_mission()
    ending = ending_of(mission)
    assert judge(flying(mission, "AUTO"), ending, "AUTO") is Verdict.GOING
    done = flying(mission, "AUTO", reached=(ending.last_seq,))
    assert judge(done, ending, "AUTO") is Verdict.SURFACE
    assert judge(flying(mission, "ALT_HOLD"), ending, "AUTO") is Verdict.FOREIGN
    unheard = flying(mission, "POSHOLD")
    unheard.mission_state = 5
    assert judge(unheard, ending, "AUTO") is Verdict.SURFACE
    assert navigation_reached(done, ending, completed=False) == len(ending.navigation)


# --- rows, figures, intents --------------------------------------------------------------------


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60))
def test_rows_come_at_most_four_times_a_vehicle_second(steps_ms):
    recorder = TelemetryRecorder("f", REAL_WORLD, measured=frozenset({4}), simulated=True)
    state = VehicleState()
    state.take(heartbeat())
    boot = 1000
    state.current_seq = 4
    for step in steps_ms:
        boot += step
        state.take(position(boot))
        recorder.note(state, NOW)
    rows = recorder.take_rows()
    assert all(b.vehicle_s - a.vehicle_s >= 0.25 for a, b in itertools.pairwise(rows))
    assert len(rows) == len(recorder.all) == len(recorder.on_legs)
    assert recorder.take_rows() == []


def test_cross_track_of_a_parallel_line_is_its_distance():
    start = LonLat(139.4, 34.7)
    planned = [start, forward(start, 90.0, 5000.0)]
    flown = [forward(forward(start, 90.0, along), 0.0, 40.0) for along in range(0, 5001, 100)]
    track = cross_track(flown, planned)
    assert track.p50_m == pytest.approx(40.0, abs=0.1)
    assert track.p95_m == pytest.approx(40.0, abs=0.1)
    assert flown_length_m(flown) == pytest.approx(5000.0, rel=1e-3)
    assert cross_track(flown[:1], planned) is None
    assert len(planned_path(plane_mission())) > 5


def test_climb_out_and_circles_are_not_measured():
    mission = plane_mission()
    assert legs_to_measure(mission) == {3, 4, 5, 8, 9}
    sub = sub_mission()
    assert legs_to_measure(sub) == set(range(2, 11))


def test_intents_are_due_once_and_never_late():
    def intent(number, valid_s, flight="f"):
        return CommandIntent(
            id=str(number), vehicle_id="v", flight_id=flight, command="pause", arguments={},
            user="u", created_utc=NOW + timedelta(seconds=number),
            valid_until_utc=NOW + timedelta(seconds=valid_s),
        )  # fmt: skip

    intents = [intent(3, 20), intent(1, 20), intent(2, 5), intent(4, 20, "other")]
    due, late = open_intents(intents, {"1"}, "f", NOW + timedelta(seconds=6))
    assert [i.id for i in due] == ["3"]
    assert [i.id for i in late] == ["2"]


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("tcp:127.0.0.1:5760", ("tcp", "127.0.0.1", 5760)),
        ("udp:0.0.0.0:14550", ("udp", "0.0.0.0", 14550)),
        ("udpin:127.0.0.1:14550", ("udp", "127.0.0.1", 14550)),
        ("udpout:10.0.0.2:14550", ("udpout", "10.0.0.2", 14550)),
        ("tcp:[::1]:5760", ("tcp", "::1", 5760)),
        ("serial:/dev/ttyUSB0:57600", ("serial", "/dev/ttyUSB0", 57600)),
    ],
)
def test_link_addresses(text, parsed):
    address = parse_link(text)
    assert (address.scheme, address.place, address.number) == parsed


@given(st.text(max_size=30))
def test_any_text_is_a_link_or_wrong_usage(text):
    try:
        assert parse_link(text).number > 0
    except UsageError as error:
        assert "\n" not in error.one_line()
