"""From the words of the command line to a scenario, and on to the files."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from shapely.geometry import Polygon

from imagery.simulation.adapters.skeleton_tree import read_skeleton
from imagery.simulation.frame import INCIDENCE_LIMITS_DEG, MIN_SIZE_PIXELS
from imagery.simulation.grid import ImageGrid
from imagery.simulation.izu_scenario import CENTRE, DEMO_TIME_UTC, izu_scenario
from imagery.simulation.land_distance import LandDistance
from imagery.simulation.random_scenario import TrafficMix, frame_of, grid_of, with_random_traffic
from imagery.simulation.scenario import Scenario
from imagery.simulation.sea import SeaState
from imagery.simulation.service import (
    SimulatedScene,
    fill_skeleton,
    land_round,
    simulate_scene,
)
from umimori.coordinate_text import parse_bbox, parse_numbers, parse_position
from umimori.errors import UsageError
from umimori.geodesy import LonLat, distance_m

DEFAULT_SIZE_PIXELS = 2_000
PIXEL_M = 10.0
PRODUCT_SUFFIX = ".SAFE"
PLACE_OPTIONS = ("center", "bbox", "time", "width_km", "height_km", "lines", "samples")
SETTLED_BY_SKELETON = (*PLACE_OPTIONS, "incidence", "pass", "wind", "scenario")
"""A real product has its own geometry; its sea is always the default one."""
SETTLED_BY_IZU = (*PLACE_OPTIONS, "incidence", "pass", "wind", "vessels", "coast_error")
SETTLED_BY_OPEN_SEA = ("coast_error",)
SETTLED_BY_BBOX = ("width_km", "height_km", "lines", "samples")
MAX_COAST_ERROR_M = 300.0
MAX_SIZE_KM = 2_000.0
"""About five minutes of flight, a long datatake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The options of ``umimori imagery simulate`` as given.

    ``chosen`` names the options that somebody wrote and did not leave to their default ("wind",
    "coast_error"): these must not be passed over in silence.
    """

    out: Path
    scenario: str = "random"
    center: str | None = None
    bbox: str | None = None
    time: str | None = None
    width_km: float | None = None
    height_km: float | None = None
    lines: int | None = None
    samples: int | None = None
    incidence_deg: float = 38.5
    ascending: bool = True
    wind: str = "6@225"
    vessels: int = 40
    coast_error_m: float = 120.0
    open_sea: bool = False
    seed: int = 1
    truth: Path | None = None
    ais: Path | None = None
    charted: Path | None = None
    skeleton: Path | None = None
    workers: int = 2
    chosen: frozenset[str] = frozenset()


def run_request(request: Request) -> SimulatedScene:
    """Simulate what was asked for.

    Raises:
        UsageError: options that do not go together or cannot be read.
        GeometryError: a scene that cannot be made.
    """
    _refuse_contradictions(request)
    if request.skeleton is not None:
        return _run_skeleton(request, request.skeleton)
    if request.scenario == "izu":
        land = [] if request.open_sea else land_round(CENTRE, 40_000.0)
        scenario = izu_scenario(request.seed, land)
    else:
        empty = scenario_of(request)
        grid = grid_of(empty)
        land = _land(request, grid, empty)
        mix = TrafficMix(vessels=request.vessels)
        scenario = with_random_traffic(empty, grid, LandDistance(land, frame_of(empty)), mix)
    scene = simulate_scene(
        scenario,
        request.out,
        truth_path=request.truth,
        ais_path=request.ais,
        charted_path=request.charted,
        land=land,
        workers=request.workers,
    )
    return scene if request.scenario == "izu" else replace(scene, vessels_asked=request.vessels)


def _refuse_contradictions(request: Request) -> None:
    """Refuse options that another option settles, and a name that is no product's."""
    if request.out.suffix.upper() != PRODUCT_SUFFIX:
        raise UsageError(
            f"the product folder {request.out.name!r} does not end in {PRODUCT_SUFFIX}.",
            remedy=f"Name it {request.out.stem}{PRODUCT_SUFFIX}.",
        )
    placed = {name for name in PLACE_OPTIONS if getattr(request, name) is not None}
    written = placed | request.chosen
    settled: list[tuple[bool, str, tuple[str, ...]]] = [
        (request.skeleton is not None, "--skeleton", SETTLED_BY_SKELETON),
        (request.scenario == "izu", "--scenario izu", SETTLED_BY_IZU),
        (request.open_sea, "--open-sea", SETTLED_BY_OPEN_SEA),
        (request.bbox is not None, "--bbox", SETTLED_BY_BBOX),
    ]
    for holds, by, names in settled:
        idle = [f"--{name.replace('_', '-')}" for name in names if name in written]
        if holds and idle:
            raise UsageError(
                f"{by} settles what {' and '.join(idle)} would say.",
                remedy=f"Leave out {' and '.join(idle)}, or {by}.",
            )


