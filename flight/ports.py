"""What the flight stage needs from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from flight.messages import Message, Outgoing, Target


class VehicleLink(Protocol):
    """A MAVLink connection. One reader thread fills a queue; nothing here waits on a listener."""

    @property
    def name(self) -> str:
        """Return the address as it was given."""
        ...

    def send(self, message: Outgoing) -> None:
        """Send a message; a broken connection is not an error here, silence will show."""
        ...

    def receive(self, timeout_s: float) -> Message | None:
        """Return the next message, or None after ``timeout_s`` wall seconds without one."""
        ...

    def set_heartbeat_hz(self, rate_hz: float) -> None:
        """Send our HEARTBEAT at this wall rate from now on; 0 stops it."""
        ...

    def close(self) -> None:
        """End threads and close the connection."""
        ...


Progress = Callable[[str, dict[str, object]], None]
"""Called with a short code and numbers whenever a flight comes further."""


class Engine(Protocol):
    """A pure protocol engine: messages and time in, messages out, until it is finished."""

    @property
    def finished(self) -> bool:
        """Return whether there is nothing more to wait for."""
        ...

    def start(self, now_s: float) -> list[Outgoing]:
        """Return the first messages."""
        ...

    def on_message(self, message: Message, now_s: float) -> list[Outgoing]:
        """Take a message and return what to answer."""
        ...

    def on_tick(self, now_s: float) -> list[Outgoing]:
        """Return what to send now that time has passed."""
        ...


def is_from(message: Message, target: Target) -> bool:
    """Return whether a message comes from the vehicle that an engine talks to."""
    return message.system == target.system and message.component == target.component
