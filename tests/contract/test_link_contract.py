"""Every link adapter keeps the same promises, on every vehicle that can be had."""

import contextlib
import functools
import select
import socket
import threading
import time

import pytest
from flying import vehicle_for
from hand_written import plane_mission, sub_mission

from flight.adapters.dronekit_link import DronekitLink
from flight.adapters.pymavlink_link import PymavlinkLink
from flight.identity import identify
from flight.link_address import parse_link
from flight.messages import CommandId, MissionType
from flight.mission_transfer import MissionTransfer
from flight.mission_wire import differences, fence_items, mission_items, rally_items
from flight.parameter_transfer import ParameterValue, ParameterWriter
from flight.permit import Permit
from flight.session import Session
from sitl.adapters.ardupilot import find_binary
from umimori.clocks import SystemClock
from umimori.errors import LinkSilentError, RefusedError
from umimori.records.vehicle import VehicleKind

MISSIONS = {"plane": plane_mission, "sub": sub_mission}


def engines():
    real = find_binary(VehicleKind.PLANE, None, None) and find_binary(VehicleKind.SUB, None, None)
    skip = pytest.mark.skipif(not real, reason="no ArduPilot SITL program was found")
    return ["embedded", pytest.param("ardupilot", marks=[pytest.mark.sitl, skip])]


@contextlib.contextmanager
def udp_relay(tcp_link):
    """Carry one TCP vehicle over UDP, as MAVProxy's --out does; gives the port to listen on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ended = threading.Event()

    def relay():
        with (
            socket.create_connection(("127.0.0.1", int(tcp_link.rpartition(":")[2]))) as vehicle,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as station,
        ):
            while not ended.is_set():
                ready, _, _ = select.select([vehicle, station], [], [], 0.05)
                for end in ready:
                    with contextlib.suppress(OSError):
                        data = end.recv(1024)
                        if end is vehicle:
                            station.sendto(data, ("127.0.0.1", port))
                        else:
                            vehicle.sendall(data)

    thread = threading.Thread(target=relay, daemon=True)
    thread.start()
    try:
        yield f"udp:127.0.0.1:{port}"
    finally:
        ended.set()
        thread.join(5.0)


@pytest.fixture(params=engines(), scope="module")
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def embedded():
    """Embedded vehicles of both kinds, started when first asked for, shared by all tests."""
    with contextlib.ExitStack() as stack:
        yield functools.cache(
            lambda kind: stack.enter_context(vehicle_for(MISSIONS[kind](), speedup=20.0)).link
        )


@pytest.fixture(params=list(MISSIONS))
def vehicle(request, engine, embedded):
    """A mission and the link of its vehicle; an ArduPilot of its own for every test.

    (ArduSub 4.6 freezes after some reconnections to its one port.)
    """
    mission = MISSIONS[request.param]()
    if engine == "embedded":
        yield mission, embedded(request.param)
        return
    with vehicle_for(mission, engine=engine, speedup=5.0) as process:
        yield mission, process.link


@pytest.fixture(params=["tcp", "udp", "dronekit"])
def session(request, vehicle):
    mission, link = vehicle
    with contextlib.ExitStack() as stack:
        if request.param == "udp":
            link = stack.enter_context(udp_relay(link))
        kind = DronekitLink if request.param == "dronekit" else PymavlinkLink
        connection = kind(parse_link(link))
        stack.callback(connection.close)
        connection.set_heartbeat_hz(10.0)
        opened = Session(connection, SystemClock())
        opened.connect()
        opened.wait(lambda: (opened.state.vehicle_s or 0.0) > 3.0, vehicle_s=60.0, wall_s=15.0)
        opened.mission = mission
        yield opened


@pytest.fixture(autouse=True)
def _slots(monkeypatch):
    """Nothing of a test outlives it: threads of links are joined."""
    before = {t.name for t in threading.enumerate()}
    yield
    deadline = time.monotonic() + 3.0
    while time.monotonic() < deadline:
        left = {t.name for t in threading.enumerate()} - before
        if not any(name.startswith(("read ", "heartbeat ")) for name in left):
            return
        time.sleep(0.02)
    raise AssertionError(f"threads left: {left}")


def test_the_vehicle_introduces_itself_as_simulated(session, engine):
    identity = identify(session)
    assert identity.simulated and identity.engine == engine
    assert identity.kind is session.mission.vehicle_kind
    assert identity.firmware.startswith("4.")


def test_every_list_is_uploaded_and_read_back(session):
    mission = session.mission
    lists = {
        MissionType.FENCE: fence_items(mission.fence),
        MissionType.RALLY: rally_items(mission),
        MissionType.MISSION: mission_items(mission),
    }
    for mission_type, items in lists.items():
        transfer = session.run(MissionTransfer(items, mission_type, session.target, session.kind))
        assert transfer.verified, (mission_type, transfer.problem)
        assert not items or not differences(items, transfer.held, session.kind, mission_type)


def test_an_uploaded_list_can_be_cleared(session):
    for mission_type in (MissionType.FENCE, MissionType.RALLY):
        transfer = session.run(MissionTransfer((), mission_type, session.target, session.kind))
        assert transfer.verified and transfer.held == ()


def test_a_parameter_is_set_verified_and_put_back(session):
    old = session.read_parameters(["FENCE_TYPE", "NO_SUCH_NAME"])
    assert set(old) == {"FENCE_TYPE"}
    new = ParameterValue(5.0, old["FENCE_TYPE"].type)
    for value in (new, old["FENCE_TYPE"]):
        writer = session.run(ParameterWriter({"FENCE_TYPE": value}, session.target))
        assert not writer.failed
        assert session.read_parameters(["FENCE_TYPE"])["FENCE_TYPE"].value == value.value


def test_modes_and_commands_are_answered(session):
    wanted = "FBWA" if session.kind is VehicleKind.PLANE else "ALT_HOLD"
    assert session.set_mode(wanted).accepted
    assert session.state.mode == wanted
    assert session.set_mode("MANUAL").accepted
    unknown = session.command(31_000)
    assert not unknown.accepted and unknown.answer == "UNSUPPORTED"


def test_arming_too_early_or_with_a_bad_mission_is_refused_by_the_vehicle(session):
    if session.kind is VehicleKind.SUB:
        pytest.skip("ArduSub's SITL arms without a position")
    items = mission_items(session.mission)
    assert session.run(
        MissionTransfer(items, MissionType.MISSION, session.target, session.kind)
    ).verified
    exchange = session.command(CommandId.ARM_DISARM, 1.0)
    assert not exchange.accepted
    assert not session.state.armed


def test_dronekit_s_own_conveniences(vehicle):
    _, link = vehicle
    connection = DronekitLink(parse_link(link))
    try:
        assert connection.mode() == "MANUAL"
        wrong = Permit(vehicle_id="1:1@udp:elsewhere:1", mission_id="m", release_id=None)
        with pytest.raises(RefusedError):
            connection.arm(wrong)
        assert connection.vehicle.armed is False
    finally:
        connection.close()


@pytest.mark.parametrize("kind", [PymavlinkLink, DronekitLink])
def test_a_port_where_nobody_listens(kind):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(LinkSilentError):
        kind(parse_link(f"tcp:127.0.0.1:{port}"))
