"""How one benchmark is described and measured."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One timed piece of work.

    prepare: makes the input once, untimed, and returns the work to time.
    target_s: what the design asks for on two cores; None where it asks for nothing.
    """

    name: str
    prepare: Callable[[], Work]
    target_s: float | None = None
    rounds: int = 3


def measure(benchmark: Benchmark) -> dict[str, object]:
    """Time the rounds of one benchmark after one untimed warm-up; seconds of wall time."""
    work = benchmark.prepare()
    work()
    seconds = []
    for _ in range(benchmark.rounds):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return {
        "median_s": round(statistics.median(seconds), 4),
        "best_s": round(min(seconds), 4),
        "rounds": benchmark.rounds,
        "target_s": benchmark.target_s,
    }


def machine() -> dict[str, object]:
    """What the timings were taken on; numbers of different machines are not comparable."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
    }