def _run_skeleton(request: Request, skeleton: Path) -> SimulatedScene:
    tree = read_skeleton(skeleton)
    empty = tree.scenario(request.seed, request.coast_error_m)
    land = _land(request, tree.grid, empty)
    mix = TrafficMix(vessels=request.vessels)
    scenario = with_random_traffic(empty, tree.grid, LandDistance(land, frame_of(empty)), mix)
    scene = fill_skeleton(
        tree,
        scenario,
        request.out,
        truth_path=request.truth,
        ais_path=request.ais,
        charted_path=request.charted,
        land=land,
        workers=request.workers,
    )
    return replace(scene, vessels_asked=request.vessels)


def _land(request: Request, grid: ImageGrid, scenario: Scenario) -> list[Polygon]:
    if request.open_sea:
        return []
    reach_m = 0.75 * PIXEL_M * math.hypot(grid.lines, grid.samples)
    return land_round(scenario.centre, reach_m)


def scenario_of(request: Request) -> Scenario:
    """Return the scenario of a request, still without traffic.

    Raises:
        UsageError: options that do not go together or cannot be read.
    """
    centre, lines, samples = _place(request)
    if min(lines, samples) < MIN_SIZE_PIXELS:
        raise UsageError(
            f"a scene of {lines} lines x {samples} samples is too small to simulate.",
            remedy=f"Ask for at least {MIN_SIZE_PIXELS} of each (0.64 km).",
        )
    if max(lines, samples) * PIXEL_M > MAX_SIZE_KM * 1_000.0:
        raise UsageError(
            f"a scene of {lines} lines x {samples} samples is too large to simulate.",
            remedy=f"Stay within {MAX_SIZE_KM:g} km along the flight and 250 km across.",
        )
    low, high = INCIDENCE_LIMITS_DEG
    if not low <= request.incidence_deg <= high:
        raise UsageError(
            f"an incidence of {request.incidence_deg:g} degrees lies outside the swath.",
            remedy=f"Give --incidence {low:g} to {high:g}; 38.5 leaves the most room.",
        )
    if not 0.0 <= request.coast_error_m <= MAX_COAST_ERROR_M:
        raise UsageError(
            f"a coast error of {request.coast_error_m:g} m cannot be simulated.",
            remedy=f"Give --coast-error 0 to {MAX_COAST_ERROR_M:g}.",
        )
    speed, from_deg = wind_of(request.wind)
    return Scenario(
        name="random traffic",
        seed=request.seed,
        centre=centre,
        time_utc=_time(request.time),
        lines=lines,
        samples=samples,
        incidence_deg=request.incidence_deg,
        ascending=request.ascending,
        sea=SeaState(wind_mps=speed, wind_from_deg=from_deg),
        coast_error_m=request.coast_error_m,
    )


def _place(request: Request) -> tuple[LonLat, int, int]:
    if (request.center is None) == (request.bbox is None):
        raise UsageError(
            "the place of the scene is not clear.", remedy="Give either --center or --bbox."
        )
    if request.bbox is not None:
        box = parse_bbox(request.bbox)
        width = distance_m(
            LonLat(box.west_deg, box.centre.lat_deg), LonLat(box.east_deg, box.centre.lat_deg)
        )
        height = distance_m(
            LonLat(box.centre.lon_deg, box.south_deg), LonLat(box.centre.lon_deg, box.north_deg)
        )
        # The track is tilted against the meridian by some ten degrees: cover the corners too.
        tilt = 1.2
        return box.centre, math.ceil(height * tilt / PIXEL_M), math.ceil(width * tilt / PIXEL_M)
    centre = parse_position(request.center or "", "--center")
    lines = _size(request.lines, request.height_km, "--lines", "--height-km")
    samples = _size(request.samples, request.width_km, "--samples", "--width-km")
    return centre, lines, samples


def _size(pixels: int | None, kilometres: float | None, one: str, other: str) -> int:
    if pixels is not None and kilometres is not None:
        raise UsageError(f"{one} and {other} say the same thing.", remedy="Give one of them.")
    if kilometres is not None:
        if not 0.0 < kilometres <= MAX_SIZE_KM:
            raise UsageError(
                f"{other} {kilometres:g} is no size of a scene.",
                remedy=f"Give kilometres above 0 and at most {MAX_SIZE_KM:g}.",
            )
        return round(kilometres * 1_000.0 / PIXEL_M)
    return DEFAULT_SIZE_PIXELS if pixels is None else pixels


def wind_of(text: str) -> tuple[float, float]:
    """Return speed (m/s) and direction of ``SPEED@FROM_DEG``.

    Raises:
        UsageError: not of that form, or faster than the laws hold (25 m/s).
    """
    speed, _, direction = text.partition("@")
    values = parse_numbers(f"{speed},{direction}", 2, "--wind", "SPEED@FROM_DEG, such as 6@225")
    if not 0.0 <= values[0] <= 25.0:
        raise UsageError(
            f"a wind of {values[0]} m/s cannot be simulated.", remedy="Give 0 to 25 m/s."
        )
    return values[0], values[1] % 360.0


def _time(text: str | None) -> datetime:
    if text is None:
        return DEMO_TIME_UTC
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"'{text}' is no time.", remedy="Write it as 2026-11-20T08:42:30Z."
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
