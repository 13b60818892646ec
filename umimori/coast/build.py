"""Convert the land polygons of the npm package into the indexed file, once, at set-up.

Usage: python -m umimori.coast.build SOURCE OUT

SOURCE is the folder of @geo-maps/earth-lands-10m (OpenStreetMap land polygons of 2017, ODbL) or
its map.geo.json. "10 m" is the precision of its coordinates; a segment is 0.6-1.1 km long and the
line is up to about 500 m off.
"""

from __future__ import annotations

import json
import logging
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from umimori.coast.cutting import cut
from umimori.coast.islets import ISLETS
from umimori.coast.packing import CoastSource, Polygons, write_coast
from umimori.errors import BadInputError, CorruptFileError, UmimoriError, outcome_of
from umimori.store.blobs import hash_file

SOURCE_NAME = "map.geo.json"
DEFAULT_NAME = "OSM 2017 land polygons (@geo-maps/earth-lands-10m) and seven islets"
DEFAULT_CREDIT = "© OpenStreetMap contributors (ODbL)"
DEFAULT_COAST_ERROR_M = 500.0
MIN_WATER_KM2 = 2.0
"""Inland waters below this size count as land: 750,000 ponds and river reaches of no use here."""
EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 (Moritz, Geodetic Reference System 1980)."""
MERCATOR_END_DEG = -85.0511
"""The source ends at the edge of web maps; land that touches it goes on to the pole."""

_log = logging.getLogger(__name__)


def read_source(path: Path) -> Polygons:
    """Return the polygons of the package, inland waters of some size kept as holes.

    Raises:
        BadInputError: the file is not there.
        CorruptFileError: it holds no land polygons.
    """
    file = path / SOURCE_NAME if path.is_dir() else path
    try:
        document = json.loads(file.read_bytes())
        nested = [
            polygon
            for geometry in document.get("geometries", [document])
            for polygon in geometry["coordinates"]
        ]
    except FileNotFoundError as error:
        raise BadInputError(
            f"{file} does not exist.", remedy="Run npm ci first; make setup does both."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorruptFileError(
            f"{file} holds no land polygons ({error}).", remedy="Run npm ci again."
        ) from error
    return _polygons(nested)


def _polygons(nested: list[list[list[list[float]]]]) -> Polygons:
    counts = [len(ring) for polygon in nested for ring in polygon]
    rings = np.concatenate([[0], np.cumsum(counts)])
    parts = np.concatenate([[0], np.cumsum([len(polygon) for polygon in nested])])
    flat = chain.from_iterable(point for polygon in nested for ring in polygon for point in ring)
    xy = np.fromiter(flat, float, count=2 * int(rings[-1])).reshape(-1, 2)
    xy[xy[:, 1] < MERCATOR_END_DEG, 1] = -90.0
    outer = np.zeros(len(counts), bool)
    outer[parts[:-1]] = True
    keep = outer | (ring_areas_km2(xy, rings) >= MIN_WATER_KM2)
    points = np.repeat(keep, np.diff(rings))
    kept_rings = np.concatenate([[0], np.cumsum(np.diff(rings)[keep])])
    kept_parts = np.concatenate(
        [[0], np.cumsum(np.add.reduceat(keep.astype(np.int64), parts[:-1]))]
    )
    made: Polygons = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, xy[points], (kept_rings, kept_parts)
    )
    return made


def ring_areas_km2(xy_deg: NDArray[np.float64], offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the area of each closed ring on the sphere (cylindrical equal-area projection)."""
    x, y = np.radians(xy_deg[:, 0]), np.sin(np.radians(xy_deg[:, 1]))
    # Sums relative to the first corner of each ring, else long running sums lose the small ones.
    first = np.repeat(offsets[:-1], np.diff(offsets))
    x, y = x - x[first], y - y[first]
    cross = np.append(x[:-1] * y[1:] - x[1:] * y[:-1], 0.0)
    cross[offsets[1:] - 1] = 0.0
    areas: NDArray[np.float64] = np.abs(np.add.reduceat(cross, offsets[:-1])) / 2.0
    return areas * EARTH_RADIUS_KM**2


def build(source: Path, out: Path) -> int:
    """Write the default coast and return the number of polygons."""
    file = source / SOURCE_NAME if source.is_dir() else source
    land = cut(read_source(source))
    islets = np.array([islet.polygon() for islet in ISLETS], dtype=object)
    polygons = np.concatenate([land, islets])
    provenance = CoastSource(
        name=DEFAULT_NAME,
        credit=DEFAULT_CREDIT,
        coast_error_m=DEFAULT_COAST_ERROR_M,
        sha256=hash_file(file),
    )
    write_coast(out, polygons, np.zeros(len(polygons), np.int32), [provenance])
    return len(polygons)


def main() -> None:
    """Run the conversion for the Makefile."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    arguments = sys.argv[1:]
    if len(arguments) != 2:
        sys.exit("usage: python -m umimori.coast.build SOURCE OUT")
    source, out = Path(arguments[0]), Path(arguments[1])
    try:
        count = build(source, out)
    except UmimoriError as error:
        sys.stderr.write(f"Error: {error.one_line()}\n")
        sys.exit(outcome_of(error).exit_code)
    _log.info("coast: %d polygons, %.1f MB", count, out.stat().st_size / 1e6)


if __name__ == "__main__":
    main()
