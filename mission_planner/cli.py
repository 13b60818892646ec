"""``umimori plan``: areas to missions, checks, conversions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from umimori.cli_options import DataOption, JsonOption, emit

if TYPE_CHECKING:
    from mission_planner.area import Area
    from mission_planner.options import PlanOptions
    from mission_planner.service import PlanResult
    from umimori.coast import Coast
    from umimori.records.mission import Mission
    from umimori.records.vehicle import VehicleKind

TELL_EVERY_S = 3.0
"""Plans shorter than this tell nothing on the way."""

app = typer.Typer(no_args_is_help=True, help="Plan, check and convert missions.")

AoiOption = Annotated[
    Path | None, typer.Option("--aoi", help="Area: GeoJSON, KML or GeoPackage (lon, lat).")
]
BboxOption = Annotated[
    str | None, typer.Option("--bbox", metavar="W,S,E,N", help="Area as a box in degrees.")
]
VehicleOption = Annotated[
    str | None, typer.Option("--vehicle", help="Profile name (default: survey-plane, bluerov2).")
]
VehiclesOption = Annotated[
    Path | None, typer.Option("--vehicles", help="Your own TOML file of vehicle profiles.")
]
BaseOption = Annotated[
    str | None, typer.Option("--base", metavar="LON,LAT", help="Take-off and landing place.")
]
ElevationOption = Annotated[
    float, typer.Option("--base-elevation", metavar="M", help="Height of the base above the sea.")
]
AltOption = Annotated[
    float | None, typer.Option("--alt", metavar="M", help="Height of the flight above the sea.")
]
SpacingOption = Annotated[
    float | None, typer.Option("--spacing", metavar="M", help="Distance of neighbouring tracks.")
]
StandoffOption = Annotated[
    float | None, typer.Option("--standoff", metavar="M", help="Distance from coast or structure.")
]
WindOption = Annotated[
    str | None, typer.Option("--wind", metavar="SPEED@FROM_DEG", help="Wind in m/s, as 8@250.")
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", help="Mission file: .plan, .waypoints, .geojson or .json."),
]
CoastOption = Annotated[
    Path | None, typer.Option("--coast", help="Another coast file than the installed one.")
]
NameOption = Annotated[str | None, typer.Option("--name", help="Name of the mission.")]


@app.command()
def area(
    aoi: AoiOption = None,
    bbox: BboxOption = None,
    vehicle: VehicleOption = None,
    vehicles: VehiclesOption = None,
    base: BaseOption = None,
    base_elevation: ElevationOption = 0.0,
    alt: AltOption = None,
    spacing: SpacingOption = None,
    standoff: StandoffOption = None,
    wind: WindOption = None,
    coast: CoastOption = None,
    name: NameOption = None,
    out: OutOption = None,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """See a whole area from the air by parallel tracks.

    Example: umimori plan area --bbox 139.45,34.60,139.50,34.64 --base 139.36,34.782 --out a.plan
    """
    from mission_planner import service

    options = _plane_options(
        vehicle, vehicles, base, base_elevation, alt, spacing, standoff, wind, name
    )
    result = service.plan_area(_area(aoi, bbox), options, _coast(coast, data), _teller())
    _finish(result, out, json_output)


@app.command()
def coast(
    aoi: AoiOption = None,
    bbox: BboxOption = None,
    vehicle: VehicleOption = None,
    vehicles: VehiclesOption = None,
    base: BaseOption = None,
    base_elevation: ElevationOption = 0.0,
    alt: AltOption = None,
    spacing: SpacingOption = None,
    standoff: StandoffOption = None,
    wind: WindOption = None,
    coast_file: CoastOption = None,
    name: NameOption = None,
    out: OutOption = None,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Follow the coast inside an area at a standoff.

    Example: umimori plan coast --bbox 139.33,34.66,139.38,34.80 --standoff 1000 --out coast.plan
    """
    from mission_planner import service

    options = _plane_options(
        vehicle, vehicles, base, base_elevation, alt, spacing, standoff, wind, name
    )
    result = service.plan_coast(_area(aoi, bbox), options, _needed_coast(coast_file, data))
    _finish(result, out, json_output)


