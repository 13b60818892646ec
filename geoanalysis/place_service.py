"""Zones and ports into the store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geoanalysis.adapters.place_files import read_ports, read_zones
from umimori.clocks import WallClock
from umimori.records import Port, Zone, ZoneKind
from umimori.store.ports import Store


def import_zones(
    path: Path,
    store: Store,
    *,
    default_kind: ZoneKind,
    actor: str,
    clock: WallClock | None = None,
) -> tuple[Sequence[Zone], int]:
    """Read zones and store them; return them and how many are new or changed."""
    zones = read_zones(path, default_kind)
    return zones, _put(zones, path, store, "zones_import", actor, clock)


def import_ports(
    path: Path, store: Store, *, actor: str, clock: WallClock | None = None
) -> tuple[Sequence[Port], int]:
    """Read ports and store them; return them and how many are new or changed."""
    ports = read_ports(path)
    return ports, _put(ports, path, store, "ports_import", actor, clock)


def _put(
    records: Sequence[object],
    path: Path,
    store: Store,
    act: str,
    actor: str,
    clock: WallClock | None,
) -> int:
    with store.write(actor=actor, clock=clock) as tx:
        changed = tx.put_many(records)
        if changed:
            tx.log(act=act, detail={"file": path.name, "records": len(records)})
    return changed
