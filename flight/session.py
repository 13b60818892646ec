"""A conversation with one vehicle: pumps the link, keeps its state, runs protocol engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flight.commands import TRIES, CommandExchange
from flight.messages import FLAG_CUSTOM_MODE, CommandId, Message, Outgoing, Target, command_long
from flight.modes import mode_number
from flight.parameter_transfer import ParameterReader, ParameterValue
from flight.ports import Engine, VehicleLink
from flight.vehicle_state import VehicleState
from umimori.clocks import WallClock
from umimori.errors import LinkSilentError
from umimori.records.vehicle import VehicleKind

CONNECT_S = 9.0
"""Wall seconds to wait for a first heartbeat."""
SILENCE_S = 10.0
"""Wall seconds without anything from a vehicle after which the link counts as lost."""
POLL_S = 0.02
MANY_MESSAGES = 500
EngineT = TypeVar("EngineT", bound=Engine)


class Session:
    """One vehicle on one link."""

    def __init__(self, link: VehicleLink, clock: WallClock) -> None:
        self.link = link
        self.state = VehicleState()
        self.clock = clock
        self.silence_s = SILENCE_S
        self._listeners: list[Callable[[Message], None]] = []
        self._idle: list[Callable[[], None]] = []

    @property
    def target(self) -> Target:
        """Return whom we talk to."""
        if self.state.target is None:
            raise self._silent()
        return self.state.target

    @property
    def kind(self) -> VehicleKind:
        """Return the kind of the vehicle; only asked for after it was checked."""
        if self.state.kind is None:
            raise self._silent()
        return self.state.kind

    @property
    def vehicle_id(self) -> str:
        """Return "sysid:compid@link"."""
        return f"{self.target.system}:{self.target.component}@{self.link.name}"

    def on_message(self, listener: Callable[[Message], None]) -> None:
        """Call a listener with every message of the vehicle."""
        self._listeners.append(listener)

    def on_idle(self, listener: Callable[[], None]) -> None:
        """Call a listener about every ``POLL_S``, also while an engine runs."""
        self._idle.append(listener)

    def pump(self, timeout_s: float = POLL_S, engine: Engine | None = None) -> None:
        """Take what has come, at most ``timeout_s`` waiting for the first message."""
        message = self.link.receive(timeout_s)
        for _ in range(MANY_MESSAGES):
            if message is None:
                break
            if self.state.take(message):
                for listener in self._listeners:
                    listener(message)
            if engine is not None:
                self._send_all(engine.on_message(message, self.clock.monotonic_s()))
            message = self.link.receive(0.0)
        for idle in self._idle:
            idle()

    def connect(self) -> None:
        """Wait for the first heartbeat.

        Raises:
            LinkSilentError: none came.
        """
        begin = self.clock.monotonic_s()
        while self.state.target is None:
            self.pump()
            if self.clock.monotonic_s() - begin > CONNECT_S:
                raise self._silent()

    def run(self, engine: EngineT, limit_s: float = 120.0) -> EngineT:
        """Run an engine to its end.

        Raises:
            LinkSilentError: the vehicle fell silent meanwhile.
        """
        begin = self.clock.monotonic_s()
        self._send_all(engine.start(begin))
        while not engine.finished:
            self.pump(POLL_S, engine)
            now = self.clock.monotonic_s()
            self._send_all(engine.on_tick(now))
            self.check_alive(now)
            if now - begin > limit_s:
                raise self._silent()
        return engine

    def wait(self, condition: Callable[[], bool], *, vehicle_s: float, wall_s: float) -> bool:
        """Wait for a condition at most so many vehicle and wall seconds; return whether it holds.

        Raises:
            LinkSilentError: the vehicle fell silent meanwhile.
        """
        begin_wall = self.clock.monotonic_s()
        begin_vehicle = self.state.vehicle_s
        while not condition():
            self.pump()
            now = self.clock.monotonic_s()
            self.check_alive(now)
            if begin_vehicle is None:
                begin_vehicle = self.state.vehicle_s
            passed = (self.state.vehicle_s or 0.0) - (begin_vehicle or 0.0)
            if passed > vehicle_s or now - begin_wall > wall_s:
                return condition()
        return True

    def check_alive(self, now_s: float) -> None:
        """Raise LinkSilentError when nothing was heard for too long."""
        heard = self.state.heard_s
        if heard is not None and now_s - heard > self.silence_s:
            raise LinkSilentError(
                f"the vehicle on {self.link.name} has fallen silent for {self.silence_s:g} s.",
                remedy="Check the radio; the vehicle goes on by its own failsafe settings.",
            )

    def command(self, command: int, *params: float) -> CommandExchange:
        """Send a command and return the finished exchange."""
        return self.run(CommandExchange(self.target, command, *params))

    def set_mode(self, name: str, *, tries: int = TRIES) -> CommandExchange:
        """Ask for a flight mode by name and wait until the vehicle is in it."""
        number = mode_number(self.kind, name)
        exchange = self.run(
            CommandExchange(
                self.target, CommandId.DO_SET_MODE, FLAG_CUSTOM_MODE, float(number), tries=tries
            )
        )
        if exchange.accepted:
            self.wait(lambda: self.state.custom_mode == number, vehicle_s=60.0, wall_s=5.0)
        return exchange

    def read_parameters(self, names: list[str]) -> dict[str, ParameterValue]:
        """Return the values of the names that the vehicle knows."""
        return self.run(ParameterReader(names, self.target)).values

    def ask_for(self, message_id: int, interval_us: float) -> None:
        """Ask for a message at an interval of vehicle time; no answer is waited for."""
        request = command_long(
            self.target, CommandId.SET_MESSAGE_INTERVAL, float(message_id), interval_us
        )
        self.link.send(request)

    def _send_all(self, messages: list[Outgoing]) -> None:
        for message in messages:
            self.link.send(message)

    def _silent(self) -> LinkSilentError:
        return LinkSilentError(
            f"nobody answers on {self.link.name}.",
            remedy="Start the vehicle or its simulator (umimori sitl run), or check the link.",
        )
