"""Which record kinds are stored, and what of each is a column. Pure: records in, plain rows out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from umimori.errors import UsageError
from umimori.geodesy import LonLat
from umimori.records import (
    AisStatic,
    AisTrack,
    Anomaly,
    CommandIntent,
    CommandOutcome,
    Detection,
    DetectionRun,
    Finding,
    Flight,
    Match,
    Mission,
    Port,
    Release,
    Review,
    Scene,
    Target,
    Task,
    Zone,
)

HALF_TURN_DEG = 180.0
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """West, south, east, north; ``west_deg > east_deg`` runs over the antimeridian."""

    west_deg: float
    south_deg: float
    east_deg: float
    north_deg: float


def _nothing(_: Any) -> Iterable[LonLat]:
    return ()


def _no_times(_: Any) -> tuple[datetime | None, datetime | None]:
    return (None, None)


def _at(name: str) -> Callable[[Any], tuple[datetime | None, datetime | None]]:
    def times(record: Any) -> tuple[datetime | None, datetime | None]:
        moment = getattr(record, name)
        return (moment, moment)

    return times


def _span(first: str, last: str) -> Callable[[Any], tuple[datetime | None, datetime | None]]:
    def times(record: Any) -> tuple[datetime | None, datetime | None]:
        return (getattr(record, first), getattr(record, last) or getattr(record, first))

    return times


def _position(record: Any) -> Iterable[LonLat]:
    return () if record.position is None else (record.position,)


def _track_times(track: AisTrack) -> tuple[datetime | None, datetime | None]:
    if not track.points:
        return (None, None)
    return (track.points[0].time_utc, track.points[-1].time_utc)


def _mission_positions(mission: Mission) -> Iterable[LonLat]:
    return (mission.home, *(item.position for item in mission.items if item.position is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one record class is stored.

    Args:
        record: the class.
        keys: names of scalar fields that are columns to filter by.
        times: begin and end of what the record is about.
        positions: the positions whose extent is indexed.
        event: made once by a person or a vehicle; never deleted.
        blobs: fields that name a blob.
        identify: the id, where the record has no ``id`` field.
    """

    record: type
    keys: tuple[str, ...] = ()
    times: Callable[[Any], tuple[datetime | None, datetime | None]] = _no_times
    positions: Callable[[Any], Iterable[LonLat]] | None = None
    event: bool = False
    blobs: tuple[str, ...] = ()
    identify: Callable[[Any], str] | None = None

    @property
    def name(self) -> str:
        """Return the kind's name in snake case: its table, and its name in outbox and log."""
        return kind_name(self.record)

    def id_of(self, record: object) -> str:
        """Return the id of a record of this kind."""
        if self.identify is not None:
            return self.identify(record)
        return str(record.id)  # type: ignore[attr-defined]

    def extent(self, record: object) -> Extent | None:
        """Return the extent of the record's positions, or None where it has none."""
        return None if self.positions is None else extent_of(self.positions(record))


def kind_name(record: type) -> str:
    """Return ``detection_run`` for ``DetectionRun``."""
    return _CAPITAL.sub("_", record.__name__).lower()


def extent_of(positions: Iterable[LonLat]) -> Extent | None:
    """Return the extent of positions; more than half a turn apart means over the antimeridian."""
    points = list(positions)
    if not points:
        return None
    lons = [point.lon_deg for point in points]
    lats = [point.lat_deg for point in points]
    west, east = min(lons), max(lons)
    if east - west > HALF_TURN_DEG:
        west = min(lon for lon in lons if lon > 0.0)
        east = max(lon for lon in lons if lon <= 0.0)
    return Extent(west_deg=west, south_deg=min(lats), east_deg=east, north_deg=max(lats))


KINDS: tuple[Kind, ...] = (
    Kind(
        record=Scene,
        keys=("name", "platform"),
        times=_span("start_utc", "stop_utc"),
        positions=lambda scene: scene.footprint,
        blobs=("overview_sha256",),
    ),
    Kind(record=DetectionRun, keys=("scene_id", "algorithm", "version")),
    Kind(
        record=Detection,
        keys=("scene_id", "run_id", "vessel_class"),
        times=_at("time_utc"),
        positions=_position,
        blobs=("chip_sha256",),
    ),
    Kind(
        record=AisTrack,
        keys=("mmsi", "kind"),
        times=_track_times,
        positions=lambda track: (point.position for point in track.points),
    ),
    Kind(
        record=AisStatic,
        keys=("mmsi", "source"),
        identify=lambda static: f"{static.mmsi}:{static.source}",
    ),
    Kind(
        record=Match,
        keys=("scene_id", "run_id", "state", "detection_id", "mmsi", "track_id"),
        times=_at("time_utc"),
        positions=_position,
    ),
    Kind(
        record=Anomaly,
        keys=("scene_id", "kind", "algorithm_version"),
        times=_at("time_utc"),
        positions=_position,
    ),
    Kind(
        record=Target,
        keys=("mmsi",),
        times=_span("first_seen_utc", "last_seen_utc"),
        positions=_position,
    ),
    Kind(record=Review, keys=("subject_id", "verdict", "user"), times=_at("time_utc"), event=True),
    Kind(
        record=Task,
        keys=("kind", "vehicle_kind"),
        times=_at("created_utc"),
        positions=lambda task: task.area,
    ),
    Kind(
        record=Mission,
        keys=("kind", "vehicle_kind", "vehicle", "task_id"),
        positions=_mission_positions,
    ),
    Kind(
        record=Flight,
        keys=("mission_id", "mission_sha256", "vehicle_id", "vehicle_kind", "state", "engine"),
        times=_span("started_utc", "ended_utc"),
        event=True,
        blobs=("tlog_sha256",),
    ),
    Kind(
        record=CommandIntent,
        keys=("vehicle_id", "flight_id", "command", "user"),
        times=_span("created_utc", "valid_until_utc"),
        event=True,
    ),
    Kind(record=CommandOutcome, keys=("intent_id",), times=_at("time_utc"), event=True),
    Kind(
        record=Release,
        keys=("mission_sha256", "vehicle_id"),
        times=_span("created_utc", "expires_utc"),
        event=True,
    ),
    Kind(
        record=Finding,
        keys=("flight_id", "task_id", "anomaly_id"),
        times=_at("time_utc"),
        positions=_position,
        event=True,
    ),
    Kind(record=Port, keys=("name", "country", "open_port", "source"), positions=_position),
    Kind(
        record=Zone,
        keys=("name", "kind", "source"),
        positions=lambda zone: zone.ring if zone.radius_m is None else _circle_corners(zone),
    ),
)

KIND_BY_RECORD: dict[type, Kind] = {kind.record: kind for kind in KINDS}
KIND_BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}


def kind_of(record: type) -> Kind:
    """Return how a record class is stored; UsageError for one that is not stored."""
    try:
        return KIND_BY_RECORD[record]
    except KeyError:
        raise UsageError(
            f"records of the kind {record.__name__} are not stored.",
            remedy="Store one of: " + ", ".join(kind.record.__name__ for kind in KINDS) + ".",
        ) from None


def _circle_corners(zone: Zone) -> Iterable[LonLat]:
    """Return the four extreme points of a circular zone."""
    from umimori.geodesy import forward

    centre, radius_m = zone.ring[0], zone.radius_m or 0.0
    return [forward(centre, course_deg, radius_m) for course_deg in (0.0, 90.0, 180.0, 270.0)]
