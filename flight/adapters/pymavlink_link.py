"""The one link that missions travel on: pymavlink's codec on our own transports and threads.

A reader thread parses and queues, a heartbeat thread keeps the vehicle's link failsafe quiet;
neither waits for whoever consumes the messages. Everything that passes is written to a tlog.
"""

from __future__ import annotations

import contextlib
import queue
import struct
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from flight.adapters.transport import Transport, open_transport
from flight.link_address import LinkAddress
from flight.messages import (
    GROUND_STATION_COMPONENT,
    GROUND_STATION_SYSTEM,
    Message,
    Outgoing,
)
from umimori.errors import LinkSilentError

RECONNECT_S = 0.5
READ_S = 0.2
TLOG_STAMP = struct.Struct(">Q")
"""A tlog is packets, each after its big-endian microseconds since 1970 (pymavlink's format)."""


class _Sink:
    """Where the codec leaves a packed message."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data = data


class PymavlinkLink:
    """A MAVLink 2 connection to one vehicle."""

    def __init__(
        self,
        address: LinkAddress,
        *,
        tlog: BinaryIO | None = None,
        open_: Callable[[LinkAddress], Transport] = open_transport,
    ) -> None:
        self._address = address
        self._open = open_
        self._tlog = tlog
        self._sink = _Sink()
        self._encoder = mavlink.MAVLink(
            self._sink, srcSystem=GROUND_STATION_SYSTEM, srcComponent=GROUND_STATION_COMPONENT
        )
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._write_lock = threading.Lock()
        self._tlog_lock = threading.Lock()
        self._closing = threading.Event()
        self._beat_changed = threading.Condition()
        self._heartbeat_hz = 1.0
        self.reconnects = 0
        self._transport: Transport | None = open_(address)
        self._threads = [
            threading.Thread(target=self._read_loop, name=f"read {address}", daemon=True),
            threading.Thread(target=self._beat_loop, name=f"heartbeat {address}", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def name(self) -> str:
        """Return the address as it was given."""
        return str(self._address)

    def send(self, message: Outgoing) -> None:
        """Send a message; a broken connection shows as silence."""
        kind = class_of(message.name)
        fields = {key: encodable(value) for key, value in message.fields.items()}
        self._send(kind(**fields))

    def receive(self, timeout_s: float) -> Message | None:
        """Return the next message or None."""
        try:
            if timeout_s <= 0.0:
                return self._queue.get_nowait()
            return self._queue.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def set_heartbeat_hz(self, rate_hz: float) -> None:
        """Change the wall rate of our HEARTBEAT; 0 stops it."""
        with self._beat_changed:
            self._heartbeat_hz = rate_hz
            self._beat_changed.notify()

    def close(self) -> None:
        """End both threads and close the connection."""
        self._closing.set()
        with self._beat_changed:
            self._beat_changed.notify()
        transport = self._transport
        if transport is not None:
            transport.close()
        for thread in self._threads:
            thread.join(timeout=5.0)

    # --- threads ---------------------------------------------------------------------------

    def _read_loop(self) -> None:
        decoder = _decoder()
        while not self._closing.is_set():
            transport = self._transport
            if transport is None:
                self._reconnect()
                continue
            try:
                data = transport.read(READ_S)
            except (OSError, ValueError):
                self._lose(transport)
                decoder = _decoder()
                continue
            if data:
                self._take(decoder, data)

    def _take(self, decoder: Any, data: bytes) -> None:
        now_s = time.monotonic()
        stamp = TLOG_STAMP.pack(int(time.time() * 1e6))
        packets = bytearray()
        for parsed in decoder.parse_buffer(data) or []:
            name = parsed.get_type()
            if name == "BAD_DATA" or name.startswith("UNKNOWN"):
                continue
            packets += stamp + bytes(parsed.get_msgbuf())
            self._queue.put(
                Message(
                    name=name,
                    fields={field: getattr(parsed, field) for field in parsed.fieldnames},
                    system=parsed.get_srcSystem(),
                    component=parsed.get_srcComponent(),
                    received_s=now_s,
                )
            )
        self._log(packets)

    def _lose(self, transport: Transport) -> None:
        transport.close()
        self._transport = None

    def _reconnect(self) -> None:
        if self._closing.wait(RECONNECT_S):
            return
        with contextlib.suppress(LinkSilentError, OSError):
            transport = self._open(self._address)
            if self._closing.is_set():
                transport.close()
                return
            self._transport = transport
            self.reconnects += 1

    def _beat_loop(self) -> None:
        heartbeat = mavlink.MAVLink_heartbeat_message(
            mavlink.MAV_TYPE_GCS,
            mavlink.MAV_AUTOPILOT_INVALID,
            0,
            0,
            mavlink.MAV_STATE_ACTIVE,
            3,
        )
        while not self._closing.is_set():
            rate = self._heartbeat_hz
            if rate > 0.0:
                self._send(heartbeat)
            with self._beat_changed:
                if not self._closing.is_set():
                    self._beat_changed.wait(1.0 / rate if rate > 0.0 else 1.0)

    def _send(self, message: Any) -> None:
        with self._write_lock:
            self._encoder.send(message)
            data = self._sink.data
            transport = self._transport
            if transport is not None:
                with contextlib.suppress(OSError, ValueError):
                    transport.write(data)
        self._log(TLOG_STAMP.pack(int(time.time() * 1e6)) + data)

    def _log(self, data: bytes | bytearray) -> None:
        if self._tlog is not None and data:
            with self._tlog_lock, contextlib.suppress(ValueError):
                self._tlog.write(data)


def _decoder() -> Any:
    decoder = mavlink.MAVLink(None)
    decoder.robust_parsing = True
    return decoder


_CLASSES: dict[str, Any] = {kind.msgname: kind for kind in mavlink.mavlink_map.values()}


def class_of(name: str) -> Any:
    """Return the codec's class of a MAVLink message name."""
    return _CLASSES[name]


def encodable(value: Any) -> Any:
    """Return a field as the codec wants it: texts as bytes."""
    return value.encode() if isinstance(value, str) else value
