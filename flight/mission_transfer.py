"""Upload, read back and compare one list (mission, fence or rally points). Pure.

The MAVLink mission protocol (https://mavlink.io/en/services/mission.html) made to survive loss:

* the vehicle's requests are answered by MISSION_ITEM_INT, whatever form they have;
* on silence item n is sent again, then n+1, by turns: either our item or the vehicle's next
  request was lost, and one of the two moves things on at once;
* INVALID_SEQUENCE is no error, the vehicle merely says that it waits for another item;
* an edit is in place: only what is read back and compared counts, never an acknowledgement;
* an empty list is the only one that is cleared, so that no late MISSION_CLEAR_ALL can undo an
  upload that was verified.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flight.messages import Message, MissionResult, MissionType, Outgoing, Target
from flight.mission_wire import WireItem, differences, item_of
from flight.ports import is_from
from umimori.records.vehicle import VehicleKind

VEHICLE_GIVES_UP_S = 8.0
"""ArduPilot forgets an upload after this silence (MissionItemProtocol)."""
FASTEST_S = 0.05
ROUND_TRIPS = 3.0
"""Silence is this many usual round trips, never shorter than FASTEST_S."""
SMOOTHING = 0.2
"""Weight of a new round trip in the running mean (RFC 6298 uses 1/8)."""


class Stage(Enum):
    """How far a transfer has come."""

    COUNT = "count"
    ITEMS = "items"
    READ_COUNT = "read count"
    READ_ITEMS = "read items"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long to wait, wall seconds, and how often to try."""

    silence_s: float = 0.15
    """The longest wait while answers come; shorter once the round trip is known."""
    slowest_s: float = 1.5
    """Waiting grows up to this while nothing is heard (mission.md: 1500 ms)."""
    give_up_s: float = 30.0
    """Without any answer at all."""
    attempts: int = 10
    """Uploads before one that was broken off or read back unequal is final."""


