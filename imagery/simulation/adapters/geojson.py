"""Writes JSON documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from umimori.errors import NotPermittedError


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Write a document, indented for people.

    Raises:
        NotPermittedError: the file cannot be written.
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise NotPermittedError(
            f"{path} cannot be written: {error.strerror}.",
            remedy="Choose an output file that you may write.",
        ) from error
