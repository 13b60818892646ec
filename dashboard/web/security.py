"""Headers, the same-origin rule and the body limit.

Cross-site requests are told by ``Sec-Fetch-Site``, else by ``Origin`` against ``Host`` (W3C Fetch
Metadata; OWASP CSRF Prevention Cheat Sheet): no form tokens are needed. The content security
policy carries a fresh nonce for every page and has no ``unsafe-inline``.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.errors import error_response

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_BODY_BYTES = 4 * 1024 * 1024
NONCE_BYTES = 16
FIXED_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_OPENING_TAG = re.compile(r"<(script|style)(?=[\s>])", re.IGNORECASE)


def content_security_policy(nonce: str) -> str:
    """Return the policy of one answer: nothing from outside, no inline code without the nonce."""
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def with_nonce(markup: str, nonce: str) -> str:
    """Return trusted, server-made HTML with the nonce on every script and style element."""
    return _OPENING_TAG.sub(lambda tag: f'{tag.group(0)} nonce="{nonce}"', markup)


def is_same_origin(method: str, headers: Headers) -> bool:
    """Return whether an unsafe request comes from our own pages or from no browser at all."""
    if method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == headers.get("host", "")


class SecurityMiddleware:
    """Adds the headers, refuses cross-site writes and bodies that are too large."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        scope.setdefault("state", {})["csp_nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in FIXED_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", content_security_policy(nonce))
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(Request(scope))
        if refusal is not None:
            await refusal(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers)

    @staticmethod
    def _refusal(request: Request) -> ASGIApp | None:
        if not is_same_origin(request.method, request.headers):
            return error_response(
                403, "cross_site", "This request comes from another site.", "Use our own pages."
            )
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return error_response(413, "too_large", "The request is too large.", "Send less.")
        return None
