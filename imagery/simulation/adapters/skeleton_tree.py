"""Reads a real product tree without pixels, and writes a copy filled with simulated ones."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from defusedxml import ElementTree as SafeET
from numpy.typing import NDArray

from imagery.simulation.adapters.measurement import file_md5
from imagery.simulation.adapters.safe_folder import write_mark, write_measurements
from imagery.simulation.product.manifest import SIMULATED_FACILITY
from imagery.simulation.render import Strip
from imagery.simulation.scenario import Scenario
from imagery.simulation.skeleton import (
    SPEED_OF_LIGHT_MPS,
    AzimuthBlock,
    LutVectors,
    SkeletonRadiometry,
    TieGrid,
    TiePoints,
)
from umimori.errors import CorruptFileError, IncompleteProductError, NotAProductError
from umimori.geodesy import LonLat

FloatArray = NDArray[np.float64]

_STEM = re.compile(r"^s1[a-d]-iw-grd-(vv|vh)-.*$")


@dataclass(frozen=True, kw_only=True)
class SkeletonTree:
    """A real product: where it lies, its geometry and its tables."""

    path: Path
    stems: dict[str, str]
    grid: TieGrid
    radiometry: SkeletonRadiometry
    ascending: bool

    def scenario(self, seed: int, coast_error_m: float) -> Scenario:
        """Return an empty scenario with the tree's place, time and size."""
        lon, lat = self.grid.locate((self.grid.lines - 1) / 2.0, (self.grid.samples - 1) / 2.0)
        return Scenario(
            name=f"skeleton {self.path.name}",
            seed=seed,
            centre=LonLat(float(lon), float(lat)),
            time_utc=self.grid.utc(0.0),
            lines=self.grid.lines,
            samples=self.grid.samples,
            ascending=self.ascending,
            coast_error_m=coast_error_m,
        )

    def write_copy(self, folder: Path, strips: Iterable[Strip], mark: dict[str, object]) -> None:
        """Write the tree with new measurements; all annotation stays byte for byte.

        The manifest names the simulating facility and the new measurements' sizes and checksums.
        """
        skipped = shutil.ignore_patterns("measurement")
        shutil.copytree(
            self.path, folder, ignore=skipped, copy_function=shutil.copyfile, dirs_exist_ok=True
        )
        for place in [folder, *(p for p in folder.rglob("*") if p.is_dir())]:
            place.chmod(0o755)
        write_measurements(folder, self.stems, self.grid, strips)
        write_mark(folder, {**mark, "skeleton": self.path.name})
        manifest = folder / "manifest.safe"
        text = manifest.read_text(encoding="utf-8")
        for stem in self.stems.values():
            text = _with_measurement(text, folder / "measurement" / f"{stem}.tiff")
        text = re.sub(
            r'(<safe:facility[^>]*?\bname=)"[^"]*"', rf'\1"{SIMULATED_FACILITY}"', text, count=1
        )
        manifest.write_text(text, encoding="utf-8")


def _with_measurement(manifest: str, path: Path) -> str:
    """Return the manifest with size and checksum of a measurement as it is now."""
    entry = re.compile(
        r'(<byteStream[^>]*\bsize=)"\d+"([^>]*>\s*<fileLocation[^>]*href="[^"]*'
        + re.escape(path.name)
        + r'"\s*/>\s*<checksum[^>]*>)[0-9a-fA-F]*(</checksum>)'
    )
    size, md5 = path.stat().st_size, file_md5(path)
    return entry.sub(rf'\g<1>"{size}"\g<2>{md5}\g<3>', manifest)


def read_skeleton(path: Path) -> SkeletonTree:
    """Return the tree of a real product.

    Raises:
        NotAProductError: the folder holds no IW GRDH product.
        IncompleteProductError: an annotation, calibration or noise file is missing.
        CorruptFileError: one of them cannot be read.
    """
    if not (path / "manifest.safe").is_file():
        raise NotAProductError(
            f"{path} is no Sentinel-1 product: it has no manifest.safe.",
            remedy="Give the unpacked .SAFE folder of an IW GRDH product.",
        )
    stems = {}
    for file in sorted((path / "annotation").glob("*.xml")):
        found = _STEM.match(file.stem)
        if found:
            stems[found.group(1)] = file.stem
    if not stems:
        raise NotAProductError(
            f"{path} holds no annotation of an IW GRDH product in VV or VH.",
            remedy="Give the unpacked .SAFE folder of an IW GRDH product.",
        )
    annotation = _parse(path / "annotation" / f"{next(iter(stems.values()))}.xml")
    try:
        grid = _grid(annotation)
        folder = path / "annotation" / "calibration"
        noise = {p: _parse(folder / f"noise-{stem}.xml") for p, stem in stems.items()}
        gains = {p: _parse(folder / f"calibration-{stem}.xml") for p, stem in stems.items()}
        radiometry = SkeletonRadiometry(
            sigma={p: _vectors(e, _SIGMA, grid.samples) for p, e in gains.items()},
            noise_range={p: _noise_vectors(e, grid.samples) for p, e in noise.items()},
            noise_azimuth={p: _azimuth_blocks(e) for p, e in noise.items()},
        )
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise CorruptFileError(
            f"the annotation of {path.name} cannot be understood ({error}).",
            remedy="Download the product again.",
        ) from error
    ascending = _text(annotation, ".//productInformation/pass").lower() == "ascending"
    return SkeletonTree(
        path=path, stems=stems, grid=grid, radiometry=radiometry, ascending=ascending
    )


