"""The indexed coast file: all polygons in small compressed blocks, found by their boxes.

Layout: magic, length of the header (8 bytes, little endian), header (JSON), index, blocks. The
index holds one box, source and block for each polygon. Coordinates are integers of 1e-6 degree
(0.11 m), stored as differences, byte planes apart, deflated: a region is read in milliseconds
and the world takes less than 20 MB.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from umimori.errors import CorruptFileError

MAGIC = b"UMICOAST1\n"
UNIT_DEG = 1e-6
BLOCK_VERTICES = 6000
"""Small polygons share a block up to this size; a larger one has a block of its own."""
Z_CELLS_PER_DEG = 4
BYTES_PER_INTEGER = 4
MAKE_AGAIN = "Make it again with make setup, or import the coast again."
POLYGON = shapely.GeometryType.POLYGON

IntArray = NDArray[np.int32]
Polygons = NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoastSource:
    """Where some of the polygons come from, and how far off they may be."""

    name: str
    credit: str
    coast_error_m: float
    sha256: str
    """SHA-256 of the file that was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoastIndex:
    """One row a polygon; boxes in degrees."""

    west: NDArray[np.float64]
    south: NDArray[np.float64]
    east: NDArray[np.float64]
    north: NDArray[np.float64]
    source: IntArray
    block: IntArray
    place: IntArray
    """Position inside the block."""


def write_coast(
    file: Path, polygons: Polygons, source_of: IntArray, sources: Sequence[CoastSource]
) -> None:
    """Write shapely polygons (lon/lat degrees) to a coast file; it appears whole or not at all.

    Args:
        file: what to write.
        polygons: shape (n,), valid, oriented or not.
        source_of: shape (n,), index into ``sources``.
        sources: at least one.
    """
    polygons = shapely.orient_polygons(polygons)
    bounds = shapely.bounds(polygons)
    order = np.argsort(_z_order(bounds), kind="stable")
    polygons, bounds, source_of = polygons[order], bounds[order], source_of[order]
    block_of = _blocks(shapely.get_num_coordinates(polygons))
    starts = np.flatnonzero(np.diff(block_of, prepend=-1))
    stops = np.append(starts[1:], len(block_of))
    blocks = [_encode(polygons[a:b]) for a, b in zip(starts, stops, strict=True)]
    place = np.arange(len(block_of)) - starts[block_of]
    index = np.column_stack(
        [
            np.floor(bounds[:, :2] / UNIT_DEG),
            np.ceil(bounds[:, 2:] / UNIT_DEG),
            source_of,
            block_of,
            place,
        ]
    ).astype("<i4")
    packed_index = _deflate(index)
    digest = hashlib.sha256(packed_index)
    for block in blocks:
        digest.update(block)
    header = {
        "sources": [
            {
                "name": s.name,
                "credit": s.credit,
                "coast_error_m": s.coast_error_m,
                "sha256": s.sha256,
            }
            for s in sources
        ],
        "polygons": len(polygons),
        "vertices": int(shapely.get_num_coordinates(polygons).sum()),
        "index_bytes": len(packed_index),
        "block_bytes": [len(block) for block in blocks],
        "sha256": digest.hexdigest(),
    }
    head = json.dumps(header, ensure_ascii=False).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    with fresh.open("wb") as stream:
        stream.write(MAGIC + len(head).to_bytes(8, "little") + head + packed_index)
        for block in blocks:
            stream.write(block)
    fresh.replace(file)


