"""Collects positions of many stations in compact columns and makes day tracks of them.

56 bytes per point; ten million points need about half a gigabyte.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from geoanalysis.ais.statics import merge_static
from geoanalysis.ais.track_cleaning import (
    MAX_AIRCRAFT_SPEED_MPS,
    MAX_VESSEL_SPEED_MPS,
    PointColumns,
    clean_tracks,
)
from umimori.geodesy import LonLat
from umimori.ids import derived_id
from umimori.records import AisMessageKind, AisPosition, AisStatic, AisTrack, TrackPoint

NO_VALUE = float("nan")
KIND_ORDER = (
    AisMessageKind.ATON,
    AisMessageKind.BASE_STATION,
    AisMessageKind.SAR_AIRCRAFT,
    AisMessageKind.CLASS_A,
    AisMessageKind.CLASS_B,
    AisMessageKind.LONG_RANGE,
)
"""What a station is when it sent several kinds of messages: the first of these."""


@dataclass(slots=True)
class _Station:
    columns: tuple[array[float], ...] = field(
        default_factory=lambda: tuple(array("d") for _ in range(5))
    )
    kinds: set[AisMessageKind] = field(default_factory=set)
    simulated: bool = False


class TrackBuilder:
    """Takes positions and statics in any order; gives tracks by station, vessel and UTC day."""

    def __init__(self) -> None:
        self._stations: dict[int, _Station] = {}
        self.statics: dict[int, AisStatic] = {}
        self.names: dict[int, AisStatic] = {}
        """Names and sizes joined with older ones; used for tracks only."""

    def add(self, item: AisPosition | AisStatic) -> None:
        """Take one report."""
        if isinstance(item, AisStatic):
            self.statics[item.mmsi] = merge_static(self.statics.get(item.mmsi), item)
            return
        self.add_point(item.mmsi, _point_of(item), kind=item.kind, simulated=item.simulated)

    def add_point(
        self, mmsi: int, point: TrackPoint, *, kind: AisMessageKind, simulated: bool
    ) -> None:
        """Take one point of a station."""
        station = self._stations.setdefault(mmsi, _Station())
        values = (
            point.time_utc.timestamp(),
            point.position.lon_deg,
            point.position.lat_deg,
            NO_VALUE if point.sog_mps is None else point.sog_mps,
            NO_VALUE if point.cog_deg is None else point.cog_deg,
        )
        for column, value in zip(station.columns, values, strict=True):
            column.append(value)
        station.kinds.add(kind)
        station.simulated |= simulated

    @property
    def stations(self) -> Sequence[int]:
        """Return the station numbers seen, rising."""
        return sorted(self._stations)

    def days(self, mmsi: int) -> tuple[datetime, datetime]:
        """Return the first and last time of a station."""
        times = self._stations[mmsi].columns[0]
        return _moment(min(times)), _moment(max(times))

    def tracks(self, mmsi: int) -> Iterator[AisTrack]:
        """Yield the cleaned day tracks of one station."""
        station = self._stations[mmsi]
        kind = next(kind for kind in KIND_ORDER if kind in station.kinds)
        aircraft = kind is AisMessageKind.SAR_AIRCRAFT
        cleaned = clean_tracks(
            PointColumns(
                **dict(
                    zip(
                        ("time_s", "lon_deg", "lat_deg", "sog_mps", "cog_deg"),
                        (np.asarray(column, float) for column in station.columns),
                        strict=True,
                    )
                )
            ),
            max_speed_mps=MAX_AIRCRAFT_SPEED_MPS if aircraft else MAX_VESSEL_SPEED_MPS,
        )
        dropped = dict(cleaned.dropped)
        for vessel, points in enumerate(cleaned.vessels):
            for day, part in _by_day(points):
                yield self._track(mmsi, station, kind, vessel, day, part, dropped)
                dropped = {}

    def _track(
        self,
        mmsi: int,
        station: _Station,
        kind: AisMessageKind,
        vessel: int,
        day: int,
        points: PointColumns,
        dropped: dict[str, int],
    ) -> AisTrack:
        static = self.names.get(mmsi) or self.statics.get(mmsi)
        return AisTrack(
            id=derived_id("ais_track", mmsi, vessel, day),
            mmsi=mmsi,
            name=static.name if static else None,
            ship_type=static.ship_type if static else None,
            length_m=static.length_m if static else None,
            width_m=static.width_m if static else None,
            kind=kind,
            points=tuple(_points(points)),
            dropped=dropped,
            simulated=station.simulated or bool(static and static.simulated),
        )


SECONDS_PER_DAY = 86_400.0


def _by_day(points: PointColumns) -> Iterable[tuple[int, PointColumns]]:
    days = np.floor(points.time_s / SECONDS_PER_DAY).astype(np.int64)
    for day in np.unique(days):
        yield int(day), points.take(np.flatnonzero(days == day).astype(np.int64))


def _points(points: PointColumns) -> Iterator[TrackPoint]:
    columns = (points.time_s, points.lon_deg, points.lat_deg, points.sog_mps, points.cog_deg)
    for time_s, lon, lat, sog, cog in zip(*(c.tolist() for c in columns), strict=True):
        yield TrackPoint(
            time_utc=_moment(time_s),
            position=LonLat(lon, lat),
            sog_mps=None if math.isnan(sog) else sog,
            cog_deg=None if math.isnan(cog) else cog,
        )


def _point_of(item: AisPosition) -> TrackPoint:
    return TrackPoint(
        time_utc=item.time_utc,
        position=item.position,
        sog_mps=item.sog_mps,
        cog_deg=item.cog_deg,
    )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(time_s: float) -> datetime:
    return _EPOCH + timedelta(seconds=time_s)
