"""The application factory. Nothing is opened at import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from titiler.core.errors import DEFAULT_STATUS_CODES, add_exception_handlers

from dashboard.web import login, pages
from dashboard.web.accounts import describe
from dashboard.web.api import (
    anomalies,
    events,
    evidence,
    findings,
    flights,
    missions,
    picture,
    releases,
)
from dashboard.web.assets import STATIC_URL, static_folder
from dashboard.web.context import AppContext, CurrentUser, optional_user
from dashboard.web.errors import ERROR_RESPONSES, ErrorBody, install_error_handlers
from dashboard.web.query import FeatureCollectionModel
from dashboard.web.security import SAFE_METHODS, SecurityMiddleware
from dashboard.web.tiles import install_tiles
from umimori import __version__

API = "/api/v1"
NO_CONTENT = 204


def create_app(context: AppContext) -> FastAPI:
    """Return the application of one server."""
    app = FastAPI(
        title="Umimori",
        version=__version__,
        description="Maritime surveillance: scenes, vessels, anomalies, patrols.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.context = context
    tile_errors = {
        kind: NO_CONTENT if kind.__name__ == "TileOutsideBounds" else status
        for kind, status in DEFAULT_STATUS_CODES.items()
        if kind is not Exception
    }
    add_exception_handlers(app, tile_errors)
    install_error_handlers(app)
    app.include_router(_api(), prefix=API)
    install_tiles(app)
    app.include_router(login.router)
    app.include_router(pages.router)
    app.mount(STATIC_URL, StaticFiles(directory=static_folder()), name="static")
    _install_open_routes(app)
    _install_audit(app)
    app.add_middleware(SecurityMiddleware)
    _document_shared_shapes(app)
    return app


def _api() -> APIRouter:
    api = APIRouter()

    @api.get("/me", tags=["session"], responses=ERROR_RESPONSES)
    def me(user: CurrentUser) -> dict[str, str]:
        """Return who is logged in."""
        return describe(user)

    for module in (picture, anomalies, missions, releases, flights, findings, evidence, events):
        api.include_router(module.router)
    return api


def _install_open_routes(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, str]:
        """Tell that the server answers."""
        return {"status": "ok", "version": __version__}

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        """Return the page's icon."""
        return FileResponse(static_folder() / "umimori.svg", media_type="image/svg+xml")


def _install_audit(app: FastAPI) -> None:
    """Write every unsafe request to the audit table: who, what, how it ended."""

    @app.middleware("http")
    async def audit(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        if request.method not in SAFE_METHODS:
            context: AppContext = request.app.state.context
            await run_in_threadpool(_record, context, request, response.status_code)
        return response


def _record(context: AppContext, request: Request, status: int) -> None:
    user = optional_user(request, context)
    context.store.accounts.record_audit(
        user=user.name if user else "nobody",
        action=request.method,
        path=request.url.path,
        status=status,
        now_utc=context.now(),
    )


def _document_shared_shapes(app: FastAPI) -> None:
    """Add the schemas that routes name by reference to the OpenAPI document."""
    original = app.openapi

    def openapi() -> dict[str, object]:
        document = original()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for model in (FeatureCollectionModel, ErrorBody):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas[model.__name__] = schema
        return document

    app.openapi = openapi  # type: ignore[method-assign]
