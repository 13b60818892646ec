"""The geofence and the rally points that the vehicle holds.

Fence items (common.xml MAV_CMD 5000-5004): polygons are runs of vertices that each carry the
number of vertices of their polygon in ``param1``; circles carry their radius there.
"""

from __future__ import annotations

from dataclasses import dataclass

from sitl.embedded.guidance import Point
from sitl.embedded.items import Command, StoredItem, bad_position
from umimori.geodesy import LocalFrame

TYPE_ALT_MAX = 1
TYPE_CIRCLE = 2
TYPE_POLYGON = 4
TYPE_ALT_MIN = 8
"""Bits of FENCE_TYPE (ArduPilot parameter documentation)."""
BREACH_NONE = 0
BREACH_MIN_ALT = 1
BREACH_MAX_ALT = 2
BREACH_BOUNDARY = 3
"""FENCE_BREACH (common.xml)."""
FEWEST_VERTICES = 3
_POLYGONS = (Command.FENCE_INCLUSION, Command.FENCE_EXCLUSION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A round zone."""

    centre: Point
    radius_m: float
    inclusion: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FenceShape:
    """All zones in the vehicle's local frame."""

    inclusions: tuple[tuple[Point, ...], ...] = ()
    exclusions: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[Circle, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to keep to."""
        return not (self.inclusions or self.exclusions or self.circles)

    def allows(self, at: Point) -> bool:
        """Return whether a place is inside every inclusion and outside every exclusion."""
        if any(not inside(at, ring) for ring in self.inclusions):
            return False
        if any(inside(at, ring) for ring in self.exclusions):
            return False
        return all((at.distance_m(c.centre) <= c.radius_m) == c.inclusion for c in self.circles)


def inside(at: Point, ring: tuple[Point, ...]) -> bool:
    """Return whether a point lies in a polygon (even-odd rule, ray to the east)."""
    within = False
    previous = ring[-1]
    for vertex in ring:
        if (vertex.y_m > at.y_m) != (previous.y_m > at.y_m):
            share = (at.y_m - vertex.y_m) / (previous.y_m - vertex.y_m)
            if at.x_m < vertex.x_m + share * (previous.x_m - vertex.x_m):
                within = not within
        previous = vertex
    return within


def check_fence_item(item: StoredItem) -> int:
    """Return the MAV_MISSION_RESULT of a fence item."""
    known = 5000 <= item.command <= 5004
    return bad_position(item) if known else 3


def check_rally_item(item: StoredItem) -> int:
    """Return the MAV_MISSION_RESULT of a rally point."""
    return bad_position(item) if item.command == Command.RALLY_POINT else 3


def shape_of(items: list[StoredItem], frame: LocalFrame) -> FenceShape | None:
    """Return the fence of a list of items; None when a polygon's vertex count is wrong."""
    inclusions: list[tuple[Point, ...]] = []
    exclusions: list[tuple[Point, ...]] = []
    circles: list[Circle] = []
    index = 0
    while index < len(items):
        item = items[index]
        if item.command in _POLYGONS:
            count = int(item.param1)
            run = items[index : index + count]
            whole = len(run) == count and all(v.command == item.command for v in run)
            if count < FEWEST_VERTICES or not whole:
                return None
            ring = tuple(_point(v, frame) for v in run)
            (inclusions if item.command == _POLYGONS[0] else exclusions).append(ring)
            index += count
            continue
        if item.command in {Command.FENCE_CIRCLE_INCLUSION, Command.FENCE_CIRCLE_EXCLUSION}:
            inclusion = item.command == Command.FENCE_CIRCLE_INCLUSION
            centre = _point(item, frame)
            circles.append(Circle(centre=centre, radius_m=item.param1, inclusion=inclusion))
        index += 1
    return FenceShape(
        inclusions=tuple(inclusions), exclusions=tuple(exclusions), circles=tuple(circles)
    )


def _point(item: StoredItem, frame: LocalFrame) -> Point:
    x, y = frame.xy(item.place)
    return Point(x, y)
