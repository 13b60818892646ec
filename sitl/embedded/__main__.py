"""One embedded vehicle as a process of its own: ``python -m sitl.embedded plane --port 0``.

Prints one line, ``listening tcp:127.0.0.1:PORT``, when it can be connected to.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from types import FrameType

from sitl.adapters.tcp_face import TcpFace
from sitl.embedded.autopilot import Autopilot, Place
from sitl.embedded.plane import PlaneAutopilot
from sitl.embedded.protocol import VehicleFace
from sitl.embedded.sub import SubAutopilot
from umimori.geodesy import LonLat

STALL_GUARD_S = 2.0
EXIT_CANNOT_LISTEN = 4
COMPRESSED_FROM = 20.0
"""From this speed-up on, so many wall seconds of silence are put down to a busy computer."""


def main(arguments: list[str] | None = None) -> int:
    """Run one vehicle until SIGINT or SIGTERM, or until whoever started it is gone."""
    parser = argparse.ArgumentParser(prog="python -m sitl.embedded")
    parser.add_argument("kind", choices=["plane", "sub"])
    parser.add_argument("--home", type=float, nargs=4, metavar=("LON", "LAT", "ALT", "HDG"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--speedup", type=float, default=1.0)
    parser.add_argument("--asks-int", action="store_true")
    options = parser.parse_args(arguments)
    lon, lat, alt, heading = options.home
    place = Place(position=LonLat(lon, lat), alt_amsl_m=alt, heading_deg=heading)
    kind = PlaneAutopilot if options.kind == "plane" else SubAutopilot
    vehicle: Autopilot = kind(
        place,
        asks_int=options.asks_int,
        speedup=options.speedup,
        stall_guard_s=STALL_GUARD_S if options.speedup >= COMPRESSED_FROM else 0.0,
    )
    try:
        face = TcpFace(VehicleFace(vehicle), options.host, options.port)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        sys.stderr.write(f"cannot listen on tcp:{options.host}:{options.port} ({reason})\n")
        return EXIT_CANNOT_LISTEN
    stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"listening tcp:{options.host}:{face.port}\n")
    sys.stdout.flush()
    parent = os.getppid()
    face.run(lambda: stopped or os.getppid() != parent)
    return 0


if __name__ == "__main__":
    sys.exit(main())
