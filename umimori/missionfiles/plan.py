"""QGroundControl's ``.plan`` files, written and read.

Format: "Plan File Format" of the QGroundControl developer guide
(https://docs.qgroundcontrol.com/master/en/qgc-dev-guide/file_formats/plan.html): fileType "Plan",
version 1; mission version 2 of SimpleItems; geoFence version 2; rallyPoints version 2.
QGroundControl ignores keys that it does not know, so the whole Mission record (checks, safety
parameters, predicted path) travels under the top-level key ``umimori``. When both parts disagree,
somebody edited the items: the file is then read as an imported mission that has not been checked.
"""

from __future__ import annotations

import json
import math
from typing import Any

from umimori.errors import BadInputError, CorruptFileError, GeometryError
from umimori.geodesy import LonLat
from umimori.missionfiles.commands import LOCATED, RELATIVE_FRAMES, Frame
from umimori.missionfiles.identity import mission_id
from umimori.missionfiles.imported import imported_mission, item_from_fields
from umimori.records.codec import from_plain, to_plain
from umimori.records.mission import Fence, Mission, MissionItem
from umimori.records.vehicle import VehicleKind

EXTRAS_KEY = "umimori"
EXTRAS_FORMAT = 1
FIRMWARE_ARDUPILOT = 3
"""MAV_AUTOPILOT_ARDUPILOTMEGA."""
VEHICLE_TYPES = {VehicleKind.PLANE: 1, VehicleKind.SUB: 12}
"""MAV_TYPE_FIXED_WING and MAV_TYPE_SUBMARINE."""

_ALTITUDE_RELATIVE, _ALTITUDE_ABSOLUTE, _ALTITUDE_TERRAIN = 1, 2, 4
_POSITION_TOLERANCE_DEG = 1e-7
_REMEDY = "Give a .plan file of QGroundControl or Umimori."


