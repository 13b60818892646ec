"""Writes a product folder: whole or not there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from imagery.simulation.adapters.measurement import (
    MeasurementWriter,
    file_md5,
    ground_control_points,
)
from imagery.simulation.frame import SceneFrame
from imagery.simulation.grid import ImageGrid
from imagery.simulation.instrument import POLARISATIONS
from imagery.simulation.product.annotation import annotation_file
from imagery.simulation.product.identity import ProductIdentity
from imagery.simulation.product.luts import calibration_file, noise_file
from imagery.simulation.product.manifest import (
    SIMULATED_MARK,
    ProductFile,
    manifest_file,
    md5_of,
)
from imagery.simulation.render import Strip
from umimori.errors import NotPermittedError, UsageError

SAFE_SUFFIX = ".SAFE"


def begin(target: Path) -> Path:
    """Return a fresh working folder beside the target.

    Raises:
        UsageError: the target exists already.
        NotPermittedError: the folder cannot be written.
    """
    if target.exists():
        raise UsageError(
            f"{target} exists already.", remedy="Remove it or give another output name."
        )
    working = target.with_name(f".{target.name}.part")
    try:
        shutil.rmtree(working, ignore_errors=True)
        working.mkdir(parents=True)
    except OSError as error:
        raise NotPermittedError(
            f"{target.parent} cannot be written: {error.strerror}.",
            remedy="Choose an output folder that you may write to.",
        ) from error
    return working


def write_measurements(
    folder: Path, stems: dict[str, str], grid: ImageGrid, strips: Iterable[Strip]
) -> dict[str, tuple[float, float]]:
    """Write the images of both polarisations; return mean and deviation of each."""
    place = folder / "measurement"
    place.mkdir(exist_ok=True)
    points = ground_control_points(grid)
    size = (grid.lines, grid.samples, points)
    with (
        MeasurementWriter(place / f"{stems['vv']}.tiff", *size) as vv,
        MeasurementWriter(place / f"{stems['vh']}.tiff", *size) as vh,
    ):
        for strip in strips:
            vv.write(strip.first_line, strip.vv)
            vh.write(strip.first_line, strip.vh)
    return {"vv": (vv.mean, vv.deviation), "vh": (vh.mean, vh.deviation)}


def write_mark(folder: Path, mark: dict[str, object]) -> None:
    """Write the file that says that the product is simulated, from which seed and version."""
    path = folder / SIMULATED_MARK
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(mark, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def write_product(
    folder: Path,
    identity: ProductIdentity,
    strips: Iterable[Strip],
    version: str,
    mark: dict[str, object],
) -> str:
    """Write all files of a simulated product into a folder; return its conventional name."""
    frame: SceneFrame = identity.frame
    (folder / "annotation" / "calibration").mkdir(parents=True)
    stems = {p: identity.image_stem(p) for p in POLARISATIONS}
    statistics = write_measurements(folder, stems, frame, strips)
    files: list[ProductFile] = []
    for polarisation, stem in stems.items():
        texts = {
            ("product", f"annotation/{stem}.xml"): annotation_file(
                identity, polarisation, *statistics[polarisation]
            ),
            ("noise", f"annotation/calibration/noise-{stem}.xml"): noise_file(
                identity, polarisation
            ),
            ("calibration", f"annotation/calibration/calibration-{stem}.xml"): calibration_file(
                identity, polarisation
            ),
        }
        for (role, path), text in texts.items():
            (folder / path).write_bytes(text)
            files.append(ProductFile(role=role, path=path, size=len(text), md5=md5_of(text)))
    for stem in stems.values():
        path = folder / "measurement" / f"{stem}.tiff"
        files.append(
            ProductFile(
                role="measurement",
                path=f"measurement/{stem}.tiff",
                size=path.stat().st_size,
                md5=file_md5(path),
            )
        )
    write_mark(folder, mark)
    manifest = manifest_file(identity, files, version)
    (folder / "manifest.safe").write_bytes(manifest)
    return identity.product_name(manifest)


def finish(working: Path, target: Path) -> None:
    """Put the finished folder in its place."""
    working.rename(target)
