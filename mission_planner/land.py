"""Land near a plan, in the plan's metric plane, with the error of the coast it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from mission_planner.area import Area, box_round, project
from mission_planner.ports import CoastSource
from umimori.geodesy import FloatArray, LocalFrame, LonLat

_SIMPLIFY_M = 5.0
"""Far below the error of any coast we know; keeps buffers fast."""


@dataclass(frozen=True, slots=True)
class Land:
    """Land in metres of a frame; empty where no coast was given or there is none."""

    frame: LocalFrame
    shape: Any
    coast_error_m: float
    coast_name: str | None

    @property
    def known(self) -> bool:
        """Return whether a coast was consulted at all."""
        return self.coast_name is not None

    def keep_out(self, standoff_m: float) -> Any:
        """Return land widened by a standoff and by the coast's own error."""
        return self.shape.buffer(standoff_m + self.coast_error_m, quad_segs=16)

    def describe(self) -> str:
        """Return what was known about the coast, for notes and checks."""
        if not self.known:
            return "no coast was given: land was not looked at"
        return f"coast '{self.coast_name}', itself uncertain by {self.coast_error_m:.0f} m"


def land_near(coast: CoastSource | None, area: Area, base: LonLat | None, margin_m: float) -> Land:
    """Return the land round an area and a base.

    Args:
        coast: where polygons come from; None gives an unknown coast.
        area: the area of the plan.
        base: included in the box when given.
        margin_m: how far round both to look.
    """
    if coast is None:
        return Land(area.frame, shapely.Polygon(), 0.0, None)
    shape = area.shape
    if base is not None:
        shape = shapely.union_all([shape.envelope, shapely.Point(area.frame.xy(base))])
    box = box_round(area.frame, shape, margin_m)
    window = shapely.box(*shape.bounds).buffer(2.0 * margin_m, join_style="mitre")
    polygons = [
        shapely.clip_by_rect(polygon, *window.bounds)
        for polygon in project(area.frame, coast.polygons_in(box))
    ]
    union = shapely.union_all(polygons).simplify(_SIMPLIFY_M) if polygons else shapely.Polygon()
    return Land(area.frame, union, coast.coast_error_in(box), coast.name)


def land_at(land: Land, xy: FloatArray) -> Any:
    """Return a bool array: which positions (n, 2) stand on drawn land."""
    shapely.prepare(land.shape)
    return shapely.contains_xy(land.shape, xy[:, 0], xy[:, 1])


def depth_inside_land_m(land: Land, xy: FloatArray) -> FloatArray:
    """Return how far inside the drawn land positions (n, 2) stand, metres; 0 outside of it.

    Land is cut off some kilometres round a plan; that cut counts as shore, which only matters far
    beyond the error of a coast.
    """
    if land.shape.is_empty:
        return np.zeros(len(xy))
    shore = land.shape.boundary
    shapely.prepare(shore)
    return np.where(land_at(land, xy), shapely.distance(shapely.points(xy), shore), 0.0)


def distance_to_land_m(land: Land, xy: FloatArray) -> FloatArray:
    """Return metres from positions (n, 2) to drawn land, 0 on it, infinite without any."""
    if land.shape.is_empty:
        return np.full(len(xy), np.inf)
    shapely.prepare(land.shape)
    return shapely.distance(shapely.points(xy), land.shape)  # type: ignore[no-any-return]
