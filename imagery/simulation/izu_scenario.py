"""The scene of the demo: the Izu islands, with everything that the loop has to show.

Oshima, Toshima and Udoneshima fit into 40 x 40 km. All ports of Oshima (Habu, Okada, Motomachi)
are closed ports (不開港): foreign vessels may not call there (関税法, Customs Act, article 20). Off
Habu a coaster and a boat meet for more than half an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shapely.geometry import Polygon

from imagery.simulation.land_distance import LandDistance
from imagery.simulation.motion import through
from imagery.simulation.random_scenario import (
    HOSTILE_NAME,
    fixed_objects,
    frame_of,
    grid_of,
    islets,
    phantoms,
)
from imagery.simulation.randomness import Stream
from imagery.simulation.scenario import SILENT, Reporting, Scenario, Station, Vessel
from imagery.simulation.sea import SeaState
from imagery.simulation.traffic import (
    CARGO,
    COASTER,
    FISHING,
    PASSENGER,
    SMALL,
    TANKER,
    Berths,
    VesselClass,
    make_vessel,
    mmsi_of,
    require_place,
)
from umimori.geodesy import LonLat

CENTRE = LonLat(139.36, 34.64)
SIZE_PIXELS = 4_000
DEMO_TIME_UTC = datetime(2026, 11, 20, 8, 42, 30, tzinfo=UTC)
"""An ascending pass in the late afternoon of Japan, as Sentinel-1 has them."""
REPEAT_CYCLE = timedelta(days=12)
"""Of one Sentinel-1 satellite (Sentinel-1 User Handbook, GMES-S1OP-EOPG-TN-13-0001)."""
EARLIER_SEED_STEP = 1_000_003
PLACED_ROLES = frozenset({"rendezvous", "loitering", "dark partner"})
"""Ships whose place is written here and would recur."""
INCIDENCE_DEG = 36.3
"""Puts the seam of IW1 and IW2 into the scene."""
MEETING = LonLat(139.478, 34.664)
"""Three and a half kilometres off Habu (34.683 N, 139.442 E)."""
LOITERING_XY_M = (-11_500.0, 5_500.0)
"""Open water west of Oshima, where a dark ship lies beside one that reports."""

_REPORTING: tuple[tuple[VesselClass, int], ...] = (
    (CARGO, 6),
    (TANKER, 3),
    (PASSENGER, 2),
    (COASTER, 2),
    (FISHING, 5),
    (SMALL, 1),
)
_DARK_LENGTHS_M = (44.0, 52.0, 61.0, 74.0, 93.0, 118.0)
_SMALL_DARK = ((12.0, (900.0, 2_000.0)), (18.0, (2_300.0, 9_000.0)), (27.0, (900.0, 2_000.0)))
_GOING_SILENT_S = (-1_500.0, -2_300.0)
_DARK_APART_M = 2_200.0
_APART_M = 1_700.0


def izu_scenario(seed: int, land: Sequence[Polygon]) -> Scenario:
    """Return the demo scene.

    Args:
        seed: everything random follows from it.
        land: land polygons in degrees; vessels keep off them.

    Raises:
        GeometryError: the land leaves no room (it is not the Izu islands').
    """
    scenario = Scenario(
        name="Izu islands",
        seed=seed,
        centre=CENTRE,
        time_utc=DEMO_TIME_UTC,
        lines=SIZE_PIXELS,
        samples=SIZE_PIXELS,
        incidence_deg=INCIDENCE_DEG,
        sea=SeaState(wind_mps=6.0, wind_from_deg=225.0),
        coast_error_m=140.0,
    )
    distance = LandDistance(land, frame_of(scenario))
    berths = Berths(
        grid=grid_of(scenario),
        frame=distance.frame,
        land=distance,
        rng=Stream.TRAFFIC.generator(seed),
    )
    vessels = [*_meeting(berths), *_loiterers(berths)]
    vessels += _dark(berths, len(vessels) + 1)
    vessels += _traffic(berths, len(vessels) + 1)
    return replace(
        scenario,
        vessels=tuple(vessels),
        fixed=(*fixed_objects(berths, 5), *islets(berths, 4)),
        phantoms=phantoms(berths, 2),
    )


def earlier_izu_scenario(seed: int, land: Sequence[Polygon]) -> Scenario:
    """Return the pass one repeat cycle before: the same fixed objects and rocks, other ships.

    Args:
        seed: of the demo scene that follows.
        land: land polygons in degrees.
    """
    later = izu_scenario(seed, land)
    other = izu_scenario(seed + EARLIER_SEED_STEP, land)
    return replace(
        other,
        name="Izu islands, one repeat cycle earlier",
        time_utc=later.time_utc - REPEAT_CYCLE,
        vessels=tuple(v for v in other.vessels if v.role not in PLACED_ROLES),
        fixed=later.fixed,
        phantoms=(),
    )


def _meeting(berths: Berths) -> list[Vessel]:
    """Return the coaster and the boat that lie 180 m apart off Habu from 40 minutes before."""
    x, y = berths.frame.xy(MEETING)
    berths.take(x, y)
    coaster = through(
        berths.frame,
        [
            (-5_400.0, x + 14_000.0, y - 9_000.0),
            (-2_700.0, x + 900.0, y - 500.0),
            (-2_400.0, x, y),
            (7_200.0, x + 500.0, y + 300.0),
        ],
    )
    boat = through(
        berths.frame,
        [
            (-5_400.0, x - 1_800.0, y + 9_000.0),
            (-3_000.0, x + 250.0, y + 1_200.0),
            (-2_300.0, x + 160.0, y + 110.0),
            (7_200.0, x + 640.0, y + 380.0),
        ],
    )
    return [
        Vessel(
            vessel_id="v001",
            length_m=78.0,
            width_m=12.8,
            motion=coaster,
            reporting=Reporting(station=Station.CLASS_A),
            mmsi=440_123_000 + int(berths.rng.integers(1, 900)),
            imo=9_134_270,
            name="HAE RYONG 7",
            callsign="DSQK7",
            ship_type=70,
            destination="BUSAN",
            heading_offset_deg=-70.0,
            role="rendezvous",
        ),
        Vessel(
            vessel_id="v002",
            length_m=29.0,
            width_m=6.4,
            motion=boat,
            reporting=Reporting(station=Station.CLASS_B),
            mmsi=mmsi_of(berths.rng) % 1_000_000 + 431_000_000,
            name="DAISAN EIKO MARU",
            callsign="JD2841",
            ship_type=30,
            heading_offset_deg=15.0,
            role="rendezvous",
        ),
    ]


def _loiterers(berths: Berths) -> list[Vessel]:
    """Return a tanker that drifts and the dark ship that lies 400 m from it."""
    x, y = LOITERING_XY_M
    berths.take(x, y)
    tanker = through(
        berths.frame,
        [
            (-5_400.0, x - 8_000.0, y - 16_000.0),
            (-2_000.0, x, y),
            (7_200.0, x + 900.0, y + 900.0),
        ],
    )
    dark = through(
        berths.frame,
        [(-5_400.0, x + 700.0, y - 600.0), (7_200.0, x + 300.0, y + 700.0)],
    )
    return [
        Vessel(
            vessel_id="v003",
            length_m=104.0,
            width_m=16.5,
            motion=tanker,
            reporting=Reporting(station=Station.CLASS_A),
            mmsi=352_900_000 + int(berths.rng.integers(1, 900)),
            imo=9_274_848,
            name="OCEAN TRADER 12",
            callsign="3EPX4",
            ship_type=80,
            destination="FOR ORDERS",
            heading_offset_deg=40.0,
            role="loitering",
        ),
        Vessel(
            vessel_id="v004",
            length_m=57.0,
            width_m=9.6,
            motion=dark,
            reporting=SILENT,
            heading_offset_deg=-35.0,
            role="dark partner",
        ),
    ]


def _dark(berths: Berths, first: int) -> list[Vessel]:
    """Return the dark vessels: six large ones offshore, two that went silent, small ones."""
    vessels: list[Vessel] = []

    def add(kind: VesselClass, length_m: float, shore: tuple[float, float], how: Reporting) -> None:
        found = make_vessel(
            berths,
            kind,
            first + len(vessels),
            reporting=how,
            shore_m=shore,
            apart_m=_DARK_APART_M,
            role="dark" if how is SILENT else "going silent",
            length_m=length_m,
        )
        vessels.append(require_place(found, "a dark vessel"))

    for length_m in _DARK_LENGTHS_M:
        add(COASTER, length_m, (2_800.0, 1.0e9), SILENT)
    for silent_from_s, length_m in zip(_GOING_SILENT_S, (86.0, 132.0), strict=True):
        how = Reporting(station=Station.CLASS_A, silent_from_s=silent_from_s)
        add(COASTER, length_m, (2_800.0, 1.0e9), how)
    for length_m, shore in _SMALL_DARK:
        add(SMALL, length_m, shore, SILENT)
    return vessels


def _traffic(berths: Berths, first: int) -> list[Vessel]:
    """Return the vessels that report; one has a hostile name, two are received late."""
    vessels: list[Vessel] = []
    for kind, count in _REPORTING:
        for i in range(count):
            late = kind is CARGO and i in {1, 2}
            found = make_vessel(
                berths,
                kind,
                first + len(vessels),
                reporting=Reporting(station=kind.station, received_late_s=6.0 if late else 0.0),
                shore_m=(1_200.0, 1.0e9),
                apart_m=_APART_M,
                role=kind.label,
                name=HOSTILE_NAME if kind is CARGO and i == 0 else None,
            )
            vessels.append(require_place(found, f"a {kind.label} vessel"))
    return vessels
