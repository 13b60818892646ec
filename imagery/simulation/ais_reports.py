"""Which AIS messages stations send round the scene's time, and when a receiver hears them.

Reporting intervals: ITU-R M.1371-5, table 1 (class A by speed, class B 30 s under way and 3 min at
rest, static data every 6 min). A shore receiver misses many of them: each is heard with a fixed
probability. Positions carry 10 m of noise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from imagery.simulation.motion import Motion
from imagery.simulation.randomness import Stream, stable_number
from imagery.simulation.scenario import Phantom, Reporting, Scenario, Station, Vessel
from umimori.geodesy import MPS_PER_KNOT, LonLat, forward

FROM_S = -3_600.0
TO_S = 1_200.0
"""The log runs from an hour before the scene to 20 minutes after it."""
POSITION_NOISE_M = 10.0
HEARD = {Station.CLASS_A: 0.35, Station.CLASS_B: 0.6}
STATIC_INTERVAL_S = 360.0
RECEIVE_DELAY_S = 1.0
MOORED_MPS = 0.26
"""Half a knot."""
_CLASS_A_INTERVALS = ((14.0, 10.0), (23.0, 6.0), (math.inf, 2.0))
"""Up to a speed in knots: seconds between reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a station says of itself."""

    mmsi: int
    station: Station
    name: str
    callsign: str
    imo: int
    ship_type: int
    length_m: float
    width_m: float
    destination: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One message: a position, or static data when ``position`` is None.

    Times are seconds from the scene's time. ``late`` reports come at the end of the log.
    """

    identity: Identity
    time_s: float
    received_s: float
    position: LonLat | None
    speed_kn: float = 0.0
    course_deg: float = 0.0
    heading_deg: float | None = None
    nav_status: int = 0
    late: bool = False


def all_reports(scenario: Scenario) -> list[Report]:
    """Return every message that is heard: by receive time, late ones at the end."""
    reports = [
        report for vessel in scenario.vessels for report in _vessel_reports(vessel, scenario.seed)
    ]
    reports += [
        report for phantom in scenario.phantoms for report in _phantom_reports(phantom, scenario)
    ]
    return sorted(reports, key=lambda r: (r.late, r.received_s, r.identity.mmsi))


def _vessel_reports(vessel: Vessel, seed: int) -> Iterator[Report]:
    if vessel.reporting.station is Station.NONE or vessel.mmsi is None:
        return
    identity = Identity(
        mmsi=vessel.mmsi,
        station=vessel.reporting.station,
        name=vessel.name,
        callsign=vessel.callsign,
        imo=vessel.imo or 0,
        ship_type=vessel.ship_type,
        length_m=vessel.length_m,
        width_m=vessel.width_m,
        destination=vessel.destination,
    )
    number = stable_number(vessel.vessel_id)
    offset = vessel.heading_offset_deg
    yield from _station(identity, vessel.motion, vessel.reporting, offset, seed, number)


def _phantom_reports(phantom: Phantom, scenario: Scenario) -> Iterator[Report]:
    identity = Identity(
        mmsi=phantom.mmsi,
        station=Station.CLASS_A,
        name=phantom.name,
        callsign="",
        imo=0,
        ship_type=phantom.ship_type,
        length_m=phantom.length_m,
        width_m=phantom.width_m,
        destination="",
    )
    number = stable_number(phantom.phantom_id)
    reporting = Reporting(station=Station.CLASS_A)
    yield from _station(identity, phantom.motion, reporting, 0.0, scenario.seed, number)


def _station(
    identity: Identity,
    motion: Motion,
    reporting: Reporting,
    heading_offset_deg: float,
    seed: int,
    number: int,
) -> Iterator[Report]:
    rng = Stream.AIS.generator(seed, number)
    late = reporting.received_late_s > 0.0
    time_s = FROM_S + float(rng.uniform(0.0, 10.0))
    next_static = FROM_S + float(rng.uniform(0.0, 60.0))
    while time_s < TO_S:
        if not reporting.transmits_at(time_s):
            return
        received = time_s + float(rng.uniform(0.1, RECEIVE_DELAY_S)) + reporting.received_late_s
        if time_s >= next_static:
            next_static += STATIC_INTERVAL_S
            yield Report(
                identity=identity, time_s=time_s, received_s=received, position=None, late=late
            )
        if rng.random() < HEARD[identity.station]:
            yield _position(identity, motion, heading_offset_deg, time_s, received, late, rng)
        time_s += _interval_s(identity.station, motion.speed_mps(time_s)) * rng.uniform(0.95, 1.05)


def _interval_s(station: Station, speed_mps: float) -> float:
    if speed_mps < MOORED_MPS:
        return 180.0
    if station is Station.CLASS_B:
        return 30.0 if speed_mps > 2.0 * MPS_PER_KNOT else 180.0
    knots = speed_mps / MPS_PER_KNOT
    return next(interval for limit, interval in _CLASS_A_INTERVALS if knots <= limit)


def _position(
    identity: Identity,
    motion: Motion,
    heading_offset_deg: float,
    time_s: float,
    received_s: float,
    late: bool,
    rng: np.random.Generator,
) -> Report:
    error_m = float(rng.rayleigh(POSITION_NOISE_M / math.sqrt(2.0)))
    place = forward(motion.position(time_s), float(rng.uniform(0.0, 360.0)), error_m)
    speed = max(0.0, motion.speed_mps(time_s) / MPS_PER_KNOT + float(rng.normal(0.0, 0.1)))
    course = motion.course_deg(time_s)
    moored = motion.speed_mps(time_s) < MOORED_MPS
    heading = (course + heading_offset_deg + float(rng.normal(0.0, 1.0))) % 360.0
    return Report(
        identity=identity,
        time_s=time_s,
        received_s=received_s,
        position=place,
        speed_kn=speed,
        course_deg=(course + float(rng.normal(0.0, 1.0))) % 360.0,
        heading_deg=heading if identity.station is Station.CLASS_A else None,
        nav_status=1 if moored else 0,
        late=late,
    )
