"""Files that come in (areas, missions) and go out (missions in four formats)."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import pyogrio
import pyogrio.errors
import shapely

from mission_planner.area import Area, area_of, area_of_geojson, joined
from umimori.errors import BadInputError, CorruptFileError, NotPermittedError, UsageError
from umimori.missionfiles.geojson import write_geojson
from umimori.missionfiles.plan import read_plan, write_plan
from umimori.missionfiles.waypoints import read_waypoints, write_waypoints
from umimori.records.codec import from_json, to_json
from umimori.records.mission import Mission

AREA_SUFFIXES = (".geojson", ".json", ".kml", ".gpkg")


def _record(mission: Mission) -> bytes:
    """Return the record of a mission as JSON: everything, for other programs of ours."""
    return (to_json(mission) + "\n").encode()


_WRITERS: dict[str, Callable[[Mission], bytes]] = {
    ".plan": write_plan,
    ".waypoints": write_waypoints,
    ".geojson": write_geojson,
    ".json": _record,
}
_READERS: dict[str, Callable[..., Mission]] = {
    ".plan": read_plan,
    ".waypoints": read_waypoints,
    ".txt": read_waypoints,
}


def read_area(path: Path) -> Area:
    """Return the area of a GeoJSON, KML or GeoPackage file.

    Raises:
        CorruptFileError: when it is none of them.
        GeometryError: when its geometry is not usable.
    """
    data = _bytes(path)
    suffix = path.suffix.lower()
    if suffix in {".geojson", ".json"}:
        try:
            document = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise CorruptFileError(
                f"{path.name} is not GeoJSON: {error}.", remedy="Give a GeoJSON file."
            ) from error
        if not isinstance(document, dict):
            raise CorruptFileError(f"{path.name} is not GeoJSON.", remedy="Give a GeoJSON file.")
        return area_of_geojson(document)
    if suffix not in AREA_SUFFIXES:
        raise UsageError(
            f"{path.name} has no suffix of an area.", remedy=f"Use {', '.join(AREA_SUFFIXES)}."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, _, geometry, _ = pyogrio.raw.read(path, force_2d=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise CorruptFileError(
            f"{path.name} cannot be read: {error}.", remedy="Give a KML or GeoPackage file."
        ) from error
    if meta["crs"] not in {None, "EPSG:4326"}:
        raise BadInputError(
            f"{path.name} is in {meta['crs']}.", remedy="Save it in degrees (EPSG:4326)."
        )
    return area_of(joined([part for part in shapely.from_wkb(geometry) if part is not None]))


def read_mission(path: Path) -> Mission:
    """Return the mission of a .plan, .waypoints or .json file."""
    data = _bytes(path)
    if path.suffix.lower() == ".json":
        return from_json(Mission, data)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UsageError(
            f"{path.name} has no suffix of a mission.", remedy="Use .plan, .waypoints or .json."
        )
    return reader(data, name=path.name)


def write_missions(missions: Sequence[Mission], out: Path) -> list[Path]:
    """Write one file per sortie and return their paths; several get "-1of3" in their names.

    Raises:
        UsageError: an unknown suffix.
        NotPermittedError: the folder cannot be written.
    """
    writer = _WRITERS.get(out.suffix.lower())
    if writer is None:
        raise UsageError(
            f"{out.name} has no suffix of a mission.", remedy=f"Use {', '.join(_WRITERS)}."
        )
    paths = []
    for mission in missions:
        part = f"-{mission.sortie}of{mission.sorties}" if len(missions) > 1 else ""
        path = out.with_name(f"{out.stem}{part}{out.suffix}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(writer(mission))
        except OSError as error:
            raise NotPermittedError(
                f"{path} cannot be written: {error.strerror}.", remedy="Choose another --out."
            ) from error
        paths.append(path)
    return paths


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInputError(
            f"{path} cannot be read: {error.strerror}.", remedy="Check the name of the file."
        ) from error
