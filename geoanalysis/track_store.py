"""New tracks joined with those the store has; unchanged ones are not written again."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from geoanalysis.ais.counts import ImportCounts
from geoanalysis.ais.statics import merge_static
from geoanalysis.ais.track_builder import TrackBuilder
from umimori.clocks import WallClock
from umimori.records import AisStatic, AisTrack
from umimori.store.ports import Store

T = TypeVar("T")

BATCH = 200
"""Tracks per write transaction: short ones, so that others can write in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTracks:
    """How many tracks came out and how many of them are new or changed."""

    tracks: int
    changed: int
    first_utc: datetime | None
    last_utc: datetime | None
    simulated: bool


def store_tracks(
    builder: TrackBuilder,
    store: Store,
    counts: ImportCounts,
    sources: Sequence[str],
    actor: str,
    clock: WallClock | None,
) -> StoredTracks:
    """Write the tracks and statics that a builder collected."""
    tracks = changed = 0
    first: datetime | None = None
    last: datetime | None = None
    simulated = False
    for batch in _batches(_joined_tracks(builder, store), BATCH):
        with store.write(actor=actor, clock=clock) as tx:
            changed += tx.put_many(batch)
        tracks += len(batch)
        for track in batch:
            first = min(first or track.points[0].time_utc, track.points[0].time_utc)
            last = max(last or track.points[-1].time_utc, track.points[-1].time_utc)
            simulated |= track.simulated
    for statics in _batches(iter(sorted(builder.statics.values(), key=lambda s: s.mmsi)), BATCH):
        with store.write(actor=actor, clock=clock) as tx:
            changed += tx.put_many(statics)
    changed += _name_older_tracks(builder, store, actor, clock)
    if changed:
        with store.write(actor=actor, clock=clock) as tx:
            tx.log(
                act="ais_import",
                detail={
                    "files": ", ".join(sources)[:500],
                    "tracks": tracks,
                    "changed": changed,
                    "positions": counts.positions,
                },
            )
    return StoredTracks(
        tracks=tracks, changed=changed, first_utc=first, last_utc=last, simulated=simulated
    )


def _joined_tracks(builder: TrackBuilder, store: Store) -> Iterator[AisTrack]:
    for mmsi in builder.stations:
        since, until = builder.days(mmsi)
        old = store.list(
            AisTrack, mmsi=mmsi, since_utc=_midnight(since), until_utc=_midnight(until, 1)
        )
        for track in old:
            _take_over(builder, track)
        known = {track.id: track for track in old}
        for track in builder.tracks(mmsi):
            stored = known.get(track.id)
            if stored is not None and stored.points == track.points:
                # The points left out were counted when they came first.
                yield dataclasses.replace(track, dropped=stored.dropped)
            else:
                yield track


def _take_over(builder: TrackBuilder, track: AisTrack) -> None:
    """Give the builder a stored track's points, and its names where the new file has none."""
    for point in track.points:
        builder.add_point(track.mmsi, point, kind=track.kind, simulated=track.simulated)
    if track.name is None and track.length_m is None and track.ship_type is None:
        return
    old = AisStatic(
        mmsi=track.mmsi, name=track.name, call_sign=None, imo=None, ship_type=track.ship_type,
        length_m=track.length_m, width_m=track.width_m, destination=None, source="store",
        simulated=track.simulated,
    )  # fmt: skip
    new = builder.statics.get(track.mmsi)
    builder.names[track.mmsi] = old if new is None else merge_static(old, new)


def _name_older_tracks(
    builder: TrackBuilder, store: Store, actor: str, clock: WallClock | None
) -> int:
    """Give names and sizes to stored tracks of stations that sent only statics this time."""
    only = sorted(set(builder.statics) - set(builder.stations))
    changed = 0
    for part in _batches(iter(only), BATCH):
        old = store.list(AisTrack, mmsi=part)
        named = []
        for track in old:
            static = builder.statics[track.mmsi]
            named.append(
                dataclasses.replace(
                    track,
                    name=static.name or track.name,
                    ship_type=static.ship_type or track.ship_type,
                    length_m=static.length_m or track.length_m,
                    width_m=static.width_m or track.width_m,
                )
            )
        if named:
            with store.write(actor=actor, clock=clock) as tx:
                changed += tx.put_many(named)
    return changed


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def _midnight(moment: datetime, days: int = 0) -> datetime:
    start = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(days=days)
