"""Slows guessing of passwords."""

from __future__ import annotations

import threading
from collections import defaultdict

from umimori.errors import NotPermittedError

MAX_FAILURES = 10
FAILURE_WINDOW_S = 300.0


class LoginThrottle:
    """Counts failures by user name and address; process-local."""

    def __init__(self) -> None:
        self._failures: defaultdict[str, list[float]] = defaultdict(list)
        self._lock = threading.Lock()

    def check(self, keys: tuple[str, ...], now_s: float) -> None:
        """Refuse when any key has failed too often of late."""
        with self._lock:
            for key in keys:
                recent = [t for t in self._failures[key] if now_s - t < FAILURE_WINDOW_S]
                self._failures[key] = recent
                if len(recent) >= MAX_FAILURES:
                    raise NotPermittedError(
                        "too many failed logins.", remedy="Wait five minutes and try again."
                    )

    def failed(self, keys: tuple[str, ...], now_s: float) -> None:
        """Remember a failure."""
        with self._lock:
            for key in keys:
                self._failures[key].append(now_s)
