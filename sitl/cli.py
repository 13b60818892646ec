"""``umimori sitl``."""

from __future__ import annotations

from typing import Annotated

import typer

from umimori.cli_options import DataOption, JsonOption, emit

app = typer.Typer(help="Simulated vehicles to fly on.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Simulated vehicles to fly on."""


@app.command()
def run(
    vehicle: Annotated[str, typer.Argument(help="plane or sub.", metavar="plane|sub")],
    engine: Annotated[
        str, typer.Option(help="auto (ArduPilot when it is found), embedded or ardupilot.")
    ] = "auto",
    home: Annotated[
        str | None,
        typer.Option(help="Start: LON,LAT[,ALT[,HEADING]].", metavar="LON,LAT[,ALT,HDG]"),
    ] = None,
    speedup: Annotated[float, typer.Option(help="Vehicle seconds per second, 1..200.")] = 1.0,
    instance: Annotated[
        int | None, typer.Option(help="Instance number: port 5760 + 10 x number.", min=0, max=59)
    ] = None,
    link: Annotated[
        str | None, typer.Option(help="Where to listen.", metavar="tcp:127.0.0.1:PORT")
    ] = None,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Run a simulated vehicle until Ctrl-C.

    Example: umimori sitl run plane --engine embedded --speedup 10
    """
    from sitl.adapters.data_folder import require_folder
    from sitl.adapters.signals import wait_for_stop
    from sitl.place import parse_home, parse_listen
    from sitl.service import Wanted, start_vehicle
    from umimori.errors import UsageError
    from umimori.records.vehicle import VehicleKind
    from umimori.settings import data_dir, load_settings

    try:
        kind = VehicleKind(vehicle)
    except ValueError as error:
        raise UsageError(f"there is no vehicle {vehicle!r}.", remedy="Use plane or sub.") from error
    if instance is not None and link is not None:
        raise UsageError(
            "--instance and --link both say which port to use.", remedy="Give one of them."
        )
    folder = data_dir(data)
    require_folder(folder)
    process = start_vehicle(
        Wanted(
            kind=kind,
            engine=engine,
            place=parse_home(home) if home else None,
            speedup=speedup,
            instance=instance,
            port=parse_listen(link) if link else None,
            data_dir=folder,
            sitl_dir=load_settings(folder).ardupilot_sitl_dir,
        )
    )
    try:
        document = {
            "vehicle": kind.value,
            "engine": process.engine,
            "program": process.program,
            "link": process.link,
            "speedup": speedup,
            "simulated": True,
        }
        emit(
            document,
            json_output,
            f"{kind.value} on {process.engine} ({process.program}), simulated: "
            f"connect to {process.link}, stop with Ctrl-C",
        )
        wait_for_stop(lambda: process.running)
    finally:
        process.stop()
