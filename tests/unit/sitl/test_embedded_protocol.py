"""The MAVLink face: bytes in, bytes out, and nothing that a link may carry breaks it."""

import pytest
from hand_written import plane_mission, sub_mission
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import autopilot_for
from pymavlink.dialects.v20 import ardupilotmega as mavlink

from sitl.embedded.fence import shape_of
from sitl.embedded.guidance import Point
from sitl.embedded.items import StoredItem
from sitl.embedded.mission_server import MAX_ITEMS, MissionServer
from sitl.embedded.parameters import ParameterTable
from sitl.embedded.protocol import BANNER, VehicleFace
from umimori.geodesy import LocalFrame, LonLat, forward
from umimori.records.vehicle import VehicleKind


class Station:
    """A ground station on bytes."""

    def __init__(self, mission, **fields):
        self.vehicle = autopilot_for(mission, **{"speedup": 1.0, **fields})
        self.face = VehicleFace(self.vehicle)
        self.out = bytearray()
        self.encoder = mavlink.MAVLink(self, srcSystem=255, srcComponent=190)
        self.decoder = mavlink.MAVLink(None)

    def write(self, data):
        self.out += data

    def send(self, name, **fields):
        self.out.clear()
        getattr(self.encoder, f"{name}_send")(**fields)
        self.face.receive(bytes(self.out))
        return self.received()

    def received(self):
        return self.decoder.parse_buffer(self.face.take_output()) or []

    def only(self, messages, name):
        return [m for m in messages if m.get_type() == name]


@pytest.fixture
def plane():
    return Station(plane_mission())


def to(**fields):
    return {"target_system": 1, "target_component": 1, **fields}


def heartbeat(station):
    return station.send(
        "heartbeat", type=6, autopilot=8, base_mode=0, custom_mode=0, system_status=4
    )


def test_it_says_what_it_is(plane):
    heartbeat(plane)
    texts = [m.text for m in plane.only(plane.received(), "STATUSTEXT")]
    assert texts == [] or texts == [BANNER]
    replies = plane.send("command_long", **to(command=512, confirmation=0, param1=148, param2=0,
        param3=0, param4=0, param5=0, param6=0, param7=0))  # fmt: skip
    (version,) = plane.only(replies, "AUTOPILOT_VERSION")
    assert bytes(version.flight_custom_version).rstrip(b"\0") == b"umimori"
    assert plane.only(replies, "COMMAND_ACK")[0].result == 0


def test_a_second_of_telemetry_has_every_stream():
    for mission in (plane_mission(), sub_mission()):
        station = Station(mission)
        names = set()
        for _ in range(12):
            station.face.advance(0.1)
            names |= {m.get_type() for m in station.received()}
        assert names >= {
            "HEARTBEAT", "SYSTEM_TIME", "GLOBAL_POSITION_INT", "ATTITUDE", "VFR_HUD", "SYS_STATUS",
            "BATTERY_STATUS", "MISSION_CURRENT", "NAV_CONTROLLER_OUTPUT", "EKF_STATUS_REPORT",
            "GPS_RAW_INT", "FENCE_STATUS",
        }  # fmt: skip


def test_compressed_time_does_not_flood_the_link():
    counts = {}
    for speedup in (1.0, 200.0):
        station = Station(plane_mission(), speedup=speedup)
        for _ in range(600):
            station.face.advance(0.1)
        counts[speedup] = len(station.only(station.received(), "GLOBAL_POSITION_INT"))
    assert 230 <= counts[1.0] <= 242
    assert 55 <= counts[200.0] <= 62


def test_parameters_are_listed_read_set_and_unknown(plane):
    plane.send("param_request_list", **to())
    rows = []
    for _ in range(3):
        plane.face.advance(0.1)
        rows += plane.only(plane.received(), "PARAM_VALUE")
    assert [r.param_index for r in rows] == list(range(rows[0].param_count))
    (value,) = plane.send("param_set", **to(param_id=b"RTL_AUTOLAND", param_value=2, param_type=2))
    assert (value.param_id, value.param_value) == ("RTL_AUTOLAND", 2.0)
    (error,) = plane.send("param_request_read", **to(param_id=b"NO_SUCH", param_index=-1))
    assert error.get_type() == "PARAM_ERROR"
    assert plane.send("param_set", **to(param_id=b"NO_SUCH", param_value=2, param_type=2)) == []


def test_a_message_for_another_vehicle_is_not_answered(plane):
    assert plane.send("param_request_read", target_system=9, target_component=1,
        param_id=b"RTL_AUTOLAND", param_index=-1) == []  # fmt: skip


def test_only_the_configured_station_quiets_the_failsafe(plane):
    plane.encoder.srcSystem = 42
    heartbeat(plane)
    assert plane.vehicle.heartbeat_s is None
    plane.encoder.srcSystem = 255
    heartbeat(plane)
    assert plane.vehicle.heartbeat_s is not None


def item(seq, command=16, lat=34.7, lon=139.4, **fields):
    values = {
        "seq": seq, "frame": 3, "command": command, "current": 0, "autocontinue": 1,
        "param1": 0, "param2": 0, "param3": 0, "param4": 0,
        "x": round(lat * 1e7), "y": round(lon * 1e7), "z": 50, "mission_type": 0,
    }  # fmt: skip
    return to(**{**values, **fields})


def acks(messages):
    return [m.type for m in messages if m.get_type() == "MISSION_ACK"]


