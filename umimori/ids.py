"""Record ids.

Derived things (a detection, a match) get a name-based id (RFC 9562 UUIDv5) over what they were
derived from, so that computing them again changes nothing. Events (a review, a flight) get a
time-ordered id (RFC 9562 UUIDv7) once.
"""

from __future__ import annotations

import dataclasses
import json
import os
import uuid
from collections.abc import Callable
from datetime import datetime

UMIMORI_NAMESPACE = uuid.UUID("b7a3f0c2-5d1e-5b7c-9a46-2f6d0c9e41aa")
"""Namespace of all derived ids; fixed for ever, else every id changes."""

_UNIX_MS_BITS = 48
_RANDOM_BYTES = 10


def derived_id(kind: str, *parts: object) -> str:
    """Return the UUIDv5 of a kind and the JSON-able parts it was derived from.

    The parts are encoded as canonical JSON, so that ("a", "bc") and ("ab", "c") differ, and a
    float gives the same id on every machine (shortest round-trip form).

    Raises:
        TypeError: a part that JSON has no form for.
        ValueError: NaN or an infinity.
    """
    name = json.dumps(
        [kind, *parts], sort_keys=True, separators=(",", ":"), default=_plain, allow_nan=False
    )
    return str(uuid.uuid5(UMIMORI_NAMESPACE, name))


def _plain(part: object) -> object:
    """Return what JSON can say of a time or a record; anything else has no lasting name."""
    if isinstance(part, datetime):
        return part.isoformat()
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        return dataclasses.astuple(part)
    raise TypeError(f"an id cannot be derived from {type(part).__name__}")


def event_id(unix_ms: int, random_bytes: Callable[[int], bytes] = os.urandom) -> str:
    """Return a UUIDv7 (RFC 9562 section 5.7) for an event at the wall time ``unix_ms``.

    Args:
        unix_ms: milliseconds since 1970-01-01 UTC, from the wall clock of the caller.
        random_bytes: source of randomness; replaced in tests only.
    """
    value = int.from_bytes(random_bytes(_RANDOM_BYTES), "big")
    value |= (unix_ms & ((1 << _UNIX_MS_BITS) - 1)) << 80
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))