@app.command()
def island(
    aoi: AoiOption = None,
    bbox: BboxOption = None,
    vehicle: VehicleOption = None,
    vehicles: VehiclesOption = None,
    base: BaseOption = None,
    base_elevation: ElevationOption = 0.0,
    alt: AltOption = None,
    spacing: SpacingOption = None,
    standoff: StandoffOption = None,
    wind: WindOption = None,
    via: Annotated[
        list[str] | None,
        typer.Option("--via", metavar="LON,LAT", help="Fly over this place too; repeatable."),
    ] = None,
    anticlockwise: Annotated[
        bool, typer.Option("--anticlockwise", help="The other way round.")
    ] = False,
    coast_file: CoastOption = None,
    name: NameOption = None,
    out: OutOption = None,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Ring the largest island in an area at a standoff.

    Example: umimori plan island --bbox 139.3,34.65,139.5,34.83 --base 139.36,34.782 --out ring.plan
    """
    from dataclasses import replace

    from mission_planner import service
    from umimori.coordinate_text import parse_position

    options = replace(
        _plane_options(vehicle, vehicles, base, base_elevation, alt, spacing, standoff, wind, name),
        via=tuple(parse_position(text, "--via") for text in via or ()),
        clockwise=not anticlockwise,
    )
    result = service.plan_island(_area(aoi, bbox), options, _needed_coast(coast_file, data))
    _finish(result, out, json_output)


@app.command()
def search(
    aoi: AoiOption = None,
    bbox: BboxOption = None,
    datum: Annotated[
        str | None, typer.Option("--datum", metavar="LON,LAT", help="Last known position.")
    ] = None,
    radius: Annotated[
        float, typer.Option("--radius", metavar="M", help="Half side of the search square.")
    ] = 2000.0,
    pattern: Annotated[
        str, typer.Option("--pattern", help="parallel, square (expanding) or sector.")
    ] = "parallel",
    vehicle: VehicleOption = None,
    vehicles: VehiclesOption = None,
    base: BaseOption = None,
    base_elevation: ElevationOption = 0.0,
    alt: AltOption = None,
    spacing: SpacingOption = None,
    standoff: StandoffOption = None,
    wind: WindOption = None,
    coast_file: CoastOption = None,
    name: NameOption = None,
    out: OutOption = None,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Search round a last known position, or a drawn area.

    Example: umimori plan search --datum 139.48,34.62 --radius 2000 --pattern square --out s.plan
    """
    from mission_planner import service
    from mission_planner.patterns import Pattern
    from umimori.coordinate_text import parse_position
    from umimori.errors import UsageError

    if pattern not in {p.value for p in Pattern}:
        names = ", ".join(p.value for p in Pattern)
        raise UsageError(f"--pattern {pattern!r} is unknown.", remedy=f"Use one of: {names}.")
    if datum is not None and (aoi is not None or bbox is not None):
        raise UsageError("--datum and an area were both given.", remedy="Give one of them.")
    where = (
        service.search_area(parse_position(datum, "--datum"), radius)
        if datum is not None
        else _area(aoi, bbox)
    )
    options = _plane_options(
        vehicle, vehicles, base, base_elevation, alt, spacing, standoff, wind, name
    )
    coast = _coast(coast_file, data)
    result = service.plan_search(where, options, coast, Pattern(pattern), _teller())
    _finish(result, out, json_output)


@app.command()
def inspect(
    aoi: AoiOption = None,
    bbox: BboxOption = None,
    vehicle: VehicleOption = None,
    vehicles: VehiclesOption = None,
    base: BaseOption = None,
    top: Annotated[float, typer.Option("--top", metavar="M", help="Depth of the first layer.")] = (
        1.5
    ),
    depth: Annotated[
        float, typer.Option("--depth", metavar="M", help="Depth of the last layer or of the legs.")
    ] = 6.0,
    legs: Annotated[
        bool, typer.Option("--legs", help="Legs over the area instead of layers round it.")
    ] = False,
    spacing: SpacingOption = None,
    standoff: StandoffOption = None,
    current: Annotated[
        str | None,
        typer.Option("--current", metavar="SPEED@TO_DEG", help="Current in m/s, as 0.3@90."),
    ] = None,
    coast_file: CoastOption = None,
    name: NameOption = None,
    out: OutOption = None,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Inspect a pier, a hull or an area with an underwater vehicle.

    The drawn line or outline is followed at the standoff in layers; a box is swept in legs.

    Example: umimori plan inspect --aoi pier.geojson --depth 6 --standoff 3 --out pier.plan
    """
    from mission_planner import service
    from mission_planner.adapters.profiles import load_profiles, profile_named
    from mission_planner.options import PlanOptions, parse_flow
    from umimori.coordinate_text import parse_position
    from umimori.models.wind import CALM, towards
    from umimori.records.vehicle import VehicleKind

    flow = parse_flow(current, "--current", "SPEED@TO_DEG") if current else CALM
    options = PlanOptions(
        profile=profile_named(vehicle, VehicleKind.SUB, load_profiles(vehicles)),
        base=parse_position(base) if base else None,
        spacing_m=spacing,
        standoff_m=standoff,
        wind=towards(flow.speed_mps, flow.from_deg),
        name=name,
    )
    structure = _area(aoi, bbox)
    wish = service.Inspection(top_m=top, bottom_m=depth, legs=legs or structure.is_box)
    _finish(
        service.plan_inspect(structure, options, _coast(coast_file, data), wish), out, json_output
    )


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Mission: .plan, .waypoints or .json.")],
    vehicle: VehicleOption = None,
    vehicles: VehiclesOption = None,
    wind: WindOption = None,
    coast_file: CoastOption = None,
    out: OutOption = None,
    json_output: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Check a mission again; exits 6 when it must not fly.

    Example: umimori plan check ring.plan --wind 8@250 --out checked.plan
    """
    from mission_planner import service
    from mission_planner.adapters.files import read_mission, write_missions
    from mission_planner.notes import wind_of
    from mission_planner.options import parse_flow
    from mission_planner.report import mission_text, plan_document
    from umimori.errors import RefusedError

    mission = read_mission(file)
    profile = _profile_for(mission, vehicle, vehicles)
    air = parse_flow(wind) if wind else wind_of(mission.notes)
    judged = service.recheck(mission, profile, air, _coast(coast_file, data))
    paths = write_missions([judged], out) if out else []
    document = plan_document([judged], judged.notes, paths)
    emit(document, json_output, mission_text(judged, show_passed=True))
    if judged.errors:
        raise RefusedError(
            f"{file.name} has {len(judged.errors)} errors ({judged.errors[0].code}).",
            remedy="Cure them and check again.",
        )


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help=".plan, .waypoints or .json.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help=".plan, .waypoints, .geojson or .json.")
    ],
    json_output: JsonOption = False,
    data: DataOption = None,  # noqa: ARG001 - every leaf command takes it
) -> None:
    """Convert a mission file to another format.

    Example: umimori plan convert ring.plan ring.waypoints
    """
    from mission_planner.adapters.files import read_mission, write_missions
    from umimori.missionfiles.waypoints import LOSES

    mission = read_mission(source)
    paths = write_missions([mission], target)
    lost = LOSES if target.suffix.lower() == ".waypoints" else None
    text = f"{paths[0]}: {len(mission.items)} items" + (f" ({lost})" if lost else "")
    document = {"file": str(paths[0]), "items": len(mission.items), "loses": lost}
    emit(document, json_output, text)


