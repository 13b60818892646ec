"""From the scenario to targets in the image, and to the truth about each of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from imagery.simulation.displacement import (
    AMBIGUITY_DB,
    ambiguity_offset_m,
    sensed_at_s,
    shift_lines,
    swath_at,
)
from imagery.simulation.frame import PIXEL_SPACING_M
from imagery.simulation.grid import ImageGrid
from imagery.simulation.randomness import Stream, stable_number
from imagery.simulation.scenario import FixedObject, Scenario, Vessel
from imagery.simulation.targets import (
    CROSS_POLAR_DB,
    CROSS_POLAR_SPREAD_DB,
    SCATTER_DB,
    Target,
    ship_cross_section_m2,
)
from umimori.geodesy import LonLat

GHOST_FLOOR_M2 = 60.0
"""An ambiguity weaker than this drowns in any sea (-2 dB in one pixel) and is no truth item."""
SMALL_VESSEL_M = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthItem:
    """What really is at a place of the image.

    ``kind`` is vessel, fixed, islet, ghost (an ambiguity) or phantom (an AIS report without a
    ship, not in the image: ``imaged`` is None).
    """

    item_id: str
    kind: str
    time_utc: datetime
    position: LonLat
    imaged: LonLat | None
    line: float | None
    sample: float | None
    length_m: float | None = None
    width_m: float | None = None
    heading_deg: float | None = None
    course_deg: float | None = None
    speed_mps: float | None = None
    dark: bool | None = None
    late: bool | None = None
    mmsi: int | None = None
    name: str = ""
    role: str = ""
    charted: bool | None = None
    source_id: str | None = None
    vv_m2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A target and the truth about it."""

    target: Target
    truth: TruthItem


def place_all(scenario: Scenario, grid: ImageGrid) -> tuple[Placed, ...]:
    """Return vessels, fixed objects and the ambiguities of both that fall into the image."""
    placed = [_place_vessel(vessel, grid, scenario.seed) for vessel in scenario.vessels]
    placed += [_place_fixed(item, grid, scenario.seed) for item in scenario.fixed]
    ghosts = [ghost for one in placed for ghost in _ghosts(one, grid)]
    return tuple(one for one in [*placed, *ghosts] if _inside(one.target, grid))


def _inside(target: Target, grid: ImageGrid) -> bool:
    return 0.0 <= target.line <= grid.lines - 1 and 0.0 <= target.sample <= grid.samples - 1


def _here(grid: ImageGrid, line: float, sample: float) -> LonLat:
    lon, lat = grid.locate(line, sample)
    return LonLat(float(lon), float(lat))


def _bow(heading_deg: float, grid: ImageGrid) -> tuple[float, float]:
    angle = math.radians(heading_deg - grid.heading_deg)
    return math.cos(angle), math.sin(angle)


def _place_vessel(vessel: Vessel, grid: ImageGrid, seed: int) -> Placed:
    number = stable_number(vessel.vessel_id)
    rng = Stream.TRAFFIC.generator(seed, number)
    time_s = sensed_at_s(grid, vessel.motion)
    position = vessel.motion.position(time_s)
    line, sample = (float(v) for v in grid.image(*position.xy))
    imaged_line = line + shift_lines(grid, vessel.motion, time_s)
    median = ship_cross_section_m2(vessel.length_m, float(grid.incidence_deg(line, sample)))
    vv = median * 10.0 ** (rng.normal(0.0, SCATTER_DB) / 10.0)
    vh = vv * 10.0 ** (rng.normal(CROSS_POLAR_DB, CROSS_POLAR_SPREAD_DB) / 10.0)
    heading = vessel.heading_deg(time_s)
    # Small craft pitch and roll most: their echo is smeared along lines.
    smear = 0.3 + 0.5 * min(1.0, SMALL_VESSEL_M / vessel.length_m) * float(rng.uniform(0.3, 1.0))
    target = Target(
        number=number,
        line=imaged_line,
        sample=sample,
        length_m=vessel.length_m,
        width_m=vessel.width_m,
        bow=_bow(heading, grid),
        vv_m2=vv,
        vh_m2=vh,
        smear_pixels=smear,
    )
    truth = TruthItem(
        item_id=vessel.vessel_id,
        kind="vessel",
        time_utc=grid.utc(time_s),
        position=position,
        imaged=_here(grid, imaged_line, sample),
        line=imaged_line,
        sample=sample,
        length_m=vessel.length_m,
        width_m=vessel.width_m,
        heading_deg=heading,
        course_deg=vessel.motion.course_deg(time_s),
        speed_mps=vessel.motion.speed_mps(time_s),
        dark=not vessel.reporting.transmits_at(time_s),
        late=vessel.reporting.received_late_s > 0.0,
        mmsi=vessel.mmsi,
        name=vessel.name,
        role=vessel.role,
        vv_m2=vv,
    )
    return Placed(target=target, truth=truth)


