"""The small packaged table of closed ports (不開港)."""

from __future__ import annotations

import csv
import io
from importlib.resources import files

from umimori.geodesy import LonLat
from umimori.ids import derived_id
from umimori.records import Port

TABLES = ("closed_ports_izu.csv",)
PACKAGED_SOURCE = "packaged table of closed ports"


def packaged_ports() -> tuple[Port, ...]:
    """Return the ports of all packaged tables; names in Japanese."""
    found: list[Port] = []
    for table in TABLES:
        text = (files("geoanalysis.data") / table).read_text(encoding="utf-8")
        found += [_port(row) for row in csv.DictReader(io.StringIO(text))]
    return tuple(found)


def _port(row: dict[str, str]) -> Port:
    return Port(
        id=derived_id("port", PACKAGED_SOURCE, row["name_en"]),
        name=row["name"],
        position=LonLat(float(row["lon"]), float(row["lat"])),
        country=row["country"],
        open_port=row["open_port"] == "yes",
        source=f"{PACKAGED_SOURCE} ({row['status_source']})",
    )
