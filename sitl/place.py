"""Where a simulated vehicle starts, and how that is written on the command line. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from umimori.errors import GeometryError, UsageError
from umimori.geodesy import LonLat

_REMEDY = "Write --home LON,LAT[,ALT[,HEADING]], e.g. --home 139.40,34.72,5,90."
TCP = "tcp"
HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPlace:
    """A position, metres above mean sea level, and a heading."""

    position: LonLat
    alt_amsl_m: float = 0.0
    heading_deg: float = 0.0


OSHIMA = StartPlace(position=LonLat(139.3602, 34.7820), alt_amsl_m=37.0, heading_deg=30.0)
"""Oshima airport (RJTO), where the demo's aircraft starts."""
HABU = StartPlace(position=LonLat(139.4395, 34.6865))
"""Off the port of Habu on Oshima, where the demo's underwater vehicle starts."""


def parse_home(text: str) -> StartPlace:
    """Return the place of ``LON,LAT[,ALT[,HEADING]]``.

    Raises:
        UsageError: for anything else.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise UsageError(f"--home {text!r} is not numbers.", remedy=_REMEDY) from error
    if not 2 <= len(numbers) <= 4:
        raise UsageError(f"--home {text!r} has {len(numbers)} numbers.", remedy=_REMEDY)
    lon, lat, alt, heading = (*numbers, *[0.0] * (4 - len(numbers)))
    try:
        position = LonLat(lon, lat)
    except GeometryError as error:
        raise UsageError(error.message, remedy=_REMEDY) from error
    return StartPlace(position=position, alt_amsl_m=alt, heading_deg=heading % 360.0)


def parse_listen(text: str) -> int:
    """Return the port of ``tcp:127.0.0.1:PORT``; vehicles listen on this machine only.

    Raises:
        UsageError: for anything else.
    """
    parts = text.split(":")
    usable = len(parts) == 3 and parts[0] == TCP and parts[1] in {"127.0.0.1", "localhost"}
    if not usable or not parts[2].isdecimal() or not 0 < int(parts[2]) <= HIGHEST_PORT:
        raise UsageError(
            f"--link {text!r} is not tcp:127.0.0.1:PORT.",
            remedy="Simulated vehicles listen on this machine, e.g. --link tcp:127.0.0.1:5760.",
        )
    return int(parts[2])
