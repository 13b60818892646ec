"""Finds ArduPilot SITL programs and runs them.

Nothing of ArduPilot is part of this product; a program that somebody has installed is started as
it is. Command line and ports: ArduPilot's SITL, tried on 4.6 and 4.8.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sitl.adapters.ending import end_process
from sitl.place import StartPlace
from umimori.errors import EnvironmentMissingError, UsageError
from umimori.records.vehicle import VehicleKind

LOGGER = logging.getLogger(__name__)
FOLDER_VARIABLE = "ARDUPILOT_SITL_DIR"
PROGRAMS = {VehicleKind.PLANE: "arduplane", VehicleKind.SUB: "ardusub"}
MODELS = {VehicleKind.PLANE: "plane", VehicleKind.SUB: "vectored"}
DEFAULTS = {VehicleKind.PLANE: "plane.parm", VehicleKind.SUB: "sub.parm"}
FIRST_PORT = 5760
PORTS_PER_INSTANCE = 10
INSTANCES = 60
START_S = 15.0
START_TRIES = 3
LISTENS = 0x0A
"""State TCP_LISTEN in /proc/net/tcp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """A SITL program and the default parameters beside it."""

    program: Path
    defaults: Path | None


def find_binary(kind: VehicleKind, data_dir: Path | None, folder: Path | None) -> Binary | None:
    """Return the program for a kind of vehicle: ARDUPILOT_SITL_DIR, PATH, data folder.

    Args:
        kind: which vehicle.
        data_dir: the data folder, whose ``ardupilot/`` is looked into.
        folder: the folder of the settings, looked into first.
    """
    name = PROGRAMS[kind]
    folders = [folder] if folder else []
    if named := os.environ.get(FOLDER_VARIABLE):
        folders.append(Path(named))
    for place in folders:
        if _is_program(place / name):
            return _with_defaults(place / name, kind)
    if on_path := shutil.which(name):
        return _with_defaults(Path(on_path), kind)
    if data_dir is not None and _is_program(data_dir / "ardupilot" / name):
        return _with_defaults(data_dir / "ardupilot" / name, kind)
    return None


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _with_defaults(program: Path, kind: VehicleKind) -> Binary:
    defaults = program.resolve().parent / DEFAULTS[kind]
    return Binary(program=program.absolute(), defaults=defaults if defaults.is_file() else None)


class ArduPilotProcess:
    """One ArduPilot SITL in a folder of its own."""

    engine = "ardupilot"

    def __init__(
        self,
        binary: Binary,
        kind: VehicleKind,
        place: StartPlace,
        *,
        speedup: float,
        instance: int,
    ) -> None:
        self._instance = instance
        self._port = FIRST_PORT + PORTS_PER_INSTANCE * self._instance
        self.link = f"tcp:127.0.0.1:{self._port}"
        self.program = str(binary.program)
        self._folder = tempfile.TemporaryDirectory(prefix=f"umimori-{PROGRAMS[kind]}-")
        at = place.position
        command = [
            str(binary.program),
            "--model",
            MODELS[kind],
            "--home",
            f"{at.lat_deg:.7f},{at.lon_deg:.7f},{place.alt_amsl_m:g},{place.heading_deg:g}",
            "--speedup",
            f"{speedup:g}",
            f"-I{self._instance}",
            "--wipe",
        ]
        if binary.defaults is not None:
            command += ["--defaults", str(binary.defaults)]
        LOGGER.warning(
            "stock ArduPilot SITL listens on all interfaces (0.0.0.0:%d): "
            "use a firewall where others share the network",
            self._port,
        )
        self._log = (Path(self._folder.name) / "output.log").open("wb")
        self._process = subprocess.Popen(  # noqa: S603 - the administrator's own program
            command,
            cwd=self._folder.name,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._wait_until_listening()

    @property
    def running(self) -> bool:
        """Return whether the program still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the program and remove its folder."""
        end_process(self._process)
        if not self._log.closed:
            self._log.close()
            self._folder.cleanup()

    def _wait_until_listening(self) -> None:
        """Wait without connecting: the first connection is the ground station's."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self.running:
            if _is_listening(self._process.pid, self._port):
                return
            time.sleep(0.05)
        output = (Path(self._folder.name) / "output.log").read_text(errors="replace")
        self.stop()
        lines = output.strip().splitlines()
        raise EnvironmentMissingError(
            f"{self.program} did not start: {lines[-1] if lines else 'no output'}.",
            remedy="Try another --instance, or run the program by hand to see why.",
        )


def start_ardupilot(
    binary: Binary,
    kind: VehicleKind,
    place: StartPlace,
    *,
    speedup: float,
    instance: int | None,
    port: int | None,
) -> ArduPilotProcess:
    """Start a program on the wanted instance, or on the first whose ports are free.

    Raises:
        UsageError: ArduPilot cannot listen on that port.
        EnvironmentMissingError: it does not start.
    """

    def start(number: int) -> ArduPilotProcess:
        return ArduPilotProcess(binary, kind, place, speedup=speedup, instance=number)

    asked = instance if port is None else _instance_of(port)
    if asked is not None:
        first = FIRST_PORT + PORTS_PER_INSTANCE * asked
        if not _is_free(first):
            raise EnvironmentMissingError(
                f"ArduPilot SITL cannot listen on port {first}: it is in use.",
                remedy="Stop what runs there, or choose another --instance or --link.",
            )
        return start(asked)
    tries = 0
    for number in range(INSTANCES):
        if not _is_free(FIRST_PORT + PORTS_PER_INSTANCE * number):
            continue
        try:
            return start(number)
        except EnvironmentMissingError:
            tries += 1  # somebody else may have taken the ports at the same moment
            if tries == START_TRIES:
                raise
    raise EnvironmentMissingError(
        "no free port between 5760 and 6350.", remedy="Stop other simulated vehicles."
    )


def _instance_of(port: int) -> int:
    wanted, rest = divmod(port - FIRST_PORT, PORTS_PER_INSTANCE)
    if rest or wanted < 0:
        raise UsageError(
            f"ArduPilot SITL cannot listen on port {port}.",
            remedy="Its ports are 5760, 5770, 5780 and so on.",
        )
    return wanted


def _is_free(port: int) -> bool:
    """Return whether the three ports of an instance can be bound."""
    for offset in (0, 2, 3):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port + offset))  # noqa: S104 - what SITL will bind
            except OSError:
                return False
    return True


def _is_listening(pid: int, port: int) -> bool:
    """Return whether this very process listens on a port, not another that was there first."""
    inodes = _listening_inodes(port)
    if not inodes:
        return False
    try:
        held = {fd.readlink().name for fd in Path(f"/proc/{pid}/fd").iterdir()}
    except OSError:
        return False
    return any(f"socket:[{inode}]" in held for inode in inodes)


def _listening_inodes(port: int) -> list[str]:
    found: list[str] = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            fields = row.split()
            listens = int(fields[3], 16) == LISTENS
            if listens and int(fields[1].rpartition(":")[2], 16) == port:
                found.append(fields[9])
    return found
