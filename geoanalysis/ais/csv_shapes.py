"""Tables of AIS positions: which column is what, recognised by the header.

Known shapes: MarineCadastre (NOAA/BOEM, until 2024 and the lower-case one since 2025), Danish
Maritime Authority, MarineTraffic-like snapshots (speed in tenths of knots, age in minutes) and
anything whose headers are among the spellings below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from geoanalysis.ais.receive_time import unix_time
from umimori.errors import BadInputError
from umimori.records import AisMessageKind

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "mmsi": ("mmsi", "usermmsi", "vesselmmsi"),
    "station": ("shipid", "vesselid", "id"),
    "time": (
        "basedatetime", "timestamp", "aispostimestamp", "time", "timeutc", "datetime", "date",
        "datetimeutc", "receivedtime", "postime", "timeposition", "dtposutc",
    ),
    "age": ("elapsed",),
    "lon": ("lon", "longitude", "lng", "long", "x"),
    "lat": ("lat", "latitude", "y"),
    "sog": ("sog", "speed", "speedoverground", "sogkn"),
    "cog": ("cog", "course", "courseoverground"),
    "heading": ("heading", "trueheading", "hdg"),
    "status": ("status", "navstatus"),
    "name": ("vesselname", "shipname", "name"),
    "imo": ("imo", "imonumber"),
    "call_sign": ("callsign",),
    "ship_type": ("vesseltype", "shiptype", "typecode"),
    "length": ("length", "lengthm", "loa"),
    "width": ("width", "beam", "breadth"),
    "destination": ("destination",),
    "mobile": ("typeofmobile", "transceiverclass", "transcieverclass", "class"),
}  # fmt: skip

MIN_TENTHS_COLUMNS = ("age", "station")
TENTHS = 0.1

_KINDS: Mapping[str, AisMessageKind] = {
    "a": AisMessageKind.CLASS_A,
    "classa": AisMessageKind.CLASS_A,
    "b": AisMessageKind.CLASS_B,
    "classb": AisMessageKind.CLASS_B,
    "basestation": AisMessageKind.BASE_STATION,
    "aton": AisMessageKind.ATON,
    "sarairborne": AisMessageKind.SAR_AIRCRAFT,
}
_SLASHED = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})[ T](\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvShape:
    """Where each quantity stands in a table, by column number."""

    columns: Mapping[str, int]
    sog_unit_kn: float
    day_first: bool

    def text(self, row: Sequence[str], quantity: str) -> str | None:
        """Return the cell of a quantity; None when the column or the value is missing."""
        index = self.columns.get(quantity)
        if index is None or index >= len(row):
            return None
        value = row[index].strip()
        return (
            value if value and value.lower() not in {"nan", "null", "none", "undefined"} else None
        )

    def number(self, row: Sequence[str], quantity: str) -> float | None:
        """Return the cell of a quantity as a number, or None."""
        value = self.text(row, quantity)
        if value is None:
            return None
        try:
            return float(value)
        except ValueError:
            return None

    def kind(self, row: Sequence[str]) -> AisMessageKind:
        """Return what kind of station the row names; class A when it does not say."""
        return _KINDS.get(_plain(self.text(row, "mobile") or ""), AisMessageKind.CLASS_A)

    def time(self, row: Sequence[str], given_utc: datetime | None) -> datetime | None:
        """Return the row's time, or the given one less the row's age in minutes, or None."""
        text = self.text(row, "time")
        if text is not None:
            return parse_moment(text, day_first=self.day_first)
        age_min = self.number(row, "age") or 0.0
        return None if given_utc is None else given_utc - timedelta(minutes=age_min)


def recognise(header: Sequence[str], samples: Sequence[Sequence[str]], name: str) -> CsvShape:
    """Return the shape of a table from its header and some of its rows.

    Raises:
        BadInputError: when position or station columns are missing, naming the wanted ones.
    """
    columns: dict[str, int] = {}
    plain = [_plain(cell) for cell in header]
    for quantity, spellings in SPELLINGS.items():
        for spelling in spellings:
            if spelling in plain:
                columns[quantity] = plain.index(spelling)
                break
    missing = [q for q in ("lon", "lat") if q not in columns]
    if "mmsi" not in columns and "station" not in columns:
        missing.insert(0, "mmsi")
    if missing:
        raise BadInputError(
            f"the table {name} has no column for {', '.join(missing)}.",
            remedy="Name the columns MMSI, BaseDateTime, LAT, LON, SOG, COG, Heading, VesselName.",
        )
    tenths = all(quantity in columns for quantity in MIN_TENTHS_COLUMNS)
    shape = CsvShape(columns=columns, sog_unit_kn=TENTHS if tenths else 1.0, day_first=True)
    times = [shape.text(row, "time") for row in samples]
    day_first = _day_first([text for text in times if text is not None])
    return CsvShape(columns=columns, sog_unit_kn=shape.sog_unit_kn, day_first=day_first)


def parse_moment(text: str, *, day_first: bool) -> datetime | None:
    """Return an aware UTC time of the spellings in use, or None. A bare time counts as UTC."""
    slashed = _SLASHED.match(text)
    try:
        if slashed:
            first, second, year, hour, minute = (int(slashed.group(i)) for i in range(1, 6))
            day, month = (first, second) if day_first else (second, first)
            seconds = float(slashed.group(6) or 0.0)
            start = datetime(year, month, day, hour, minute, tzinfo=UTC)
            return start + timedelta(seconds=seconds)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _unix_text(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _unix_text(text: str) -> datetime | None:
    try:
        return unix_time(float(text))
    except (ValueError, OverflowError):
        return None


def _day_first(texts: Sequence[str]) -> bool:
    """Return whether 03/04/2021 means 3 April: unless a second number above 12 says no."""
    parts = [match for match in map(_SLASHED.match, texts) if match]
    return not any(int(match.group(2)) > 12 for match in parts)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower().lstrip("\ufeff"))
