"""The planner's public functions: one per kind of mission, re-checking, and saving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
import shapely.ops

from mission_planner.area import Area, area_of
from mission_planner.checks.context import CheckContext
from mission_planner.checks.run import check_mission
from mission_planner.land import Land, land_near
from mission_planner.notes import current_note, wind_note
from mission_planner.options import (
    DEFAULT_ALT_M,
    DEFAULT_STANDOFF_M,
    DEFAULT_SUB_STANDOFF_M,
    PlanOptions,
    refuse_outside,
)
from mission_planner.passes import Pass, order_cells, order_lines
from mission_planner.patterns import Pattern, expanding_square, sector_search, square_round
from mission_planner.plane_mission import BEYOND_REACH, PlaneContext, plane_missions
from mission_planner.ports import CoastSource, MissionStore
from mission_planner.prediction import predict
from mission_planner.progress import Progress, ignore
from mission_planner.reach import (
    MAX_SORTIES,
    nearest_piece,
    reach_shape,
    refuse_too_many,
    sorties_for_area,
)
from mission_planner.shoreline import coast_tracks, island_ring, with_excursions
from mission_planner.sub_mission import SubContext, sub_missions
from mission_planner.swaths import lay_swaths
from mission_planner.underwater import layer_depths, layered, legs_at_depth, outline_ring
from umimori.clocks import WallClock
from umimori.errors import BadInputError, GeometryError, UsageError
from umimori.geodesy import FloatArray, LonLat
from umimori.missionfiles.identity import with_id
from umimori.models.energy import usable_s
from umimori.models.footprint import spacing_m as footprint_spacing
from umimori.models.footprint import swath_width_m
from umimori.models.wind import Wind
from umimori.records.mission import Mission, MissionKind
from umimori.records.vehicle import VehicleKind, VehicleProfile

LAND_MARGIN_M = 6000.0
"""How far round an area and a base land is looked at."""

AREA_STANDOFF_M = 300.0
"""Distance that area and search flights keep from land when none is given."""

VIA_HALF_PASS_M = 80.0

VAST_SHARE = 10.0
"""Areas of so many times the sorties of a plan are refused before any land is read."""


MAX_DEPTH_M = 11_000.0
"""Deeper than any sea: the Challenger Deep has 10.9 km (GEBCO)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult:
    """The sorties of one plan, in order."""

    missions: tuple[Mission, ...]
    notes: tuple[str, ...]

    @property
    def has_errors(self) -> bool:
        """Return whether any sortie must not fly."""
        return any(mission.errors for mission in self.missions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """How an underwater vehicle looks at a structure.

    Args:
        top_m, bottom_m: depths of the first and last layer, positive down.
        legs: fly legs over an area at ``bottom_m`` instead of layers round its outline.
    """

    top_m: float = 1.5
    bottom_m: float = 6.0
    legs: bool = False

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be meant."""
        refuse_outside("--top", self.top_m, 0.0, MAX_DEPTH_M)
        refuse_outside("--depth", self.bottom_m, 0.0, MAX_DEPTH_M)


def plan_area(
    area: Area,
    options: PlanOptions,
    coast: CoastSource | None,
    progress: Progress = ignore,
) -> PlanResult:
    """Return missions that see a whole area by parallel tracks.

    Raises:
        GeometryError: an area without an area, only land, or far too many sorties.
    """
    return _sweep(MissionKind.AREA, area, options, coast, progress)


def plan_coast(area: Area, options: PlanOptions, coast: CoastSource) -> PlanResult:
    """Return missions along the coast inside an area at the standoff."""
    standoff = options.standoff_m or DEFAULT_STANDOFF_M
    context = _context(MissionKind.COAST, area, options, coast, standoff)
    tracks = coast_tracks(context.land, area.polygon, standoff, context.radius_m)
    passes = order_lines(tracks, context.base_xy)
    return _fly(passes, context)


def plan_island(area: Area, options: PlanOptions, coast: CoastSource) -> PlanResult:
    """Return missions round the largest island in an area, with excursions to ``options.via``."""
    standoff = options.standoff_m or DEFAULT_STANDOFF_M
    context = _context(MissionKind.ISLAND, area, options, coast, standoff)
    ring = island_ring(
        context.land,
        area.shape,
        standoff,
        context.radius_m,
        context.base_xy,
        clockwise=options.clockwise,
    )
    passes, left_out = _with_via(ring, context)
    return _fly(passes, replace(context, notes=(*context.notes, *left_out)))


def plan_search(
    area: Area,
    options: PlanOptions,
    coast: CoastSource | None,
    pattern: Pattern = Pattern.PARALLEL,
    progress: Progress = ignore,
) -> PlanResult:
    """Return missions that search an area, or a pattern round its middle (the datum)."""
    if pattern is Pattern.PARALLEL:
        return _sweep(MissionKind.SEARCH, area, options, coast, progress)
    standoff = options.standoff_m or AREA_STANDOFF_M
    context = _context(MissionKind.SEARCH, area, options, coast, standoff)
    datum = np.array(area.shape.centroid.coords[0])
    radius = float(np.sqrt(area.polygon.area)) / 2.0
    _refuse_vast(area, options, _spacing(options)[0])
    wind = options.wind
    if pattern is Pattern.SECTOR:
        passes = sector_search(datum, radius, wind.from_deg)
        return _fly(passes, context)
    spacing, note = _spacing(options)
    least = 2.0 * context.radius_m
    if spacing < least:
        note = f"spacing raised from {spacing:.0f} m to two turn radii, {least:.0f} m"
        spacing = least
    passes = expanding_square(datum, radius, spacing, wind.from_deg)
    return _fly(passes, replace(context, notes=(*context.notes, note)))


def search_area(datum: LonLat, radius_m: float) -> Area:
    """Return the square search area round a datum."""
    if not 50.0 <= radius_m <= 500_000.0:
        raise UsageError(f"--radius {radius_m} is not usable.", remedy="Give 50 to 500000 m.")
    point = area_of(shapely.Point(datum.xy))
    return Area(point.frame, square_round(np.zeros(2), radius_m), is_box=True)


def plan_inspect(
    structure: Area, options: PlanOptions, coast: CoastSource | None, inspection: Inspection
) -> PlanResult:
    """Return dives round a drawn structure in layers, or over an area in legs.

    The coast is too coarse to keep an underwater vehicle off a wall; the drawn structure counts.
    """
    profile = options.profile
    standoff = options.standoff_m or DEFAULT_SUB_STANDOFF_M
    land = land_near(coast, structure, options.base, LAND_MARGIN_M)
    base, assumed = _sub_base(structure, options, standoff)
    base_xy = np.array(structure.frame.xy(base))
    flow = options.wind
    if inspection.legs:
        distance = options.spacing_m or footprint_spacing(
            swath_width_m(standoff, profile.swath_half_angle_deg), options.overlap
        )
        _refuse_long_dives(float(structure.polygon.area) / distance, profile)
        track = legs_at_depth(
            structure.polygon,
            distance,
            inspection.bottom_m,
            base_xy,
            flow,
            profile.cruise_speed_mps,
        )
        what = f"legs {distance:.1f} m apart at {inspection.bottom_m:.1f} m depth"
    else:
        ring = outline_ring(structure.shape, standoff, base_xy)
        depths = layer_depths(
            inspection.top_m,
            inspection.bottom_m,
            standoff,
            profile.swath_half_angle_deg,
            options.overlap,
        )
        around = float(np.hypot(*np.diff(ring, axis=0).T).sum())
        _refuse_long_dives(around * len(depths), profile)
        track = layered(ring, depths)
        layers = ", ".join(f"{depth:.1f}" for depth in depths)
        what = f"layers at {layers} m depth, {standoff:.1f} m from the drawn structure"
    notes = (*options.notes, what, current_note(flow), land.describe())
    context = SubContext(
        options=options,
        frame=structure.frame,
        base=base,
        land=land,
        notes=notes,
        base_assumed=assumed,
    )
    return PlanResult(missions=tuple(sub_missions(track, context)), notes=notes)


def _refuse_long_dives(length_m: float, profile: VehicleProfile) -> None:
    """Refuse tracks that need far too many dives, before they are laid."""
    usable = usable_s(profile.endurance_s, profile.reserve_fraction)
    refuse_too_many(length_m / profile.cruise_speed_mps / usable, profile.name, "dives")


def recheck(
    mission: Mission, profile: VehicleProfile, wind: Wind, coast: CoastSource | None
) -> Mission:
    """Return a mission with its path, times, energy and checks computed anew from its items."""
    corners = [mission.home, *(item.position for item in mission.items if item.position)]
    area = area_of(shapely.MultiPoint([corner.xy for corner in corners]))
    land = land_near(coast, area, None, LAND_MARGIN_M)
    if mission.vehicle_kind is profile.kind:
        path = predict(mission.items, mission.home, profile, wind, area.frame)
        mission = replace(
            mission,
            vehicle=profile.name,
            cruise_speed_mps=profile.cruise_speed_mps,
            length_m=round(path.length_m, 1),
            duration_s=round(path.duration_s, 1),
            energy_fraction=round(path.cruise_seconds(profile) / profile.endurance_s, 5),
            path=path.thinned(area.frame),
        )
    context = CheckContext(profile=profile, wind=wind, land=land)
    return with_id(replace(mission, checks=check_mission(mission, context)))


def save(result: PlanResult, store: MissionStore, *, actor: str, clock: WallClock) -> None:
    """Store all sorties of a plan and log each, in one transaction."""
    with store.write(actor=actor, clock=clock) as tx:
        for mission in result.missions:
            tx.put(mission)
            tx.log(
                act="plan",
                subject=mission,
                detail={"kind": mission.kind.value, "errors": len(mission.errors)},
            )


def _sweep(
    kind: MissionKind,
    area: Area,
    options: PlanOptions,
    coast: CoastSource | None,
    progress: Progress,
) -> PlanResult:
    _refuse_unfit(options)
    spacing, note = _spacing(options)
    _refuse_vast(area, options, spacing)
    standoff = options.standoff_m or AREA_STANDOFF_M
    wide = _context(kind, area, options, coast, standoff)
    barred = wide.keep_out
    # tracks keep the standoff; the turns at their ends may use it up, but not the coast's error
    turning = max(standoff - wide.turn_room_m, 0.0)
    context = replace(
        wide, keep_out=wide.land.keep_out(turning), standoff_m=turning, progress=progress
    )
    work = shapely.difference(area.polygon, barred)
    if not _parts(work):
        raise GeometryError(
            f"nothing of the area is further than {standoff:.0f} m from land "
            f"({context.land.describe()}).",
            remedy="Choose an area on the water, a smaller --standoff or a better coast.",
        )
    pace, budget, base = context.pace, context.budget(), context.base_xy
    reach = reach_shape(base, pace, budget)
    near, far = shapely.intersection(work, reach), shapely.difference(work, reach)
    sorties = sorties_for_area(near, base, spacing, pace, budget)
    refuse_too_many(sorties, options.profile.name)
    passes = _laid(near, barred, spacing, context)
    laid_m2, unlaid_m2 = float(near.area), 0.0
    if _parts(far):
        piece = nearest_piece(far, base, spacing, pace, context.allowed_s)
        passes += _laid(piece, barred, spacing, context)
        laid_m2 += float(piece.area)
        unlaid_m2 = float(far.area - piece.area)
    if not passes:
        raise GeometryError("the area is too small to fly over.", remedy="Enlarge it.")
    turns = f"turns between tracks keep {turning:.0f} m"
    context = replace(context, notes=(*context.notes, note, turns))
    width_m = laid_m2 / sum(track.length_m for track in passes)
    return _fly(passes, context, unlaid_m2, width_m)


def _parts(work: Any) -> list[Any]:
    return [part for part in shapely.get_parts(work) if part.area >= 1.0]


def _laid(work: Any, barred: Any, spacing: float, context: PlaneContext) -> list[Pass]:
    """Return the tracks that see an area, in order."""
    cells = [
        cell
        for part in _parts(work)
        for cell in lay_swaths(
            part,
            barred,
            spacing,
            wind=context.options.wind,
            airspeed_mps=context.options.profile.cruise_speed_mps,
            turn_m=np.pi * context.radius_m + 200.0,
        )
    ]
    return order_cells(cells, context.base_xy, context.radius_m)


def _refuse_vast(area: Area, options: PlanOptions, spacing: float) -> None:
    """Refuse an area that is far too large even with its base in its middle, before land is read."""
    profile = options.profile
    sortie_m2 = spacing * profile.cruise_speed_mps * profile.endurance_s
    sorties = float(area.polygon.area) / sortie_m2
    if sorties > VAST_SHARE * MAX_SORTIES:
        refuse_too_many(sorties, profile.name)


def _fly(
    passes: list[Pass], context: PlaneContext, unlaid_m2: float = 0.0, width_m: float = 0.0
) -> PlanResult:
    missions = plane_missions(passes, context, unlaid_m2, width_m)
    beyond = [check.message for check in missions[-1].checks if check.code == BEYOND_REACH]
    return PlanResult(missions=tuple(missions), notes=(*context.notes, *beyond))


def _context(
    kind: MissionKind,
    area: Area,
    options: PlanOptions,
    coast: CoastSource | None,
    standoff_m: float,
) -> PlaneContext:
    _refuse_unfit(options)
    land = land_near(coast, area, options.base, LAND_MARGIN_M)
    base, assumed = (options.base, False) if options.base else (_nearest_land(area, land), True)
    notes = (
        *options.notes,
        f"height {options.alt_m or DEFAULT_ALT_M:.0f} m above the sea",
        wind_note(options.wind),
        f"standoff {standoff_m:.0f} m from land",
        land.describe(),
    )
    return PlaneContext(
        kind=kind,
        options=options,
        frame=area.frame,
        base=base,
        land=land,
        keep_out=land.keep_out(standoff_m),
        notes=notes,
        standoff_m=standoff_m,
        base_assumed=assumed,
    )


def _refuse_unfit(options: PlanOptions) -> None:
    """Refuse a vehicle that cannot fly such a mission in this wind."""
    if options.profile.kind is not VehicleKind.PLANE:
        raise UsageError(
            f"{options.profile.name} is no fixed wing.", remedy="Use `umimori plan inspect`."
        )
    if options.wind.speed_mps >= options.profile.cruise_speed_mps:
        raise BadInputError(
            f"wind of {options.wind.speed_mps:g} m/s: {options.profile.name} cruises at "
            f"{options.profile.cruise_speed_mps:g} m/s and would be blown back.",
            remedy="Wait for less wind or take a faster --vehicle.",
        )


def _nearest_land(area: Area, land: Land) -> LonLat:
    """Return the place on land nearest to the area's middle, or the middle itself."""
    middle = area.shape.representative_point()
    if land.shape.is_empty:
        return area.frame.lonlat(middle.x, middle.y)
    place = shapely.ops.nearest_points(land.shape, middle)[0]
    return area.frame.lonlat(place.x, place.y)


def _spacing(options: PlanOptions) -> tuple[float, str]:
    swath = _swath(options)
    if options.spacing_m is not None:
        return options.spacing_m, f"tracks {options.spacing_m:.0f} m apart, swath {swath:.0f} m"
    spacing = footprint_spacing(swath, options.overlap)
    return spacing, f"tracks {spacing:.0f} m apart for a swath of {swath:.0f} m"


def _swath(options: PlanOptions) -> float:
    return swath_width_m(options.alt_m or DEFAULT_ALT_M, options.profile.swath_half_angle_deg)


def _with_via(ring: Pass, context: PlaneContext) -> tuple[list[Pass], list[str]]:
    """Return the ring with excursions, and notes about positions that get none."""
    land = context.land
    barred = land.keep_out(0.0)
    places: list[FloatArray] = []
    refused = 0
    for position in context.options.via:
        xy = np.array(context.frame.xy(position))
        if shapely.intersects(barred, shapely.Point(xy)):
            refused += 1
        else:
            places.append(xy)
    passes, seen = with_excursions(ring, places, _swath(context.options) / 2.0, VIA_HALF_PASS_M)
    notes = [f"{len(places) - seen} excursions"] if len(places) > seen else []
    if seen:
        notes.append(f"{seen} extra positions lie under the patrol itself")
    if refused:
        notes.append(f"{refused} extra positions too near to land were left out")
    return passes, notes


def _sub_base(structure: Area, options: PlanOptions, standoff_m: float) -> tuple[LonLat, bool]:
    if options.base is not None:
        return options.base, False
    shape: Any = structure.shape
    ring = shape.buffer(3.0 * standoff_m + 5.0).exterior
    start = ring.interpolate(0.0)
    return structure.frame.lonlat(start.x, start.y), True
