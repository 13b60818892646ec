"""A Mission from nothing but items: what a file of another program tells us, and no more."""

from __future__ import annotations

import itertools

from umimori.errors import CorruptFileError
from umimori.geodesy import LonLat, distance_m
from umimori.missionfiles.commands import LOCATED, RELATIVE_FRAMES, Command, Frame, is_navigation
from umimori.missionfiles.identity import not_checked, with_id
from umimori.records.mission import Fence, Mission, MissionItem, MissionKind
from umimori.records.vehicle import VehicleKind

UNKNOWN_VEHICLE = "unknown"
ASSUMED_SPEED_MPS = {VehicleKind.PLANE: 15.0, VehicleKind.SUB: 1.0}
"""For times until a check with a vehicle profile has predicted the path."""


def item_from_fields(
    seq: int, frame: int, command: int, numbers: tuple[float, ...], *, autocontinue: bool
) -> MissionItem:
    """Return an item from the seven parameters of a file: p1..p4, latitude, longitude, altitude.

    Latitude and longitude 0/0, or a command without a place, mean "no position".
    """
    p1, p2, p3, p4, lat, lon, alt = numbers
    has_place = command in LOCATED or is_plain_navigation(command)
    placed = has_place and frame != Frame.MISSION and not (lat == 0.0 and lon == 0.0)
    return MissionItem(
        seq=seq,
        frame=frame,
        command=command,
        param1=p1,
        param2=p2,
        param3=p3,
        param4=p4,
        position=LonLat(lon, lat) if placed else None,
        alt_m=alt,
        autocontinue=autocontinue,
    )


def is_plain_navigation(command: int) -> bool:
    """Return whether an unlisted command is one of MAVLink's located NAV commands."""
    return command < Command.NAV_DELAY and command != Command.NAV_RETURN_TO_LAUNCH


def guess_vehicle(items: tuple[MissionItem, ...]) -> VehicleKind:
    """Return SUB when an item lies below the surface and nothing takes off, else PLANE."""
    takes_off = any(item.command == Command.NAV_TAKEOFF for item in items)
    below = any(item.alt_m < 0.0 and item.frame in RELATIVE_FRAMES for item in items)
    return VehicleKind.SUB if below and not takes_off else VehicleKind.PLANE


def imported_mission(
    *,
    name: str,
    home: LonLat | None,
    home_alt_amsl_m: float,
    items: tuple[MissionItem, ...],
    fence: Fence | None,
    rally: tuple[LonLat, ...],
    rally_alt_m: float,
    vehicle_kind: VehicleKind | None,
    cruise_speed_mps: float | None,
    why_unchecked: str,
) -> Mission:
    """Return a mission whose path is the bare polyline and whose only finding is "not checked"."""
    places = [item for item in items if item.position is not None and is_navigation(item)]
    start = home or (places[0].position if places else None)
    if not items or start is None:
        raise CorruptFileError(
            f"{name} holds no mission item with a position.", remedy="Give a file with a mission."
        )
    path = [(start.lon_deg, start.lat_deg, 0.0)]
    path += [(p.position.lon_deg, p.position.lat_deg, p.alt_m) for p in places if p.position]
    corners = [LonLat(lon, lat) for lon, lat, _ in path]
    length = sum(distance_m(a, b) for a, b in itertools.pairwise(corners))
    kind = vehicle_kind or guess_vehicle(items)
    speed = cruise_speed_mps or ASSUMED_SPEED_MPS[kind]
    return with_id(
        Mission(
            id="",
            kind=MissionKind.IMPORTED,
            vehicle_kind=kind,
            vehicle=UNKNOWN_VEHICLE,
            name=name,
            home=start,
            home_alt_amsl_m=home_alt_amsl_m,
            items=items,
            fence=fence,
            rally=rally,
            rally_alt_m=rally_alt_m,
            safety_parameters=(),
            cruise_speed_mps=speed,
            length_m=length,
            duration_s=length / speed,
            energy_fraction=0.0,
            path=tuple(path),
            checks=not_checked(why_unchecked),
        )
    )
