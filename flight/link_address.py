"""Addresses of links, as the command line writes them.

``udp:HOST:PORT`` listens, ``udpout:HOST:PORT`` sends first, ``tcp:HOST:PORT`` connects,
``serial:DEVICE:BAUD`` opens a radio.
"""

from __future__ import annotations

from dataclasses import dataclass

from umimori.errors import UsageError

SCHEMES = ("udp", "udpout", "tcp", "serial")
_ALIASES = {"udpin": "udp"}
_REMEDY = (
    "Write udp:HOST:PORT (listen), udpout:HOST:PORT, tcp:HOST:PORT or serial:DEVICE:BAUD, "
    "e.g. tcp:127.0.0.1:5760."
)
HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class LinkAddress:
    """A parsed address; ``number`` is a port, or the baud rate of a serial device."""

    scheme: str
    place: str
    number: int

    def __str__(self) -> str:
        return f"{self.scheme}:{self.place}:{self.number}"


def parse_link(text: str) -> LinkAddress:
    """Return the address that a text names.

    Raises:
        UsageError: for anything but the four forms.
    """
    scheme, _, rest = text.partition(":")
    scheme = _ALIASES.get(scheme, scheme)
    place, _, number = rest.rpartition(":")
    place = place.strip("[]")
    if scheme not in SCHEMES or not place or not number.isdecimal():
        raise UsageError(f"{text!r} is not a link address.", remedy=_REMEDY)
    value = int(number)
    if value == 0 or (scheme != "serial" and value > HIGHEST_PORT):
        raise UsageError(f"{text!r} has no usable port or baud rate.", remedy=_REMEDY)
    return LinkAddress(scheme, place, value)
