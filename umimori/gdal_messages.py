"""GDAL's own words kept off the terminal: whatever goes wrong is raised as one of our errors."""

from __future__ import annotations

import logging
import warnings

LOGGERS = ("rasterio", "pyogrio")


def silence_gdal() -> None:
    """Let the loggers of GDAL's bindings pass nothing on, except to somebody who debugs.

    GDAL, PROJ and libtiff report there before an exception is raised: dozens of lines of C
    library vocabulary in front of the one line that says what is wrong.
    """
    if logging.getLogger().isEnabledFor(logging.DEBUG):
        return
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # Masks and chips are rasters without a place of their own; that is no news.
    warnings.filterwarnings("ignore", message="Dataset has no geotransform")
