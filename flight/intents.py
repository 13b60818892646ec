"""Command intents: what people want of a flying vehicle, executed at most once.

The rule, :func:`open_intents`, is pure; :class:`IntentDesk` reads and writes the store. An agent
takes only intents made after it began, so that none is executed again after a restart.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from umimori.clocks import WallClock, unix_ms
from umimori.ids import event_id
from umimori.records.flight import CommandIntent, CommandOutcome
from umimori.store.ports import Store

COMMANDS = ("pause", "resume", "return", "abort")
LOOK_EVERY_S = 0.5
"""Wall seconds between two looks at the store."""


def open_intents(
    intents: Iterable[CommandIntent],
    answered: set[str],
    flight_id: str,
    now_utc: datetime,
) -> tuple[list[CommandIntent], list[CommandIntent]]:
    """Return the intents to execute now, oldest first, and those that have run out."""
    mine = [i for i in intents if i.id not in answered and i.flight_id in {flight_id, None}]
    mine.sort(key=lambda intent: intent.created_utc)
    due = [i for i in mine if i.valid_until_utc >= now_utc]
    late = [i for i in mine if i.valid_until_utc < now_utc]
    return due, late


class IntentDesk:
    """The one agent's view on the intents for its vehicle."""

    def __init__(
        self, store: Store, clock: WallClock, *, vehicle_id: str, flight_id: str, user: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._vehicle_id = vehicle_id
        self._flight_id = flight_id
        self._user = user
        self._answered: set[str] = set()
        self._next_s = 0.0
        self._since_utc = clock.now_utc()

    def due(self) -> list[CommandIntent]:
        """Return what has to be done now; each is returned once and marked as taken."""
        now_s = self._clock.monotonic_s()
        if now_s < self._next_s:
            return []
        self._next_s = now_s + LOOK_EVERY_S
        found = self._store.list(CommandIntent, vehicle_id=self._vehicle_id)
        fresh = [i for i in found if i.created_utc >= self._since_utc]
        due, late = open_intents(fresh, self._answered, self._flight_id, self._clock.now_utc())
        for intent in late:
            self.answer(intent, accepted=False, detail="too late")
        known = [i for i in due if i.command in COMMANDS]
        for intent in due:
            if intent.command not in COMMANDS:
                self.answer(intent, accepted=False, detail="unknown command")
        self._answered.update(intent.id for intent in known)
        return known

    def left_s(self, intent: CommandIntent) -> float:
        """Return for how many wall seconds an intent is still valid."""
        return (intent.valid_until_utc - self._clock.now_utc()).total_seconds()

    def answer(self, intent: CommandIntent, *, accepted: bool, detail: str) -> None:
        """Write what was done."""
        self._answered.add(intent.id)
        now = self._clock.now_utc()
        outcome = CommandOutcome(
            id=event_id(unix_ms(now)),
            intent_id=intent.id,
            accepted=accepted,
            detail=detail,
            time_utc=now,
        )
        with self._store.write(self._user, self._clock) as tx:
            tx.put(outcome)
            tx.log(
                "command",
                outcome,
                {"command": intent.command, "by": intent.user, "accepted": accepted},
            )
