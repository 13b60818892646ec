"""XML of satellite products: hostile constructs refused, every missing or odd value named."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from numpy.typing import NDArray

from umimori.errors import CorruptFileError

REMEDY = "Download the product again; this part of it is damaged."


class XmlTree:
    """One parsed file with typed look-ups.

    Args:
        content: the bytes of the file.
        name: what to call it in messages.

    Raises:
        CorruptFileError: when it is no XML, or carries entities or outside references.
    """

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        try:
            self.root: Element = fromstring(content, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
            kind = type(error).__name__
            raise CorruptFileError(f"{name} is not usable XML ({kind}).", remedy=REMEDY) from error

    def bad(self, what: str) -> CorruptFileError:
        """Return the error that says what is wrong in this file."""
        return CorruptFileError(f"{self.name}: {what}.", remedy=REMEDY)

    def text(self, path: str, within: Element | None = None) -> str:
        """Return the text of an element that must be there."""
        found = (self.root if within is None else within).findtext(path)
        if found is None or not found.strip():
            raise self.bad(f"<{path}> is missing")
        return found.strip()

    def number(self, path: str, within: Element | None = None) -> float:
        """Return a finite number."""
        text = self.text(path, within)
        try:
            value = float(text)
        except ValueError as error:
            raise self.bad(f"<{path}> is {text[:40]!r}, not a number") from error
        if not math.isfinite(value):
            raise self.bad(f"<{path}> is not a finite number")
        return value

    def positive(self, path: str, within: Element | None = None) -> float:
        """Return a number above zero."""
        value = self.number(path, within)
        if value <= 0:
            raise self.bad(f"<{path}> is {value}, it must be above zero")
        return value

    def count(self, path: str, within: Element | None = None, *, limit: int = 200_000) -> int:
        """Return a whole number from 0 to ``limit``."""
        value = self.number(path, within)
        if value != int(value) or not 0 <= value <= limit:
            raise self.bad(f"<{path}> is {value}, not a whole number from 0 to {limit}")
        return int(value)

    def time(self, path: str, within: Element | None = None) -> datetime:
        """Return a UTC time; products write it without a zone."""
        text = self.text(path, within)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise self.bad(f"<{path}> is {text[:40]!r}, not a time") from error
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def numbers(self, path: str, within: Element | None = None) -> NDArray[np.float64]:
        """Return a list of finite numbers."""
        text = self.text(path, within)
        try:
            values = np.array(text.split(), dtype=float)
        except ValueError as error:
            raise self.bad(f"<{path}> holds something that is no number") from error
        if not np.isfinite(values).all():
            raise self.bad(f"<{path}> holds NaN or infinity")
        return values

    def all(self, path: str) -> list[Element]:
        """Return all elements at a path, at least one."""
        found = self.root.findall(path)
        if not found:
            raise self.bad(f"<{path}> is missing")
        return found
