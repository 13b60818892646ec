"""Detection on a whole scene, and its way into the store."""

from __future__ import annotations

import dataclasses
import logging
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imagery.adapters.opening import open_product
from imagery.adapters.overview_file import write_overview
from imagery.assembly import assemble
from imagery.cfar import FUSED, NOMINAL_LOOKS, SMOOTH, channel_names
from imagery.chips import chip_png
from imagery.overview import mercator_grid, overview_step, stretch_limits_db, to_bytes, warp
from imagery.parameters import ALGORITHM, VERSION, DetectorParameters
from imagery.ports import CoastPort
from imagery.product import Product, Progress
from imagery.shore import ShoreGrid, open_sea, shore_grid
from imagery.tiles import (
    SampleJob,
    TileJob,
    TileResult,
    cut,
    run_sample,
    run_tile,
    sample_windows,
)
from umimori.clocks import WallClock
from umimori.geodesy import LonLat
from umimori.ids import derived_id
from umimori.records.detection import Detection, DetectionRun
from umimori.records.scene import Scene
from umimori.store import Store

log = logging.getLogger(__name__)

MAX_THREADS = 4
"""Each tile in work needs about 300 MiB."""
PIXEL_UNITS_M = 10.0
"""Images without a known spacing are measured as if their pixels had IW GRDH's 10 m."""
LOOKS_QUANTILE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionResult:
    """What one run found; nothing is stored yet.

    ``chips`` maps detection id to PNG bytes; ``overview`` is a cloud-optimised GeoTIFF in
    EPSG:3857, None for an image that cannot be placed on the globe.
    """

    scene: Scene
    run: DetectionRun
    detections: tuple[Detection, ...]
    overview: bytes | None
    chips: Mapping[str, bytes] = field(default_factory=dict)


def detect_scene(
    product_path: Path,
    *,
    coast: CoastPort | None,
    parameters: DetectorParameters | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    infrastructure: Sequence[LonLat] = (),
) -> DetectionResult:
    """Detect vessels in one scene.

    Args:
        product_path: a SAFE folder or zip, or a plain image.
        coast: where land is; None only for images without georeference.
        parameters: what to look for.
        progress: told the stage and the share done.
        executor: where tiles are worked on; default: threads (the kernels release the lock).
        infrastructure: charted platforms, beacons and rocks; objects there are taken for them.

    Raises:
        BadInputError: and its children, when the product is not usable.
    """
    asked = parameters or DetectorParameters()
    stopwatch = _Stopwatch(progress)
    product = open_product(product_path, asked)
    stopwatch.lap("open")
    shore = _shore(product, coast)
    stopwatch.lap("coast")
    with _pool(executor) as pool:
        looks = _scene_looks(product, shore, pool)
        stopwatch.lap("clutter")
        results = _run_tiles(product, shore, looks, asked, pool, stopwatch)
    stopwatch.lap("detect")
    run_id = _run_id(product.scene, asked, coast, shore.coast_error_m, infrastructure)
    candidates = sorted(
        (c for result in results for c in result.candidates), key=lambda c: (c.peak_row, c.peak_col)
    )
    placed = assemble(list(candidates), product, shore, run_id, asked.min_score, infrastructure)
    chips = {item.detection.id: chip_png(item.candidate.chip) for item in placed}
    stopwatch.lap("assemble")
    overview = _overview(product, results)
    stopwatch.lap("overview")
    detections = tuple(item.detection for item in placed)
    run = DetectionRun(
        id=run_id,
        scene_id=product.scene.id,
        algorithm=ALGORITHM,
        version=VERSION,
        parameters=asked.as_plain() | {f"looks_{k}": round(v, 3) for k, v in looks.items()},
        detections=len(detections),
        seconds=stopwatch.seconds,
        peak_memory_mib=_peak_memory_mib(),
        simulated=product.scene.simulated,
    )
    return DetectionResult(
        scene=product.scene, run=run, detections=detections, overview=overview, chips=chips
    )


def ingest(result: DetectionResult, store: Store, actor: str, clock: WallClock) -> DetectionResult:
    """Store scene, run, detections, chips and overview; a run that is there already stays.

    Returns:
        the result with the hashes of its blobs filled in.
    """
    overview = store.blobs.put_bytes(result.overview, ".tif") if result.overview else None
    scene = dataclasses.replace(result.scene, overview_sha256=overview)
    hashes = store.blobs.put_bytes_many(result.chips.values(), ".png")
    chips = dict(zip(result.chips, hashes, strict=True))
    detections = tuple(
        dataclasses.replace(item, chip_sha256=chips.get(item.id)) for item in result.detections
    )
    stored = dataclasses.replace(result, scene=scene, detections=detections)
    if store.find(DetectionRun, result.run.id) is not None:
        return stored
    with store.write(actor=actor, clock=clock) as transaction:
        transaction.put(scene)
        transaction.put(result.run)
        transaction.put_many(detections)
        transaction.log(act="ingest", subject=scene, detail={"scene": scene.name})
        transaction.log(
            act="detection_run",
            subject=result.run,
            detail={"detections": len(detections), "simulated": scene.simulated},
        )
    return stored


