"""The vehicle's side of the MAVLink mission protocol, as ArduPilot plays it.

https://mavlink.io/en/services/mission.html, with ArduPilot's habits: it asks for items with
MISSION_REQUEST or MISSION_REQUEST_INT, asks again after 1 s of silence, gives up after 8 s with
OPERATION_CANCELLED, answers an item out of turn with INVALID_SEQUENCE and goes on, keeps home in
slot 0, edits in place (a broken upload leaves a mixture), and has no second buffer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sitl.embedded.items import StoredItem

ASK_AGAIN_S = 1.0
GIVE_UP_S = 8.0
MAX_ITEMS = 655
"""Items a 16 kB store holds, item 0 included (measured on ArduPlane 4.8)."""

ACCEPTED, DENIED, NO_SPACE = 0, 14, 4
INVALID, INVALID_SEQUENCE, CANCELLED = 5, 13, 15
"""MAV_MISSION_RESULT (common.xml)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to send: name and fields; the target is filled in by the caller."""

    name: str
    fields: dict[str, float]


@dataclass(slots=True)
class _Upload:
    count: int
    expected: int
    heard_s: float
    asked_s: float


class MissionServer:
    """One list of items (mission, fence or rally points) and its transfers.

    Args:
        mission_type: MAV_MISSION_TYPE number.
        asks_int: whether requests are MISSION_REQUEST_INT instead of MISSION_REQUEST.
        check: returns the MAV_MISSION_RESULT of an item (0 accepts it).
        store: turns a received item into what the memory keeps of it.
        finish: called with the whole list after an upload; returns its MAV_MISSION_RESULT.
    """

    def __init__(
        self,
        mission_type: int,
        *,
        asks_int: bool,
        check: Callable[[StoredItem], int],
        store: Callable[[StoredItem], StoredItem],
        finish: Callable[[list[StoredItem]], int],
        home: Callable[[], StoredItem] | None = None,
    ) -> None:
        self.mission_type = mission_type
        self.items: list[StoredItem] = []
        self._request = "MISSION_REQUEST_INT" if asks_int else "MISSION_REQUEST"
        self._check = check
        self._store = store
        self._finish = finish
        self._home = home
        self._upload: _Upload | None = None
        if home is not None:
            self.items.append(home())

    @property
    def receiving(self) -> bool:
        """Return whether an upload is under way."""
        return self._upload is not None

    def on_count(self, count: int, now_s: float) -> list[Reply]:
        """Begin an upload of ``count`` items."""
        if count > MAX_ITEMS:
            return [self._ack(NO_SPACE)]
        del self.items[count:]
        if self._home is not None and not self.items:
            self.items.append(self._home())
        if count == 0:
            self._upload = None
            return [self._ack(self._finish(self.items))]
        self._upload = _Upload(count, 0, now_s, now_s)
        return [self._ask(0)]

    def on_item(self, seq: int, item: StoredItem, now_s: float) -> list[Reply]:
        """Take an item of the upload, or say that it is not its turn."""
        upload = self._upload
        if upload is None:
            return [self._ack(DENIED)]
        if seq != upload.expected:
            return [self._ack(INVALID_SEQUENCE)]
        result = self._check(item) if not (seq == 0 and self._home) else ACCEPTED
        if result != ACCEPTED:
            self._upload = None
            return [self._ack(result)]
        self._write(seq, item)
        upload.expected += 1
        upload.heard_s = upload.asked_s = now_s
        if upload.expected == upload.count:
            self._upload = None
            return [self._ack(self._finish(self.items))]
        return [self._ask(upload.expected)]

    def on_request_list(self) -> list[Reply]:
        """Say how many items there are."""
        if self._upload is not None:
            return [self._ack(DENIED)]
        self._refresh_home()
        fields: dict[str, float] = {"count": len(self.items), "mission_type": self.mission_type}
        return [Reply("MISSION_COUNT", fields)]

    def on_request(self, seq: int, *, as_int: bool) -> list[Reply]:
        """Send one item."""
        if self._upload is not None:
            return [self._ack(DENIED)]
        if not 0 <= seq < len(self.items):
            return [self._ack(INVALID_SEQUENCE)]
        return [self._item(seq, as_int)]

    def on_clear(self) -> list[Reply]:
        """Forget everything."""
        self._upload = None
        self.items.clear()
        if self._home is not None:
            self.items.append(self._home())
        return [self._ack(self._finish(self.items))]

    def tick(self, now_s: float) -> list[Reply]:
        """Ask again after silence, and give up after a long one."""
        upload = self._upload
        if upload is None:
            return []
        if now_s - upload.heard_s >= GIVE_UP_S:
            self._upload = None
            return [self._ack(CANCELLED)]
        if now_s - upload.asked_s >= ASK_AGAIN_S:
            upload.asked_s = now_s
            return [self._ask(upload.expected)]
        return []

    def _write(self, seq: int, item: StoredItem) -> None:
        stored = self._home() if seq == 0 and self._home is not None else self._store(item)
        if seq < len(self.items):
            self.items[seq] = stored
        else:
            self.items.append(stored)

    def _refresh_home(self) -> None:
        if self._home is not None:
            self.items[:1] = [self._home()]

    def _ask(self, seq: int) -> Reply:
        return Reply(self._request, {"seq": seq, "mission_type": self.mission_type})

    def _ack(self, result: int) -> Reply:
        return Reply("MISSION_ACK", {"type": result, "mission_type": self.mission_type})

    def _item(self, seq: int, as_int: bool) -> Reply:
        item = self.items[seq]
        fields: dict[str, float] = {
            "seq": seq,
            "frame": item.frame,
            "command": item.command,
            "current": 0,
            "autocontinue": 1,
            "param1": item.param1,
            "param2": item.param2,
            "param3": item.param3,
            "param4": item.param4,
            "z": item.z_m,
            "mission_type": self.mission_type,
        }
        if as_int:
            return Reply("MISSION_ITEM_INT", {**fields, "x": item.x_e7, "y": item.y_e7})
        return Reply("MISSION_ITEM", {**fields, "x": item.x_e7 / 1e7, "y": item.y_e7 / 1e7})
