"""Writes a product folder: whole or not there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
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


@contextmanager
def working_folder(target: Path) -> Iterator[Path]:
    """Give a fresh folder beside the target, and put it in the target's place when all went well.

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
    try:
        yield working
        working.rename(target)
    finally:
        shutil.rmtree(working, ignore_errors=True)


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