def _pool(executor: Executor | None) -> AbstractContextManager[Executor]:
    """Return the caller's executor, left running, or threads of our own."""
    if executor is not None:
        return nullcontext(executor)
    return ThreadPoolExecutor(min(os.cpu_count() or 1, MAX_THREADS))


def _shore(product: Product, coast: CoastPort | None) -> ShoreGrid:
    scene = product.scene
    if product.geometry is None or coast is None:
        return open_sea(scene.height_px, scene.width_px)
    return shore_grid(product.geometry, coast, scene.height_px, scene.width_px)


def _scene_looks(product: Product, shore: ShoreGrid, pool: Executor) -> dict[str, float]:
    """Return the looks of each channel, the median over windows spread over the scene."""
    scene = product.scene
    jobs = [
        SampleJob(reader=product.reader, window=window, shore=shore.part(window))
        for window in sample_windows(scene.height_px, scene.width_px)
    ]
    known: dict[str, list[float]] = {}
    for sample in pool.map(run_sample, jobs):
        for name, value in sample.items():
            known.setdefault(name, []).append(value)
    looks = {}
    for name in channel_names(scene.polarisations):
        nominal = NOMINAL_LOOKS * {FUSED: 2.0, SMOOTH: 4.0}.get(name, 1.0)
        values = known.get(name)
        looks[name] = float(np.quantile(values, LOOKS_QUANTILE)) if values else nominal
    return looks


def _run_tiles(
    product: Product,
    shore: ShoreGrid,
    looks: dict[str, float],
    asked: DetectorParameters,
    pool: Executor,
    stopwatch: _Stopwatch,
) -> list[TileResult]:
    scene = product.scene
    spacing = product.spacing_m or (PIXEL_UNITS_M, PIXEL_UNITS_M)
    jobs = [
        TileJob(
            reader=product.reader,
            core=core,
            window=window,
            shore=shore.part(window),
            looks=looks,
            pfa=asked.pfa,
            min_pixels=asked.min_pixels,
            spacing_m=spacing,
            resolution_m=product.resolution_m or (2.0 * spacing[0], 2.0 * spacing[1]),
            overview_step=overview_step(scene.width_px),
        )
        for core, window in cut(scene.height_px, scene.width_px)
    ]
    waiting: list[Future[TileResult]] = [pool.submit(run_tile, job) for job in jobs]
    try:
        for done, _ in enumerate(as_completed(waiting), start=1):
            stopwatch.tell("detect", done / len(jobs))
        return [future.result() for future in waiting]
    finally:
        for future in waiting:
            future.cancel()


def _overview(product: Product, results: Iterable[TileResult]) -> bytes | None:
    """Return the scene in Web Mercator as a cloud-optimised GeoTIFF."""
    scene, geometry = product.scene, product.geometry
    if geometry is None:
        return None
    step = overview_step(scene.width_px)
    shape = (-(-scene.height_px // step), -(-scene.width_px // step))
    mosaic: NDArray[np.float32] = np.full(shape, np.nan, np.float32)
    for result in results:
        top, left = result.core.row // step, result.core.col // step
        part = result.overview
        mosaic[top : top + part.shape[0], left : left + part.shape[1]] = part
    grey = to_bytes(mosaic, stretch_limits_db(mosaic))
    spacing = step * (scene.range_spacing_m or PIXEL_UNITS_M)
    grid = mercator_grid(geometry, scene.height_px, scene.width_px, spacing)
    with tempfile.TemporaryDirectory(prefix="umimori-") as folder:
        path = Path(folder) / "overview.tif"
        write_overview(path, grid, warp(grey, step, geometry, grid), simulated=scene.simulated)
        return path.read_bytes()


def _run_id(
    scene: Scene,
    asked: DetectorParameters,
    coast: CoastPort | None,
    coast_error_m: float,
    infrastructure: Sequence[LonLat],
) -> str:
    mask = None if coast is None else (coast.sha256, coast_error_m)
    charted = sorted(place.xy for place in infrastructure)
    parts = (scene.id, ALGORITHM, VERSION, asked.as_plain(), mask, charted)
    return derived_id("detection_run", *parts)


def _peak_memory_mib() -> float:
    """Return the largest resident size of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024.0 if sys.platform != "darwin" else 1024.0**2), 1)


class _Stopwatch:
    """Seconds by stage, and the caller's progress display."""

    def __init__(self, progress: Progress | None) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = round(now - self._last, 3)
        self._last = now
        self.tell(stage, 1.0)

    def tell(self, stage: str, share: float) -> None:
        if self._progress is not None:
            self._progress(stage, share)
