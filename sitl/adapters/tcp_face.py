"""Puts an embedded vehicle on a TCP port and lets its time run.

Like ArduPilot SITL: vehicle time starts when the first station connects, stands still while a
station does not read, and never leaps after the computer was busy.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections.abc import Callable

from sitl.embedded.protocol import VehicleFace

STEP_S = 0.1
"""Vehicle seconds per simulation step."""
SLOWEST_STEP_SHARE = 50.0
LOOP_S = 0.005
"""Wall seconds between two looks at the sockets while time runs."""
LONGEST_LEAP_S = 0.05
"""Wall seconds that are made up for at once after the process was held up."""
FULL_BUFFER_BYTES = 262_144
READ_BYTES = 65_536
GARBAGE_GUARD_BYTES = 4_194_304


class _Station:
    """One connected ground station and what still has to be sent to it."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.pending = bytearray()

    def flush(self) -> bool:
        """Send what the socket takes; return False when the station has gone."""
        while self.pending:
            try:
                sent = self.connection.send(self.pending)
            except BlockingIOError:
                return True
            except OSError:
                return False
            del self.pending[:sent]
        return True


class TcpFace:
    """A listening socket, its stations and the run of vehicle time."""

    def __init__(self, face: VehicleFace, host: str, port: int) -> None:
        self._face = face
        self._server = socket.create_server((host, port))
        self._server.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._server, selectors.EVENT_READ, None)
        self._stations: list[_Station] = []
        self._started = False
        self._owed_s = 0.0

    @property
    def port(self) -> int:
        """Return the port that stations connect to."""
        return int(self._server.getsockname()[1])

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Serve until told to stop."""
        last = time.monotonic()
        try:
            while not should_stop():
                self._poll(LOOP_S if self._started else 0.2)
                now = time.monotonic()
                if self._started and not self._is_held_up():
                    self._advance(min(now - last, LONGEST_LEAP_S))
                last = now
        finally:
            self.close()

    def close(self) -> None:
        """Close every socket."""
        for station in list(self._stations):
            self._drop(station)
        self._selector.close()
        self._server.close()

    def _is_held_up(self) -> bool:
        return any(len(s.pending) > FULL_BUFFER_BYTES for s in self._stations)

    def _advance(self, wall_s: float) -> None:
        speedup = self._face.speedup
        step = min(STEP_S, max(STEP_S / SLOWEST_STEP_SHARE, speedup * LOOP_S))
        self._owed_s += wall_s * speedup
        while self._owed_s >= step:
            self._owed_s -= step
            self._face.advance(step)
        self._broadcast()

    def _poll(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            station = key.data
            if station is None:
                self._accept()
            else:
                self._read(station)
        self._broadcast()

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            connection, _ = self._server.accept()
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            station = _Station(connection)
            self._stations.append(station)
            self._selector.register(connection, selectors.EVENT_READ, station)
            self._started = True

    def _read(self, station: _Station) -> None:
        try:
            data = station.connection.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(station)
            return
        self._face.receive(data)

    def _broadcast(self) -> None:
        data = self._face.take_output()
        for station in list(self._stations):
            station.pending.extend(data)
            if not station.flush() or len(station.pending) > GARBAGE_GUARD_BYTES:
                self._drop(station)

    def _drop(self, station: _Station) -> None:
        self._selector.unregister(station.connection)
        station.connection.close()
        self._stations.remove(station)
