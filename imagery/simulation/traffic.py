"""Vessels of a scene: classes, equipment, and places that are on water and well apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from imagery.simulation.displacement import across_speed_mps
from imagery.simulation.grid import ImageGrid
from imagery.simulation.land_distance import LandDistance
from imagery.simulation.motion import Motion, straight
from imagery.simulation.scenario import Reporting, Station, Vessel
from umimori.errors import GeometryError
from umimori.geodesy import MPS_PER_KNOT, LocalFrame

_TRIES = 3_000
_EDGE_M = 1_200.0
_EDGE_SHARE = 0.5
"""The edge kept free is never more than this share of the half image: small scenes have one too."""
_TYPICAL_SHIFT_S = 75.0
"""R/V times sin(incidence): metres of displacement for each m/s across."""
_FROM_S, _TO_S, _STEP_S = -3_600, 1_201, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class VesselClass:
    """A kind of vessel: ranges of length (m) and speed (kn), length over width, AIS equipment."""

    label: str
    length_m: tuple[float, float]
    speed_kn: tuple[float, float]
    slenderness: float
    ship_type: int
    station: Station


CARGO = VesselClass(
    label="cargo",
    length_m=(70.0, 230.0),
    speed_kn=(9.0, 16.0),
    slenderness=6.4,
    ship_type=70,
    station=Station.CLASS_A,
)
TANKER = VesselClass(
    label="tanker",
    length_m=(65.0, 250.0),
    speed_kn=(8.0, 13.0),
    slenderness=6.0,
    ship_type=80,
    station=Station.CLASS_A,
)
PASSENGER = VesselClass(
    label="passenger",
    length_m=(60.0, 120.0),
    speed_kn=(13.0, 20.0),
    slenderness=6.2,
    ship_type=60,
    station=Station.CLASS_A,
)
FISHING = VesselClass(
    label="fishing",
    length_m=(26.0, 48.0),
    speed_kn=(2.0, 10.0),
    slenderness=4.4,
    ship_type=30,
    station=Station.CLASS_B,
)
SMALL = VesselClass(
    label="small craft",
    length_m=(9.0, 22.0),
    speed_kn=(0.0, 14.0),
    slenderness=3.4,
    ship_type=37,
    station=Station.CLASS_B,
)
COASTER = VesselClass(
    label="coaster",
    length_m=(48.0, 140.0),
    speed_kn=(3.0, 13.0),
    slenderness=6.0,
    ship_type=70,
    station=Station.CLASS_A,
)
MIX = (
    (CARGO, 0.3),
    (TANKER, 0.16),
    (PASSENGER, 0.08),
    (COASTER, 0.1),
    (FISHING, 0.26),
    (SMALL, 0.1),
)
"""What sails and with which share; small craft are the few that fit AIS."""


@dataclass(kw_only=True)
class Berths:
    """Finds places for vessels: inside the image, on water all their way, apart from each other.

    Both the true and the displaced place keep their distance, so that every vessel can be told
    from its neighbours in the image. Not frozen: it remembers what it has given away.
    """

    grid: ImageGrid
    frame: LocalFrame
    land: LandDistance
    rng: np.random.Generator
    taken: list[tuple[float, float]] = field(default_factory=list)

    def take(self, x_m: float, y_m: float) -> None:
        """Reserve a place."""
        self.taken.append((x_m, y_m))

    def moving(
        self,
        speed_mps: float,
        *,
        shore_m: tuple[float, float],
        apart_m: float,
        course_deg: float | None = None,
    ) -> Motion | None:
        """Return a steady motion that meets all rules, or None when no place was found.

        Args:
            speed_mps: speed over ground.
            shore_m: least and greatest distance to the shore at the scene's time.
            apart_m: least distance to everything else.
            course_deg: a fixed course; None draws one.
        """
        for _ in range(_TRIES):
            x, y = self._somewhere()
            course = float(self.rng.uniform(0, 360)) if course_deg is None else course_deg
            motion = straight(self.frame, x, y, course, speed_mps)
            if self._fits(motion, shore_m, apart_m):
                for place in self._places(motion):
                    self.take(*place)
                return motion
        return None

    def _somewhere(self) -> tuple[float, float]:
        half_line = _without_edge(self.grid.lines * 10.0 / 2.0)
        half_sample = _without_edge(self.grid.samples * 10.0 / 2.0)
        along = float(self.rng.uniform(-half_line, half_line))
        across = float(self.rng.uniform(-half_sample, half_sample))
        heading = math.radians(self.grid.heading_deg)
        x = along * math.sin(heading) + across * math.cos(heading)
        y = along * math.cos(heading) - across * math.sin(heading)
        return x, y

    def _places(self, motion: Motion) -> list[tuple[float, float]]:
        """Return the true and the displaced place at the scene's time."""
        x, y = motion.xy_m(0.0)
        across = across_speed_mps(self.grid, motion.speed_mps(0.0), motion.course_deg(0.0))
        shift = -_TYPICAL_SHIFT_S * across
        heading = math.radians(self.grid.heading_deg)
        return [(x, y), (x + shift * math.sin(heading), y + shift * math.cos(heading))]

    def _fits(self, motion: Motion, shore_m: tuple[float, float], apart_m: float) -> bool:
        places = self._places(motion)
        free = all(math.hypot(x - a, y - b) >= apart_m for x, y in places for a, b in self.taken)
        if not free:
            return False
        way = np.array([motion.xy_m(float(t)) for t in range(_FROM_S, _TO_S, _STEP_S)])
        here = np.array(places)
        now = self.land.shores_m(here[:, 0], here[:, 1])
        if now.min() < shore_m[0] or now[0] > shore_m[1]:
            return False
        return bool(self.land.shores_m(way[:, 0], way[:, 1]).min() >= min(shore_m[0], 600.0))


