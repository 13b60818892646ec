"""``umimori coast``: which coast is used, and taking a better one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from umimori.cli_options import DataOption, JsonOption, emit

coast_app = typer.Typer(no_args_is_help=True)


@coast_app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Land polygons (GeoJSON, TopoJSON, Shapefile, GeoPackage, FlatGeobuf, zip), or a "
            "folder of them.",
        ),
    ],
    coast_error_m: Annotated[
        float,
        typer.Option("--coast-error-m", help="How far off this shore may be; masks add it."),
    ] = 100.0,
    credit: Annotated[
        str | None,
        typer.Option(
            "--credit",
            help="Whom to credit (N03 and OpenStreetMap file names are recognised).",
            show_default=False,
        ),
    ] = None,
    bbox: Annotated[
        str | None,
        typer.Option(
            "--bbox",
            metavar="W,S,E,N",
            help="Region that the files are complete for: all default land in it is replaced.",
            show_default=False,
        ),
    ] = None,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Take better land polygons for their extent; elsewhere the default coast stays.

    Example: umimori coast import N03-21_13_210101.json --coast-error-m 50
    """
    from umimori.coast.importing import import_coast
    from umimori.coast.loading import DEFAULT_COAST, IMPORTED_COAST, load_coast
    from umimori.coordinate_text import parse_bbox
    from umimori.errors import EnvironmentMissingError
    from umimori.records.codec import to_plain
    from umimori.settings import data_dir
    from umimori.store.opening import check_writable

    region = parse_bbox(bbox) if bbox else None
    if not DEFAULT_COAST.is_file():
        raise EnvironmentMissingError(
            "the default coast is missing.", remedy="Run make setup, then import again."
        )
    folder = data_dir(data)
    check_writable(folder)
    done = import_coast(
        files,
        folder / IMPORTED_COAST,
        DEFAULT_COAST,
        coast_error_m=coast_error_m,
        credit=credit,
        region=region,
    )
    _log_act(
        folder,
        "coast_import",
        {
            "coast_sha256": load_coast(folder=folder).sha256,
            "coast_error_m": coast_error_m,
            "polygons": done.polygons,
        },
    )
    lines = [
        f"{done.polygons} land polygons, {done.area_km2:.1f} km2, coast error "
        f"{done.coast_error_m:.0f} m, in place of {done.replaced} default ones; "
        f"credit: {done.credit}.",
        *done.notes,
    ]
    emit(to_plain(done) | {"file": str(done.file)}, json_output, "\n".join(lines))


@coast_app.command("show")
def show(json_output: JsonOption = False, data: DataOption = None) -> None:
    """Say which coast is used, how far off it may be, and whom to credit.

    Example: umimori coast show
    """
    from umimori.coast.loading import coast_file, load_coast
    from umimori.settings import data_dir

    folder = data_dir(data)
    coast = load_coast(folder=folder)
    document = {
        "file": str(coast_file(folder=folder)),
        "name": coast.name,
        "coast_error_m": coast.coast_error_m,
        "credit": coast.credit,
        "sha256": coast.sha256,
    }
    emit(document, json_output, "\n".join(f"{name}: {value}" for name, value in document.items()))


@coast_app.command("reset")
def reset(json_output: JsonOption = False, data: DataOption = None) -> None:
    """Go back to the default coast.

    Example: umimori coast reset
    """
    from umimori.coast.importing import remove_import
    from umimori.coast.loading import IMPORTED_COAST
    from umimori.settings import data_dir

    folder = data_dir(data)
    removed = remove_import(folder / IMPORTED_COAST)
    if removed:
        _log_act(folder, "coast_reset", {})
    text = "the default coast is used again." if removed else "no coast was imported."
    emit({"removed": removed}, json_output, text)


def _log_act(folder: Path, act: str, detail: dict[str, str | int | float | bool | None]) -> None:
    """Enter in the evidence log which coast masks and plans rest on from now on."""
    from umimori.store import open_store

    with open_store(folder) as store, store.write(actor="cli") as tx:
        tx.log(act=act, detail=detail)
