"""Ports and zones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from umimori.geodesy import LonLat


class ZoneKind(StrEnum):
    """What a zone means to the rules."""

    CLOSED_PORT = "closed_port"
    """不開港 (Customs Act, article 20): no foreign-trade vessel may call without permission."""
    NO_FLY = "no_fly"
    WATCH = "watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A harbour; ``open_port`` is None where it is not known."""

    id: str
    name: str
    position: LonLat
    country: str | None
    open_port: bool | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A polygon (open ring) or a circle round ``ring[0]`` with ``radius_m``."""

    id: str
    name: str
    kind: ZoneKind
    ring: tuple[LonLat, ...]
    radius_m: float | None
    source: str
