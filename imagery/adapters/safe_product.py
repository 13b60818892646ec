"""Sentinel-1 SAFE products, as a folder or a zip archive, to ``Product``."""

from __future__ import annotations

import hashlib
import logging
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imagery.adapters.raster_bands import SafeTileReader, open_raster, reading
from imagery.adapters.safe_annotation import Annotation, read_annotation
from imagery.adapters.safe_tables import read_calibration, read_noise
from imagery.adapters.xml_tree import XmlTree
from imagery.product import BandFiles, Product
from umimori.errors import CorruptFileError, IncompleteProductError, NotAProductError
from umimori.geodesy import LonLat
from umimori.ids import derived_id
from umimori.records.scene import Scene

log = logging.getLogger(__name__)

SIMULATED_MARK = "support/umimori-simulated.json"
"""A file that only our scene simulator writes."""
POLARISATIONS = ("VV", "HH", "VH", "HV")
"""Co-polarised first: the order of bands, wherever bands stand in order."""
_FILE = re.compile(r"^s1[a-d]-(iw|ew|s[1-6])-grd-(vv|vh|hh|hv)-.*\.xml$", re.IGNORECASE)
MAX_XML_BYTES = 64 * 1024 * 1024
FOOTPRINT_STEPS = 4
RESOLUTION_M = {"IW": (22.0, 20.4), "EW": (51.0, 50.0)}
"""Azimuth x range resolution of IW GRDH and EW GRDH/M, mid swath (Sentinel-1 Product Definition,
S1-RS-MDA-52-7440; satellite.md 3.2 gives 20 x 22 m for IW)."""
DOWNLOAD = "Download the whole product again."


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeFiles:
    """The members of a product, whether it lies in a folder or in an archive."""

    path: Path
    names: tuple[str, ...]
    archive: bool
    prefix: str

    def bytes_of(self, name: str) -> bytes:
        """Return a member's content."""
        try:
            if self.archive:
                with zipfile.ZipFile(self.path) as archive:
                    if archive.getinfo(self.prefix + name).file_size > MAX_XML_BYTES:
                        raise CorruptFileError(f"{name} is too large for XML.", remedy=DOWNLOAD)
                    return archive.read(self.prefix + name)
            if (self.path / name).stat().st_size > MAX_XML_BYTES:
                raise CorruptFileError(f"{name} is too large for XML.", remedy=DOWNLOAD)
            return (self.path / name).read_bytes()
        except (OSError, zipfile.BadZipFile, KeyError, RuntimeError) as error:
            raise CorruptFileError(f"{name} cannot be read.", remedy=DOWNLOAD) from error

    def raster_path(self, name: str) -> str:
        """Return what GDAL opens."""
        if self.archive:
            return f"/vsizip/{self.path}/{self.prefix}{name}"
        return str(self.path / name)


def open_safe(path: Path) -> Product:
    """Return a product from a SAFE folder or zip.

    Raises:
        NotAProductError: no Sentinel-1 SAFE at all.
        IncompleteProductError: a part is missing.
        CorruptFileError: a part is damaged.
    """
    files = list_files(path)
    annotations = _annotations(files)
    parts = {pol: read_annotation(_tree(files, name)) for pol, name in annotations.items()}
    main = next(iter(parts.values()))
    for pol, part in parts.items():
        if (part.height, part.width) != (main.height, main.width):
            raise IncompleteProductError(
                f"{path.name}: the {pol} image has another size than the first.", remedy=DOWNLOAD
            )
    bands = tuple(_band(files, pol, name, main) for pol, name in annotations.items())
    scene = _scene(path, files, annotations, main)
    resolution = RESOLUTION_M.get(main.mode, (2 * main.azimuth_spacing_m, 2 * main.range_spacing_m))
    return Product(
        scene=scene,
        reader=SafeTileReader(bands=bands),
        geometry=main.radar.geometry,
        radar=main.radar,
        calibrated=True,
        resolution_m=resolution,
    )


def list_files(path: Path) -> SafeFiles:
    """Return the members of a SAFE; say plainly when it is none."""
    if path.is_dir():
        names = tuple(
            sorted(str(p.relative_to(path).as_posix()) for p in path.rglob("*") if p.is_file())
        )
        files = SafeFiles(path=path, names=names, archive=False, prefix="")
    else:
        files = _list_archive(path)
    if "manifest.safe" not in files.names:
        raise NotAProductError(
            f"{path} is no Sentinel-1 SAFE product: it has no manifest.safe.",
            remedy="Give the folder that ends in .SAFE, or its zip.",
        )
    return files


def _list_archive(path: Path) -> SafeFiles:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        raise CorruptFileError(
            f"{path.name} is no readable zip archive.", remedy=DOWNLOAD
        ) from error
    manifest = next((name for name in members if name.endswith("manifest.safe")), "manifest.safe")
    prefix = manifest.removesuffix("manifest.safe")
    names = tuple(sorted(n.removeprefix(prefix) for n in members if n.startswith(prefix)))
    if manifest not in members:
        names = ()
    return SafeFiles(path=path, names=names, archive=True, prefix=prefix)


