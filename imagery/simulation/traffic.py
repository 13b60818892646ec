"""Random traffic for a scene anywhere: sizes, courses, speeds, equipment."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from imagery.simulation.motion import straight
from imagery.simulation.randomness import Stream
from imagery.simulation.scenario import SILENT, Reporting, Station, Vessel
from umimori.geodesy import MPS_PER_KNOT, LocalFrame, LonLat

Afloat = Callable[[float, float], bool]
"""Tells for east and north metres whether a vessel may be there."""
_TRIES = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VesselClass:
    """A kind of vessel: ranges of length (m) and speed (kn), length over width, AIS type."""

    label: str
    length_m: tuple[float, float]
    speed_kn: tuple[float, float]
    slenderness: float
    ship_type: int
    station: Station
    share: float


CLASSES = (
    VesselClass(
        label="cargo",
        length_m=(70.0, 230.0),
        speed_kn=(9.0, 16.0),
        slenderness=6.4,
        ship_type=70,
        station=Station.CLASS_A,
        share=0.34,
    ),
    VesselClass(
        label="tanker",
        length_m=(65.0, 250.0),
        speed_kn=(8.0, 13.0),
        slenderness=6.0,
        ship_type=80,
        station=Station.CLASS_A,
        share=0.16,
    ),
    VesselClass(
        label="passenger",
        length_m=(60.0, 120.0),
        speed_kn=(13.0, 20.0),
        slenderness=6.2,
        ship_type=60,
        station=Station.CLASS_A,
        share=0.08,
    ),
    VesselClass(
        label="fishing",
        length_m=(18.0, 48.0),
        speed_kn=(2.0, 10.0),
        slenderness=4.4,
        ship_type=30,
        station=Station.CLASS_B,
        share=0.30,
    ),
    VesselClass(
        label="small",
        length_m=(9.0, 20.0),
        speed_kn=(0.0, 16.0),
        slenderness=3.4,
        ship_type=37,
        station=Station.CLASS_B,
        share=0.12,
    ),
)


def random_vessels(
    *,
    frame: LocalFrame,
    half_east_m: float,
    half_north_m: float,
    count: int,
    dark_share: float,
    afloat: Afloat,
    seed: int,
    apart_m: float = 1_500.0,
) -> tuple[Vessel, ...]:
    """Return vessels spread over a rectangle, on water all their way, well apart.

    Args:
        frame: metric frame of the scene.
        half_east_m: half the width of the rectangle.
        half_north_m: half its height.
        count: how many; fewer if the water is too small for them.
        dark_share: share of vessels without AIS.
        afloat: whether a place is water far enough from land.
        seed: seed of the scene.
        apart_m: least distance between two of them at the scene's time.
    """
    rng = Stream.TRAFFIC.generator(seed)
    vessels: list[Vessel] = []
    spots: list[tuple[float, float]] = []
    shares = np.array([c.share for c in CLASSES])
    for _ in range(_TRIES):
        if len(vessels) == count:
            break
        kind = CLASSES[int(rng.choice(len(CLASSES), p=shares / shares.sum()))]
        x = float(rng.uniform(-half_east_m, half_east_m))
        y = float(rng.uniform(-half_north_m, half_north_m))
        course, speed = float(rng.uniform(0, 360)), float(rng.uniform(*kind.speed_kn))
        motion = straight(frame, x, y, course, speed * MPS_PER_KNOT)
        near = any(math.hypot(x - a, y - b) < apart_m for a, b in spots)
        if near or not all(afloat(*motion.xy_m(t)) for t in range(-3_600, 1_201, 300)):
            continue
        spots.append((x, y))
        length = float(rng.uniform(*kind.length_m))
        dark = bool(rng.random() < dark_share)
        number = len(vessels)
        vessels.append(
            Vessel(
                vessel_id=f"v{number + 1:03d}",
                length_m=round(length, 1),
                width_m=round(length / kind.slenderness * float(rng.uniform(0.9, 1.1)), 1),
                motion=motion,
                reporting=SILENT if dark else Reporting(station=kind.station),
                mmsi=None if dark else mmsi_of(rng),
                name="" if dark else f"{kind.label.upper()} {number + 1}",
                ship_type=kind.ship_type,
                role=kind.label,
            )
        )
    return tuple(vessels)


def mmsi_of(rng: np.random.Generator) -> int:
    """Return a random ship MMSI: mostly Japanese (431, 432), some foreign (ITU-R M.585)."""
    country = int(rng.choice([431, 432, 431, 432, 440, 412, 477, 636, 538, 352]))
    return country * 1_000_000 + int(rng.integers(1_000, 999_999))


def open_water(centre: LonLat) -> tuple[LocalFrame, Afloat]:
    """Return a frame and a test that calls everything water: a scene without land."""
    return LocalFrame(centre), lambda x, y: True
