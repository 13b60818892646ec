"""``umimori doctor``: what is present, what is missing, and the remedy for each."""

from __future__ import annotations

import dataclasses

import typer

from umimori.cli_options import DataOption, JsonOption, emit

EXIT_MISSING = 4


def doctor(data: DataOption = None, json_output: JsonOption = False) -> None:
    """Say what is present, what is missing, and the remedy for each.

    Example: umimori doctor
    """
    from dashboard.compose.doctor import examine
    from umimori.settings import data_dir

    findings = examine(data_dir(data))
    healthy = all(f.ok or f.optional for f in findings)
    width = max(len(f.name) for f in findings)
    lines = []
    for finding in findings:
        mark = "ok" if finding.ok else "optional" if finding.optional else "MISSING"
        remedy = "" if finding.ok else f" -> {finding.remedy}"
        lines.append(f"{mark:<9}{finding.name:<{width}}  {finding.detail}{remedy}")
    document = {"healthy": healthy, "findings": [dataclasses.asdict(f) for f in findings]}
    emit(document, json_output, "\n".join(lines))
    if not healthy:
        raise typer.Exit(EXIT_MISSING)