def _annotations(files: SafeFiles) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in files.names:
        folder, _, last = name.rpartition("/")
        match = _FILE.match(last)
        if folder == "annotation" and match:
            found[match.group(2).upper()] = name
    expected = _expected_polarisations(files)
    missing = [pol for pol in expected if pol not in found]
    if missing or not found:
        what = " and ".join(missing) or "any polarisation"
        raise IncompleteProductError(
            f"{files.path.name}: the annotation of {what} is missing.", remedy=DOWNLOAD
        )
    return {pol: found[pol] for pol in POLARISATIONS if pol in found}


def _expected_polarisations(files: SafeFiles) -> list[str]:
    """Return the polarisations of which any file is there; warn of those only in the manifest.

    A tree from which all files of one polarisation were taken is usable with the other.
    """
    tree = XmlTree(files.bytes_of("manifest.safe"), "manifest.safe")
    promised = {
        (item.text or "").strip()
        for item in tree.root.iter()
        if item.tag.endswith("}transmitterReceiverPolarisation")
    }
    present = [p for p in POLARISATIONS if any(f"-grd-{p.lower()}-" in n for n in files.names)]
    for absent in sorted(promised.intersection(POLARISATIONS) - set(present)):
        log.warning("%s: no file of %s is there; going on without it", files.path.name, absent)
    return present


def _tree(files: SafeFiles, name: str) -> XmlTree:
    return XmlTree(files.bytes_of(name), name)


def _band(files: SafeFiles, pol: str, annotation: str, main: Annotation) -> BandFiles:
    stem = annotation.rpartition("/")[2].removesuffix(".xml")
    measurement = next(
        (
            name
            for name in files.names
            if name.startswith("measurement/")
            and name.rpartition("/")[2].rpartition(".")[0] == stem
        ),
        None,
    )
    if measurement is None:
        raise IncompleteProductError(
            f"{files.path.name}: the {pol} measurement ({stem}.tiff) is missing.", remedy=DOWNLOAD
        )
    _check_size(files.raster_path(measurement), main)
    folder = "annotation/calibration/"
    for kind in ("calibration", "noise"):
        if f"{folder}{kind}-{stem}.xml" not in files.names:
            raise IncompleteProductError(
                f"{files.path.name}: the {kind} annotation of {pol} is missing.", remedy=DOWNLOAD
            )
    return BandFiles(
        polarisation=pol,
        measurement=files.raster_path(measurement),
        calibration=read_calibration(_tree(files, f"{folder}calibration-{stem}.xml")),
        noise=read_noise(_tree(files, f"{folder}noise-{stem}.xml")),
    )


def _check_size(path: str, main: Annotation) -> None:
    with reading(path), open_raster(path) as dataset:
        size = (dataset.height, dataset.width)
        kind = dataset.dtypes[0]
    if size != (main.height, main.width) or kind != "uint16":
        raise CorruptFileError(
            f"{Path(path).name} has {size[0]} x {size[1]} pixels of {kind}; its annotation says "
            f"{main.height} x {main.width} of uint16.",
            remedy=DOWNLOAD,
        )


def _scene(path: Path, files: SafeFiles, annotations: dict[str, str], main: Annotation) -> Scene:
    digest = hashlib.sha256()
    for name in annotations.values():
        digest.update(files.bytes_of(name))
    content = digest.hexdigest()
    simulated = SIMULATED_MARK in files.names
    name = path.name.removesuffix(".zip").removesuffix(".SAFE")
    return Scene(
        id=derived_id("scene", name, content),
        name=name,
        platform=main.mission,
        sensor=f"C-SAR {main.mode}",
        product_type=main.product_type,
        polarisations=tuple(annotations),
        start_utc=main.start_utc,
        stop_utc=main.stop_utc,
        footprint=_footprint(main),
        width_px=main.width,
        height_px=main.height,
        range_spacing_m=main.range_spacing_m,
        azimuth_spacing_m=main.azimuth_spacing_m,
        path=str(path),
        content_sha256=content,
        simulated=simulated,
        credit="simulated scene" if simulated else "contains modified Copernicus Sentinel data",
    )


def _footprint(main: Annotation) -> tuple[LonLat, ...]:
    """Return the outline, a few points per side, counter-clockwise or as the image runs."""
    last_row, last_col = main.height - 1.0, main.width - 1.0
    share = np.arange(FOOTPRINT_STEPS) / FOOTPRINT_STEPS
    rows = np.concatenate([0 * share, share, 0 * share + 1, 1 - share]) * last_row
    cols = np.concatenate([share, 0 * share + 1, 1 - share, 0 * share]) * last_col
    lon, lat = main.radar.geometry.lonlat(rows, cols)
    return tuple(LonLat(float(x), float(y)) for x, y in zip(lon, lat, strict=True))
