"""A few lines to write the XML of the product without a template."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

import numpy as np
from numpy.typing import NDArray

Content = str | int | float | bool | ET.Element | Iterable[ET.Element] | None


def node(tag: str, content: Content = None, **attributes: str) -> ET.Element:
    """Return an element holding text, a number (15 digits, as the real processor), or children."""
    element = ET.Element(tag, attributes)
    if content is None:
        return element
    if isinstance(content, ET.Element):
        element.append(content)
    elif isinstance(content, str):
        element.text = content
    elif isinstance(content, bool):
        element.text = "true" if content else "false"
    elif isinstance(content, int):
        element.text = str(content)
    elif isinstance(content, float):
        element.text = f"{content:.15e}"
    else:
        element.extend(content)
    return element


def fields(values: Mapping[str, object]) -> list[ET.Element]:
    """Return one element for each entry (text, number or truth value), in order."""
    return [node(tag, cast("Content", value)) for tag, value in values.items()]


def counted(tag: str, children: Sequence[ET.Element]) -> ET.Element:
    """Return a list element that says how many children it has."""
    return node(tag, children, count=str(len(children)))


def numbers(tag: str, values: NDArray[np.generic] | Sequence[float], pattern: str) -> ET.Element:
    """Return an element with a counted, blank-separated list of numbers."""
    text = " ".join([pattern % v for v in np.asarray(values).tolist()])
    return node(tag, text, count=str(len(values)))


def utc_text(moment: datetime) -> str:
    """Return a time as the product writes it: UTC, microseconds, no zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")


def document(root: ET.Element) -> bytes:
    """Return the indented file with its declaration."""
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"