class CoastFile:
    """An open coast file; blocks are read when they are asked for."""

    def __init__(self, file: Path) -> None:
        """Read header and index.

        Raises:
            CorruptFileError: the file is no coast file, or truncated.
        """
        self.file = file
        try:
            with file.open("rb") as stream:
                magic = stream.read(len(MAGIC))
                length = int.from_bytes(stream.read(8), "little")
                header: dict[str, Any] = json.loads(stream.read(length))
                rows = np.frombuffer(zlib.decompress(stream.read(header["index_bytes"])), "u1")
                start = stream.tell()
            self.sources = tuple(CoastSource(**source) for source in header["sources"])
            self.sha256: str = header["sha256"]
            self.index = _index(_unshuffle(rows).reshape(header["polygons"], 7))
            self._offsets = start + np.concatenate([[0], np.cumsum(header["block_bytes"])])
        except (ValueError, KeyError, TypeError, OverflowError, MemoryError, zlib.error) as error:
            raise CorruptFileError(
                f"the coast file {file} is damaged ({error}).", remedy=MAKE_AGAIN
            ) from error
        if magic != MAGIC or file.stat().st_size != self._offsets[-1]:
            raise CorruptFileError(
                f"{file} is no coast file, or it is truncated.", remedy=MAKE_AGAIN
            )

    @property
    def blocks(self) -> int:
        """Return how many blocks there are."""
        return len(self._offsets) - 1

    def read_block(self, number: int) -> Polygons:
        """Return the polygons of a block, shape (n,)."""
        with self.file.open("rb") as stream:
            stream.seek(int(self._offsets[number]))
            data = stream.read(int(self._offsets[number + 1] - self._offsets[number]))
        try:
            return _decode(data)
        except (zlib.error, ValueError, shapely.GEOSException) as error:
            raise CorruptFileError(
                f"block {number} of the coast file {self.file} is damaged.",
                remedy=MAKE_AGAIN,
            ) from error


def _index(rows: IntArray) -> CoastIndex:
    boxes = rows[:, :4].astype(np.float64) * UNIT_DEG
    return CoastIndex(
        west=boxes[:, 0].copy(),
        south=boxes[:, 1].copy(),
        east=boxes[:, 2].copy(),
        north=boxes[:, 3].copy(),
        source=rows[:, 4].copy(),
        block=rows[:, 5].copy(),
        place=rows[:, 6].copy(),
    )


def _z_order(bounds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the Morton code of the box centres (G. M. Morton, IBM, 1966): near stays near."""
    x = ((bounds[:, 0] + bounds[:, 2]) / 2.0 + 180.0) * Z_CELLS_PER_DEG
    y = ((bounds[:, 1] + bounds[:, 3]) / 2.0 + 90.0) * Z_CELLS_PER_DEG
    code = np.zeros(len(bounds), np.int64)
    xi, yi = x.astype(np.int64), y.astype(np.int64)
    for bit in range(12):
        code |= ((xi >> bit) & 1) << (2 * bit)
        code |= ((yi >> bit) & 1) << (2 * bit + 1)
    return code


def _blocks(vertices: NDArray[np.int64]) -> IntArray:
    """Return the block of each polygon: consecutive ones up to BLOCK_VERTICES together."""
    block = np.empty(len(vertices), np.int32)
    number, filled = -1, BLOCK_VERTICES
    for i, count in enumerate(vertices):
        if filled + count > BLOCK_VERTICES:
            number, filled = number + 1, 0
        block[i] = number
        filled += int(count)
    return block


def _encode(polygons: Polygons) -> bytes:
    _, xy, (rings, parts) = shapely.to_ragged_array(polygons)
    units = np.rint(xy / UNIT_DEG).astype(np.int32)
    head = np.array([len(parts) - 1, len(rings) - 1], np.int32)
    counts = np.concatenate([head, np.diff(parts), np.diff(rings)]).astype("<i4")
    steps = np.diff(units, axis=0, prepend=np.zeros((1, 2), np.int32))
    return _deflate(np.concatenate([counts, steps.T.ravel().astype("<i4")]))


def _decode(data: bytes) -> Polygons:
    values = _unshuffle(np.frombuffer(zlib.decompress(data), "u1"))
    polygons, rings = int(values[0]), int(values[1])
    parts = np.concatenate([[0], np.cumsum(values[2 : 2 + polygons])])
    offsets = np.concatenate([[0], np.cumsum(values[2 + polygons : 2 + polygons + rings])])
    steps = values[2 + polygons + rings :].reshape(2, -1)
    xy = np.ascontiguousarray(np.cumsum(steps, axis=1, dtype=np.int64).T) * UNIT_DEG
    made: Polygons = shapely.from_ragged_array(POLYGON, xy, (offsets, parts))
    return made


def _deflate(values: IntArray) -> bytes:
    planes = np.ascontiguousarray(values.ravel()).view("u1").reshape(-1, BYTES_PER_INTEGER)
    return zlib.compress(np.ascontiguousarray(planes.T).tobytes(), 6)


def _unshuffle(data: NDArray[np.uint8]) -> IntArray:
    planes = data.reshape(BYTES_PER_INTEGER, -1)
    whole: IntArray = np.ascontiguousarray(planes.T).view("<i4").ravel().astype(np.int32)
    return whole
