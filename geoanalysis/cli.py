"""`umimori ais import`, `zones import`, `ports import` and `analyse`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from umimori.cli_options import DataOption, JsonOption, emit

ais_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
zones_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
ports_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

SHOWN_ANOMALIES = 10


@ais_app.callback()
def _ais() -> None:
    """AIS reports to tracks."""


@zones_app.callback()
def _zones() -> None:
    """Zones that the rules know."""


@ports_app.callback()
def _ports() -> None:
    """Ports that the rules know."""


@ais_app.command("import")
def ais_import(
    files: Annotated[list[Path], typer.Argument(help="NMEA logs or CSV tables (also gzip, zip).")],
    time: Annotated[
        str | None,
        typer.Option(help="UTC time for reports that carry none, e.g. 2026-11-22T05:00:00Z."),
    ] = None,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Mark everything in these files as simulated.")
    ] = False,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Read AIS logs and tables, clean them and store tracks.

    Example: umimori ais import harbour.nmea AIS_2024_01_01.csv --json
    """
    from geoanalysis.service import import_ais, parse_given_time
    from umimori.settings import data_dir
    from umimori.store import open_store

    given = parse_given_time(time)
    with open_store(data_dir(data)) as store:
        result = import_ais(files, store, given_utc=given, simulated=simulated, actor="cli")
    document = {
        "files": result.files,
        "stations": result.stations,
        "tracks": result.tracks,
        "changed": result.changed,
        "first_utc": _moment(result.first_utc),
        "last_utc": _moment(result.last_utc),
        "simulated": result.simulated,
        "notes": list(result.notes),
        **result.counts.as_document(),
    }
    lines = [
        f"{result.counts.positions} positions of {result.stations} stations in "
        f"{result.tracks} tracks, {result.counts.statics} reports of names and sizes; "
        f"{result.changed} tracks and stations new or changed"
        + (" (simulated)." if result.simulated else "."),
        *[
            f"  left out: {count} x {cause.replace('_', ' ')}"
            for cause, count in sorted(result.counts.problems.items())
        ],
        *result.notes,
    ]
    emit(document, json_output, "\n".join(lines))


@zones_app.command("import")
def zones_import(
    file: Annotated[Path, typer.Argument(help="GeoJSON, GeoPackage or CSV.")],
    kind: Annotated[str, typer.Option(help="Kind of zones without a kind of their own.")] = "watch",
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Read zones (polygons, or points with radius_m) into the store.

    Example: umimori zones import watch_areas.geojson --kind watch
    """
    from geoanalysis.place_service import import_zones
    from umimori.errors import UsageError
    from umimori.records import ZoneKind
    from umimori.settings import data_dir
    from umimori.store import open_store

    try:
        default_kind = ZoneKind(kind)
    except ValueError:
        known = ", ".join(one.value for one in ZoneKind)
        raise UsageError(f"the zone kind {kind} is unknown.", remedy=f"Use {known}.") from None
    with open_store(data_dir(data)) as store:
        zones, changed = import_zones(file, store, default_kind=default_kind, actor="cli")
    document = {"file": file.name, "zones": len(zones), "changed": changed}
    emit(document, json_output, f"{len(zones)} zones, {changed} new or changed.")


@ports_app.command("import")
def ports_import(
    file: Annotated[Path, typer.Argument(help="World Port Index CSV, GeoJSON, GeoPackage, CSV.")],
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Read ports into the store.

    Example: umimori ports import UpdatedPub150.csv
    """
    from geoanalysis.place_service import import_ports
    from umimori.settings import data_dir
    from umimori.store import open_store

    with open_store(data_dir(data)) as store:
        ports, changed = import_ports(file, store, actor="cli")
    status = [port.open_port for port in ports]
    document = {
        "file": file.name,
        "ports": len(ports),
        "open": status.count(True),
        "closed": status.count(False),
        "unknown": status.count(None),
        "changed": changed,
    }
    text = f"{len(ports)} ports ({document['open']} open, {document['closed']} closed), "
    emit(document, json_output, text + f"{changed} new or changed.")


def analyse(
    scene: Annotated[
        str | None, typer.Option(help="Id of one scene; default: all scenes with detections.")
    ] = None,
    run: Annotated[
        str | None, typer.Option(help="Id of a detection run; default: the newest of a scene.")
    ] = None,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Match detections with AIS, find anomalies and rate them.

    Example: umimori analyse --json
    """
    from geoanalysis.service import analyse as analyse_store
    from umimori.settings import data_dir
    from umimori.store import open_store

    folder = data_dir(data)
    with open_store(folder) as store:
        summary = analyse_store(
            store, scene, _coast(folder), run_id=run, actor="cli",
            progress=lambda name: typer.echo(f"analysing {name}", err=True),
        )  # fmt: skip
    document: dict[str, Any] = {
        "scenes": summary.scenes,
        "detections": summary.detections,
        "matched": summary.matched,
        "dark": summary.dark,
        "not_vessel": summary.not_vessel,
        "unknown": summary.unknown,
        "absent": summary.absent,
        "targets": summary.targets,
        "changed": summary.changed,
        "simulated": summary.simulated,
        "seconds": summary.seconds,
        "notes": list(summary.notes),
        "anomalies": [_anomaly(a) for a in summary.anomalies],
    }
    lines = [
        f"{summary.detections} detections: {summary.matched} matched, {summary.dark} dark, "
        f"{summary.unknown} unknown, {summary.not_vessel} no vessels; "
        f"{summary.absent} AIS vessels absent; {len(summary.anomalies)} anomalies"
        + (" (simulated)." if summary.simulated else "."),
        *[
            f"  {a.risk:5.1f}  {a.kind.value.replace('_', ' '):16s} "
            f"{a.position.lat_deg:.4f} {a.position.lon_deg:.4f}  "
            + ", ".join(r.code.replace("_", " ") for r in a.reasons[:4])
            for a in summary.anomalies[:SHOWN_ANOMALIES]
        ],
        *summary.notes,
    ]
    emit(document, json_output, "\n".join(lines))


def _coast(folder: Path) -> Any:
    """Return the coast, or None where none is installed: the analysis says so."""
    from umimori.coast import load_coast
    from umimori.errors import EnvironmentMissingError

    try:
        return load_coast(folder=folder)
    except EnvironmentMissingError:
        return None


def _anomaly(anomaly: Any) -> dict[str, Any]:
    from umimori.records.codec import to_plain

    plain: dict[str, Any] = to_plain(anomaly)
    plain["time_utc"] = _moment(anomaly.time_utc)
    return plain


def _moment(moment: Any) -> str | None:
    from umimori.records.codec import format_time

    return None if moment is None else format_time(moment)
