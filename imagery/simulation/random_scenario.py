"""A scene anywhere: random traffic, dark and late vessels, false reports, fixed objects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from imagery.simulation.frame import make_frame
from imagery.simulation.grid import ImageGrid
from imagery.simulation.land_distance import LandDistance
from imagery.simulation.randomness import Stream
from imagery.simulation.scenario import (
    SILENT,
    FixedObject,
    Phantom,
    Reporting,
    Scenario,
    Station,
    Vessel,
)
from imagery.simulation.traffic import (
    FISHING,
    MIX,
    SMALL,
    Berths,
    VesselClass,
    make_vessel,
    mmsi_of,
    ship_name,
)
from umimori.geodesy import MPS_PER_KNOT, LocalFrame

HOSTILE_NAME = "<SCRIPT SRC=//X.Y>"
"""Eighteen of the twenty characters that a name may have: what a map must not run."""
OFFSHORE_M = (800.0, 1.0e9)
APART_M = 1_500.0
ISLET_SHORE_M = (150.0, 900.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficMix:
    """How many vessels there are and how they report (shares of all)."""

    vessels: int = 40
    dark_share: float = 0.22
    going_silent_share: float = 0.06
    late_share: float = 0.06
    phantoms: int = 2
    fixed: int = 4
    islets: int = 3


def grid_of(scenario: Scenario) -> ImageGrid:
    """Return the image grid of a scenario."""
    return make_frame(
        centre=scenario.centre,
        centre_time_utc=scenario.time_utc,
        lines=scenario.lines,
        samples=scenario.samples,
        incidence_deg=scenario.incidence_deg,
        ascending=scenario.ascending,
    )


def with_random_traffic(
    scenario: Scenario, grid: ImageGrid, land: LandDistance, mix: TrafficMix
) -> Scenario:
    """Return the scenario filled with traffic; where water is short there are fewer vessels."""
    rng = Stream.TRAFFIC.generator(scenario.seed)
    berths = Berths(grid=grid, frame=land.frame, land=land, rng=rng)
    vessels: list[Vessel] = []
    for number in range(1, mix.vessels + 1):
        kind = _draw_class(rng)
        reporting = _draw_reporting(rng, kind, mix)
        vessel = make_vessel(
            berths,
            kind,
            number,
            reporting=reporting,
            shore_m=OFFSHORE_M,
            apart_m=APART_M,
            role=kind.label,
        )
        if vessel is None:
            break
        vessels.append(vessel)
    vessels = _with_hostile_name(vessels)
    return replace(
        scenario,
        vessels=tuple(vessels),
        fixed=(*fixed_objects(berths, mix.fixed), *islets(berths, mix.islets)),
        phantoms=phantoms(berths, mix.phantoms),
    )


def _draw_class(rng: np.random.Generator) -> VesselClass:
    shares = np.array([share for _, share in MIX])
    return MIX[int(rng.choice(len(MIX), p=shares / shares.sum()))][0]


def _draw_reporting(rng: np.random.Generator, kind: VesselClass, mix: TrafficMix) -> Reporting:
    draw = float(rng.random())
    dark = mix.dark_share * (2.5 if kind in {FISHING, SMALL} else 0.6)
    if draw < dark:
        return SILENT
    if draw < dark + mix.going_silent_share:
        return Reporting(station=kind.station, silent_from_s=float(rng.uniform(-2_400.0, -900.0)))
    if draw < dark + mix.going_silent_share + mix.late_share:
        return Reporting(station=kind.station, received_late_s=float(rng.uniform(3.0, 8.0)))
    return Reporting(station=kind.station)


def _with_hostile_name(vessels: list[Vessel]) -> list[Vessel]:
    for i, vessel in enumerate(vessels):
        if vessel.reporting.station is Station.CLASS_A and not vessel.dark:
            renamed = replace(vessel, name=HOSTILE_NAME)
            return [*vessels[:i], renamed, *vessels[i + 1 :]]
    return vessels


def phantoms(berths: Berths, count: int) -> tuple[Phantom, ...]:
    """Return AIS reports of ships that are not there."""
    found = []
    for number in range(1, count + 1):
        motion = berths.moving(
            float(berths.rng.uniform(4.0, 11.0)) * MPS_PER_KNOT,
            shore_m=(1_500.0, 1.0e9),
            apart_m=APART_M,
        )
        if motion is not None:
            found.append(
                Phantom(
                    phantom_id=f"p{number:03d}",
                    mmsi=mmsi_of(berths.rng),
                    name=ship_name(berths.rng),
                    length_m=float(round(berths.rng.uniform(60.0, 140.0))),
                    width_m=17.0,
                    motion=motion,
                    ship_type=70,
                )
            )
    return tuple(found)


_FIXED_KINDS = (
    ("aquaculture cage", 45.0, 500.0, (900.0, 1_900.0), True),
    ("lighthouse rock", 20.0, 700.0, (800.0, 1_600.0), True),
    ("wind turbine", 15.0, 2_500.0, (2_200.0, 6_000.0), True),
    ("aquaculture cage", 60.0, 700.0, (800.0, 1_600.0), False),
    ("measuring tower", 12.0, 900.0, (2_500.0, 9_000.0), True),
)
"""Label, size (m), cross section (m2), distance to the shore (m), charted."""


def fixed_objects(berths: Berths, count: int) -> tuple[FixedObject, ...]:
    """Return built objects at sea, most of them charted; none where there is no shore nearby."""
    found = []
    for number in range(1, count + 1):
        label, size, section, shore, charted = _FIXED_KINDS[(number - 1) % len(_FIXED_KINDS)]
        motion = berths.moving(0.0, shore_m=shore, apart_m=1_200.0)
        if motion is not None:
            found.append(
                FixedObject(
                    object_id=f"f{number:03d}",
                    kind="fixed",
                    position=motion.position(0.0),
                    size_m=size,
                    cross_section_m2=section * float(berths.rng.uniform(0.6, 1.6)),
                    charted=charted,
                    label=label,
                )
            )
    return tuple(found)


def islets(berths: Berths, count: int) -> tuple[FixedObject, ...]:
    """Return rocks near the shore that no coast file has."""
    found = []
    for number in range(1, count + 1):
        motion = berths.moving(0.0, shore_m=ISLET_SHORE_M, apart_m=700.0)
        if motion is not None:
            size = float(berths.rng.uniform(20.0, 90.0))
            found.append(
                FixedObject(
                    object_id=f"i{number:03d}",
                    kind="islet",
                    position=motion.position(0.0),
                    size_m=round(size, 1),
                    # A rock of its area at 0 dB, somewhat brighter than hills.
                    cross_section_m2=size**2 * float(berths.rng.uniform(0.5, 1.5)),
                    charted=False,
                    label="rock",
                )
            )
    return tuple(found)


def frame_of(scenario: Scenario) -> LocalFrame:
    """Return the metric frame of a scenario."""
    return LocalFrame(scenario.centre)
