"""Boxes round positions. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from umimori.geodesy import BBox, LocalFrame, LonLat


def box_about(corners: Sequence[LonLat], margin_m: float) -> BBox:
    """Return the box round positions with a margin; over the antimeridian where they are."""
    frame = LocalFrame(corners[0])
    x, y = frame.to_xy([c.lon_deg for c in corners], [c.lat_deg for c in corners])
    west, east = float(min(x)) - margin_m, float(max(x)) + margin_m
    south, north = float(min(y)) - margin_m, float(max(y)) + margin_m
    edge = [frame.lonlat(px, py) for px in (west, east) for py in (south, north)]
    low = min(p.lat_deg for p in edge)
    high = max(p.lat_deg for p in edge)
    lon_west = min((p.lon_deg for p in edge[:2]), key=lambda v: _relative(v, corners[0]))
    lon_east = max((p.lon_deg for p in edge[2:]), key=lambda v: _relative(v, corners[0]))
    return BBox(lon_west, low, lon_east, high)


def _relative(lon_deg: float, origin: LonLat) -> float:
    return (lon_deg - origin.lon_deg + 180.0) % 360.0
