"""Login, logout and the one-time address: the only open pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from dashboard.web.accounts import log_in, redeem_one_time_login
from dashboard.web.context import SESSION_COOKIE, AppContext, Context, MaybeUser
from dashboard.web.i18n import choose_language, render, translations
from umimori.errors import AuthenticationError, NotPermittedError, UmimoriError, outcome_of

router = APIRouter(include_in_schema=False)
MAX_FIELD_LENGTH = 256
Field = Annotated[str, Form(max_length=MAX_FIELD_LENGTH)]


@router.get("/login", response_class=HTMLResponse)
def login_page(request: Request, user: MaybeUser) -> Response:
    """Show the login form; who is logged in goes on to the map."""
    if user is not None:
        return RedirectResponse("/", status_code=303)
    return _form(request, error=None, status=200)


@router.post("/login")
def login(request: Request, context: Context, name: Field, password: Field) -> Response:
    """Check name and password and open a session."""
    address = request.client.host if request.client else "unknown"
    keys = (f"user:{name}", f"address:{address}")
    now_s = context.clock.monotonic_s()
    try:
        context.throttle.check(keys, now_s)
        token = log_in(context, name, password)
    except (AuthenticationError, NotPermittedError) as error:
        if isinstance(error, AuthenticationError):
            context.throttle.failed(keys, now_s)
        context.store.accounts.record_audit(
            user=name, action="login_failed", path="/login", status=403, now_utc=context.now()
        )
        return _form(request, error=error, status=403)
    return _enter(context, token)


@router.get("/login/once/{token}")
def one_time(request: Request, context: Context, token: str) -> Response:
    """Log in by the address that the first start printed; it works once."""
    try:
        session = redeem_one_time_login(context, token)
    except AuthenticationError as error:
        return _form(request, error=error, status=outcome_of(error).http_status)
    return _enter(context, session)


@router.post("/logout")
def logout(request: Request, context: Context) -> Response:
    """End the session."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        context.store.accounts.end_session(token)
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


def _enter(context: AppContext, token: str) -> Response:
    answer = RedirectResponse("/", status_code=303)
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        httponly=True,
        samesite="lax",
        secure=context.secure_cookies,
        path="/",
    )
    return answer


def _form(request: Request, *, error: UmimoriError | None, status: int) -> HTMLResponse:
    language = choose_language(request)
    gettext = translations(language).gettext
    messages: dict[type[UmimoriError], str] = {
        AuthenticationError: gettext("Name and password do not fit, or the address is spent."),
        NotPermittedError: gettext("Too many failed logins. Wait five minutes."),
    }
    text = messages[type(error)] if error is not None else None
    page = render(
        language,
        "login.html",
        nonce=request.state.csp_nonce,
        error=text,
        user=None,
        simulated=False,
        page="login",
    )
    return HTMLResponse(page, status_code=status)