def _parse(path: Path) -> ET.Element:
    try:
        root = SafeET.parse(path).getroot()
    except FileNotFoundError as error:
        raise IncompleteProductError(
            f"the product lacks {path.name}.", remedy="Download the product again."
        ) from error
    except ET.ParseError as error:
        raise CorruptFileError(
            f"{path.name} is no valid XML ({error}).", remedy="Download the product again."
        ) from error
    if root is None:
        raise CorruptFileError(f"{path.name} is empty.", remedy="Download the product again.")
    return root


def _text(element: ET.Element, where: str) -> str:
    text = element.findtext(where)
    if text is None:
        raise ValueError(f"{where} is missing")
    return text.strip()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _array(element: ET.Element, tag: str) -> FloatArray:
    return np.array(_text(element, tag).split(), dtype=float)


def _grid(annotation: ET.Element) -> TieGrid:
    image = "imageAnnotation/imageInformation/"
    found = annotation.findall(".//geolocationGridPoint")

    def column(tag: str) -> FloatArray:
        return np.array([float(_text(point, tag)) for point in found])

    velocities = np.array(
        [
            [float(_text(state, f"velocity/{axis}")) for axis in "xyz"]
            for state in annotation.findall(".//orbitList/orbit")
        ]
    )
    first = _moment(_text(annotation, f"{image}productFirstLineUtcTime"))
    last = _moment(_text(annotation, f"{image}productLastLineUtcTime"))
    lines = int(_text(annotation, f"{image}numberOfLines"))
    return TieGrid(
        points=TiePoints(
            line=column("line"),
            sample=column("pixel"),
            lon_deg=column("longitude"),
            lat_deg=column("latitude"),
            height_m=column("height"),
            slant_m=column("slantRangeTime") * SPEED_OF_LIGHT_MPS / 2.0,
            incidence_deg=column("incidenceAngle"),
        ),
        lines=lines,
        samples=int(_text(annotation, f"{image}numberOfSamples")),
        first_line_utc=first,
        line_interval_s=(last - first).total_seconds() / (lines - 1),
        satellite_speed_mps=float(np.linalg.norm(velocities, axis=1).mean()),
    )


_SIGMA = ("calibrationVector", "sigmaNought")
_NOISE = (("noiseRangeVector", "noiseRangeLut"), ("noiseVector", "noiseLut"))
"""Names since IPF 2.9 and before."""


def _vectors(root: ET.Element, names: tuple[str, str], samples: int) -> LutVectors:
    vectors = root.findall(f".//{names[0]}")
    every = np.arange(samples)
    rows = [np.interp(every, _array(v, "pixel"), _array(v, names[1])) for v in vectors]
    return LutVectors(
        lines=np.array([float(_text(v, "line")) for v in vectors]),
        rows=np.array(rows, dtype=np.float32),
    )


def _noise_vectors(root: ET.Element, samples: int) -> LutVectors:
    names = next(n for n in _NOISE if root.find(f".//{n[0]}") is not None)
    return _vectors(root, names, samples)


def _azimuth_blocks(root: ET.Element) -> tuple[AzimuthBlock, ...]:
    return tuple(
        AzimuthBlock(
            first_line=int(_text(v, "firstAzimuthLine")),
            last_line=int(_text(v, "lastAzimuthLine")),
            first_sample=int(_text(v, "firstRangeSample")),
            last_sample=int(_text(v, "lastRangeSample")),
            lines=_array(v, "line"),
            factors=_array(v, "noiseAzimuthLut"),
        )
        for v in root.findall(".//noiseAzimuthVector")
    )
