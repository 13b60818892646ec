"""``umimori imagery simulate``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from umimori.cli_options import DataOption, JsonOption, emit

if TYPE_CHECKING:
    from imagery.simulation.service import SimulatedScene


class ScenarioName(StrEnum):
    """The scenarios that can be asked for by name."""

    RANDOM = "random"
    IZU = "izu"


class Pass(StrEnum):
    """The direction of flight."""

    ASCENDING = "ascending"
    DESCENDING = "descending"


def simulate(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="Product folder to write, NAME.SAFE.")],
    scenario: Annotated[
        ScenarioName, typer.Option(help="random traffic, or the Izu scene of the demo.")
    ] = ScenarioName.RANDOM,
    center: Annotated[str | None, typer.Option(help="LON,LAT of the middle.")] = None,
    bbox: Annotated[str | None, typer.Option(help="W,S,E,N to cover.")] = None,
    time: Annotated[str | None, typer.Option(help="UTC of the middle, ISO 8601.")] = None,
    width_km: Annotated[float | None, typer.Option(help="Width in ground range.")] = None,
    height_km: Annotated[float | None, typer.Option(help="Height along the flight.")] = None,
    lines: Annotated[int | None, typer.Option(help="Height in lines of 10 m.")] = None,
    samples: Annotated[int | None, typer.Option(help="Width in samples of 10 m.")] = None,
    incidence: Annotated[float, typer.Option(help="Incidence angle in the middle.")] = 38.5,
    direction: Annotated[Pass, typer.Option("--pass", help="Direction of flight.")] = (
        Pass.ASCENDING
    ),
    wind: Annotated[str, typer.Option(help="Wind as SPEED@FROM_DEG, m/s.")] = "6@225",
    vessels: Annotated[int, typer.Option(min=0, help="How many vessels.")] = 40,
    coast_error: Annotated[
        float, typer.Option(min=0.0, max=300.0, help="Displacement of the coast in metres.")
    ] = 120.0,
    open_sea: Annotated[bool, typer.Option("--open-sea", help="Draw no land at all.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Everything random follows from it.")] = 1,
    truth: Annotated[Path | None, typer.Option(help="GeoJSON of everything there.")] = None,
    ais: Annotated[Path | None, typer.Option(help="NMEA log of the AIS messages.")] = None,
    charted: Annotated[Path | None, typer.Option(help="GeoJSON of charted objects.")] = None,
    skeleton: Annotated[
        Path | None, typer.Option(help="Real .SAFE tree to fill with simulated pixels.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Threads.")] = 2,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Simulate a Sentinel-1 scene with known truth, marked as simulated.

    Example: umimori imagery simulate scene.SAFE --center 139.36,34.64 --truth truth.geojson
    --ais ais.nmea --seed 7
    """
    import os

    from umimori.settings import data_dir

    # Compiled kernels live in the data folder; numba reads this once, when it is imported.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(data_dir(data) / "numba"))
    from imagery.simulation.request import Request, run_request

    result = run_request(
        Request(
            out=out,
            scenario=scenario.value,
            center=center,
            bbox=bbox,
            time=time,
            width_km=width_km,
            height_km=height_km,
            lines=lines,
            samples=samples,
            incidence_deg=incidence,
            ascending=direction is Pass.ASCENDING,
            wind=wind,
            vessels=vessels,
            coast_error_m=coast_error,
            open_sea=open_sea,
            seed=seed,
            truth=truth,
            ais=ais,
            charted=charted,
            skeleton=skeleton,
            workers=workers,
            chosen=_chosen(context),
        )
    )
    document = {
        "safe": str(out),
        "truth": None if truth is None else str(truth),
        "ais": None if ais is None else str(ais),
        "charted": None if charted is None else str(charted),
        "seed": seed,
        "lines": result.scenario.lines,
        "samples": result.scenario.samples,
        "vessels": result.vessels_in_image,
        "vessels_asked": result.vessels_asked,
        "dark": result.dark_in_image,
        "ais_messages": result.ais_messages,
        "simulated": True,
        "seconds": round(result.seconds, 2),
    }
    emit(
        document,
        json_output,
        f"Simulated scene with {result.vessels_in_image} vessels ({result.dark_in_image} dark) "
        f"written to {out} in {result.seconds:.1f} s." + _shortage(result),
    )


def _chosen(context: typer.Context) -> frozenset[str]:
    """Return the options that were written on the command line, by their long names."""
    written = (
        (max(parameter.opts, key=len), context.get_parameter_source(parameter.name or ""))
        for parameter in context.command.params
    )
    return frozenset(
        option.removeprefix("--").replace("-", "_")
        for option, source in written
        if source is not None and source.name == "COMMANDLINE"
    )


def _shortage(result: SimulatedScene) -> str:
    """Say when the water did not hold all vessels that were asked for."""
    asked = result.vessels_asked
    if asked is None or result.vessels_in_image >= asked:
        return ""
    return (
        f" Only {result.vessels_in_image} of the {asked} vessels asked for lie in the image: there "
        "is too little free water in it for the others; make it larger for more."
    )
