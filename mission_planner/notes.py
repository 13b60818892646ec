"""The assumptions of a plan in plain words, and the one among them that is read back: the wind."""

from __future__ import annotations

import re
from collections.abc import Iterable

from umimori.models.wind import CALM, Wind

_WIND = re.compile(r"^(?:wind|current) ([0-9.]+) m/s from ([0-9.]+) deg$")


def wind_note(wind: Wind, what: str = "wind") -> str:
    """Return the note about the wind (or current) that a plan was made for."""
    return f"{what} {wind.speed_mps:.1f} m/s from {wind.from_deg % 360.0:.0f} deg"


def wind_of(notes: Iterable[str]) -> Wind:
    """Return the wind that notes tell of; calm when they tell of none."""
    for note in notes:
        found = _WIND.match(note)
        if found:
            return Wind(float(found[1]), float(found[2]))
    return CALM
