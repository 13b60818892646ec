"""Simulate a scene: a scenario in; a product, its truth and its AIS log out."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from shapely.geometry import Polygon

from imagery.simulation.adapters import safe_folder
from imagery.simulation.adapters.ais_log import write_ais_log
from imagery.simulation.adapters.geojson import write_json
from imagery.simulation.adapters.skeleton_tree import SkeletonTree
from imagery.simulation.ais_reports import all_reports
from imagery.simulation.frame import make_frame
from imagery.simulation.grid import ImageGrid
from imagery.simulation.instrument import POLARISATIONS
from imagery.simulation.izu_scenario import CENTRE, earlier_izu_scenario, izu_scenario
from imagery.simulation.land import LandPainter, displaced_outlines
from imagery.simulation.land_distance import LandDistance
from imagery.simulation.placement import Placed, place_all
from imagery.simulation.product.identity import ProductIdentity
from imagery.simulation.radiometry import Radiometry, frame_radiometry
from imagery.simulation.render import ImageModel, render
from imagery.simulation.scenario import Scenario
from imagery.simulation.sea import SEA_CELL, SeaPainter, wind_field
from imagery.simulation.targets import paint
from imagery.simulation.truth import charted_document, phantom_items, truth_document
from umimori import __version__
from umimori.geodesy import BBox, LocalFrame, LonLat, forward, wrap_lon

_log = logging.getLogger(__name__)

SIMULATOR_VERSION = 1
"""Rises when the same scenario gives other pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedScene:
    """What was written, and how long it took.

    ``charted_path`` holds the fixed objects that a chart or an infrastructure list would know.
    """

    scenario: Scenario
    safe_path: Path
    truth_path: Path | None
    ais_path: Path | None
    charted_path: Path | None
    vessels_in_image: int
    dark_in_image: int
    ais_messages: int
    seconds: float
    vessels_asked: int | None = None
    """How many were wanted; the water may hold fewer. None where the scenario says it."""


def demo_scenario(seed: int) -> Scenario:
    """Return the scene of the demo round the Izu islands, on the installed coast."""
    return izu_scenario(seed, land_round(CENTRE, 40_000.0))


def earlier_demo_scenario(seed: int) -> Scenario:
    """Return the pass one repeat cycle before the scene of the demo."""
    return earlier_izu_scenario(seed, land_round(CENTRE, 40_000.0))


def land_round(centre: LonLat, reach_m: float) -> list[Polygon]:
    """Return the installed coast's polygons within a distance of a place.

    Raises:
        EnvironmentMissingError: no coast is installed.
    """
    from umimori.coast import load_coast

    corners = [forward(centre, course, reach_m) for course in (0.0, 90.0, 180.0, 270.0)]
    box = BBox(corners[3].lon_deg, corners[2].lat_deg, corners[1].lon_deg, corners[0].lat_deg)
    return list(load_coast().polygons_in(box))


def simulate_scene(
    scenario: Scenario,
    safe_path: Path,
    *,
    truth_path: Path | None = None,
    ais_path: Path | None = None,
    charted_path: Path | None = None,
    land: Sequence[Polygon] | None = None,
    workers: int = 2,
) -> SimulatedScene:
    """Write the scene of a scenario as a product of its own.

    Args:
        scenario: what is to be seen.
        safe_path: product folder to make (a name ending in .SAFE).
        truth_path: GeoJSON of everything that is there; None leaves it out, as for the others.
        ais_path: NMEA log of the AIS messages round the scene.
        charted_path: GeoJSON of the fixed objects that a chart would know.
        land: land polygons in degrees; None loads the installed coast.
        workers: threads.

    Raises:
        GeometryError: the scene does not fit the swath.
        UsageError: the output exists already.
        NotPermittedError: the output cannot be written.
        EnvironmentMissingError: the disk has no room for it, or no coast is installed and no land was given.
    """
    began = time.perf_counter()
    frame = make_frame(
        centre=scenario.centre,
        centre_time_utc=scenario.time_utc,
        lines=scenario.lines,
        samples=scenario.samples,
        incidence_deg=scenario.incidence_deg,
        ascending=scenario.ascending,
    )
    polygons = _land_of(frame) if land is None else land
    placed = place_all(scenario, frame)
    model = build_model(scenario, frame, frame_radiometry(frame), placed, polygons)
    size = safe_folder.product_bytes(frame, len(POLARISATIONS))
    with safe_folder.working_folder(safe_path, size) as folder:
        safe_folder.write_product(
            folder,
            ProductIdentity(frame=frame, seed=scenario.seed),
            render(model, workers),
            __version__,
            simulation_mark(scenario),
        )
    messages = _write_beside(scenario, placed, polygons, truth_path, ais_path, charted_path)
    return _result(scenario, placed, began, messages, safe_path, truth_path, ais_path, charted_path)


