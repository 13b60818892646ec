"""``umimori demo``: the whole loop on simulated data, then the dashboard."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from umimori.cli_options import DataOption, JsonOption, emit

DEMO_FOLDER = "demo-data"
"""Without --data the demo keeps to a folder of its own: simulated never mixes with real."""


def demo(
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="End after the loop instead of serving the map.")
    ] = False,
    engine: Annotated[
        str, typer.Option("--engine", help="Who flies: embedded or ardupilot.")
    ] = "embedded",
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Another scene: everything random.")
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port of the dashboard; 0: a free one.")
    ] = 0,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Run the whole loop on a simulated scene and simulated vehicles, then serve the map.

    Example: umimori demo --no-serve --json
    """
    from dashboard.compose.demo import DEFAULT_SEED, DemoOptions, run_demo
    from umimori.errors import UsageError
    from umimori.settings import data_dir

    if engine not in {"embedded", "ardupilot"}:
        raise UsageError(f"there is no engine {engine!r}.", remedy="Use embedded or ardupilot.")
    folder = data_dir(data) if data else data_dir(None) / DEMO_FOLDER
    options = DemoOptions(engine=engine, seed=DEFAULT_SEED if seed is None else seed)
    document = run_demo(folder, options, _Reporter())
    emit(document, json_output, _summary(document, folder))
    if not no_serve:
        _serve(folder, port)


class _Reporter:
    """Prints the stages as they come, with the seconds since the start, on stderr."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def __call__(self, stage: str, line: str) -> None:
        """Tell a stage's beginning, or what came of it."""
        elapsed = time.perf_counter() - self._began
        typer.echo(f"{elapsed:6.1f} s  {stage:<9} {line or '…'}", err=True)


def _serve(folder: Path, port: int) -> None:
    from dashboard.cli.serve import announce
    from dashboard.web.server import serve

    serve(folder, "127.0.0.1", port, lambda a: announce(a, False), always_one_time=True)


def _summary(document: dict[str, object], folder: Path) -> str:
    truth, dark, small = document["truth"], document["dark"], document["dark_small"]
    assert isinstance(truth, dict) and isinstance(dark, dict) and isinstance(small, dict)  # noqa: S101
    flights = document["flights"]
    assert isinstance(flights, list)  # noqa: S101
    flown = ", ".join(
        f"{f['kind']} {'completed' if f['completed'] else 'NOT completed'}"
        f"{' and verified' if f['uploaded_verified'] else ', NOT verified'}"
        for f in flights
    )
    return (
        "Simulated scene, simulated vehicles.\n"
        f"Detections {document['detections']}, recall {_share(truth['recall'])}, "
        f"precision {_share(truth['precision'])}, matched {document['matched']}.\n"
        f"Dark vessels {dark['found']} of {dark['of']} found, {dark['false']} false; "
        f"small ones {small['found']} of {small['of']}.\n"
        f"Anomalies {document['anomalies']}. Flights: {flown}.\n"
        f"Everything is stored in {folder}."
    )


def _share(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else "unknown"