def _without_edge(half_m: float) -> float:
    return half_m - min(_EDGE_M, _EDGE_SHARE * half_m)


def make_vessel(
    berths: Berths,
    kind: VesselClass,
    number: int,
    *,
    reporting: Reporting,
    shore_m: tuple[float, float],
    apart_m: float,
    role: str,
    length_m: float | None = None,
    name: str | None = None,
) -> Vessel | None:
    """Return a vessel of a class at a free place, or None when there is none."""
    rng = berths.rng
    length = float(rng.uniform(*kind.length_m)) if length_m is None else length_m
    speed = float(rng.uniform(*kind.speed_kn)) * MPS_PER_KNOT
    motion = berths.moving(speed, shore_m=shore_m, apart_m=apart_m)
    if motion is None:
        return None
    reports = reporting.station is not Station.NONE
    return Vessel(
        vessel_id=f"v{number:03d}",
        length_m=round(length, 1),
        width_m=round(length / kind.slenderness * float(rng.uniform(0.92, 1.08)), 1),
        motion=motion,
        reporting=reporting,
        mmsi=mmsi_of(rng) if reports else None,
        imo=imo_of(rng) if reports and reporting.station is Station.CLASS_A else None,
        name=(name or ship_name(rng)) if reports else "",
        callsign=callsign_of(rng) if reports else "",
        ship_type=kind.ship_type,
        destination=str(rng.choice(DESTINATIONS)) if reports else "",
        role=role,
    )


DESTINATIONS = ("TOKYO", "YOKOHAMA", "NAGOYA", "OSAKA", "KAWASAKI", "CHIBA", "SHIMIZU", "BUSAN")
_FIRST = ("SHIN", "DAI", "KOYO", "TOKAI", "EIKO", "SEIHO", "PACIFIC", "OCEAN", "HOKUTO", "ASIA")
_SECOND = ("MARU", "STAR", "PIONEER", "GLORY", "EXPRESS", "WAVE", "DREAM", "VENUS", "TRADER")


def ship_name(rng: np.random.Generator) -> str:
    """Return a made-up name of at most 20 six-bit characters."""
    return f"{rng.choice(_FIRST)} {rng.choice(_SECOND)} {int(rng.integers(1, 99))}"


def callsign_of(rng: np.random.Generator) -> str:
    """Return a made-up call sign."""
    return "7J" + "".join(chr(65 + int(c)) for c in rng.integers(0, 26, 3))


def mmsi_of(rng: np.random.Generator) -> int:
    """Return a ship MMSI: mostly Japanese (431, 432), some foreign (ITU-R M.585)."""
    country = int(rng.choice([431, 432, 431, 432, 440, 412, 477, 636, 538, 352]))
    return country * 1_000_000 + int(rng.integers(1_000, 999_999))


def imo_of(rng: np.random.Generator) -> int:
    """Return an IMO number with a right check digit (IMO resolution A.1117(30))."""
    digits = int(rng.integers(910_000, 990_000))
    check = sum(int(d) * w for d, w in zip(str(digits), range(7, 1, -1), strict=True)) % 10
    return digits * 10 + check


def require_place(vessel: Vessel | None, what: str) -> Vessel:
    """Return the vessel, or say that the water is too small for what must be there."""
    if vessel is None:
        raise GeometryError(
            f"no free water was found for {what}.",
            remedy="Make the scene larger, move it off the coast, or ask for fewer vessels.",
        )
    return vessel
