"""Telling how far a long plan has come, without knowing to whom."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]
"""Takes one short line; may be called often."""


def ignore(line: str) -> None:
    """Tell nobody."""