def fill_skeleton(
    skeleton: SkeletonTree,
    scenario: Scenario,
    safe_path: Path,
    *,
    truth_path: Path | None = None,
    ais_path: Path | None = None,
    charted_path: Path | None = None,
    land: Sequence[Polygon] | None = None,
    workers: int = 2,
) -> SimulatedScene:
    """Write a copy of a real product tree with simulated pixels of its full size.

    Annotation, calibration and noise files stay byte for byte; see ``simulate_scene`` for the rest.
    The scenario's centre, time and size must be those of the tree (``skeleton.scenario``).
    """
    began = time.perf_counter()
    grid = skeleton.grid
    polygons = _land_of(grid) if land is None else land
    placed = place_all(scenario, grid)
    model = replace(
        build_model(scenario, grid, skeleton.radiometry, placed, polygons),
        polarisations=tuple(skeleton.stems),
    )
    size = safe_folder.product_bytes(grid, len(skeleton.stems))
    with safe_folder.working_folder(safe_path, size) as folder:
        skeleton.write_copy(folder, render(model, workers), simulation_mark(scenario))
    messages = _write_beside(scenario, placed, polygons, truth_path, ais_path, charted_path)
    return _result(scenario, placed, began, messages, safe_path, truth_path, ais_path, charted_path)


def _write_beside(
    scenario: Scenario,
    placed: Sequence[Placed],
    polygons: Sequence[Polygon],
    truth_path: Path | None,
    ais_path: Path | None,
    charted_path: Path | None,
) -> int:
    """Write the files beside the product; return the number of AIS messages."""
    if truth_path is not None:
        shore = LandDistance(polygons, LocalFrame(scenario.centre))
        everything = [*(one.truth for one in placed), *phantom_items(scenario)]
        write_json(truth_path, truth_document(scenario, everything, shore.of_positions))
    if charted_path is not None:
        write_json(charted_path, charted_document(scenario))
    if ais_path is None:
        return 0
    return write_ais_log(ais_path, all_reports(scenario), scenario.time_utc)


def _result(
    scenario: Scenario,
    placed: Sequence[Placed],
    began: float,
    messages: int,
    safe_path: Path,
    truth_path: Path | None,
    ais_path: Path | None,
    charted_path: Path | None,
) -> SimulatedScene:
    vessels = [one.truth for one in placed if one.truth.kind == "vessel"]
    seconds = time.perf_counter() - began
    _log.info("simulated %s in %.1f s", safe_path.name, seconds)
    return SimulatedScene(
        scenario=scenario,
        safe_path=safe_path,
        truth_path=truth_path,
        ais_path=ais_path,
        charted_path=charted_path,
        vessels_in_image=len(vessels),
        dark_in_image=sum(bool(item.dark) for item in vessels),
        ais_messages=messages,
        seconds=seconds,
    )


def simulation_mark(scenario: Scenario) -> dict[str, object]:
    """Return what the product says about its being simulated."""
    return {
        "simulated": True,
        "scenario": scenario.name,
        "seed": scenario.seed,
        "simulator_version": SIMULATOR_VERSION,
        "umimori_version": __version__,
    }


def build_model(
    scenario: Scenario,
    grid: ImageGrid,
    radiometry: Radiometry,
    placed: Sequence[Placed],
    polygons: Sequence[Polygon],
) -> ImageModel:
    """Return what the renderer needs, from the scenario and the geometry of the image."""
    outlines = displaced_outlines(polygons, grid, scenario.coast_error_m, scenario.seed)
    columns = np.arange(grid.samples // SEA_CELL + 2) * SEA_CELL
    incidence = grid.incidence_deg(
        (grid.lines - 1) / 2.0, np.minimum(columns, grid.samples - 1).astype(float)
    )
    sea = SeaPainter(
        sea=scenario.sea,
        wind=wind_field(scenario.sea, grid.lines, grid.samples, grid.heading_deg, scenario.seed),
        incidence_deg=incidence,
        heading_deg=grid.heading_deg,
        seed=scenario.seed,
    )
    return ImageModel(
        lines=grid.lines,
        samples=grid.samples,
        seed=scenario.seed,
        sea=sea,
        land=LandPainter(outlines=outlines, samples=grid.samples, seed=scenario.seed),
        radiometry=radiometry,
        patches=tuple(paint(one.target, scenario.seed) for one in placed),
    )


def scene_box(grid: ImageGrid, margin_deg: float = 0.02) -> BBox:
    """Return the box round the image; it may cross the antimeridian."""
    line = np.linspace(0, grid.lines - 1, 5)
    sample = np.linspace(0, grid.samples - 1, 5)
    lon, lat = grid.locate(*np.meshgrid(line, sample, indexing="ij"))
    middle = float(lon[2, 2])
    offset = (lon - middle + 180.0) % 360.0 - 180.0
    return BBox(
        wrap_lon(middle + float(offset.min()) - margin_deg),
        max(float(lat.min()) - margin_deg, -90.0),
        wrap_lon(middle + float(offset.max()) + margin_deg),
        min(float(lat.max()) + margin_deg, 90.0),
    )


def _land_of(grid: ImageGrid) -> list[Polygon]:
    from umimori.coast import load_coast

    return list(load_coast().polygons_in(scene_box(grid)))
