"""What the planner needs from outside: a coast, and a place to keep missions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from umimori.clocks import WallClock
from umimori.geodesy import BBox


class CoastSource(Protocol):
    """Land polygons and how wrong they may be; ``umimori.coast.Coast`` is one."""

    def coast_error_in(self, bbox: BBox) -> float:
        """Return how far the true shoreline may lie from the drawn one in a box, metres."""
        ...

    @property
    def name(self) -> str:
        """Return the name of the data set."""
        ...

    def polygons_in(self, bbox: BBox) -> Sequence[Any]:
        """Return shapely land polygons (lon, lat) that touch a box."""
        ...


class MissionTransaction(Protocol):
    """One short write."""

    def put(self, record: Any) -> None:
        """Store a record."""
        ...

    def log(self, *, act: str, subject: Any, detail: dict[str, Any]) -> None:
        """Append to the evidence log in the same transaction."""
        ...


class MissionStore(Protocol):
    """The store as the planner sees it; ``umimori.store.Store`` is one."""

    def write(self, *, actor: str, clock: WallClock) -> AbstractContextManager[Any]:
        """Open one transaction."""
        ...
