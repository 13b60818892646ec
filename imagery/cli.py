"""``umimori imagery``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imagery.simulation.cli import simulate
from umimori.cli_options import DataOption, JsonOption, emit

app = typer.Typer(no_args_is_help=True, help="Satellite scene to vessel detections.")
app.command()(simulate)


@app.command()
def detect(
    products: Annotated[
        list[Path], typer.Argument(metavar="PRODUCT...", help="SAFE folder or zip, or an image.")
    ],
    pfa: Annotated[
        float, typer.Option(help="Probability that a pixel of pure sea is taken for a target.")
    ] = 1e-8,
    units: Annotated[
        str, typer.Option(help="Numbers of a plain raster: auto, linear, db or amplitude.")
    ] = "auto",
    pixel_spacing: Annotated[
        float | None,
        typer.Option(help="Metres per pixel of a plain image.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="File for the detections: .geojson, .gpkg, .parquet or .csv."),
    ] = None,
    infrastructure: Annotated[
        Path | None,
        typer.Option(help="GeoJSON of charted fixed objects (platforms, beacons, rocks)."),
    ] = None,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Detect vessels in satellite scenes and keep them in the store.

    Example: umimori imagery detect S1A_IW_GRDH_1SDV_20261120.SAFE --out ships.geojson
    """
    from imagery.numba_cache import use_cache

    # Numba reads the place of its cache when it is imported, which the next line does.
    use_cache(data)
    from imagery.commands import run_detect

    document, text = run_detect(
        products,
        pfa=pfa,
        units=units,
        pixel_spacing_m=pixel_spacing,
        infrastructure=infrastructure,
        out=out,
        data=data,
    )
    emit(document, json_output, text)
