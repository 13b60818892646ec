"""Three clocks that are never mixed.

*wall*: evidence log, sessions, link silence (and a monotonic twin for ages).
*vehicle*: seconds since the autopilot booted (``time_boot``): failsafes, durations, energy.
*world*: the time of scene, AIS, tide and daylight; equals wall in real work, the scene's time in
the demo.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class WallClock(Protocol):
    """What tells civil time and a monotonic age."""

    def now_utc(self) -> datetime:
        """Return the present moment, aware, UTC."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds that never jump, for ages and time-outs."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_utc(self) -> datetime:  # noqa: PLR6301 - the protocol's method
        """Return the present moment, aware, UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:  # noqa: PLR6301 - the protocol's method
        """Return the machine's monotonic seconds."""
        return time.monotonic()


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved; for tests and replays."""

    time_utc: datetime
    elapsed_s: float = 0.0

    def now_utc(self) -> datetime:
        """Return the set time plus what has elapsed."""
        return self.time_utc + timedelta(seconds=self.elapsed_s)

    def monotonic_s(self) -> float:
        """Return what has elapsed, seconds."""
        return self.elapsed_s

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self.elapsed_s += seconds


@dataclass(frozen=True, slots=True)
class WorldClock:
    """World time as an affine function of wall time.

    In real work both anchors are equal and the rate is 1. In the demo the world starts at the
    scene's time and runs ``rate`` times as fast as the wall.
    """

    wall_anchor_utc: datetime
    world_anchor_utc: datetime
    rate: float = 1.0

    def at(self, wall_utc: datetime) -> datetime:
        """Return the world time at a wall time."""
        return self.world_anchor_utc + (wall_utc - self.wall_anchor_utc) * self.rate


REAL_WORLD = WorldClock(
    wall_anchor_utc=datetime(2000, 1, 1, tzinfo=UTC),
    world_anchor_utc=datetime(2000, 1, 1, tzinfo=UTC),
)


def unix_ms(time_utc: datetime) -> int:
    """Return milliseconds since 1970-01-01 UTC of an aware time."""
    return int(time_utc.timestamp() * 1000.0)
