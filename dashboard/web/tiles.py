"""Scene tiles through titiler, by scene id only: nobody can name a path or an address."""

from __future__ import annotations

import os
import warnings
from typing import cast

from fastapi import FastAPI, Request
from rasterio.errors import NotGeoreferencedWarning
from titiler.core.factory import TilerFactory

from dashboard.web.context import AppContext, CurrentUser
from dashboard.web.errors import ERROR_RESPONSES
from dashboard.web.query import RecordId
from umimori.errors import UnknownRecordError
from umimori.records import Scene

GDAL_OPTIONS = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_CACHEMAX": "200",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
}
"""No directory scans, a bounded cache, and no network reads by GDAL."""


def scene_file(scene_id: RecordId, request: Request, _: CurrentUser) -> str:
    """Return the overview file of a scene."""
    context = cast("AppContext", request.app.state.context)
    scene = context.store.get(Scene, scene_id)
    if scene.overview_sha256 is None:
        raise UnknownRecordError("this scene has no overview.", remedy="Detect the scene again.")
    return str(context.store.blobs.path(scene.overview_sha256))


def install_tiles(app: FastAPI) -> None:
    """Mount the tile routes under ``/scenes/{scene_id}``."""
    for name, value in GDAL_OPTIONS.items():
        os.environ.setdefault(name, value)
    # A tile is encoded as a PNG, which carries no georeference; that is no news for the log.
    warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)
    prefix = "/scenes/{scene_id}"
    factory = TilerFactory(
        path_dependency=scene_file,
        router_prefix=prefix,
        add_viewer=False,
        add_preview=False,
        add_part=False,
    )
    app.include_router(
        factory.router,
        prefix=prefix,
        tags=["tiles"],
        responses=ERROR_RESPONSES,
        include_in_schema=False,
    )
