"""Write the reference pages from the code: commands, settings, errors, HTTP API.

Usage: reference_docs.py          write docs/{commands,settings,errors,api}.md
       reference_docs.py --check  exit 1 and name the pages that are not current
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer

ROOT = Path(__file__).resolve().parent.parent
MADE_BY = "<!-- Made from the code by scripts/reference_docs.py; do not edit. -->\n\n"


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        yield path, command
        return
    for name in sorted(subcommands):
        yield from _leaves(subcommands[name], (*path, name))


def _option_rows(command: Any) -> list[str]:
    rows = []
    for parameter in command.params:
        if parameter.name in {"help"}:
            continue
        if parameter.param_type_name == "argument":
            name = f"`{parameter.metavar or str(parameter.name).upper()}`"
        else:
            name = ", ".join(f"`{option}`" for option in parameter.opts)
        rows.append(f"| {name} | {_cell(getattr(parameter, 'help', '') or '')} |")
    return rows


def commands_page() -> str:
    """Every leaf command with its arguments and options."""
    from dashboard.cli.main import app

    lines = [
        "# Commands\n",
        "Every command also takes `--help`; `--debug` shows the traceback of an error. Exit codes: "
        "see [errors](errors.md).\n",
    ]
    for path, command in _leaves(typer.main.get_command(app), ("umimori",)):
        lines += [f"## `{' '.join(path)}`\n", inspect.cleandoc(command.help or "") + "\n"]
        if rows := _option_rows(command):
            lines += ["| argument or option | meaning |", "| --- | --- |", *rows, ""]
    return MADE_BY + "\n".join(lines)


def settings_page() -> str:
    """Every field of the settings tree with its variable, default and meaning."""
    from umimori.settings import Settings

    prefix = str(Settings.model_config.get("env_prefix", ""))
    delimiter = str(Settings.model_config.get("env_nested_delimiter") or "__")
    lines = [
        "# Settings\n",
        "Read from environment variables and from `umimori.toml` in the data folder; a variable wins over the "
        "file.\n",
        "| setting | variable | default | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for path, field in _fields(Settings):
        variable = prefix.upper() + delimiter.join(path).upper()
        default = (
            "required"
            if field.is_required()
            else f"`{_cell(field.get_default(call_default_factory=True))}`"
        )
        lines.append(
            f"| `{'.'.join(path)}` | `{variable}` | {default} | {_cell(field.description or '')} |"
        )
    return MADE_BY + "\n".join(lines) + "\n"


def _fields(model: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
            yield from _fields(annotation, (*path, name))
        else:
            yield (*path, name), field


def errors_page() -> str:
    """Every error class with its code, exit code, HTTP status and meaning."""
    from umimori.errors import UmimoriError, outcome_of

    lines = [
        "# Errors\n",
        "An error is one line: what is wrong and the remedy. The class decides the exit code of a command and the "
        "status of an HTTP answer.\n",
        "| class | code | exit | HTTP | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in _subclasses(UmimoriError):
        outcome = outcome_of(kind("", remedy=""))
        first = (kind.__doc__ or "").splitlines()[0]
        lines.append(
            f"| `{kind.__name__}` | `{kind.code}` | {outcome.exit_code} | {outcome.http_status} | {_cell(first)} |"
        )
    lines += [
        "",
        "Exit codes: 0 done, 2 wrong usage, 3 bad input, 4 something needed is missing or not permitted on this "
        "machine, 5 the outside world failed (network, vehicle silent), 6 refused by a safety rule, 70 a bug.",
    ]
    return MADE_BY + "\n".join(lines) + "\n"


def _subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    if kind.__module__.startswith("umimori."):
        yield kind
    for child in kind.__subclasses__():
        yield from _subclasses(child)


def api_page() -> str:
    """Every operation of the OpenAPI document."""
    document = _openapi_document()
    lines = [
        "# HTTP API\n",
        "The full description is served at `/api/v1/openapi.json`. Strangers get 401; errors have one JSON shape "
        "([errors](errors.md)).\n",
        "| method | path | what it does |",
        "| --- | --- | --- |",
    ]
    for path, operations in sorted(document["paths"].items()):
        for method, operation in sorted(operations.items()):
            summary = operation.get("description") or operation.get("summary") or ""
            first = summary.strip().splitlines()[0] if summary.strip() else ""
            lines.append(f"| {method.upper()} | `{path}` | {_cell(first)} |")
    return MADE_BY + "\n".join(lines) + "\n"


def _openapi_document() -> dict[str, Any]:
    from dashboard.web.app import create_app
    from dashboard.web.context import make_context
    from umimori.coast import load_coast
    from umimori.store import open_store

    with TemporaryDirectory() as folder, open_store(Path(folder)) as store:
        return create_app(make_context(store, Path(folder), load_coast)).openapi()


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "settings.md": settings_page,
    "errors.md": errors_page,
    "api.md": api_page,
}


def main() -> None:
    """Write the pages, or name those that are not current."""
    stale = []
    for name, page in PAGES.items():
        path = ROOT / "docs" / name
        text = page()
        current = path.read_text(encoding="utf-8") if path.exists() else ""
        if text == current:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(
            f"not current: {', '.join(stale)}; remedy: .venv/bin/python scripts/reference_docs.py"
        )


if __name__ == "__main__":
    main()
