"""Measurement TIFFs as the real ones: uint16, one line a strip, ground control points."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.control import GroundControlPoint
from rasterio.windows import Window

from imagery.simulation.grid import ImageGrid

Uint16Array = NDArray[np.uint16]

_GCP_LINES = 10
_GCP_SAMPLES = 21


class MeasurementWriter:
    """Writes an image strip by strip and keeps its statistics."""

    def __init__(
        self, path: Path, lines: int, samples: int, points: list[GroundControlPoint]
    ) -> None:
        self.path = path
        self._sum = 0.0
        self._squares = 0.0
        self._count = 0
        self._file = rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=samples,
            height=lines,
            count=1,
            dtype="uint16",
            crs="EPSG:4326",
            gcps=points,
            BLOCKYSIZE=1,
            BIGTIFF="IF_SAFER",
        )

    def write(self, first_line: int, image: Uint16Array) -> None:
        """Write some lines."""
        window = Window(0, first_line, image.shape[1], image.shape[0])
        self._file.write(image, 1, window=window)
        wide = image.astype(np.float64)
        self._sum += float(wide.sum())
        self._squares += float((wide**2).sum())
        self._count += wide.size

    @property
    def mean(self) -> float:
        """Return the mean digital number so far."""
        return self._sum / max(self._count, 1)

    @property
    def deviation(self) -> float:
        """Return the standard deviation of the digital numbers so far."""
        return float(max(self._squares / max(self._count, 1) - self.mean**2, 0.0) ** 0.5)

    def __enter__(self) -> MeasurementWriter:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file."""
        self._file.close()


def ground_control_points(grid: ImageGrid) -> list[GroundControlPoint]:
    """Return 210 points over the image at whole lines and pixels, as real products have them."""
    lines = np.linspace(0, grid.lines - 1, _GCP_LINES).round()
    samples = np.linspace(0, grid.samples - 1, _GCP_SAMPLES).round()
    line, sample = (a.ravel() for a in np.meshgrid(lines, samples, indexing="ij"))
    lon, lat = grid.locate(line, sample)
    return [
        GroundControlPoint(
            row=float(line[i]),
            col=float(sample[i]),
            x=float(lon[i]),
            y=float(lat[i]),
            z=0.0,
            id=str(i + 1),
        )
        for i in range(len(line))
    ]


def file_md5(path: Path) -> str:
    """Return the checksum that the manifest carries (not for security)."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(1 << 22):
            digest.update(block)
    return digest.hexdigest()
