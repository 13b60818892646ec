"""Writes a product folder: whole or not there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rasterio.errors import RasterioError

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
from umimori.errors import EnvironmentMissingError, NotPermittedError, UsageError
from umimori.gdal_messages import silence_gdal

BYTES_PER_PIXEL = 2
SMALL_FILES_BYTES = 4_000_000
"""Annotation, calibration, noise and manifest of a whole scene, and some room for the disk."""


def product_bytes(grid: ImageGrid, polarisations: int) -> int:
    """Return how much room a product takes: its images are not compressed."""
    return grid.lines * grid.samples * BYTES_PER_PIXEL * polarisations + SMALL_FILES_BYTES


@contextmanager
def working_folder(target: Path, size_bytes: int) -> Iterator[Path]:
    """Give a fresh folder beside the target, and put it in the target's place when all went well.

    Whatever goes wrong, the folder is gone afterwards.

    Args:
        target: the product folder to be.
        size_bytes: the room that it will take.

    Raises:
        UsageError: the target exists already.
        NotPermittedError: the folder cannot be written.
        EnvironmentMissingError: the disk has too little room, or filled up meanwhile.
    """
    silence_gdal()
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
    try:
        _require_room(target, working, size_bytes)
        yield working
        working.rename(target)
    except (RasterioError, OSError) as error:
        # GDAL's words name neither the folder nor the cause; a full disk is nearly always it.
        reason = error.strerror if isinstance(error, OSError) and error.strerror else None
        raise EnvironmentMissingError(
            f"{target} could not be written to the end ({reason or 'the disk took no more'}).",
            remedy=f"Free room in {target.parent.absolute()}, or choose another output folder.",
        ) from error
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _require_room(target: Path, working: Path, size_bytes: int) -> None:
    free = shutil.disk_usage(working).free
    if free < size_bytes:
        raise EnvironmentMissingError(
            f"{target} needs {size_bytes / 1e6:,.0f} MB, and the disk of "
            f"{target.parent.absolute()} has {free / 1e6:,.0f} MB free.",
            remedy="Free some room, choose another output folder, or make the scene smaller.",
        )


def write_measurements(
    folder: Path, stems: Mapping[str, str], grid: ImageGrid, strips: Iterable[Strip]
) -> dict[str, tuple[float, float]]:
    """Write the images of the named polarisations; return mean and deviation of each."""
    place = folder / "measurement"
    place.mkdir(exist_ok=True)
    points = ground_control_points(grid)
    with ExitStack() as stack:
        writers = {
            polarisation: stack.enter_context(
                MeasurementWriter(place / f"{stem}.tiff", grid.lines, grid.samples, points)
            )
            for polarisation, stem in stems.items()
        }
        for strip in strips:
            for polarisation, writer in writers.items():
                writer.write(strip.first_line, strip.images[polarisation])
    return {p: (writer.mean, writer.deviation) for p, writer in writers.items()}


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
        for (role, name), text in texts.items():
            (folder / name).write_bytes(text)
            files.append(ProductFile(role=role, path=name, size=len(text), md5=md5_of(text)))
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
