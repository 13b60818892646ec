"""Parallel tracks over an area, in the direction that takes the least time in the wind.

An area with holes or bays gives several pieces per row; pieces are gathered into cells that can be
flown to and fro (boustrophedon decomposition: H. Choset, "Coverage of known spaces: the
boustrophedon cellular decomposition", Autonomous Robots 9, 2000).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import affinity

from umimori.geodesy import FloatArray
from umimori.models.wind import Wind, ground_speed_mps

_MAX_EDGE_ANGLES = 18
_CROSSWIND_STEP_DEG = 5.0
_EDGE_TOLERANCE_M = 15.0
_MIN_PIECE_M = 5.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One straight track: ``row`` counts across, ``start`` and ``end`` are (2,) metres."""

    row: int
    start: FloatArray
    end: FloatArray

    @property
    def length_m(self) -> float:
        """Return the length of the track."""
        return float(np.hypot(*(self.end - self.start)))


def lay_swaths(
    work: Any,
    keep_out: Any,
    spacing_m: float,
    *,
    wind: Wind,
    airspeed_mps: float,
    turn_m: float,
) -> list[list[Piece]]:
    """Return cells of pieces that together see ``work`` when each sees ``spacing_m`` across.

    Args:
        work: (multi)polygon in metres.
        keep_out: where no track may lie (land and its margin), may be empty.
        spacing_m: largest distance of neighbouring tracks.
        wind: decides the direction together with the shape.
        airspeed_mps: of the vehicle.
        turn_m: what one turn between tracks costs, as a length.
    """
    angle = best_angle_rad(work, spacing_m, wind, airspeed_mps, turn_m)
    centre = work.centroid
    turned = affinity.rotate(work, -angle, origin=centre, use_radians=True)
    barred = affinity.rotate(keep_out, -angle, origin=centre, use_radians=True)
    cells = _cells(_pieces(turned, barred, spacing_m))
    cos, sin = math.cos(angle), math.sin(angle)
    back = np.array([[cos, sin], [-sin, cos]])
    origin = np.array([centre.x, centre.y])
    return [
        [
            Piece(p.row, (p.start - origin) @ back + origin, (p.end - origin) @ back + origin)
            for p in cell
        ]
        for cell in cells
    ]


def best_angle_rad(
    work: Any,
    spacing_m: float,
    wind: Wind,
    airspeed_mps: float,
    turn_m: float,
) -> float:
    """Return the direction of the tracks (radians from east) with the least time.

    Time = sum of lengths over the mean pace to and fro, plus one turn per piece. Candidates: the
    edges of the convex hull (optimal for convex polygons), across the wind, and both axes.
    """
    simple = work.simplify(_EDGE_TOLERANCE_M)
    best = (math.inf, 0.0)
    for angle in _candidates(simple, wind):
        pace = _mean_pace(angle, airspeed_mps, wind)
        if pace is None:
            continue
        lengths = _row_lengths(simple, angle, spacing_m)
        cost = float(lengths.sum()) * pace + lengths.size * turn_m / airspeed_mps
        if cost < best[0] - 1e-6:
            best = (cost, angle)
    return best[1]


def _candidates(simple: Any, wind: Wind) -> list[float]:
    hull = np.asarray(simple.convex_hull.exterior.coords)
    steps = np.diff(hull, axis=0)
    order = np.argsort(-np.hypot(steps[:, 0], steps[:, 1]))[:_MAX_EDGE_ANGLES]
    angles = [math.atan2(steps[i, 1], steps[i, 0]) for i in order]
    angles += [0.0, math.pi / 2.0]
    if wind.speed_mps > 0.0:
        across = math.radians(-wind.from_deg)  # from_deg is clockwise from north
        angles += [across + math.radians(d * _CROSSWIND_STEP_DEG) for d in (-1, 0, 1)]
    return [angle % math.pi for angle in angles]


def _mean_pace(angle: float, airspeed_mps: float, wind: Wind) -> float | None:
    """Return seconds per metre, averaged over both senses; None when one cannot be flown."""
    course = 90.0 - math.degrees(angle)
    speeds = [ground_speed_mps(airspeed_mps, course + turn, wind) for turn in (0.0, 180.0)]
    if speeds[0] is None or speeds[1] is None:
        return None
    return (1.0 / speeds[0] + 1.0 / speeds[1]) / 2.0


def _row_lengths(simple: Any, angle: float, spacing_m: float) -> FloatArray:
    turned = affinity.rotate(simple, -angle, origin=(0.0, 0.0), use_radians=True)
    west, south, east, north = turned.bounds
    rows = _row_middles(south, north, spacing_m)
    lines = shapely.linestrings([[(west - 1.0, y), (east + 1.0, y)] for y in rows])
    return np.asarray(shapely.length(shapely.get_parts(shapely.intersection(turned, lines))))


def _row_middles(south: float, north: float, spacing_m: float) -> FloatArray:
    count = max(1, math.ceil((north - south) / spacing_m - 1e-9))
    step = (north - south) / count
    return np.asarray(south + step * (np.arange(count) + 0.5), float)


def _pieces(turned: Any, barred: Any, spacing_m: float) -> list[list[Piece]]:
    """Return the pieces of each row; each is as long as the part of its strip, not of its line."""
    west, south, east, north = turned.bounds
    middles = _row_middles(south, north, spacing_m)
    half = (north - south) / len(middles) / 2.0
    rows: list[list[Piece]] = []
    for row, y in enumerate(middles):
        strip = shapely.clip_by_rect(turned, west - 1.0, y - half, east + 1.0, y + half)
        spans = [part.bounds for part in shapely.get_parts(strip) if part.area > 0.0]
        lines = shapely.union_all(
            [shapely.LineString([(span[0], y), (max(span[2], span[0] + 0.1), y)]) for span in spans]
        )
        free = shapely.line_merge(shapely.difference(lines, barred))
        ends = [np.asarray(part.coords) for part in shapely.get_parts(free) if part.length > 0.0]
        found = [
            Piece(row, line[np.argmin(line[:, 0])], line[np.argmax(line[:, 0])]) for line in ends
        ]
        rows.append(
            sorted(
                (p for p in found if p.length_m >= _MIN_PIECE_M or len(ends) == 1),
                key=lambda p: float(p.start[0]),
            )
        )
    return rows


def _cells(rows: list[list[Piece]]) -> list[list[Piece]]:
    """Return runs of pieces that lie one above the other without a split or a merge."""
    cells: list[list[Piece]] = []
    previous: list[tuple[Piece, list[Piece]]] = []
    for row in rows:
        above = {
            i: [j for j, p in enumerate(row) if _overlap(q, p)] for i, (q, _) in enumerate(previous)
        }
        below = {j: [i for i, hits in above.items() if j in hits] for j in range(len(row))}
        current: list[tuple[Piece, list[Piece]]] = []
        for j, piece in enumerate(row):
            hits = below[j]
            if len(hits) == 1 and len(above[hits[0]]) == 1:
                cell = previous[hits[0]][1]
                cell.append(piece)
            else:
                cell = [piece]
                cells.append(cell)
            current.append((piece, cell))
        previous = current
    return cells


def _overlap(a: Piece, b: Piece) -> bool:
    return bool(a.start[0] < b.end[0] and b.start[0] < a.end[0])
