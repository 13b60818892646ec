"""Detections to a file, format by suffix."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from imagery.export import PROPERTIES, properties_of, to_csv, to_geojson
from umimori.errors import NotPermittedError, UsageError
from umimori.records.detection import Detection


def write_detections(path: Path, detections: Sequence[Detection]) -> None:
    """Write detections; an existing file is replaced only when the new one is complete.

    Raises:
        UsageError: when the suffix names no format.
        NotPermittedError: when the place cannot be written.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(
            f"{path.name}: no format is known for this suffix.",
            remedy="End the name in .geojson, .gpkg, .parquet or .csv.",
        )
    try:
        with tempfile.TemporaryDirectory(prefix=".umimori-", dir=path.parent) as folder:
            part = Path(folder) / path.name
            writer(part, detections)
            Path(part).replace(path)
    except (OSError, DataSourceError, DataLayerError, FeatureError) as error:
        raise NotPermittedError(
            f"{path} cannot be written ({_reason(error)}).",
            remedy="Choose a folder that exists, that you may write to and that has room.",
        ) from error


def _reason(error: Exception) -> str:
    """Return the system's word for it; GDAL's own texts run over pages."""
    number = error.errno if isinstance(error, OSError) else None
    if number is None and "full" in str(error):
        number = errno.ENOSPC
    return "input/output error" if number is None else os.strerror(number)


def _write_geojson(path: Path, detections: Sequence[Detection]) -> None:
    path.write_text(to_geojson(detections), encoding="utf-8")


def _write_csv(path: Path, detections: Sequence[Detection]) -> None:
    path.write_text(to_csv(detections), encoding="utf-8", newline="")


def _write_geopackage(path: Path, detections: Sequence[Detection]) -> None:
    frame = _frame(detections)
    frame["flags"] = [";".join(flags) for flags in frame["flags"]]
    frame.to_file(path, layer="detections", driver="GPKG", engine="pyogrio")


def _write_geoparquet(path: Path, detections: Sequence[Detection]) -> None:
    _frame(detections).to_parquet(path, index=False)


def _frame(detections: Sequence[Detection]) -> Any:
    import geopandas
    from shapely.geometry import Point

    rows = [properties_of(item) for item in detections]
    columns = {name: [row[name] for row in rows] for name in PROPERTIES}
    points = [None if d.position is None else Point(*d.position.xy) for d in detections]
    return geopandas.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")


WRITERS: dict[str, Callable[[Path, Sequence[Detection]], None]] = {
    ".geojson": _write_geojson,
    ".json": _write_geojson,
    ".csv": _write_csv,
    ".gpkg": _write_geopackage,
    ".parquet": _write_geoparquet,
    ".geoparquet": _write_geoparquet,
}
