"""Start a vehicle to fly on: real ArduPilot SITL when it is found, else the embedded simulator."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sitl.adapters.ardupilot import FOLDER_VARIABLE, PROGRAMS, find_binary, start_ardupilot
from sitl.adapters.embedded_process import EmbeddedProcess
from sitl.place import HABU, OSHIMA, StartPlace
from sitl.ports import VehicleProcess
from umimori.errors import EnvironmentMissingError, UsageError
from umimori.records.vehicle import VehicleKind

ENGINES = ("auto", "embedded", "ardupilot")
SLOWEST, FASTEST = 1.0, 200.0
DEFAULT_PLACES = {VehicleKind.PLANE: OSHIMA, VehicleKind.SUB: HABU}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which vehicle to start, and how.

    Args:
        kind: plane or sub.
        engine: "auto", "embedded" or "ardupilot".
        place: where it starts; the demo's place by default.
        speedup: vehicle seconds per wall second, 1..200.
        instance: ArduPilot's instance number (its ports are 5760 + 10 x instance).
        port: TCP port to listen on; a free one by default.
        data_dir: data folder, whose ``ardupilot/`` may hold the programs.
        sitl_dir: folder of the settings with the programs.
    """

    kind: VehicleKind
    engine: str = "auto"
    place: StartPlace | None = None
    speedup: float = 1.0
    instance: int | None = None
    port: int | None = None
    data_dir: Path | None = None
    sitl_dir: Path | None = None


def start_vehicle(wanted: Wanted) -> VehicleProcess:
    """Start a vehicle and return it once it can be connected to.

    Raises:
        UsageError: an unknown engine or a speed-up outside 1..200.
        EnvironmentMissingError: ArduPilot was asked for and not found, or a program fails.
    """
    if wanted.engine not in ENGINES:
        raise UsageError(
            f"there is no engine {wanted.engine!r}.", remedy=f"Use one of {', '.join(ENGINES)}."
        )
    if not SLOWEST <= wanted.speedup <= FASTEST:
        raise UsageError(
            f"--speedup {wanted.speedup:g} is outside 1..200.",
            remedy="Embedded vehicles keep up with 200, ArduPilot with about 10.",
        )
    place = wanted.place or DEFAULT_PLACES[wanted.kind]
    if wanted.engine != "embedded":
        binary = find_binary(wanted.kind, wanted.data_dir, wanted.sitl_dir)
        if binary is not None:
            return start_ardupilot(
                binary,
                wanted.kind,
                place,
                speedup=wanted.speedup,
                instance=wanted.instance,
                port=wanted.port,
            )
        if wanted.engine == "ardupilot":
            raise EnvironmentMissingError(
                f"no ArduPilot SITL program {PROGRAMS[wanted.kind]} was found.",
                remedy=f"Set {FOLDER_VARIABLE} to the folder that holds it, "
                "or use --engine embedded.",
            )
    port = wanted.port
    if port is None and wanted.instance is not None:
        port = 5760 + 10 * wanted.instance
    return EmbeddedProcess(wanted.kind, place, speedup=wanted.speedup, port=port)
