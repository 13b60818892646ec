"""The coast that everybody above uses: polygons, shoreline, point tests and distances."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cached_property
from threading import RLock

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from umimori.coast.cutting import Polygons, is_cut, only_polygons, repaired, repaired_each
from umimori.coast.nearest import distances_to_shore_m
from umimori.coast.packing import CoastFile
from umimori.coast.raster import MaskGrid, SceneCoast, SceneGrid, tie_grid_of
from umimori.errors import GeometryError
from umimori.geodesy import BBox

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

CACHED_BLOCKS = 256
CACHED_REGIONS = 64
FULL_TURN_DEG = 360.0
CELL_DEG = 1.0
THINNING = 8
MAX_TIE_STEP = 64
"""A full grid of positions is thinned to one in so many for the mask; between, it is smooth."""


class Coast:
    """Land polygons with a known error. Safe for several threads; opens its file for each read."""

    def __init__(self, file: CoastFile) -> None:
        self._file = file
        self._blocks: OrderedDict[int, Polygons] = OrderedDict()
        self._regions: OrderedDict[tuple[float, ...], Polygons] = OrderedDict()
        self._lock = RLock()

    @property
    def name(self) -> str:
        """Return what the polygons are, all sources named."""
        return "; ".join(source.name for source in self._file.sources)

    @property
    def credit(self) -> str:
        """Return the credit line to show wherever the coast is shown or used."""
        return "; ".join(dict.fromkeys(source.credit for source in self._file.sources))

    @property
    def coast_error_m(self) -> float:
        """Return how far off the shore may be anywhere: the worst of the sources."""
        return max(source.coast_error_m for source in self._file.sources)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the polygons."""
        return self._file.sha256

    def coast_error_in(self, bbox: BBox) -> float:
        """Return how far off the shore may be in a box: the worst source that has land there."""
        present: set[int] = set()
        for part in _unwrapped_parts(bbox):
            here = shapely.intersects(repaired_each(self._pieces(part)), shapely.box(*part))
            present |= set(self._file.index.source[self._rows(*part)[here]].tolist())
        if not present:
            return self.coast_error_m
        return max(self._file.sources[number].coast_error_m for number in present)

    def polygons_in(self, bbox: BBox) -> list[shapely.Polygon]:
        """Return the land in a box, cut at its border, longitudes in [-180, 180].

        Across the antimeridian the land on either side comes as polygons of its own.
        """
        found: list[shapely.Polygon] = []
        for part in bbox.parts():
            box = (part.west_deg, part.south_deg, part.east_deg, part.north_deg)
            found.extend(self._region(box))
        return found

    def shoreline_in(self, bbox: BBox) -> list[shapely.LineString]:
        """Return the shore in a box as lines in lon/lat degrees, cut at its border.

        Neither the border of the box nor the antimeridian is shore.
        """
        lines: list[shapely.LineString] = []
        for part in bbox.parts():
            box = (part.west_deg, part.south_deg, part.east_deg, part.north_deg)
            edges = _shore_edges(self._pieces(box))
            if not len(edges):
                continue
            inside = shapely.clip_by_rect(shapely.linestrings(edges), *box)
            merged = shapely.line_merge(shapely.union_all(inside))
            lines += [g for g in shapely.get_parts(merged) if g.geom_type == "LineString"]
        return [line for line in lines if not line.is_empty]

    def contains(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> BoolArray:
        """Return which positions lie on land, in the shape of the input; NaN is not land."""
        lon, lat = np.broadcast_arrays(np.asarray(lon_deg, float), np.asarray(lat_deg, float))
        shape = lon.shape
        lon, lat = lon.ravel(), lat.ravel()
        result = np.zeros(lon.shape, bool)
        known = np.isfinite(lon) & np.isfinite(lat)
        wrapped = np.where(known, (lon + 180.0) % FULL_TURN_DEG - 180.0, 0.0)
        for cell, rows in _by_cell(wrapped, np.where(known, lat, 0.0)):
            west, south = cell
            box = (west, max(south, -90.0), west + CELL_DEG, min(south + CELL_DEG, 90.0))
            land = self._region(box)
            if len(land):
                merged = shapely.MultiPolygon(list(land))
                shapely.prepare(merged)
                result[rows] = shapely.intersects_xy(merged, wrapped[rows], lat[rows])
        mask: BoolArray = (result & known).reshape(shape).astype(np.bool_)
        return mask

    def distance_to_shore_m(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> FloatArray:
        """Return the unsigned distance to the nearest shore in metres, in the shape of the input.

        Exact within 1e-3 up to 500 km; beyond, the distance to a thinned shore (about 1 %).
        """
        lon, lat = np.broadcast_arrays(np.asarray(lon_deg, float), np.asarray(lat_deg, float))
        flat = distances_to_shore_m(
            self._edges_near, lambda: self._thinned, lon.ravel(), lat.ravel()
        )
        return flat.reshape(lon.shape)

    def scene(
        self,
        geolocate: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]],
        height: int,
        width: int,
    ) -> SceneCoast:
        """Return the coast as an image sees it: masks and distances of any window of it.

        Args:
            geolocate: pixel centres (rows, cols), equal shapes, to (lon, lat) in degrees; smooth.
            height: lines of the image.
            width: samples of a line.
        """
        return SceneCoast(
            SceneGrid.from_geolocation(geolocate, height, width), self._land_near, self._edges_near
        )

    def mask_grid(
        self,
        geolocate: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]],
        height: int,
        width: int,
    ) -> MaskGrid:
        """Return land mask and distance to shore of a whole image (see :meth:`scene`)."""
        return self.scene(geolocate, height, width).whole()

    def land_mask(
        self,
        lon_grid: FloatArray,
        lat_grid: FloatArray,
        height: int | None = None,
        width: int | None = None,
    ) -> BoolArray:
        """Return the land mask of a raster, shape (height, width).

        Args:
            lon_grid: longitudes of all pixel centres; or, with height and width, of tie points
                spread evenly from the first to the last pixel.
            lat_grid: latitudes in the same shape.
            height: lines of the raster when the grids are tie points.
            width: samples of a line.
        """
        lon, lat = np.asarray(lon_grid, float), np.asarray(lat_grid, float)
        if lon.ndim != 2 or lon.shape != lat.shape:
            raise GeometryError(
                "the grids of longitude and latitude differ in shape.",
                remedy="Give two arrays of the same two-dimensional shape.",
            )
        shape = (height or lon.shape[0], width or lon.shape[1])
        ties = tie_grid_of(lon, lat, shape, MAX_TIE_STEP)
        scene = SceneCoast(SceneGrid.from_ties(ties, *shape), self._land_near, self._edges_near)
        return scene.land(slice(0, shape[0]), slice(0, shape[1]))

    @cached_property
    def _thinned(self) -> tuple[FloatArray, FloatArray]:
        """Return a thinned shore of the world as positions, for places far from any land.

        Every ring keeps its first corner, so that no islet is lost.
        """
        kept = []
        for number in range(self._file.blocks):
            _, xy, (rings, _) = shapely.to_ragged_array(self._block(number))
            rank = np.arange(len(xy)) - np.repeat(rings[:-1], np.diff(rings))
            kept.append(xy[rank % THINNING == 0])
        every = np.concatenate(kept)
        return every[:, 0], every[:, 1]

    def _land_near(self, box: tuple[float, float, float, float]) -> Polygons:
        """Return the land in a box whose longitudes may leave [-180, 180]; nothing is wrapped."""
        found = []
        for west, south, east, north, turn in _turns(box):
            land = self._region((west, south, east, north))
            found.append(_shifted(land, turn))
        return np.concatenate(found) if found else np.empty(0, dtype=object)

    def _edges_near(self, box: tuple[float, float, float, float]) -> FloatArray:
        """Return shore edges near a box, shape (n, 2, 2); longitudes as in the box."""
        found = [np.empty((0, 2, 2))]
        for west, south, east, north, turn in _turns(box):
            edges = _shore_edges(self._pieces((west, south, east, north)))
            if len(edges):
                low, high = edges.min(axis=1), edges.max(axis=1)
                near = (low <= (east, north)).all(axis=1) & (high >= (west, south)).all(axis=1)
                found.append(edges[near] + np.array([turn, 0.0]))
        return np.concatenate(found)

    def _region(self, box: tuple[float, float, float, float]) -> Polygons:
        """Return the land in a box without the cuts of the file, from a small cache."""
        with self._lock:
            if box in self._regions:
                self._regions.move_to_end(box)
                return self._regions[box]
        pieces = self._pieces(box)
        if len(pieces):
            inside = shapely.intersection(repaired(pieces), shapely.box(*box))
            whole = shapely.union_all(only_polygons(inside))
            pieces = only_polygons(np.array([whole], dtype=object))
        with self._lock:
            self._regions[box] = pieces
            if len(self._regions) > CACHED_REGIONS:
                self._regions.popitem(last=False)
        return pieces

    def _pieces(self, box: tuple[float, float, float, float]) -> Polygons:
        """Return the stored pieces whose boxes meet a box."""
        index = self._file.index
        rows = self._rows(*box)
        if not len(rows):
            return np.empty(0, dtype=object)
        found = np.empty(len(rows), dtype=object)
        blocks = index.block[rows]
        for number in np.unique(blocks):
            here = np.flatnonzero(blocks == number)
            found[here] = self._block(int(number))[index.place[rows[here]]]
        return found

    def _rows(self, west: float, south: float, east: float, north: float) -> NDArray[np.intp]:
        index = self._file.index
        return np.flatnonzero(
            (index.west <= east)
            & (index.east >= west)
            & (index.south <= north)
            & (index.north >= south)
        )

    def _block(self, number: int) -> Polygons:
        with self._lock:
            if number in self._blocks:
                self._blocks.move_to_end(number)
                return self._blocks[number]
        polygons = self._file.read_block(number)
        with self._lock:
            self._blocks[number] = polygons
            if len(self._blocks) > CACHED_BLOCKS:
                self._blocks.popitem(last=False)
        return polygons


