"""Simulate a scene: a scenario in; a product, its truth and its AIS log out."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from shapely.geometry import Polygon

from imagery.simulation.adapters import safe_folder
from imagery.simulation.frame import make_frame
from imagery.simulation.grid import ImageGrid
from imagery.simulation.land import LandPainter, displaced_outlines
from imagery.simulation.placement import Placed, place_all
from imagery.simulation.product.identity import ProductIdentity
from imagery.simulation.radiometry import Radiometry, frame_radiometry
from imagery.simulation.render import ImageModel, render
from imagery.simulation.scenario import Scenario
from imagery.simulation.sea import SEA_CELL, SeaPainter, wind_field
from imagery.simulation.targets import paint
from umimori import __version__
from umimori.geodesy import BBox, wrap_lon

_log = logging.getLogger(__name__)

SIMULATOR_VERSION = 1
"""Rises when the same scenario gives other pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedScene:
    """What was written."""

    safe_path: Path
    truth_path: Path | None
    ais_path: Path | None
    seconds: float


def simulate_scene(
    scenario: Scenario,
    safe_path: Path,
    *,
    truth_path: Path | None = None,
    ais_path: Path | None = None,
    land: Sequence[Polygon] | None = None,
    workers: int = 2,
) -> SimulatedScene:
    """Write the scene of a scenario.

    Args:
        scenario: what is to be seen.
        safe_path: the product folder to make (a name ending in .SAFE).
        truth_path: GeoJSON of everything that is there (None: not written).
        ais_path: NMEA log of the AIS messages round the scene (None: not written).
        land: land polygons in degrees; None loads the installed coast.
        workers: threads.

    Raises:
        GeometryError: the scene does not fit the swath.
        UsageError: the output exists already.
        NotPermittedError: the output cannot be written.
        EnvironmentMissingError: no coast is installed and no land was given.
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
    placed = place_all(scenario, frame)
    model = build_model(scenario, frame, frame_radiometry(frame), placed, land)
    working = safe_folder.begin(safe_path)
    identity = ProductIdentity(frame=frame, seed=scenario.seed)
    mark = simulation_mark(scenario)
    safe_folder.write_product(working, identity, render(model, workers), __version__, mark)
    safe_folder.finish(working, safe_path)
    return SimulatedScene(
        safe_path=safe_path,
        truth_path=truth_path,
        ais_path=ais_path,
        seconds=time.perf_counter() - began,
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
    land: Sequence[Polygon] | None,
) -> ImageModel:
    """Return what the renderer needs, from the scenario and the geometry of the image."""
    polygons = load_land(grid) if land is None else land
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


def load_land(grid: ImageGrid) -> list[Polygon]:
    """Return the installed coast's polygons in the image."""
    from umimori.coast import load_coast

    return list(load_coast().polygons_in(scene_box(grid)))