def _area(aoi: Path | None, bbox: str | None) -> Area:
    from mission_planner.adapters.files import read_area
    from mission_planner.area import area_of_bbox
    from umimori.coordinate_text import parse_bbox
    from umimori.errors import UsageError

    if (aoi is None) == (bbox is None):
        raise UsageError(
            "no area, or two, were given.", remedy="Give --aoi FILE or --bbox W,S,E,N."
        )
    return read_area(aoi) if aoi is not None else area_of_bbox(parse_bbox(str(bbox)))


def _plane_options(
    vehicle: str | None,
    vehicles: Path | None,
    base: str | None,
    base_elevation: float,
    alt: float | None,
    spacing: float | None,
    standoff: float | None,
    wind: str | None,
    name: str | None,
) -> PlanOptions:
    from mission_planner.adapters.profiles import load_profiles, profile_named
    from mission_planner.options import PlanOptions, parse_flow
    from umimori.coordinate_text import parse_position
    from umimori.models.wind import CALM
    from umimori.records.vehicle import VehicleKind

    return PlanOptions(
        profile=profile_named(vehicle, VehicleKind.PLANE, load_profiles(vehicles)),
        base=parse_position(base) if base else None,
        base_elevation_m=base_elevation,
        alt_m=alt,
        spacing_m=spacing,
        standoff_m=standoff,
        wind=parse_flow(wind) if wind else CALM,
        name=name,
    )


def _profile_for(mission: Mission, vehicle: str | None, vehicles: Path | None) -> Any:
    from mission_planner.adapters.profiles import load_profiles, profile_named

    profiles = load_profiles(vehicles)
    kind: VehicleKind = mission.vehicle_kind
    known = mission.vehicle if mission.vehicle in profiles else None
    return profile_named(vehicle or known, kind, profiles)


def _needed_coast(path: Path | None, data: Path | None) -> Coast:
    from umimori.coast import load_coast
    from umimori.settings import data_dir

    return load_coast(path, data_dir(data))


def _coast(path: Path | None, data: Path | None) -> Coast | None:
    """Return the coast, or None where none is installed: the checks then say so."""
    from umimori.errors import EnvironmentMissingError

    try:
        return _needed_coast(path, data)
    except EnvironmentMissingError:
        if path is not None:
            raise
        return None


def _teller() -> Callable[[str], None]:
    """Return what tells the progress of a long plan on standard error, a line every few seconds."""
    from time import monotonic

    told = monotonic()

    def tell(line: str) -> None:
        nonlocal told
        if monotonic() - told >= TELL_EVERY_S:
            told = monotonic()
            typer.echo(line, err=True)

    return tell


def _finish(result: PlanResult, out: Path | None, json_output: bool) -> None:
    from mission_planner.adapters.files import write_missions
    from mission_planner.report import mission_text, plan_document

    paths = write_missions(result.missions, out) if out else []
    lines = [mission_text(mission, show_passed=False) for mission in result.missions]
    lines += [f"note: {note}" for note in result.notes]
    lines += [f"wrote {path}" for path in paths]
    emit(plan_document(result.missions, result.notes, paths), json_output, "\n".join(lines))