def _shore_edges(pieces: Polygons) -> FloatArray:
    """Return the edges of polygons that are shore, shape (n, 2, 2)."""
    if not len(pieces):
        return np.empty((0, 2, 2))
    _, xy, (rings, _) = shapely.to_ragged_array(pieces)
    edges = np.stack([xy[:-1], xy[1:]], axis=1)
    joins = np.zeros(len(edges), bool)
    joins[rings[1:-1] - 1] = True
    return edges[~joins & ~is_cut(edges[:, 0], edges[:, 1])]


def _unwrapped_parts(bbox: BBox) -> list[tuple[float, float, float, float]]:
    return [(p.west_deg, p.south_deg, p.east_deg, p.north_deg) for p in bbox.parts()]


def _turns(
    box: tuple[float, float, float, float],
) -> Iterator[tuple[float, float, float, float, float]]:
    """Yield the parts of a box inside [-180, 180] with the turn that brings each back."""
    west, south, east, north = box
    south, north = max(south, -90.0), min(north, 90.0)
    for turn in (-FULL_TURN_DEG, 0.0, FULL_TURN_DEG):
        low, high = max(west - turn, -180.0), min(east - turn, 180.0)
        if low < high:
            yield low, south, high, north, turn


def _shifted(polygons: Polygons, turn: float) -> Polygons:
    if not turn or not len(polygons):
        return polygons
    moved: Polygons = shapely.transform(polygons, lambda xy: xy + np.array([turn, 0.0]))
    return moved


def _by_cell(
    lon: FloatArray, lat: FloatArray
) -> Iterator[tuple[tuple[float, float], NDArray[np.intp]]]:
    """Yield the corner of each cell of one degree and the rows of the positions in it."""
    x = np.floor(lon / CELL_DEG).astype(np.int64)
    y = np.clip(np.floor(lat / CELL_DEG), -90, 89).astype(np.int64)
    key = (y + 90) * 400 + (x + 180)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        if len(rows):
            yield (float(x[rows[0]]) * CELL_DEG, float(y[rows[0]]) * CELL_DEG), rows
