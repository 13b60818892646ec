"""Reads a mission from a file."""

from __future__ import annotations

from pathlib import Path

from umimori.errors import BadInputError
from umimori.missionfiles.plan import read_plan
from umimori.records.mission import Mission


def read_mission(path: Path) -> Mission:
    """Return the mission of a ``.plan`` file.

    Raises:
        BadInputError: the file cannot be read or is no plan.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInputError(
            f"the mission file {path} cannot be read: {error.strerror}.",
            remedy="Give a .plan file, e.g. one that `umimori plan` wrote.",
        ) from error
    return read_plan(data, name=path.stem, file=path.name)
