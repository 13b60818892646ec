"""The assumptions of a plan in plain words, and the one among them that is read back: the wind."""

from __future__ import annotations

import re
from collections.abc import Iterable

from umimori.models.wind import CALM, Wind, towards

_FLOW = re.compile(r"^(?:wind|current) ([0-9.]+) m/s (from|to) ([0-9.]+) deg$")


def wind_note(wind: Wind) -> str:
    """Return the note about the wind that a plan was made for, named by where it comes from."""
    return f"wind {wind.speed_mps:.1f} m/s from {wind.from_deg % 360.0:.0f} deg"


def current_note(flow: Wind) -> str:
    """Return the note about the current that a dive was made for, named by where it goes to."""
    to_deg = (flow.from_deg + 180.0) % 360.0
    return f"current {flow.speed_mps:.1f} m/s to {to_deg:.0f} deg"


def wind_of(notes: Iterable[str]) -> Wind:
    """Return the wind or current that notes tell of; calm when they tell of none."""
    for note in notes:
        found = _FLOW.match(note)
        if found:
            speed_mps, deg = float(found[1]), float(found[3])
            return Wind(speed_mps, deg) if found[2] == "from" else towards(speed_mps, deg)
    return CALM
