"""Records to JSON and back, driven by their type annotations.

Canonical form: keys sorted, no spaces, times as RFC 3339 with microseconds and ``Z``, positions
as ``[lon, lat]``. The SHA-256 of that text is what the evidence log and releases refer to.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from umimori.errors import BadInputError, UmimoriError
from umimori.geodesy import LonLat

RecordT = TypeVar("RecordT")


def to_plain(value: object) -> Any:
    """Return dicts, lists, strings and numbers for a record or any value inside one."""
    if isinstance(value, LonLat):
        return [value.lon_deg, value.lat_deg]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    return value


def to_json(record: object) -> str:
    """Return the canonical JSON text of a record; NaN and infinities are refused."""
    return plain_to_json(to_plain(record))


def plain_to_json(plain: object) -> str:
    """Return the canonical JSON text of what :func:`to_plain` returned."""
    return json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def sha256_of(record: object) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of a record."""
    return text_sha256(to_json(record))


def text_sha256(text: str) -> str:
    """Return the SHA-256 (hex) of a text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def from_json(kind: type[RecordT], text: str | bytes) -> RecordT:
    """Return a record of ``kind`` from its JSON text.

    Raises:
        BadInputError: when the text is no JSON or does not fit the record.
    """
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise _no_record(kind, "it is no JSON") from error
    try:
        return from_plain(kind, plain)
    except _MisfitError as error:
        raise _no_record(kind, str(error)) from error
    except _MISFITS as error:
        raise _no_record(kind, "it does not fit") from error


class _MisfitError(ValueError):
    """Says in plain words which field does not fit."""


_MISFITS = (ValueError, TypeError, LookupError, AttributeError, UmimoriError)


def _no_record(kind: type, reason: str) -> BadInputError:
    return BadInputError(
        f"this is not a {kind.__name__} record: {reason}.",
        remedy="Use a file that this version of Umimori wrote.",
    )


def from_plain(kind: type[RecordT], plain: object) -> RecordT:
    """Return a record of ``kind`` from dicts, lists and numbers."""
    return typing.cast("RecordT", _decode(kind, plain))


def format_time(time_utc: datetime) -> str:
    """Return RFC 3339 text in UTC with microseconds; naive times are refused."""
    if time_utc.tzinfo is None:
        raise ValueError("a time without time zone cannot be stored")
    return time_utc.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str) -> datetime:
    """Return an aware UTC time from RFC 3339 text."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"time {text!r} has no time zone")
    return moment.astimezone(UTC)


@lru_cache(maxsize=128)
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _decode(hint: Any, plain: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin is typing.Union or origin is types.UnionType:
        return _decode_union(typing.get_args(hint), plain)
    if origin is tuple:
        return _decode_tuple(typing.get_args(hint), plain)
    if origin is dict:
        value_hint = typing.get_args(hint)[1]
        return {str(key): _decode(value_hint, item) for key, item in plain.items()}
    if isinstance(hint, type):
        return _decode_class(hint, plain)
    return plain


def _decode_union(choices: tuple[Any, ...], plain: Any) -> Any:
    if plain is None:
        return None
    rest = [choice for choice in choices if choice is not type(None)]
    if len(rest) == 1:
        return _decode(rest[0], plain)
    return plain


def _decode_tuple(arguments: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_decode(arguments[0], item) for item in plain)
    return tuple(_decode(hint, item) for hint, item in zip(arguments, plain, strict=True))


def _decode_class(hint: type, plain: Any) -> Any:
    if hint is LonLat:
        return LonLat(float(plain[0]), float(plain[1]))
    if hint is datetime:
        return parse_time(plain)
    if issubclass(hint, Enum):
        return hint(plain)
    if hint is float:
        return float(plain)
    if dataclasses.is_dataclass(hint):
        return _decode_record(hint, plain)
    return plain


def _decode_record(kind: type, plain: Any) -> Any:
    """Return a record; unknown fields are ignored, as another version may have written them."""
    if not isinstance(plain, dict):
        raise _MisfitError(f"a {kind.__name__} was expected")
    hints = _hints(kind)
    values: dict[str, Any] = {}
    for item in dataclasses.fields(kind):
        if item.name not in plain:
            if item.default is item.default_factory is dataclasses.MISSING:
                raise _MisfitError(f"the field {item.name} is missing")
            continue
        try:
            values[item.name] = _decode(hints[item.name], plain[item.name])
        except _MisfitError:
            raise
        except _MISFITS as error:
            raise _MisfitError(f"the field {item.name} does not fit") from error
    return kind(**values)
