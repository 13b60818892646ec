"""Mission Planner's and MAVProxy's ``.waypoints`` files ("QGC WPL 110"), written and read.

Format: https://mavlink.io/en/file_formats/#mission_plain_text_file: a header line, then per item
INDEX, CURRENT, FRAME, COMMAND, PARAM1..4, X (lat), Y (lon), Z (alt), AUTOCONTINUE, tab-separated.
Index 0 is home. The format has no place for fences, rally points, parameters or checks.
"""

from __future__ import annotations

import math

from umimori.errors import CorruptFileError
from umimori.geodesy import LonLat
from umimori.missionfiles.commands import Command, Frame
from umimori.missionfiles.imported import imported_mission, item_from_fields
from umimori.records.mission import Mission, MissionItem

HEADER = "QGC WPL 110"
LOSES = "a .waypoints file holds no fence, rally points, safety parameters or checks"
_COLUMNS = 12
_REMEDY = "Give a file that begins with 'QGC WPL 110', as Mission Planner writes it."


def write_waypoints(mission: Mission) -> bytes:
    """Return the ``.waypoints`` file of a mission; :data:`LOSES` says what it cannot hold."""
    home = (0, 1, Frame.GLOBAL.value, Command.NAV_WAYPOINT.value)
    rows = [_row(home, (0.0, 0.0, 0.0, 0.0), mission.home, mission.home_alt_amsl_m, True)]
    rows.extend(
        _row(
            (item.seq, 0, item.frame, item.command),
            (item.param1, item.param2, item.param3, item.param4),
            item.position,
            item.alt_m,
            item.autocontinue,
        )
        for item in mission.items
    )
    return ("\n".join([HEADER, *rows]) + "\n").encode("ascii")


def read_waypoints(data: bytes, *, name: str = "waypoints") -> Mission:
    """Return the mission of a ``.waypoints`` file, unchecked.

    Raises:
        CorruptFileError: when this is no WPL 110 file or a line cannot be read.
    """
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise CorruptFileError(f"{name} is not a text file.", remedy=_REMEDY) from error
    if not lines or lines[0].strip() != HEADER:
        raise CorruptFileError(f"{name} does not begin with '{HEADER}'.", remedy=_REMEDY)
    rows = [
        (number, line.split())
        for number, line in enumerate(lines[1:], start=2)
        if line.strip() and not line.startswith("#")
    ]
    home, home_alt, items = None, 0.0, []
    for number, fields in rows:
        index, item = _read_row(number, fields, name)
        if index == 0:
            home, home_alt = item.position, item.alt_m
        else:
            items.append(item)
    return imported_mission(
        name=name,
        home=home,
        home_alt_amsl_m=home_alt,
        items=_renumbered(items),
        fence=None,
        rally=(),
        rally_alt_m=0.0,
        vehicle_kind=None,
        cruise_speed_mps=None,
        why_unchecked=LOSES,
    )


def _renumbered(items: list[MissionItem]) -> tuple[MissionItem, ...]:
    if [item.seq for item in items] == list(range(1, len(items) + 1)):
        return tuple(items)
    raise CorruptFileError(
        "the items of the file are not numbered 1, 2, 3 ...", remedy="Save the mission again."
    )


def _row(
    head: tuple[int, int, int, int],
    params: tuple[float, float, float, float],
    position: LonLat | None,
    alt_m: float,
    autocontinue: bool,
) -> str:
    lon, lat = position.xy if position else (0.0, 0.0)
    # repr keeps every digit: what is read back is what was written
    numbers = [repr(float(value)) for value in (*params, lat, lon, alt_m)]
    return "\t".join([*(str(value) for value in head), *numbers, str(int(autocontinue))])


def _read_row(number: int, fields: list[str], name: str) -> tuple[int, MissionItem]:
    if len(fields) != _COLUMNS:
        raise CorruptFileError(
            f"line {number} of {name} has {len(fields)} columns, not {_COLUMNS}.", remedy=_REMEDY
        )
    try:
        index, frame, command = int(fields[0]), int(fields[2]), int(fields[3])
        numbers = tuple(float(value) for value in fields[4:11])
        autocontinue = bool(int(fields[11]))
    except (ValueError, OverflowError) as error:
        raise CorruptFileError(
            f"line {number} of {name} holds what is no number: {error}.", remedy=_REMEDY
        ) from error
    # Mission Planner writes NaN for "keep the yaw"; the record knows no NaN
    numbers = tuple(0.0 if math.isnan(value) else value for value in numbers)
    if not all(math.isfinite(value) for value in numbers):
        raise CorruptFileError(f"line {number} of {name} holds an infinite number.", remedy=_REMEDY)
    item = item_from_fields(max(index, 0), frame, command, numbers, autocontinue=autocontinue)
    return index, item
