"""The data folder, which may hold settings and ArduPilot programs."""

from __future__ import annotations

from pathlib import Path

from umimori.errors import NotPermittedError


def require_folder(folder: Path) -> None:
    """Make the data folder unless it is there.

    A simulator only reads there, so a folder that is there may be read-only; one that cannot be
    made is a wrong name, and settings and programs would be missed without a word.

    Raises:
        NotPermittedError: it cannot be made, or is no folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotPermittedError(
            f"the data folder {folder} cannot be used: {error.strerror}.",
            remedy="Name a folder that you may write to with --data or UMIMORI_DATA.",
        ) from error
