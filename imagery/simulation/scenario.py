"""What is in the scene: vessels and how they move and report, fixed objects, sea, view."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from imagery.simulation.motion import Motion
from imagery.simulation.sea import SeaState
from umimori.geodesy import LonLat

DEFAULT_INCIDENCE_DEG = 38.5


class Station(StrEnum):
    """The AIS equipment of a vessel."""

    CLASS_A = "class_a"
    CLASS_B = "class_b"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """How a vessel reports by AIS.

    ``silent_from_s`` is when it stops (seconds from the scene's time; None: never).
    ``received_late_s`` delays the receive time of all its messages, as satellite relays do.
    """

    station: Station
    silent_from_s: float | None = None
    received_late_s: float = 0.0

    def transmits_at(self, time_s: float) -> bool:
        """Return whether the station is on at a time."""
        if self.station is Station.NONE:
            return False
        return self.silent_from_s is None or time_s < self.silent_from_s


SILENT = Reporting(station=Station.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vessel:
    """A vessel that is there.

    ``heading_offset_deg`` is added to the course: a vessel at anchor lies to wind and stream.
    """

    vessel_id: str
    length_m: float
    width_m: float
    motion: Motion
    reporting: Reporting
    mmsi: int | None = None
    imo: int | None = None
    name: str = ""
    callsign: str = ""
    ship_type: int = 70
    destination: str = ""
    heading_offset_deg: float = 0.0
    role: str = "traffic"

    @property
    def dark(self) -> bool:
        """Return whether it does not report at the time of the scene."""
        return not self.reporting.transmits_at(0.0)

    def heading_deg(self, time_s: float) -> float:
        """Return where the bow points."""
        return (self.motion.course_deg(time_s) + self.heading_offset_deg) % 360.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedObject:
    """Something that does not move: ``kind`` is ``fixed`` (built) or ``islet`` (rock).

    ``charted`` says whether a chart or infrastructure list knows it.
    """

    object_id: str
    kind: str
    position: LonLat
    size_m: float
    cross_section_m2: float
    charted: bool = True
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phantom:
    """An AIS station that reports a position where no ship is."""

    phantom_id: str
    mmsi: int
    name: str
    length_m: float
    width_m: float
    motion: Motion
    ship_type: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A whole scene to simulate; everything random in it follows from ``seed``."""

    name: str
    seed: int
    centre: LonLat
    time_utc: datetime
    lines: int
    samples: int
    incidence_deg: float = DEFAULT_INCIDENCE_DEG
    ascending: bool = True
    sea: SeaState = field(default_factory=SeaState)
    coast_error_m: float = 120.0
    vessels: tuple[Vessel, ...] = ()
    fixed: tuple[FixedObject, ...] = ()
    phantoms: tuple[Phantom, ...] = ()