def _place_fixed(item: FixedObject, grid: ImageGrid, seed: int) -> Placed:
    number = stable_number(item.object_id)
    rng = Stream.TRAFFIC.generator(seed, number)
    line, sample = (float(v) for v in grid.image(*item.position.xy))
    cross_polar = -7.0 if item.kind == "fixed" else -10.0
    target = Target(
        number=number,
        line=line,
        sample=sample,
        length_m=item.size_m,
        width_m=item.size_m * (0.6 if item.kind == "islet" else 0.9),
        bow=_bow(float(rng.uniform(0.0, 360.0)), grid),
        vv_m2=item.cross_section_m2,
        vh_m2=item.cross_section_m2 * 10.0 ** (cross_polar / 10.0),
        hull=False,
    )
    truth = TruthItem(
        item_id=item.object_id,
        kind=item.kind,
        time_utc=grid.utc(float(grid.line_time_s(line))),
        position=item.position,
        imaged=_here(grid, line, sample),
        line=line,
        sample=sample,
        length_m=item.size_m,
        width_m=target.width_m,
        speed_mps=0.0,
        name=item.label,
        role=item.kind,
        charted=item.charted,
        vv_m2=item.cross_section_m2,
    )
    return Placed(target=target, truth=truth)


def _ghosts(source: Placed, grid: ImageGrid) -> Iterator[Placed]:
    """Yield the two first azimuth ambiguities of a target, if they can be seen at all."""
    target = source.target
    vv = target.vv_m2 * 10.0 ** (AMBIGUITY_DB["vv"] / 10.0)
    if vv < GHOST_FLOOR_M2:
        return
    vh = target.vh_m2 * 10.0 ** (AMBIGUITY_DB["vh"] / 10.0)
    incidence = float(grid.incidence_deg(target.line, target.sample))
    azimuth, ground = ambiguity_offset_m(
        float(grid.slant_range_m(target.line, target.sample)),
        grid.satellite_speed_mps,
        incidence,
        swath_at(incidence).prf_hz,
    )
    for side in (-1, 1):
        line = target.line + side * azimuth / PIXEL_SPACING_M
        sample = target.sample + ground / PIXEL_SPACING_M
        name = f"{source.truth.item_id}-ghost{side:+d}"
        ghost = replace(
            target,
            number=stable_number(name),
            line=line,
            sample=sample,
            vv_m2=vv,
            vh_m2=vh,
            # Focused with the wrong Doppler rate: blurred along lines.
            smear_pixels=2.0,
        )
        here = _here(grid, line, sample)
        truth = replace(
            source.truth,
            item_id=name,
            kind="ghost",
            position=here,
            imaged=here,
            line=line,
            sample=sample,
            source_id=source.truth.item_id,
            role="ambiguity",
            vv_m2=vv,
            mmsi=None,
            name="",
            heading_deg=None,
            course_deg=None,
            speed_mps=None,
            dark=None,
            late=None,
        )
        yield Placed(target=ghost, truth=truth)
