"""The overview as a cloud-optimised GeoTIFF."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import rasterio
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.transform import Affine
from rasterio.windows import Window as RasterWindow

from imagery.overview import MercatorGrid
from umimori.errors import EnvironmentMissingError

TAG_SIMULATED = "UMIMORI_SIMULATED"


def write_overview(
    path: Path,
    grid: MercatorGrid,
    bands: Iterable[tuple[int, NDArray[np.uint8]]],
    *,
    simulated: bool,
) -> None:
    """Write a grey EPSG:3857 raster, 0 = no data, with internal tiles and overviews.

    Raises:
        EnvironmentMissingError: the disk took no more.
    """
    raw = path.with_suffix(".raw.tif")
    profile = {
        "driver": "GTiff",
        "height": grid.height,
        "width": grid.width,
        "count": 1,
        "dtype": "uint8",
        "nodata": 0,
        "crs": "EPSG:3857",
        "transform": Affine(grid.pixel_m, 0.0, grid.west_m, 0.0, -grid.pixel_m, grid.north_m),
    }
    try:
        with rasterio.open(raw, "w", **profile) as target:
            for top, lines in bands:
                target.write(lines, 1, window=RasterWindow(0, top, grid.width, lines.shape[0]))
            target.update_tags(**{TAG_SIMULATED: "yes" if simulated else "no"})
        rasterio.shutil.copy(
            raw, path, driver="COG", compress="DEFLATE", overview_resampling="average"
        )
    except RasterioError as error:
        raise EnvironmentMissingError(
            f"the overview could not be written in {path.parent.parent}: the disk took no more.",
            remedy="Free some room there, or name another folder in TMPDIR, and run it again.",
        ) from error
    finally:
        raw.unlink(missing_ok=True)
