"""Take better land polygons for their extent and put them in place of the default there.

What is replaced: with a region (box) given, everything inside it. Without one, each land of the
default that lies within a kilometre of an imported one; a land that only touches it (a
border on land) keeps its rest, joined with the imported one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from umimori.coast.cutting import Polygons, cut, only_polygons, repaired, repaired_each
from umimori.coast.packing import CoastFile, CoastSource, IntArray, write_coast
from umimori.coast.reading import read_land
from umimori.errors import BadInputError, UsageError
from umimori.geodesy import BBox, LocalFrame, LonLat
from umimori.store.blobs import hash_file

N03_CREDIT = "国土交通省 国土数値情報 行政区域 (N03)"
OSM_CREDIT = "© OpenStreetMap contributors (ODbL)"
DEFAULT_IMPORT_ERROR_M = 100.0
"""Assumed for imported polygons when nothing is said."""
MAX_COAST_ERROR_M = 20_000.0
MARGIN_DEG = 0.01
"""About 1 km, twice the error of the default coast: the same land may be drawn so far off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did."""

    file: Path
    polygons: int
    replaced: int
    """Pieces of the default that were dropped or cut."""
    bbox: BBox
    area_km2: float
    coast_error_m: float
    credit: str
    notes: tuple[str, ...]


def import_coast(
    sources: list[Path],
    out: Path,
    default: Path,
    *,
    coast_error_m: float = DEFAULT_IMPORT_ERROR_M,
    credit: str | None = None,
    region: BBox | None = None,
) -> Imported:
    """Write a coast file with the imported land in place of the default's.

    Args:
        sources: files or folders of GeoJSON, TopoJSON, Shapefile, GeoPackage or FlatGeobuf.
        out: coast file to write.
        default: coast file to take everything else from.
        coast_error_m: how far off the imported shore may be.
        credit: who is to be named; N03 and OpenStreetMap files are recognised.
        region: what the imported land is complete for.

    Raises:
        UsageError: an error of the coast that is no usable number.
        BadInputError: nothing usable in the files.
        GeometryError: coordinates that cannot be lon/lat, or are swapped.
    """
    if not 0.0 < coast_error_m <= MAX_COAST_ERROR_M:
        raise UsageError(
            f"a coast error of {coast_error_m} m is not usable.",
            remedy=f"Give a number above 0 and up to {MAX_COAST_ERROR_M:.0f} with --coast-error-m.",
        )
    read = read_land(sources)
    named = credit or _credit_of(read.files)
    land = dissolved(read.polygons)
    world = CoastFile(default)
    numbers = range(world.blocks)
    pieces = np.concatenate([world.read_block(number) for number in numbers])
    source_of = world.index.source[np.lexsort((world.index.place, world.index.block))]
    change = _replace(pieces, source_of, land, region)
    provenance = CoastSource(
        name=", ".join(dict.fromkeys(file.stem for file in read.files))[:200],
        credit=named,
        coast_error_m=coast_error_m,
        sha256=_hash_of(read.files),
    )
    origins = [*world.sources, provenance]
    new, mixed = cut(change.land), cut(change.mixed)
    worst = max(range(len(origins)), key=lambda number: origins[number].coast_error_m)
    write_coast(
        out,
        np.concatenate([change.kept, new, mixed]),
        np.concatenate(
            [
                change.kept_sources,
                np.full(len(new), len(world.sources), np.int32),
                np.full(len(mixed), worst, np.int32),
            ]
        ),
        origins,
    )
    west, south, east, north = (float(v) for v in shapely.total_bounds(land))
    return Imported(
        file=out,
        polygons=len(land),
        replaced=change.replaced,
        bbox=BBox(max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)),
        area_km2=float(sum(area_km2(polygon) for polygon in land)),
        coast_error_m=coast_error_m,
        credit=named,
        notes=read.notes,
    )


def remove_import(out: Path) -> bool:
    """Go back to the default coast; return whether there was an import."""
    existed = out.is_file()
    out.unlink(missing_ok=True)
    return existed


def dissolved(polygons: Polygons) -> Polygons:
    """Return land without inner borders (administrative areas, cuts of the source)."""
    whole = shapely.union_all(repaired(polygons))
    return only_polygons(np.array([whole], dtype=object))


def area_km2(polygon: shapely.Polygon) -> float:
    """Return the area of a lon/lat polygon in its own metric plane."""
    centre = polygon.representative_point()
    frame = LocalFrame(LonLat(float(np.clip(centre.x, -180.0, 180.0)), float(centre.y)))

    def to_plane(xy: NDArray[np.float64]) -> object:
        return np.column_stack(frame.to_xy(xy[:, 0], xy[:, 1]))

    return float(shapely.transform(polygon, to_plane).area) / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """The new world: what stays, what comes, and what was joined across a land border."""

    kept: Polygons
    kept_sources: IntArray
    land: Polygons
    mixed: Polygons
    replaced: int


def _replace(pieces: Polygons, source_of: IntArray, land: Polygons, region: BBox | None) -> _Change:
    land, eraser, cover = _cover(land, region)
    touched = np.unique(shapely.STRtree(pieces).query(cover, predicate="intersects"))
    changed = np.zeros(len(pieces), bool)
    changed[touched] = True
    shapely.prepare(cover)
    partly = touched[~shapely.contains_properly(cover, pieces[touched])]
    rest = np.asarray(shapely.difference(repaired_each(pieces[partly]), eraser))
    parts, owner = _polygon_parts(rest)
    stray = shapely.contains_properly(cover, parts)
    parts, owner = parts[~stray], owner[~stray]
    part, neighbour = shapely.STRtree(land).query(parts, predicate="intersects")
    joined, joining = np.zeros(len(parts), bool), np.zeros(len(land), bool)
    joined[part], joining[neighbour] = True, True
    return _Change(
        kept=np.concatenate([pieces[~changed], parts[~joined]]),
        kept_sources=np.concatenate(
            [
                source_of[~changed],
                source_of[partly][owner[~joined]],
            ]
        ).astype(np.int32),
        land=land[~joining],
        mixed=dissolved(np.concatenate([parts[joined], land[joining]])),
        replaced=int(changed.sum()),
    )


def _cover(
    land: Polygons, region: BBox | None
) -> tuple[Polygons, shapely.Geometry, shapely.Geometry]:
    """Return the land to add, what is erased from default land, and where strays are dropped."""
    if region is None:
        around = shapely.union_all(shapely.buffer(land, MARGIN_DEG, quad_segs=2))
        return land, shapely.union_all(land), around
    box = shapely.union_all(
        [shapely.box(p.west_deg, p.south_deg, p.east_deg, p.north_deg) for p in region.parts()]
    )
    inside = only_polygons(np.asarray(shapely.intersection(land, box)))
    if not len(inside):
        raise BadInputError("none of the land lies in the region.", remedy="Check --bbox W,S,E,N.")
    return inside, box, box


def _polygon_parts(
    geometries: Polygons,
) -> tuple[Polygons, NDArray[np.intp]]:
    parts, owner = shapely.get_parts(geometries, return_index=True)
    is_polygon = shapely.get_type_id(parts) == int(shapely.GeometryType.POLYGON)
    keep = is_polygon & ~shapely.is_empty(parts)
    return parts[keep], owner[keep]


def _credit_of(files: list[Path]) -> str:
    names = " ".join(file.name.lower() for file in files)
    if "n03" in names:
        return N03_CREDIT
    if any(word in names for word in ("osm", "land_polygons", "land-polygons", "coastlines")):
        return OSM_CREDIT
    return "source not named: " + ", ".join(sorted({file.name for file in files}))[:120]


def _hash_of(files: list[Path]) -> str:
    if len(files) == 1:
        return hash_file(files[0])
    digest = hashlib.sha256()
    for file in files:
        digest.update(hash_file(file).encode())
    return digest.hexdigest()
