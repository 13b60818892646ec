"""What the commands of this stage do; heavy imports are at home here."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from imagery.adapters.infrastructure_file import read_infrastructure
from imagery.adapters.opening import IMAGE_SUFFIXES
from imagery.adapters.vector_files import WRITERS, write_detections
from imagery.export import properties_of
from imagery.parameters import DetectorParameters, Units
from imagery.service import DetectionResult, detect_scene, ingest
from umimori.clocks import SystemClock
from umimori.coast import load_coast
from umimori.errors import EnvironmentMissingError, UsageError
from umimori.gdal_messages import silence_gdal
from umimori.records.detection import Detection
from umimori.settings import data_dir
from umimori.store import Store, open_store

ACTOR = "cli"


def run_detect(
    products: list[Path],
    *,
    pfa: float,
    units: str,
    pixel_spacing_m: float | None,
    infrastructure: Path | None,
    out: Path | None,
    data: Path | None,
) -> tuple[dict[str, Any], str]:
    """Detect in all products, store the results, and return the JSON document and the text."""
    if units not in {unit.value for unit in Units}:
        raise UsageError(
            f"--units {units} is not known.", remedy="Use auto, linear, db or amplitude."
        )
    parameters = DetectorParameters(pfa=pfa, units=Units(units), pixel_spacing_m=pixel_spacing_m)
    silence_gdal()
    folder = data_dir(data)
    if out is not None and out.suffix.lower() not in WRITERS:
        write_detections(out, [])
    charted = [] if infrastructure is None else read_infrastructure(infrastructure)
    coast = None
    if any(path.suffix.lower() not in IMAGE_SUFFIXES - {".tif", ".tiff"} for path in products):
        coast = load_coast(folder=folder)
    documents: list[dict[str, Any]] = []
    found: list[Detection] = []
    with open_store(folder) as store:
        for path in products:
            with _bar(path.name) as tell:
                result = detect_scene(
                    path,
                    coast=coast,
                    parameters=parameters,
                    progress=tell,
                    infrastructure=charted,
                )
            stored = _kept(result, store, folder)
            documents.append(_document(stored))
            found.extend(stored.detections)
    if out is not None:
        write_detections(out, found)
    document = documents[0] if len(documents) == 1 else {"scenes": documents}
    text = "\n".join(_line(item) for item in documents)
    return document, text if out is None else f"{text}\nWritten to {out}"


def _kept(result: DetectionResult, store: Store, folder: Path) -> DetectionResult:
    """Put a result into the store.

    Raises:
        EnvironmentMissingError: the disk of the data folder is full.
    """
    try:
        return ingest(result, store, ACTOR, SystemClock())
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise EnvironmentMissingError(
            f"the disk of the data folder {folder} is full.",
            remedy="Free some room, or name another folder with --data, and run it again.",
        ) from error


def _document(result: DetectionResult) -> dict[str, Any]:
    scene, run = result.scene, result.run
    return {
        "scene": {
            "id": scene.id,
            "name": scene.name,
            "platform": scene.platform,
            "polarisations": list(scene.polarisations),
            "width_px": scene.width_px,
            "height_px": scene.height_px,
            "overview_sha256": scene.overview_sha256,
            "credit": scene.credit,
        },
        "run_id": run.id,
        "seconds": run.seconds,
        "peak_memory_mib": run.peak_memory_mib,
        "simulated": scene.simulated,
        "detections": [properties_of(item) for item in result.detections],
    }


def _line(document: dict[str, Any]) -> str:
    detections = document["detections"]
    vessels = sum(1 for d in detections if d["class"] == "vessel" and d["score"] >= 0.5)
    seconds = sum(document["seconds"].values())
    kind = " (simulated)" if document["simulated"] else ""
    return (
        f"{document['scene']['name']}{kind}: {len(detections)} objects, {vessels} of them taken "
        f"for vessels, in {seconds:.1f} s."
    )


@contextmanager
def _bar(name: str) -> Iterator[Callable[[str, float], None]]:
    """Show a progress bar on a terminal, nothing elsewhere; always on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(file=sys.stderr)
    with Bar(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=1.0)

        def tell(stage: str, share: float) -> None:
            bar.update(task, description=stage, completed=share)

        yield tell
