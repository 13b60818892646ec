"""CSV tables of AIS positions."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from geoanalysis.ais.counts import ImportCounts
from geoanalysis.ais.csv_shapes import CsvShape, recognise
from geoanalysis.ais.fields import PositionProblem, RawReport, clean_position
from geoanalysis.ais.statics import MAX_LENGTH_M, clean_size_m, clean_text
from umimori.errors import CorruptFileError
from umimori.records import AisPosition, AisStatic

SAMPLE_ROWS = 500
MAX_CELL_CHARS = 100_000


def read_table(
    stream: BinaryIO,
    counts: ImportCounts,
    *,
    given_utc: datetime | None,
    source: str,
    simulated: bool,
) -> Iterator[AisPosition | AisStatic]:
    """Yield positions and statics of a table with a header.

    Raises:
        BadInputError: when the header lacks a needed column.
        CorruptFileError: when the text is no table or not one row holds a station.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
    csv.field_size_limit(MAX_CELL_CHARS)
    try:
        header_line = text.readline()
        rows = csv.reader(text, delimiter=_delimiter(header_line))
        header = next(csv.reader([header_line], delimiter=_delimiter(header_line)), [])
        samples = list(itertools.islice(rows, SAMPLE_ROWS))
        shape = recognise(header, samples, source)
        known: dict[int, AisStatic] = {}
        for row in itertools.chain(samples, rows):
            counts.lines += 1
            yield from _read_row(shape, row, counts, known, (given_utc, source, simulated))
    except csv.Error as error:
        raise CorruptFileError(
            f"the table {source} cannot be read ({error}).", remedy="Export it again as CSV."
        ) from error
    if not counts.messages["csv"]:
        raise CorruptFileError(
            f"the table {source} holds no row with a station and a position.",
            remedy="Check that the header names the columns in the order of the rows.",
        )


def _delimiter(header_line: str) -> str:
    return max(",;\t", key=header_line.count)


def _read_row(
    shape: CsvShape,
    row: Sequence[str],
    counts: ImportCounts,
    known: dict[int, AisStatic],
    context: tuple[datetime | None, str, bool],
) -> Iterator[AisPosition | AisStatic]:
    given_utc, source, simulated = context
    mmsi = _integer(shape.number(row, "mmsi")) or _integer(shape.number(row, "station"))
    if mmsi is None:
        counts.problems[PositionProblem.BAD_MMSI.value] += 1
        return
    static = _static(shape, row, mmsi, source, simulated)
    if static is not None and known.get(mmsi) != static:
        known[mmsi] = static
        counts.statics += 1
        yield static
    sog = shape.number(row, "sog")
    raw = RawReport(
        mmsi=mmsi,
        lon_deg=shape.number(row, "lon"),
        lat_deg=shape.number(row, "lat"),
        sog_kn=None if sog is None else sog * shape.sog_unit_kn,
        cog_deg=shape.number(row, "cog"),
        heading_deg=shape.number(row, "heading"),
        nav_status=_integer(shape.number(row, "status")),
        kind=shape.kind(row),
    )
    result = clean_position(
        raw, time_utc=shape.time(row, given_utc), source=source, simulated=simulated
    )
    if isinstance(result, PositionProblem):
        counts.messages["csv"] += result is PositionProblem.NO_TIME
        counts.problems[result.value] += 1
        return
    counts.messages["csv"] += 1
    counts.positions += 1
    yield result


def _static(
    shape: CsvShape, row: Sequence[str], mmsi: int, source: str, simulated: bool
) -> AisStatic | None:
    static = AisStatic(
        mmsi=mmsi,
        name=clean_text(shape.text(row, "name")),
        call_sign=clean_text(shape.text(row, "call_sign")),
        imo=_imo(shape.text(row, "imo")),
        ship_type=_integer(shape.number(row, "ship_type")),
        length_m=clean_size_m(shape.number(row, "length"), 0.0, MAX_LENGTH_M),
        width_m=clean_size_m(shape.number(row, "width"), 0.0, MAX_LENGTH_M),
        destination=clean_text(shape.text(row, "destination")),
        source=source,
        simulated=simulated,
    )
    told = (static.name, static.call_sign, static.imo, static.ship_type, static.length_m)
    return static if any(value is not None for value in told) else None


def _imo(text: str | None) -> int | None:
    digits = "".join(c for c in text or "" if c.isdigit())
    return int(digits) if 0 < len(digits) <= 10 and int(digits) else None


def _integer(value: float | None) -> int | None:
    if value is None or value != value or abs(value) > 1e15:
        return None
    return int(value)
