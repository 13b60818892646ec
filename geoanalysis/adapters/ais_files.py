"""Opens AIS files of any supported kind and yields their reports.

Plain, gzip and zip files; the content decides (an NMEA sentence in the first part, else a table
header), never the suffix.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from geoanalysis.adapters.ais_table import read_table
from geoanalysis.adapters.nmea_log import read_nmea
from geoanalysis.ais.counts import ImportCounts
from umimori.errors import BadInputError, CorruptFileError
from umimori.records import AisPosition, AisStatic

SNIFF_BYTES = 65_536
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
MAX_ZIP_MEMBERS = 1000

_SENTENCE = re.compile(rb"![A-Z0-9\-]{2}VD[MO],\d", re.IGNORECASE)
_DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError)


def read_ais_file(
    path: Path, counts: ImportCounts, *, given_utc: datetime | None, simulated: bool
) -> Iterator[AisPosition | AisStatic]:
    """Yield the reports of one file, counting what is left out.

    Args:
        path: NMEA log or table, plain, gzip or zip.
        counts: filled while reading.
        given_utc: time for reports without any; None leaves them out as "no_time".
        simulated: mark all reports as simulated; logs of our simulator say so themselves.

    Raises:
        BadInputError: the file is missing or its table lacks a needed column.
        CorruptFileError: truncated archive, or neither NMEA nor a table.
    """
    if not path.is_file():
        raise BadInputError(f"there is no AIS file {path}.", remedy="Check the name.")
    with path.open("rb") as raw:
        magic = raw.read(len(ZIP_MAGIC))
    try:
        if magic == ZIP_MAGIC:
            yield from _read_zip(path, counts, given_utc, simulated)
        elif magic[:2] == GZIP_MAGIC:
            with cast("IO[bytes]", gzip.open(path, "rb")) as packed:
                yield from _read_stream(packed, path.name, counts, given_utc, simulated)
        else:
            with path.open("rb") as plain:
                yield from _read_stream(plain, path.name, counts, given_utc, simulated)
    except _DAMAGE as error:
        raise CorruptFileError(
            f"the archive {path.name} is damaged ({error}).", remedy="Fetch or copy it again."
        ) from error


def _read_zip(
    path: Path, counts: ImportCounts, given_utc: datetime | None, simulated: bool
) -> Iterator[AisPosition | AisStatic]:
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()][:MAX_ZIP_MEMBERS]
        for member in members:
            name = f"{path.name}/{member.filename}"
            with archive.open(member) as stream:
                yield from _read_stream(stream, name, counts, given_utc, simulated)


def _read_stream(
    stream: IO[bytes],
    name: str,
    counts: ImportCounts,
    given_utc: datetime | None,
    simulated: bool,
) -> Iterator[AisPosition | AisStatic]:
    head = stream.read(SNIFF_BYTES)
    joined = io.BufferedReader(_Joined(head, stream))
    if _SENTENCE.search(head):
        yield from read_nmea(joined, counts, given_utc=given_utc, source=name, simulated=simulated)
    elif _is_text(head):
        yield from read_table(joined, counts, given_utc=given_utc, source=name, simulated=simulated)
    else:
        raise CorruptFileError(
            f"{name} holds neither AIS sentences nor a table.",
            remedy="Give an NMEA log (!AIVDM lines) or a CSV file with a header.",
        )


def _is_text(head: bytes) -> bool:
    if b"\x00" in head or not head.strip():
        return False
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode("utf-8-sig")
    first_line = text.lstrip().splitlines()[0]
    return any(separator in first_line for separator in ",;\t")


class _Joined(io.RawIOBase):
    """The sniffed head followed by the rest of its stream."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:  # noqa: PLR6301 - part of the io interface
        """Return True."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer from the head, then from the rest."""
        target = memoryview(cast("bytearray", buffer))
        if len(self._head):
            count = min(len(target), len(self._head))
            target[:count] = self._head[:count]
            self._head = self._head[count:]
            return count
        rest = self._rest.read(len(target))
        target[: len(rest)] = rest
        return len(rest)