def write_plan(mission: Mission) -> bytes:
    """Return the ``.plan`` file of a mission, UTF-8 JSON."""
    document = {
        "fileType": "Plan",
        "version": 1,
        "groundStation": "Umimori",
        "mission": {
            "version": 2,
            "firmwareType": FIRMWARE_ARDUPILOT,
            "vehicleType": VEHICLE_TYPES[mission.vehicle_kind],
            "globalPlanAltitudeMode": _ALTITUDE_RELATIVE,
            "cruiseSpeed": mission.cruise_speed_mps,
            "hoverSpeed": mission.cruise_speed_mps,
            "plannedHomePosition": [*_lat_lon(mission.home), mission.home_alt_amsl_m],
            "items": [_simple_item(item) for item in mission.items],
        },
        "geoFence": {"version": 2, "circles": [], "polygons": _fence_polygons(mission.fence)},
        "rallyPoints": {
            "version": 2,
            "points": [[*_lat_lon(point), mission.rally_alt_m] for point in mission.rally],
        },
        EXTRAS_KEY: {"format": EXTRAS_FORMAT, "mission": to_plain(mission)},
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode()


def read_plan(data: bytes, *, name: str = "plan", file: str | None = None) -> Mission:
    """Return the mission of a ``.plan`` file.

    Args:
        data: the file.
        name: what to call a mission that carries no name of ours.
        file: what to call the file when it is no plan; the name by default.

    Raises:
        CorruptFileError: when this is no QGroundControl plan of a version we know.
    """
    called = file or name
    try:
        document = json.loads(data)
    except UnicodeDecodeError as error:
        raise CorruptFileError(f"{called} is not a plan: it is no text.", remedy=_REMEDY) from error
    except (ValueError, RecursionError) as error:
        raise CorruptFileError(f"{called} is not JSON: {error}.", remedy=_REMEDY) from error
    if not isinstance(document, dict) or document.get("fileType") != "Plan":
        raise CorruptFileError(f"{called} is not a plan (no fileType Plan).", remedy=_REMEDY)
    try:
        stated = _read_qgc(document, name)
    except GeometryError:
        raise
    except BadInputError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise CorruptFileError(
            f"{called} lacks or garbles a part of a plan: {error!r}.", remedy=_REMEDY
        ) from error
    own = _read_extras(document, name)
    if own is not None and own.id == mission_id(own) and _same_content(own, stated):
        return own
    return stated


def _lat_lon(position: LonLat) -> tuple[float, float]:
    return (position.lat_deg, position.lon_deg)


def _simple_item(item: MissionItem) -> dict[str, Any]:
    lat, lon = _lat_lon(item.position) if item.position else (0.0, 0.0)
    params = [item.param1, item.param2, item.param3, item.param4, lat, lon, item.alt_m]
    simple: dict[str, Any] = {
        "type": "SimpleItem",
        "autoContinue": item.autocontinue,
        "command": item.command,
        "doJumpId": item.seq,
        "frame": item.frame,
        "params": params,
    }
    if item.command in LOCATED and item.position is not None:
        modes = {Frame.GLOBAL: _ALTITUDE_ABSOLUTE, Frame.GLOBAL_TERRAIN_ALT: _ALTITUDE_TERRAIN}
        simple["AMSLAltAboveTerrain"] = None
        simple["Altitude"] = item.alt_m
        simple["AltitudeMode"] = (
            _ALTITUDE_RELATIVE
            if item.frame in RELATIVE_FRAMES
            else modes.get(Frame(item.frame), _ALTITUDE_RELATIVE)
        )
    return simple


def _fence_polygons(fence: Fence | None) -> list[dict[str, Any]]:
    if fence is None:
        return []
    rings = [(True, fence.inclusion)] + [(False, ring) for ring in fence.exclusions]
    return [
        {"version": 1, "inclusion": inclusion, "polygon": [list(_lat_lon(p)) for p in ring]}
        for inclusion, ring in rings
    ]


def _read_qgc(document: dict[str, Any], name: str) -> Mission:
    part = document["mission"]
    if part.get("version") != 2:
        raise CorruptFileError(
            f"{name} has mission version {part.get('version')}, not 2.",
            remedy="Save it again with QGroundControl 3.5 or newer.",
        )
    items = tuple(
        _read_item(seq, raw, name) for seq, raw in enumerate(_flat(part["items"], name), start=1)
    )
    home = part.get("plannedHomePosition")
    kinds = {number: kind for kind, number in VEHICLE_TYPES.items()}
    rally = [_finite(point, 3) for point in document.get("rallyPoints", {}).get("points", [])]
    speed = _number(part.get("cruiseSpeed") or 0.0)
    return imported_mission(
        name=name,
        home=LonLat(*_finite(home[:2], 2)[::-1]) if home else None,
        home_alt_amsl_m=float(home[2] or 0.0) if home and len(home) > 2 else 0.0,
        items=items,
        fence=_read_fence(document.get("geoFence", {})),
        rally=tuple(LonLat(lon, lat) for lat, lon, _ in rally),
        rally_alt_m=rally[0][2] if rally else 0.0,
        vehicle_kind=kinds.get(part.get("vehicleType")),
        cruise_speed_mps=speed if speed > 0.0 else None,
        why_unchecked="the items of this plan are not those that Umimori checked",
    )


def _flat(items: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return SimpleItems; surveys and corridor scans are replaced by the items they made."""
    flat: list[dict[str, Any]] = []
    for item in items:
        if item.get("type") == "SimpleItem":
            flat.append(item)
            continue
        made = item.get("TransectStyleComplexItem", {}).get("Items")
        if made is None:
            kind = item.get("complexItemType", item.get("type"))
            raise BadInputError(
                f"{name} holds a '{kind}' item, which only QGroundControl can expand.",
                remedy="Save the mission from the vehicle view, or as .waypoints.",
            )
        flat.extend(_flat(made, name))
    return flat


def _read_item(seq: int, raw: dict[str, Any], name: str) -> MissionItem:
    params = raw["params"]
    if len(params) != 7:
        raise CorruptFileError(
            f"item {seq} of {name} has {len(params)} parameters, not 7.", remedy=_REMEDY
        )
    numbers = tuple(0.0 if value is None else _number(value) for value in params)
    return item_from_fields(
        seq,
        int(raw.get("frame", Frame.GLOBAL_RELATIVE_ALT)),
        int(raw["command"]),
        numbers,
        autocontinue=bool(raw.get("autoContinue", True)),
    )


def _read_fence(part: dict[str, Any]) -> Fence | None:
    inclusion: tuple[LonLat, ...] = ()
    exclusions = []
    for polygon in part.get("polygons", []):
        ring = tuple(LonLat(*_finite(point, 2)[::-1]) for point in polygon["polygon"])
        if not polygon.get("inclusion", True):
            exclusions.append(ring)
        elif inclusion:
            raise BadInputError(
                "a plan with several inclusion fences cannot be read.",
                remedy="Join them to one polygon.",
            )
        else:
            inclusion = ring
    if part.get("circles"):
        raise BadInputError(
            "a plan with circular fences cannot be read.", remedy="Draw the fence as a polygon."
        )
    return Fence(inclusion=inclusion, exclusions=tuple(exclusions)) if inclusion else None


def _read_extras(document: dict[str, Any], name: str) -> Mission | None:
    extras = document.get(EXTRAS_KEY)
    if not isinstance(extras, dict) or extras.get("format") != EXTRAS_FORMAT:
        return None
    try:
        return from_plain(Mission, extras["mission"])
    except (KeyError, TypeError, ValueError, AttributeError, BadInputError) as error:
        raise CorruptFileError(
            f"the part of {name} that Umimori wrote is damaged: {error}.",
            remedy="Plan the mission again, or remove the key 'umimori' to import it unchecked.",
        ) from error


def _same_content(own: Mission, stated: Mission) -> bool:
    """Return whether the items, fence, rally points and home that QGC shows are the record's."""
    if len(own.items) != len(stated.items) or len(own.rally) != len(stated.rally):
        return False
    if not all(_same_item(a, b) for a, b in zip(own.items, stated.items, strict=True)):
        return False
    pairs = [(own.home, stated.home), *zip(own.rally, stated.rally, strict=True)]
    if own.rally and abs(own.rally_alt_m - stated.rally_alt_m) > 1e-6:
        return False
    mine, theirs = _rings(own.fence), _rings(stated.fence)
    if [len(ring) for ring in mine] != [len(ring) for ring in theirs]:
        return False
    for ring, other in zip(mine, theirs, strict=True):
        pairs.extend(zip(ring, other, strict=True))
    return own.vehicle_kind is stated.vehicle_kind and all(_near(a, b) for a, b in pairs)


def _rings(fence: Fence | None) -> list[tuple[LonLat, ...]]:
    return [] if fence is None else [fence.inclusion, *fence.exclusions]


def _same_item(a: MissionItem, b: MissionItem) -> bool:
    if (a.frame, a.command, a.autocontinue) != (b.frame, b.command, b.autocontinue):
        return False
    ours = (a.param1, a.param2, a.param3, a.param4, a.alt_m)
    others = (b.param1, b.param2, b.param3, b.param4, b.alt_m)
    if any(abs(x - y) > 1e-6 * max(1.0, abs(x)) for x, y in zip(ours, others, strict=True)):
        return False
    if a.position is None or b.position is None:
        return a.position is b.position
    return _near(a.position, b.position)


def _near(a: LonLat, b: LonLat) -> bool:
    return (
        abs(a.lon_deg - b.lon_deg) <= _POSITION_TOLERANCE_DEG
        and abs(a.lat_deg - b.lat_deg) <= _POSITION_TOLERANCE_DEG
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is not a number")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not finite")
    return number


def _finite(values: list[object], count: int) -> list[float]:
    if len(values) < count:
        raise ValueError(f"{values!r} has fewer than {count} numbers")
    return [_number(value) for value in values[:count]]
