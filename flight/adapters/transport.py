"""Byte transports below MAVLink: TCP, UDP (listening or sending) and serial lines."""

from __future__ import annotations

import contextlib
import os
import socket
from typing import Protocol

from flight.link_address import LinkAddress
from umimori.errors import EnvironmentMissingError, LinkSilentError

READ_BYTES = 65_536
CONNECT_S = 5.0


class Transport(Protocol):
    """Bytes to and from a vehicle; raises OSError when the connection breaks."""

    def read(self, timeout_s: float) -> bytes:
        """Return what has come, empty after ``timeout_s`` without anything."""
        ...

    def write(self, data: bytes) -> None:
        """Send bytes."""
        ...

    def close(self) -> None:
        """Close; a read under way ends."""
        ...


def open_transport(address: LinkAddress) -> Transport:
    """Open the transport of an address.

    Raises:
        LinkSilentError: nobody listens there.
        EnvironmentMissingError: the port or device is not usable on this machine.
    """
    if address.scheme == "tcp":
        return TcpTransport(address)
    if address.scheme == "serial":
        return SerialTransport(address)
    return UdpTransport(address)


class TcpTransport:
    """A TCP client."""

    def __init__(self, address: LinkAddress) -> None:
        try:
            self._socket = socket.create_connection((address.place, address.number), CONNECT_S)
        except OSError as error:
            raise LinkSilentError(
                f"nobody answers on {address} ({error.strerror or error}).",
                remedy="Start the vehicle or its simulator (umimori sitl run), or check the link.",
            ) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, timeout_s: float) -> bytes:
        """Return what has come; ConnectionError when the other side has closed."""
        self._socket.settimeout(timeout_s)
        try:
            data = self._socket.recv(READ_BYTES)
        except TimeoutError:
            return b""
        if not data:
            raise ConnectionResetError("the vehicle closed the connection")
        return data

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self._socket.sendall(data)

    def close(self) -> None:
        """Close the socket."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class UdpTransport:
    """A UDP socket: ``udp`` answers whoever sends, ``udpout`` sends to a fixed place."""

    def __init__(self, address: LinkAddress) -> None:
        self._peer: tuple[str, int] | None = None
        try:
            family = socket.getaddrinfo(address.place, address.number)[0][0]
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
        except OSError as error:
            raise _unusable(address, error) from error
        try:
            if address.scheme == "udp":
                self._socket.bind((address.place, address.number))
            else:
                self._peer = (address.place, address.number)
        except OSError as error:
            self._socket.close()
            raise _unusable(address, error) from error
        self._answers_anybody = address.scheme == "udp"

    def read(self, timeout_s: float) -> bytes:
        """Return one datagram."""
        self._socket.settimeout(timeout_s)
        try:
            data, sender = self._socket.recvfrom(READ_BYTES)
        except (TimeoutError, ConnectionRefusedError):
            return b""  # a refused datagram says only that nobody listens yet
        if self._answers_anybody:
            self._peer = sender
        return data

    def write(self, data: bytes) -> None:
        """Send a datagram, once it is known where to."""
        if self._peer is not None:
            with contextlib.suppress(ConnectionRefusedError):
                self._socket.sendto(data, self._peer)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class SerialTransport:
    """A telemetry radio or a cable."""

    def __init__(self, address: LinkAddress) -> None:
        import serial

        try:
            self._port = serial.Serial(address.place, address.number, timeout=0.2)
        except (serial.SerialException, ValueError) as error:
            raise _unusable(address, error) from error

    def read(self, timeout_s: float) -> bytes:
        """Return what has come."""
        self._port.timeout = timeout_s
        first = self._port.read(1)
        waiting = self._port.in_waiting
        return bytes(first + self._port.read(waiting)) if waiting else bytes(first)

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self._port.write(data)

    def close(self) -> None:
        """Close the device."""
        self._port.close()


def _unusable(address: LinkAddress, error: Exception) -> EnvironmentMissingError:
    # pyserial repeats the system's words behind its own; the errno alone says it once.
    number = getattr(error, "errno", None)
    reason = os.strerror(number) if isinstance(number, int) else str(error)
    return EnvironmentMissingError(
        f"the link {address} cannot be opened: {reason}.",
        remedy="Check that the port or device exists and that nobody else uses it.",
    )
