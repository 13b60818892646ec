"""``umimori imagery simulate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from umimori.cli_options import DataOption, JsonOption, emit


def simulate(
    out: Annotated[Path, typer.Argument(help="Product folder to write, OUT.SAFE.")],
    centre: Annotated[str | None, typer.Option("--center", help="LON,LAT of the middle.")] = None,
    lines: Annotated[int, typer.Option(help="Height in pixels of 10 m.")] = 2000,
    samples: Annotated[int, typer.Option(help="Width in pixels of 10 m.")] = 2000,
    vessels: Annotated[int, typer.Option(help="How many vessels.")] = 20,
    seed: Annotated[int, typer.Option(help="Everything random follows from it.")] = 1,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Simulate a Sentinel-1 scene.

    Example: umimori imagery simulate scene.SAFE --center 139.35,34.65 --seed 7
    """
    import datetime as dt

    from imagery.simulation.scenario import Scenario
    from imagery.simulation.service import simulate_scene
    from imagery.simulation.traffic import open_water, random_vessels
    from umimori.geodesy import LonLat

    del data
    lon, lat = (float(v) for v in (centre or "139.35,34.65").split(","))
    position = LonLat(lon, lat)
    frame, afloat = open_water(position)
    scenario = Scenario(
        name="open sea",
        seed=seed,
        centre=position,
        time_utc=dt.datetime(2026, 11, 20, 8, 42, 30, tzinfo=dt.UTC),
        lines=lines,
        samples=samples,
        vessels=random_vessels(
            frame=frame,
            half_east_m=samples * 4.5,
            half_north_m=lines * 4.5,
            count=vessels,
            dark_share=0.3,
            afloat=afloat,
            seed=seed,
        ),
    )
    result = simulate_scene(scenario, out, land=[])
    emit(
        {"safe": str(result.safe_path), "seconds": result.seconds, "simulated": True},
        json_output,
        f"Simulated scene written to {result.safe_path}",
    )
