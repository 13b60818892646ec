"""``umimori user``: accounts of the dashboard."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from umimori.cli_options import DataOption, JsonOption, emit

user_app = typer.Typer(no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="Login name.")]
RoleOption = Annotated[
    str, typer.Option("--role", help="viewer, analyst, officer, tester or admin.")
]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@user_app.command("add")
def add(
    name: NameArgument,
    role: RoleOption = "viewer",
    password_stdin: StdinOption = False,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Add an account; the password is asked for.

    Example: umimori user add sato --role officer
    """
    from dashboard.web.accounts import add_user
    from dashboard.web.context import Role
    from umimori.clocks import SystemClock
    from umimori.errors import UsageError
    from umimori.settings import data_dir
    from umimori.store import open_store

    if role not in set(Role):
        raise UsageError(f"there is no role {role!r}.", remedy=f"Choose from {', '.join(Role)}.")
    password = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    )
    with open_store(data_dir(data)) as store:
        add_user(store, name, password, Role(role), SystemClock().now_utc())
    emit({"name": name, "role": role}, json_output, f"Added {name} ({role}).")


@user_app.command("list")
def list_users(data: DataOption = None, json_output: JsonOption = False) -> None:
    """List the accounts.

    Example: umimori user list --json
    """
    from umimori.settings import data_dir
    from umimori.store import open_store

    with open_store(data_dir(data)) as store:
        users = [
            {"name": u.name, "role": u.role, "disabled": u.disabled}
            for u in store.accounts.list_users()
        ]
    lines = [f"{u['name']}\t{u['role']}{' (disabled)' if u['disabled'] else ''}" for u in users]
    emit({"users": users}, json_output, "\n".join(lines) or "No accounts yet: umimori user add.")


@user_app.command("disable")
def disable(name: NameArgument, data: DataOption = None, json_output: JsonOption = False) -> None:
    """Disable an account and end its sessions; nothing it did is forgotten.

    Example: umimori user disable sato
    """
    from umimori.settings import data_dir
    from umimori.store import open_store

    with open_store(data_dir(data)) as store:
        store.accounts.disable_user(name)
    emit({"name": name, "disabled": True}, json_output, f"Disabled {name}.")
