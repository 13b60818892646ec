"""Missions written by hand, as an officer might in a ground station."""

from umimori.geodesy import LonLat, forward
from umimori.missionfiles.commands import Command
from umimori.missionfiles.identity import with_id
from umimori.records.mission import (
    Fence,
    Mission,
    MissionItem,
    MissionKind,
    SafetyParameter,
)
from umimori.records.vehicle import VehicleKind

PLANE_HOME = LonLat(139.3602, 34.7820)
SUB_HOME = LonLat(139.4395, 34.6865)
RELATIVE = 3


def _item(seq, command, position=None, alt_m=0.0, **params):
    return MissionItem(
        seq=seq, frame=RELATIVE, command=int(command), position=position, alt_m=alt_m, **params
    )


def _numbered(rows):
    return tuple(_item(seq, *row[:3], **row[3]) for seq, row in enumerate(rows, start=1))


def _mission(kind, home, items, **fields):
    values = {
        "id": "",
        "kind": MissionKind.IMPORTED,
        "vehicle_kind": kind,
        "vehicle": f"test-{kind.value}",
        "name": f"hand-written {kind.value}",
        "home": home,
        "home_alt_amsl_m": 37.0 if kind is VehicleKind.PLANE else 0.0,
        "items": items,
        "fence": None,
        "rally": (),
        "rally_alt_m": 100.0,
        "safety_parameters": (),
        "cruise_speed_mps": 22.0 if kind is VehicleKind.PLANE else 1.0,
        "length_m": 5000.0,
        "duration_s": 300.0,
        "energy_fraction": 0.2,
        "path": (),
        "checks": (),
        "simulated": True,
        **fields,
    }
    return with_id(Mission(**values))


def plane_mission(home=PLANE_HOME, *, size_m=900.0, laps=1, heading_deg=30.0, **fields):
    """Take off, fly squares, land by DO_LAND_START, LOITER_TO_ALT and LAND."""
    first = forward(home, heading_deg, 700.0)
    corners = [first]
    for turn in (0.0, -90.0, -180.0):
        corners.append(forward(corners[-1], heading_deg + turn, size_m))
    rows = [(Command.NAV_TAKEOFF, None, 60.0, {"param1": 12.0})]
    for _ in range(laps):
        rows += [(Command.NAV_WAYPOINT, corner, 100.0, {}) for corner in corners]
    approach = forward(home, heading_deg + 180.0, 1100.0)
    rows += [
        (Command.DO_LAND_START, approach, 60.0, {}),
        (Command.NAV_LOITER_TO_ALT, approach, 60.0, {"param2": 90.0}),
        (Command.NAV_WAYPOINT, forward(home, heading_deg + 180.0, 700.0), 45.0, {}),
        (Command.NAV_LAND, home, 0.0, {}),
    ]
    centre = forward(home, heading_deg, 300.0)
    ring = tuple(forward(centre, bearing, 4500.0) for bearing in range(0, 360, 45))
    values = {
        "fence": Fence(inclusion=ring, exclusions=()),
        "rally": (forward(home, heading_deg + 90.0, 300.0),),
        "safety_parameters": (
            SafetyParameter(names=("RTL_AUTOLAND",), value=2.0, why="land after a return"),
            SafetyParameter(names=("FENCE_TYPE",), value=4.0, why="polygons only"),
            SafetyParameter(names=("FENCE_ENABLE",), value=1.0, why="the fence is on"),
        ),
        **fields,
    }
    return _mission(VehicleKind.PLANE, home, _numbered(rows), **values)


def sub_mission(home=SUB_HOME, *, depth_m=6.0, side_m=15.0, **fields):
    """Dive, go round a square in two layers, come up."""
    start = forward(home, 90.0, 10.0)
    corners = [start]
    for course in (0.0, 90.0, 180.0):
        corners.append(forward(corners[-1], course, side_m))
    rows = [(Command.DO_CHANGE_SPEED, None, 0.0, {"param1": 1.0, "param2": 0.8, "param3": -1.0})]
    rows += [(Command.NAV_WAYPOINT, corner, -depth_m, {}) for corner in corners]
    rows += [(Command.NAV_WAYPOINT, corner, -depth_m / 2, {}) for corner in reversed(corners)]
    rows += [(Command.NAV_WAYPOINT, start, -0.5, {})]
    values = {
        "safety_parameters": (
            SafetyParameter(names=("FS_GCS_ENABLE",), value=4.0, why="surface without a link"),
        ),
        **fields,
    }
    return _mission(VehicleKind.SUB, home, _numbered(rows), **values)