class MissionTransfer:
    """One list to one vehicle, until what it holds is what was sent."""

    def __init__(
        self,
        items: tuple[WireItem, ...],
        mission_type: MissionType,
        target: Target,
        kind: VehicleKind,
        timing: Timing | None = None,
        *,
        read_only: bool = False,
    ) -> None:
        self.items = items
        self.mission_type = mission_type
        self.held: tuple[WireItem, ...] = ()
        self.stage = Stage.COUNT
        self.problem = ""
        self.attempts = 0
        self._target = target
        self._kind = kind
        self._timing = timing or Timing()
        self._read_only = read_only
        self._asked = -1
        self._acknowledged = False
        self._count: int | None = None
        self._read: dict[int, WireItem] = {}
        self._sent_s = 0.0
        self._heard_s = 0.0
        self._asked_s = 0.0
        self._turn = 0
        self._wait_s = self._timing.silence_s
        self._rtt_s = self._timing.silence_s / ROUND_TRIPS

    @property
    def finished(self) -> bool:
        """Return whether the transfer has come to an end, good or bad."""
        return self.stage in {Stage.DONE, Stage.FAILED}

    @property
    def verified(self) -> bool:
        """Return whether the vehicle was read back and holds exactly what was sent."""
        return self.stage is Stage.DONE

    # --- events ----------------------------------------------------------------------------

    def start(self, now_s: float) -> list[Outgoing]:
        """Begin; return the first message."""
        self._heard_s = now_s
        return self._begin_reading(now_s) if self._read_only else self._begin_upload(now_s)

    def on_message(self, message: Message, now_s: float) -> list[Outgoing]:
        """Take one message of the vehicle and return what to answer."""
        if self.finished or not is_from(message, self._target) or not self._concerns(message):
            return []
        self._heard_s = now_s
        self._rtt_s += SMOOTHING * (min(now_s - self._sent_s, self._wait_s) - self._rtt_s)
        self._wait_s = min(self._timing.silence_s, max(FASTEST_S, ROUND_TRIPS * self._rtt_s))
        if message.name in {"MISSION_REQUEST", "MISSION_REQUEST_INT"}:
            return self._on_request(message["seq"], now_s)
        if message.name == "MISSION_ACK":
            return self._on_ack(message["type"], now_s)
        if message.name == "MISSION_COUNT" and self.stage is Stage.READ_COUNT:
            return self._on_count(message["count"], now_s)
        if message.name == "MISSION_ITEM_INT" and self.stage is Stage.READ_ITEMS:
            return self._on_item(item_of(message), now_s)
        return []

    def on_tick(self, now_s: float) -> list[Outgoing]:
        """Return what to send again after silence."""
        if self.finished or now_s - self._sent_s < self._wait_s:
            return []
        if now_s - self._heard_s > self._timing.give_up_s:
            return self._fail("the vehicle stopped answering")
        self._wait_s = min(self._wait_s * 1.5, self._timing.slowest_s)
        self._turn += 1
        if self.stage is Stage.READ_COUNT:
            return self._send(now_s, self._simple("MISSION_REQUEST_LIST"))
        if self.stage is Stage.READ_ITEMS:
            return self._ask_missing(now_s)
        if self.stage is Stage.COUNT:
            return self._send(now_s, self._opening())
        if now_s - self._asked_s > VEHICLE_GIVES_UP_S:
            return self._begin_upload(now_s)
        return self._nudge(now_s)

    # --- upload ----------------------------------------------------------------------------

    def _begin_upload(self, now_s: float) -> list[Outgoing]:
        self.stage = Stage.COUNT
        self.attempts += 1
        self._asked = -1
        if self.attempts > self._timing.attempts:
            return self._fail(self.problem or "the upload did not come to an end")
        return self._send(now_s, self._opening())

    def _opening(self) -> Outgoing:
        if not self.items:
            return self._simple("MISSION_CLEAR_ALL")
        opening = self._simple("MISSION_COUNT")
        opening.fields["count"] = len(self.items)
        return opening

    def _on_request(self, seq: int, now_s: float) -> list[Outgoing]:
        """Answer a request, also a late one during the read-back: the vehicle still receives."""
        if self._read_only or not 0 <= seq < len(self.items):
            return []
        if self.stage is Stage.COUNT:
            self.stage = Stage.ITEMS
        if self.stage is Stage.ITEMS:
            self._asked = max(self._asked, seq)
            self._asked_s = now_s
        return self._send(now_s, self._item(seq))

    def _on_ack(self, result: int, now_s: float) -> list[Outgoing]:
        if self.stage in {Stage.READ_COUNT, Stage.READ_ITEMS}:
            return []  # busy with an upload it still waits for, or a late copy; we ask again
        if result == MissionResult.INVALID_SEQUENCE:
            return []
        if result == MissionResult.ACCEPTED:
            everything_asked = self._asked >= len(self.items) - 1
            return self._begin_reading(now_s) if everything_asked else []
        if result in {MissionResult.OPERATION_CANCELLED, MissionResult.DENIED}:
            return self._on_not_receiving(now_s)
        if self.stage is Stage.COUNT and result != MissionResult.NO_SPACE:
            return []  # an old answer: this upload has not sent an item yet
        return self._fail(f"the vehicle refuses it ({_result_name(result)}{self._at_item()})")

    def _on_not_receiving(self, now_s: float) -> list[Outgoing]:
        """Go on when the vehicle has forgotten the upload, or has finished it unheard."""
        if self.stage is Stage.COUNT:
            return []
        if self._asked >= len(self.items) - 1:
            return self._begin_reading(now_s)
        return self._begin_upload(now_s)

    def _at_item(self) -> str:
        return f" at item {self._asked}" if self._asked >= 0 else ""

    def _nudge(self, now_s: float) -> list[Outgoing]:
        """Send n, or n+1: by turns while the vehicle is silent."""
        last = len(self.items) - 1
        if self._asked >= last and self._turn % 4 == 0:
            return self._begin_reading(now_s)
        step = self._turn % 2
        return self._send(now_s, self._item(min(self._asked + step, last)))

    # --- reading back ----------------------------------------------------------------------

    def _begin_reading(self, now_s: float) -> list[Outgoing]:
        self.stage = Stage.READ_COUNT
        self._count = None
        self._read = {}
        return self._send(now_s, self._simple("MISSION_REQUEST_LIST"))

    def _on_count(self, count: int, now_s: float) -> list[Outgoing]:
        self._count = count
        self._read = {}
        if count == 0:
            return self._compare(now_s)
        if not self._read_only and count != len(self.items):
            return self._compare(now_s)
        self.stage = Stage.READ_ITEMS
        return self._ask_missing(now_s)

    def _on_item(self, item: WireItem, now_s: float) -> list[Outgoing]:
        count = self._count or 0
        if not 0 <= item.seq < count:
            return []
        known = item.seq in self._read
        self._read[item.seq] = item
        if len(self._read) == count:
            return self._compare(now_s)
        return [] if known else self._ask_missing(now_s)

    def _ask_missing(self, now_s: float) -> list[Outgoing]:
        missing = next(seq for seq in range(self._count or 0) if seq not in self._read)
        request = self._simple("MISSION_REQUEST_INT")
        request.fields["seq"] = missing
        return self._send(now_s, request)

    def _compare(self, now_s: float) -> list[Outgoing]:
        self.held = tuple(self._read[seq] for seq in sorted(self._read))
        if self._read_only:
            return self._end(now_s)
        if self._count != len(self.items) and self._count != len(self.held):
            found = [f"the vehicle holds {self._count} items instead of {len(self.items)}"]
        else:
            found = differences(self.items, self.held, self._kind, self.mission_type)
        if self._is_empty_mission():
            found = []
        if not found:
            return self._end(now_s)
        self.problem = found[0] + (f" and {len(found) - 1} more" if len(found) > 1 else "")
        return self._begin_upload(now_s)

    def _is_empty_mission(self) -> bool:
        """Return whether only home is left: how ArduPilot holds a mission that was cleared."""
        is_mission = self.mission_type is MissionType.MISSION
        return not self.items and (self._count == 0 or (is_mission and self._count == 1))

    def _end(self, now_s: float) -> list[Outgoing]:
        self.stage = Stage.DONE
        ack = self._simple("MISSION_ACK")
        ack.fields["type"] = int(MissionResult.ACCEPTED)
        return self._send(now_s, ack)

    # --- small parts -----------------------------------------------------------------------

    def _concerns(self, message: Message) -> bool:
        return bool(message.get("mission_type") == self.mission_type)

    def _fail(self, problem: str) -> list[Outgoing]:
        self.stage = Stage.FAILED
        self.problem = problem
        return []

    def _send(self, now_s: float, *messages: Outgoing) -> list[Outgoing]:
        self._sent_s = now_s
        return list(messages)

    def _item(self, seq: int) -> Outgoing:
        return self.items[seq].outgoing(self._target, self.mission_type)

    def _simple(self, name: str) -> Outgoing:
        return Outgoing(
            name,
            {
                "target_system": self._target.system,
                "target_component": self._target.component,
                "mission_type": int(self.mission_type),
            },
        )


def _result_name(result: int) -> str:
    try:
        return MissionResult(result).name
    except ValueError:
        return f"result {result}"
