"""Runs the application on a socket of this machine."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from dashboard.web.accounts import one_time_login
from dashboard.web.app import create_app
from dashboard.web.context import AppContext, make_context
from umimori.coast import load_coast
from umimori.errors import EnvironmentMissingError
from umimori.settings import load_settings
from umimori.store import Store, open_store

GRACE_S = 2
BACKLOG = 128


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens, and the one-time login if this is a first start."""

    url: str
    login_url: str | None


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Raises:
        EnvironmentMissingError: when the address is taken or not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)  # who comes before the server is up waits instead of failing
    except OSError as error:
        listener.close()
        raise EnvironmentMissingError(
            f"cannot listen on {host} port {port}: {error.strerror}.",
            remedy="Choose another with --port, or --port 0 for a free one.",
        ) from error
    return listener


def serve(
    data_dir: Path,
    host: str,
    port: int,
    announce: Callable[[Address], None],
    *,
    always_one_time: bool = False,
) -> None:
    """Serve until interrupted. ``announce`` is told the address once the socket is bound."""
    listener = bind(host, port)
    try:
        with open_store(data_dir) as store:
            context = _context(store, data_dir)
            app = create_app(context)
            announce(_address(context, listener, host, always_one_time))
            config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=GRACE_S,
                server_header=False,
            )
            with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how a server is stopped
                uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()


def _context(store: Store, data_dir: Path) -> AppContext:
    settings = load_settings(data_dir)
    return make_context(
        store,
        data_dir,
        lambda: load_coast(folder=data_dir),
        secure_cookies=settings.secure_cookies,
    )


def _address(
    context: AppContext, listener: socket.socket, host: str, always_one_time: bool
) -> Address:
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listener.getsockname()[1]}"
    first_start = not context.store.accounts.list_users()
    if not (first_start or always_one_time):
        return Address(url=url, login_url=None)
    return Address(url=url, login_url=f"{url}/login/once/{one_time_login(context)}")
