"""What stations say of themselves, put together from messages 5, 19, 21, 24A and 24B."""

from __future__ import annotations

import dataclasses
import unicodedata

from umimori.records import AisStatic

MAX_TEXT = 120
MAX_LENGTH_M = 1022.0
"""Sum of the two 9-bit distances (ITU-R M.1371-5, figure 41)."""


def clean_text(text: str | None) -> str | None:
    """Return visible text without padding and control characters; None when nothing is left.

    The text stays hostile: whoever shows it must escape it.
    """
    if text is None:
        return None
    visible = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    cut = visible.split("@", 1)[0].strip()
    return cut[:MAX_TEXT] or None


def clean_size_m(first: float | None, second: float | None, limit_m: float) -> float | None:
    """Return the sum of the distances to both ends; zero means unknown."""
    if first is None or second is None:
        return None
    total = float(first) + float(second)
    return total if 0.0 < total <= limit_m else None


def merge_static(old: AisStatic | None, new: AisStatic) -> AisStatic:
    """Return ``new`` with the gaps filled from ``old``."""
    if old is None:
        return new
    known = {
        field.name: getattr(old, field.name)
        for field in dataclasses.fields(AisStatic)
        if getattr(new, field.name) is None
    }
    return dataclasses.replace(new, simulated=old.simulated or new.simulated, **known)
