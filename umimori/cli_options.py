"""Options and output that every leaf command shares.

Kept free of heavy imports: ``umimori --help`` loads this file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

JsonOption = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document on stdout and nothing else there."),
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="UMIMORI_DATA",
        help="Data folder (default: the platform's user data folder).",
        show_default=False,
    ),
]


def emit(document: dict[str, Any], as_json: bool, text: str) -> None:
    """Print the result of a command: one JSON document, or the text for people."""
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=False, allow_nan=False, default=str))
    else:
        typer.echo(text)
