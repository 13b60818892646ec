"""Runs the embedded simulator as a process of its own, so that two use two cores."""

from __future__ import annotations

import logging
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

from sitl.adapters.ending import STOP_S, end_process
from sitl.place import StartPlace
from umimori.errors import EnvironmentMissingError
from umimori.records.vehicle import VehicleKind

LOGGER = logging.getLogger(__name__)
START_S = 30.0
_PREFIX = "listening "
_ROOT = Path(__file__).resolve().parents[2]


class EmbeddedProcess:
    """One embedded vehicle, listening on this machine only."""

    engine = "embedded"
    program = "Umimori embedded simulator"

    def __init__(
        self,
        kind: VehicleKind,
        place: StartPlace,
        *,
        speedup: float,
        port: int | None,
        asks_int: bool = False,
    ) -> None:
        at = place.position
        home = (at.lon_deg, at.lat_deg, place.alt_amsl_m, place.heading_deg)
        command = [
            sys.executable,
            "-m",
            "sitl.embedded",
            kind.value,
            "--home",
            *(repr(float(number)) for number in home),
            "--port",
            str(port or 0),
            "--speedup",
            repr(float(speedup)),
        ]
        if asks_int:
            command.append("--asks-int")
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            text=True,
        )
        self.link = self._first_line()

    @property
    def running(self) -> bool:
        """Return whether the process still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process."""
        end_process(self._process)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None and not stream.closed:
                stream.close()

    def _first_line(self) -> str:
        """Wait for the line that names the link."""
        stream = self._process.stdout
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        if stream is None:
            raise self._failed("no output")
        reader = threading.Thread(target=lambda: lines.put(stream.readline()), daemon=True)
        reader.start()
        try:
            line = lines.get(timeout=START_S).strip()
        except queue.Empty:
            line = ""
        if not line.startswith(_PREFIX):
            raise self._failed(line)
        return line.removeprefix(_PREFIX)

    def _failed(self, line: str) -> EnvironmentMissingError:
        self._process.kill()
        self._process.wait(STOP_S)
        errors = self._process.stderr.read().strip() if self._process.stderr else ""
        self.stop()
        words = (errors or line or "no output").splitlines()[-1]
        return EnvironmentMissingError(
            f"the embedded simulator did not start: {words}.",
            remedy="Stop what runs there, or choose a free port with --link tcp:127.0.0.1:PORT.",
        )
