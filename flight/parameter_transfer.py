"""Read and set parameters by name. Pure engines.

https://mavlink.io/en/services/parameter.html. A name that the vehicle does not know is answered by
PARAM_ERROR (ArduPilot 4.8) or by silence (older), so silence after several tries means unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flight.messages import Message, Outgoing, Target
from flight.mission_wire import as_float32
from flight.ports import is_from

RETRY_S = 0.4
"""Wall seconds between two requests for the same name."""
READ_TRIES = 6
SET_TRIES = 8


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A value as the vehicle reports it, with its MAV_PARAM_TYPE."""

    value: float
    type: int


class ParameterReader:
    """Reads a set of names; what stays unanswered is unknown to the vehicle."""

    def __init__(self, names: Iterable[str], target: Target, *, tries: int = READ_TRIES) -> None:
        self.values: dict[str, ParameterValue] = {}
        self._open = dict.fromkeys(names, 0)
        self._target = target
        self._tries = tries
        self._next_s = 0.0

    @property
    def finished(self) -> bool:
        """Return whether every name was answered or given up."""
        return not self._open

    def start(self, now_s: float) -> list[Outgoing]:
        """Ask for all names."""
        return self._ask(now_s)

    def on_message(self, message: Message, _now_s: float) -> list[Outgoing]:
        """Take a value, or the news that there is none."""
        if not is_from(message, self._target):
            return []
        name = message.get("param_id")
        if message.name == "PARAM_VALUE" and name in self._open:
            self.values[name] = ParameterValue(message["param_value"], message["param_type"])
            del self._open[name]
        elif message.name == "PARAM_ERROR" and name in self._open:
            del self._open[name]
        return []

    def on_tick(self, now_s: float) -> list[Outgoing]:
        """Ask again for what is missing."""
        return self._ask(now_s) if now_s >= self._next_s else []

    def _ask(self, now_s: float) -> list[Outgoing]:
        self._next_s = now_s + RETRY_S
        for name in [n for n, tries in self._open.items() if tries >= self._tries]:
            del self._open[name]
        for name in self._open:
            self._open[name] += 1
        return [
            Outgoing(
                "PARAM_REQUEST_READ",
                {
                    "target_system": self._target.system,
                    "target_component": self._target.component,
                    "param_id": name,
                    "param_index": -1,
                },
            )
            for name in self._open
        ]


class ParameterWriter:
    """Sets values and waits until the vehicle has reported each back."""

    def __init__(self, wanted: Mapping[str, ParameterValue], target: Target) -> None:
        self.confirmed: dict[str, float] = {}
        self._open = dict(wanted)
        self._tries = dict.fromkeys(wanted, 0)
        self._target = target
        self._next_s = 0.0

    @property
    def finished(self) -> bool:
        """Return whether every value was confirmed or given up."""
        return all(self._tries[name] > SET_TRIES for name in self._open)

    @property
    def failed(self) -> tuple[str, ...]:
        """Return the names whose value the vehicle did not take."""
        return tuple(self._open)

    def start(self, now_s: float) -> list[Outgoing]:
        """Send all values."""
        return self._send(now_s)

    def on_message(self, message: Message, _now_s: float) -> list[Outgoing]:
        """Take a report; only the wanted value confirms."""
        if message.name != "PARAM_VALUE" or not is_from(message, self._target):
            return []
        name = message.get("param_id")
        wanted = self._open.get(name) if isinstance(name, str) else None
        if wanted is not None and same_value(wanted.value, message["param_value"]):
            self.confirmed[name] = message["param_value"]
            del self._open[name]
        return []

    def on_tick(self, now_s: float) -> list[Outgoing]:
        """Send again what is not confirmed."""
        return self._send(now_s) if now_s >= self._next_s else []

    def _send(self, now_s: float) -> list[Outgoing]:
        self._next_s = now_s + RETRY_S
        out = []
        for name, value in self._open.items():
            self._tries[name] += 1
            if self._tries[name] > SET_TRIES:
                continue
            out.append(
                Outgoing(
                    "PARAM_SET",
                    {
                        "target_system": self._target.system,
                        "target_component": self._target.component,
                        "param_id": name,
                        "param_value": as_float32(value.value),
                        "param_type": value.type,
                    },
                )
            )
        return out


def same_value(ours: float, theirs: float) -> bool:
    """Return whether two values are the same single-precision number, rounding aside."""
    return math.isclose(as_float32(ours), theirs, rel_tol=1e-6, abs_tol=1e-6)
