"""Waits in the foreground until somebody ends the command."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from umimori.errors import OutsideWorldError

LOOK_S = 0.5


def wait_for_stop(is_running: Callable[[], bool]) -> None:
    """Return on SIGINT or SIGTERM.

    Raises:
        OutsideWorldError: the vehicle ended by itself.
    """
    sys.stdout.flush()
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        while not stopped.wait(LOOK_S):
            if not is_running():
                raise OutsideWorldError(
                    "the simulated vehicle ended by itself.", remedy="Start it again."
                )
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
