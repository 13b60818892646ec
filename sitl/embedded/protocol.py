"""The MAVLink face of an embedded vehicle: bytes in, time in, bytes out.

No socket and no clock here: :mod:`sitl.adapters.tcp_face` owns both.
"""

from __future__ import annotations

import math
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from sitl.embedded.autopilot import INFO, Autopilot, Reached, Text
from sitl.embedded.commands import Order, Requests, execute
from sitl.embedded.items import StoredItem, normal_frame
from sitl.embedded.mission_server import MissionServer, Reply
from sitl.embedded.parameters import Parameter
from sitl.embedded.sub import SubAutopilot
from sitl.embedded.telemetry import STREAMS, Schedule
from umimori.errors import GeometryError
from umimori.geodesy import LonLat

BANNER = "Umimori embedded simulator, not a real vehicle"
AUTOPILOT_COMPONENT = 1
PARAMETERS_PER_TICK = 200
SLOWEST, FASTEST = 0.1, 200.0
UNKNOWN_INDEX = 0xFFFF
PARAM_DOES_NOT_EXIST = 1
"""MAV_PARAM_ERROR_DOES_NOT_EXIST (common.xml)."""
NO_TYPE_MASK_POSITION = 0b111
"""The three position bits of POSITION_TARGET_TYPEMASK that say: ignore."""


class _Sink(bytearray):
    """Where the codec writes what it packs."""

    def write(self, data: bytes) -> None:
        self.extend(data)


