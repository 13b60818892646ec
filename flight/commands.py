"""One COMMAND_LONG until it is acknowledged. Pure.

https://mavlink.io/en/services/command.html: the same command again with ``confirmation`` counted
up; IN_PROGRESS prolongs the wait.
"""

from __future__ import annotations

from flight.messages import CommandResult, Message, Outgoing, Target, command_long
from flight.ports import is_from

RETRY_S = 0.7
TRIES = 6


class CommandExchange:
    """A command and its acknowledgement."""

    def __init__(self, target: Target, command: int, *params: float, tries: int = TRIES) -> None:
        self.result: int | None = None
        self._target = target
        self._command = command
        self._params = params
        self._tries_left = tries
        self._sent = 0
        self._next_s = 0.0

    @property
    def finished(self) -> bool:
        """Return whether an answer came or no more is expected."""
        return self.result is not None or self._tries_left < 0

    @property
    def accepted(self) -> bool:
        """Return whether the vehicle said ACCEPTED."""
        return self.result == CommandResult.ACCEPTED

    @property
    def answer(self) -> str:
        """Return the answer in words."""
        if self.result is None:
            return "no answer"
        try:
            return CommandResult(self.result).name
        except ValueError:
            return f"result {self.result}"

    def start(self, now_s: float) -> list[Outgoing]:
        """Send it."""
        return self._send(now_s)

    def on_message(self, message: Message, now_s: float) -> list[Outgoing]:
        """Take an acknowledgement."""
        if message.name != "COMMAND_ACK" or not is_from(message, self._target):
            return []
        if message["command"] != self._command or self.finished:
            return []
        if message["result"] == CommandResult.IN_PROGRESS:
            self._next_s = now_s + RETRY_S
            return []
        self.result = message["result"]
        return []

    def on_tick(self, now_s: float) -> list[Outgoing]:
        """Send it again after silence."""
        if self.finished or now_s < self._next_s:
            return []
        return self._send(now_s)

    def _send(self, now_s: float) -> list[Outgoing]:
        self._next_s = now_s + RETRY_S
        self._tries_left -= 1
        if self._tries_left < 0:
            return []
        message = command_long(self._target, self._command, *self._params)
        message.fields["confirmation"] = self._sent
        self._sent += 1
        return [message]


def tries_within(seconds: float) -> int:
    """Return how often a command may be sent so that the last time is within ``seconds``."""
    return max(1, min(TRIES, 1 + int(seconds / RETRY_S)))
