"""Positions and boxes as people write them on a command line or in an address. Pure."""

from __future__ import annotations

import math

from umimori.errors import GeometryError, UsageError
from umimori.geodesy import BBox, LonLat

MAX_LAT_DEG = 90.0


def parse_numbers(text: str, count: int, option: str, form: str) -> tuple[float, ...]:
    """Return comma-separated finite numbers.

    Args:
        text: what was written.
        count: how many are wanted.
        option: name of the option, for the message.
        form: the form to write instead, for the remedy.

    Raises:
        UsageError: not so many numbers.
    """
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != count or not all(map(math.isfinite, values)):
        raise UsageError(f"{option} {text!r} is not of the form {form}.", remedy=f"Give {form}.")
    return values


def parse_bbox(text: str, option: str = "--bbox") -> BBox:
    """Return the box of ``W,S,E,N``; west > east crosses the antimeridian.

    Raises:
        UsageError: not four numbers.
        GeometryError: swapped, outside the globe, or without an area.
    """
    west, south, east, north = parse_numbers(text, 4, option, "W,S,E,N")
    if abs(south) > MAX_LAT_DEG or abs(north) > MAX_LAT_DEG:
        raise GeometryError(
            f"longitude and latitude look swapped in {option} {text}.",
            remedy="Give W,S,E,N: longitude first, then latitude.",
        )
    return BBox(west, south, east, north)


def parse_position(text: str, option: str = "--base") -> LonLat:
    """Return the position of ``LON,LAT``.

    Raises:
        UsageError: not two numbers.
        GeometryError: swapped or outside the globe.
    """
    lon, lat = parse_numbers(text, 2, option, "LON,LAT")
    if abs(lat) > MAX_LAT_DEG and abs(lon) <= MAX_LAT_DEG:
        raise GeometryError(
            f"longitude and latitude look swapped in {option} {text}.",
            remedy="Give LON,LAT: longitude first.",
        )
    return LonLat(lon, lat)