class VehicleFace:
    """Answers MAVLink for one embedded autopilot."""

    def __init__(self, vehicle: Autopilot) -> None:
        self._vehicle = vehicle
        self._out = _Sink()
        self._mav = mavlink.MAVLink(
            self._out,
            srcSystem=vehicle.params.whole("MAV_SYSID"),
            srcComponent=AUTOPILOT_COMPONENT,
        )
        self._mav.robust_parsing = True
        self._schedule = Schedule()
        self._parameters_left: list[int] = []
        self._peer = (255, 0)
        self._requests = Requests(
            send_message=self._send_stream, set_interval=self._schedule.set_interval
        )
        self._greeted = False

    @property
    def speedup(self) -> float:
        """Return how many vehicle seconds pass in a wall second (SIM_SPEEDUP)."""
        return min(FASTEST, max(SLOWEST, self._vehicle.params["SIM_SPEEDUP"]))

    def receive(self, data: bytes) -> None:
        """Take bytes from the link; garbage is skipped."""
        for message in self._mav.parse_buffer(data) or []:
            if message.get_type() != "BAD_DATA" and self._is_for_us(message):
                self._handle(message)

    def advance(self, dt_s: float) -> None:
        """Let vehicle time pass and queue what is due."""
        self._vehicle.advance(dt_s)
        now = self._vehicle.time_s
        for server in self._vehicle.lists.values():
            self._reply(server.tick(now))
        self._send_events()
        due = self._schedule.due(now, self.speedup)
        if due:
            snapshot = self._vehicle.snapshot()
            for stream in due:
                self._send(stream.name, **stream.build(self._vehicle, snapshot))
        self._send_parameters()

    def take_output(self) -> bytes:
        """Return the bytes to send since the last call."""
        data = bytes(self._out)
        self._out.clear()
        return data

    # --- out -------------------------------------------------------------------------------

    def _send(self, name: str, **fields: Any) -> None:
        self._mav.send(getattr(self._mav, f"{name}_encode")(**fields))

    def _send_stream(self, number: int) -> bool:
        stream = STREAMS.get(number)
        if stream is None:
            return False
        self._send(stream.name, **stream.build(self._vehicle, self._vehicle.snapshot()))
        return True

    def _send_events(self) -> None:
        for event in self._vehicle.take_events():
            if isinstance(event, Text):
                self._say(event.severity, event.text)
            elif isinstance(event, Reached):
                self._send("mission_item_reached", seq=event.seq)

    def _say(self, severity: int, text: str) -> None:
        self._send("statustext", severity=severity, text=text.encode()[:50])

    def _reply(self, replies: list[Reply]) -> None:
        system, component = self._peer
        for reply in replies:
            fields: dict[str, Any] = {
                **reply.fields,
                "target_system": system,
                "target_component": component,
            }
            self._send(reply.name.lower(), **fields)

    def _send_parameters(self) -> None:
        batch, self._parameters_left = (
            self._parameters_left[:PARAMETERS_PER_TICK],
            self._parameters_left[PARAMETERS_PER_TICK:],
        )
        for index in batch:
            row = self._vehicle.params.at(index)
            if row is not None:
                self._send_parameter(row, index)

    def _send_parameter(self, row: Parameter, index: int) -> None:
        self._send(
            "param_value",
            param_id=row.name.encode(),
            param_value=row.value,
            param_type=row.type,
            param_count=len(self._vehicle.params),
            param_index=index,
        )

    # --- in --------------------------------------------------------------------------------

    def _is_for_us(self, message: Any) -> bool:
        target = getattr(message, "target_system", 0)
        component = getattr(message, "target_component", 0)
        system = self._vehicle.params.whole("MAV_SYSID")
        return target in {0, system} and component in {0, AUTOPILOT_COMPONENT}

    def _handle(self, message: Any) -> None:
        handler = getattr(self, f"_on_{message.get_type().lower()}", None)
        if handler is None:
            return
        if message.get_type() != "HEARTBEAT":
            self._peer = (message.get_srcSystem(), message.get_srcComponent())
        handler(message)

    def _on_heartbeat(self, message: Any) -> None:
        if message.type == mavlink.MAV_TYPE_GCS:
            if message.get_srcSystem() == self._vehicle.params.whole("MAV_GCS_SYSID"):
                self._vehicle.heard_ground_station()
            if not self._greeted:
                self._greeted = True
                self._say(INFO, BANNER)

    def _on_param_request_list(self, _message: Any) -> None:
        self._parameters_left = list(range(len(self._vehicle.params)))

    def _on_param_request_read(self, message: Any) -> None:
        if message.param_index >= 0:
            row = self._vehicle.params.at(message.param_index)
        else:
            row = self._vehicle.params.row(message.param_id)
        if row is not None:
            self._send_parameter(row, row.index)
            return
        self._send(
            "param_error",
            target_system=message.get_srcSystem(),
            target_component=message.get_srcComponent(),
            param_id=message.param_id.encode(),
            param_index=message.param_index,
            error=PARAM_DOES_NOT_EXIST,
        )

    def _on_param_set(self, message: Any) -> None:
        known = message.param_id in self._vehicle.params
        if known and math.isfinite(message.param_value):
            row = self._vehicle.params.set(message.param_id, message.param_value)
            self._send_parameter(row, UNKNOWN_INDEX)

    def _list(self, message: Any) -> MissionServer | None:
        return self._vehicle.lists.get(message.mission_type)

    def _on_mission_count(self, message: Any) -> None:
        if (server := self._list(message)) is not None:
            self._reply(server.on_count(message.count, self._vehicle.time_s))

    def _on_mission_item_int(self, message: Any) -> None:
        if (server := self._list(message)) is not None:
            item = _stored(message, message.x, message.y)
            self._reply(server.on_item(message.seq, item, self._vehicle.time_s))

    def _on_mission_item(self, message: Any) -> None:
        if (server := self._list(message)) is not None:
            item = _stored(message, _e7(message.x), _e7(message.y))
            self._reply(server.on_item(message.seq, item, self._vehicle.time_s))

    def _on_mission_request_list(self, message: Any) -> None:
        if (server := self._list(message)) is not None:
            self._reply(server.on_request_list())

    def _on_mission_request_int(self, message: Any) -> None:
        if (server := self._list(message)) is not None:
            self._reply(server.on_request(message.seq, as_int=True))

    def _on_mission_request(self, message: Any) -> None:
        if (server := self._list(message)) is not None:
            self._reply(server.on_request(message.seq, as_int=False))

    def _on_mission_clear_all(self, message: Any) -> None:
        if (server := self._list(message)) is not None:
            self._reply(server.on_clear())

    def _on_mission_set_current(self, message: Any) -> None:
        self._vehicle.jump_to(message.seq)

    def _on_command_long(self, message: Any) -> None:
        self._obey(message, (message.param5, message.param6, message.param7), is_int=False)

    def _on_command_int(self, message: Any) -> None:
        self._obey(message, (message.x, message.y, message.z), is_int=True)

    def _obey(self, message: Any, xyz: tuple[float, float, float], *, is_int: bool) -> None:
        order = Order(
            command=message.command,
            params=(
                _finite(message.param1),
                _finite(message.param2),
                _finite(message.param3),
                _finite(message.param4),
            ),
            x=_finite(xyz[0]),
            y=_finite(xyz[1]),
            z=_finite(xyz[2]),
            is_int=is_int,
            frame=message.frame if is_int else 0,
        )
        result = execute(self._vehicle, order, self._requests)
        self._send_events()
        self._send(
            "command_ack",
            command=message.command,
            result=result,
            target_system=message.get_srcSystem(),
            target_component=message.get_srcComponent(),
        )

    def _on_set_mode(self, message: Any) -> None:
        self._vehicle.set_mode(message.custom_mode)

    def _on_set_position_target_global_int(self, message: Any) -> None:
        wants_place = message.type_mask & NO_TYPE_MASK_POSITION == 0
        if isinstance(self._vehicle, SubAutopilot) and wants_place:
            try:
                target = LonLat(message.lon_int / 1e7, message.lat_int / 1e7)
            except GeometryError:
                return
            self._vehicle.reposition(target, message.alt)

    def _on_manual_control(self, message: Any) -> None:
        if isinstance(self._vehicle, SubAutopilot):
            self._vehicle.steer(message.x, message.y, message.z, message.r)


def _stored(message: Any, x_e7: int, y_e7: int) -> StoredItem:
    return StoredItem(
        command=message.command,
        frame=normal_frame(message.frame),
        param1=_finite(message.param1),
        param2=_finite(message.param2),
        param3=_finite(message.param3),
        param4=_finite(message.param4),
        x_e7=x_e7,
        y_e7=y_e7,
        z_m=_finite(message.z),
    )


def _e7(degrees: float) -> int:
    """Return 1e-7 degrees of a float position."""
    return round(_finite(degrees) * 1e7)


def _finite(value: float) -> float:
    """Return a number that can be calculated with; NaN means "default" on the link."""
    return value if math.isfinite(value) else 0.0
