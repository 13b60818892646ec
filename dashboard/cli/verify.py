"""``umimori verify``: whether the evidence is what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from umimori.cli_options import DataOption, JsonOption, emit

EXIT_TAMPERED = 3


def verify(
    anchor: Annotated[
        Path | None,
        typer.Option(
            "--anchor",
            help="A signed head (or a copy of heads.jsonl) that was kept elsewhere: proves that "
            "nothing before it is gone.",
            show_default=False,
        ),
    ] = None,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Check evidence log, records and blobs; exit 3 and one line for each thing that was changed.

    Example: umimori verify --anchor /media/usb/heads.jsonl
    """
    from dataclasses import asdict

    from umimori.settings import data_dir
    from umimori.store import open_store
    from umimori.store.signing import read_anchor

    head = None if anchor is None else read_anchor(anchor)
    with open_store(data_dir(data), create=False) as store:
        report = store.verify(head)
    lines = [f"PROBLEM {problem}" for problem in report.problems]
    lines += [f"not provable: {note}" for note in report.unprovable]
    verdict = "ok" if report.ok else f"{len(report.problems)} problems"
    lines.append(
        f"{verdict}: {report.entries} entries, {report.heads} signed heads, {report.records} "
        f"records, {report.telemetry_rows} telemetry rows and {report.blobs} blobs checked."
    )
    emit(asdict(report), json_output, "\n".join(lines))
    if not report.ok:
        raise typer.Exit(EXIT_TAMPERED)