def test_items_that_are_refused(plane):
    def upload_second(**fields):
        plane.send("mission_count", **to(count=2, mission_type=0))
        plane.send("mission_item_int", **item(0))
        return acks(plane.send("mission_item_int", **item(1, **fields)))

    assert upload_second() == [0]
    assert upload_second(command=176) == [3]  # DO_SET_MODE
    assert upload_second(command=82) == [3]  # NAV_SPLINE_WAYPOINT
    assert upload_second(lat=95.0) == [10]
    assert acks(plane.send("mission_count", **to(count=MAX_ITEMS + 1, mission_type=0))) == [4]


def test_out_of_turn_and_late_items(plane):
    plane.send("mission_count", **to(count=3, mission_type=0))
    assert acks(plane.send("mission_item_int", **item(2))) == [13]
    replies = plane.send("mission_item_int", **item(0))
    assert [m.seq for m in plane.only(replies, "MISSION_REQUEST")] == [1]
    asked = []
    for _ in range(100):
        plane.face.advance(0.1)
        got = plane.received()
        asked += [m.seq for m in plane.only(got, "MISSION_REQUEST")]
        if acks(got):
            break
    assert set(asked) == {1} and 6 <= len(asked) <= 8
    assert acks(got) == [15]


def test_a_fence_with_a_wrong_vertex_count_is_an_error(plane):
    plane.send("mission_count", **to(count=3, mission_type=1))
    for seq in range(3):
        replies = plane.send(
            "mission_item_int",
            **item(seq, 5001, 34.7 + seq / 100, param1=4, mission_type=1, frame=0),
        )
    assert acks(replies) == [1]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_garbage_is_skipped(data):
    station = Station(sub_mission())
    station.face.receive(data)
    station.face.advance(0.1)
    assert not station.vehicle.armed
    assert station.send("param_request_read", **to(param_id=b"SIM_SPEEDUP", param_index=-1))


@settings(max_examples=200, deadline=None)
@given(
    command=st.one_of(
        st.sampled_from([16, 20, 176, 178, 192, 207, 224, 300, 400, 511, 512]),
        st.integers(0, 65535),
    ),
    params=st.lists(
        st.one_of(st.floats(width=32, allow_nan=True), st.integers(-5, 5)), min_size=7, max_size=7
    ),
)
def test_every_command_gets_an_answer(command, params):
    station = Station(plane_mission())
    numbered = {f"param{i}": float(value) for i, value in enumerate(params, start=1)}
    replies = station.send("command_long", **to(command=command, confirmation=0, **numbered))
    assert [m.command for m in station.only(replies, "COMMAND_ACK")] == [command]
    station.face.advance(0.1)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_none_do_no_harm(plane, bad):
    plane.send("param_set", **to(param_id=b"SIM_SPEEDUP", param_value=bad, param_type=9))
    assert plane.face.speedup == 1.0
    for command in (176, 178, 207, 224, 300, 400, 511, 512):
        plane.send("command_long", **to(command=command, confirmation=0, param1=bad, param2=bad,
            param3=bad, param4=bad, param5=bad, param6=bad, param7=bad))  # fmt: skip
    plane.send("mission_count", **to(count=2, mission_type=0))
    plane.send("mission_item", **item(0, x=bad, y=bad, z=bad))
    plane.send("mission_item", **item(1, x=bad, y=bad, param1=bad, param2=bad))
    for _ in range(20):
        plane.face.advance(0.1)
    assert plane.received()


def test_values_are_stored_as_their_types_allow():
    table = ParameterTable(VehicleKind.PLANE)
    assert table.set("RTL_AUTOLAND", 300.0).value == 127.0
    assert table.set("WP_RADIUS", 49.6).value == 50.0
    assert table.set("BATT_LOW_VOLT", 10.1).value != 10.1  # single precision
    assert "RTL_AUTOLAND" in table and "FS_GCS_ENABLE" not in table


def test_the_server_truncates_in_place_and_has_no_second_buffer():
    home = StoredItem(
        command=16, frame=0, param1=0, param2=0, param3=0, param4=0, x_e7=0, y_e7=0, z_m=0
    )
    server = MissionServer(
        0, asks_int=True, check=lambda i: 0, store=lambda i: i, finish=lambda i: 0,
        home=lambda: home,
    )  # fmt: skip
    server.items = [home, *[home] * 9]
    server.on_count(4, 0.0)
    assert len(server.items) == 4
    assert server.on_request_list()[0].fields["type"] == 14
    for reply in server.tick(9.0):
        assert reply.fields["type"] == 15
    assert not server.receiving and len(server.items) == 4


def test_fences_and_their_holes():
    origin = LonLat(139.4, 34.7)
    frame = LocalFrame(origin)

    def vertex(command, place, count):
        return StoredItem(
            command=command, frame=0, param1=count, param2=0, param3=0, param4=0,
            x_e7=round(place.lat_deg * 1e7), y_e7=round(place.lon_deg * 1e7), z_m=0,
        )  # fmt: skip

    outer = [vertex(5001, forward(origin, b, 1000.0), 4) for b in (45, 135, 225, 315)]
    hole = [vertex(5002, forward(origin, b, 100.0), 3) for b in (0, 120, 240)]
    circle = [vertex(5004, forward(origin, 90.0, 400.0), 50.0)]
    shape = shape_of([*outer, *hole, *circle], frame)
    assert not shape.allows(Point(0.0, 0.0))
    assert shape.allows(Point(0.0, 300.0))
    assert not shape.allows(Point(0.0, 900.0))
    assert not shape.allows(Point(410.0, 0.0))
    assert shape_of(outer[:3], frame) is None
