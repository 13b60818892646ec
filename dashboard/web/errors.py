"""One JSON error shape for every route: ``{"ok": false, "error", "code", "remedy", "status"}``."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from umimori.errors import AuthenticationError, UmimoriError, outcome_of

log = logging.getLogger(__name__)

API_PREFIX = "/api/"
HTTP_SERVER_ERROR = 500
HTTP_CODES = {
    400: "bad_input",
    401: "authentication",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}


class ErrorBody(BaseModel):
    """What every error answer looks like."""

    ok: bool = False
    status: int
    code: str
    error: str
    remedy: str = ""


ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
    }
    for status, description in {
        400: "The input is not usable",
        401: "Nobody is logged in",
        403: "The role or a safety rule does not allow it",
        404: "No such record",
        422: "The parameters do not fit",
    }.items()
}
"""For ``responses=`` of a router; written out, since FastAPI gives a ``model`` the route's media type."""


def error_response(status: int, code: str, message: str, remedy: str = "") -> JSONResponse:
    """Return the one error shape."""
    body = ErrorBody(status=status, code=code, error=message, remedy=remedy)
    return JSONResponse(body.model_dump(), status_code=status)


def install_error_handlers(app: FastAPI) -> None:
    """Answer every failure in the one shape; strangers' pages go to the login."""

    @app.exception_handler(UmimoriError)
    def _known(request: Request, error: UmimoriError) -> Response:
        status = outcome_of(error).http_status
        if isinstance(error, AuthenticationError) and not request.url.path.startswith(API_PREFIX):
            return RedirectResponse("/login", status_code=303)
        if status >= HTTP_SERVER_ERROR:
            log.error("%s %s: %s", request.method, request.url.path, error.one_line())
        return error_response(status, error.code, error.message, error.remedy)

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first.get("loc", ()))
        return error_response(
            422, "usage", f"{where}: {first.get('msg', 'not valid')}", "See /api/v1/openapi.json."
        )

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> Response:
        code = HTTP_CODES.get(error.status_code, "http")
        answer = error_response(error.status_code, code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    def _bug(request: Request, error: Exception) -> Response:
        log.exception("bug in %s %s", request.method, request.url.path, exc_info=error)
        return error_response(500, "internal", "This is a bug.", "See the server's log.")
