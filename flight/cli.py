"""``umimori fly``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from umimori.cli_options import DataOption, JsonOption, emit

EXIT_NOT_COMPLETED = 5


def fly(
    mission: Annotated[Path, typer.Argument(help="Mission file (.plan).", metavar="MISSION")],
    link: Annotated[
        str,
        typer.Option(
            help="udp:HOST:PORT (listen), udpout:HOST:PORT, tcp:HOST:PORT or serial:DEVICE:BAUD.",
            metavar="LINK",
        ),
    ],
    release: Annotated[
        str | None, typer.Option(help="Release that lets a real vehicle be armed.")
    ] = None,
    adapter: Annotated[
        str, typer.Option(help="Who owns the connection: pymavlink or dronekit.")
    ] = "pymavlink",
    user: Annotated[str, typer.Option(help="Who flies, for the evidence log.")] = "cli",
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Upload, verify, arm and fly a mission, and record the flight.

    Example: umimori fly patrol.plan --link tcp:127.0.0.1:5760
    """
    from flight.adapters.mission_file import read_mission
    from flight.report import document_of, sentence_of
    from flight.service import Options
    from flight.service import fly as fly_mission
    from umimori.records.flight import FlightState
    from umimori.settings import data_dir
    from umimori.store import open_store

    content = read_mission(mission)
    with open_store(data_dir(data)) as store:
        report = fly_mission(
            content,
            link,
            store=store,
            options=Options(user=user, release_id=release, adapter=adapter),
            progress=_show,
        )
    emit(document_of(report, content), json_output, sentence_of(report))
    if report.flight.state is not FlightState.COMPLETED:
        raise typer.Exit(EXIT_NOT_COMPLETED)


def _show(code: str, numbers: dict[str, object]) -> None:
    """Write progress to stderr."""
    words = " ".join(f"{key}={value}" for key, value in numbers.items())
    typer.echo(f"{code} {words}".rstrip(), err=True)
