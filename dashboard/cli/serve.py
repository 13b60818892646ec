"""``umimori serve``: the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from umimori.cli_options import DataOption, JsonOption, emit

if TYPE_CHECKING:
    from dashboard.web.server import Address

HostOption = Annotated[
    str | None,
    typer.Option(
        "--host",
        help="Address to listen on; others can connect unless it is a loopback address "
        "(default: the setting, 127.0.0.1).",
        show_default=False,
    ),
]
PortOption = Annotated[
    int | None,
    typer.Option(
        "--port",
        min=0,
        max=65535,
        help="Port; 0 takes a free one (default: the setting, 8000).",
        show_default=False,
    ),
]
NewLoginOption = Annotated[
    bool, typer.Option("--new-login", help="Print a one-time login address on this start too.")
]


def announce(address: Address, json_output: bool) -> None:
    """Tell where the dashboard is, and the one-time login address if there is one."""
    text = f"Umimori is served at {address.url} (stop with Ctrl-C)."
    if address.login_url:
        text += f"\nOne-time login (valid for an hour): {address.login_url}"
    emit({"url": address.url, "login_url": address.login_url}, json_output, text)


def serve(
    host: HostOption = None,
    port: PortOption = None,
    new_login: NewLoginOption = False,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Serve the dashboard until interrupted.

    The first start prints a one-time login address. Example: umimori serve --port 8000
    """
    from dashboard.web.server import serve as run
    from umimori.settings import data_dir, load_settings

    folder = data_dir(data)
    settings = load_settings(folder)
    run(
        folder,
        settings.host if host is None else host,
        settings.port if port is None else port,
        lambda address: announce(address, json_output),
        always_one_time=new_login,
    )
