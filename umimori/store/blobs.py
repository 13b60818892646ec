"""Big files by the SHA-256 of their content: written whole or not there."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, BinaryIO

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from umimori.clocks import WallClock
from umimori.errors import BadInputError, TamperedError, UnknownRecordError
from umimori.records.codec import format_time
from umimori.store.engine import reading, writing
from umimori.store.tables import BLOB

HEX_LENGTH = 64
CHUNK_BYTES = 1 << 20


class FileBlobStore:
    """Blobs as files ``ab/cdef...`` below one folder, with a register in the database.

    A blob is written to a temporary file in the same folder, synced, and renamed: a process that
    dies leaves a nameless temporary file at most.
    """

    def __init__(self, folder: Path, engine: Engine, clock: WallClock) -> None:
        self._folder = folder
        self._engine = engine
        self._clock = clock

    def put_file(self, path: Path, suffix: str | None = None) -> str:
        """Copy a file in and return its SHA-256 (hex)."""
        try:
            with path.open("rb") as source:
                sha256, size = self._take_in(source)
        except FileNotFoundError as error:
            raise BadInputError(
                f"{path} does not exist.", remedy="Check the name of the file."
            ) from error
        self._register([(sha256, size)], path.suffix if suffix is None else suffix)
        return sha256

    def put_bytes(self, data: bytes, suffix: str = "") -> str:
        """Write bytes and return their SHA-256 (hex)."""
        return self.put_bytes_many([data], suffix)[0]

    def put_bytes_many(self, items: Iterable[bytes], suffix: str = "") -> list[str]:
        """Write many small blobs with one registration; return their SHA-256 in order."""
        taken = [(self._write(data), len(data)) for data in items]
        self._register(taken, suffix)
        return [sha256 for sha256, _ in taken]

    def path(self, sha256: str, *, verify: bool = False) -> Path:
        """Return the file of a blob."""
        file = self.file_of(sha256)
        if not file.is_file():
            raise UnknownRecordError(
                f"the blob {sha256} is not in the store.",
                remedy="Run: umimori verify, and restore it from a backup.",
            )
        if verify and hash_file(file) != sha256:
            raise TamperedError(
                f"the blob {sha256} was changed on disk.", remedy="Restore it from a backup."
            )
        return file

    def open(self, sha256: str, *, verify: bool = False) -> BinaryIO:
        """Open a blob for reading."""
        return self.path(sha256, verify=verify).open("rb")

    def suffix(self, sha256: str) -> str:
        """Return the suffix given when the blob came in."""
        with reading(self._engine) as connection:
            found = connection.scalar(select(BLOB.c.suffix).where(BLOB.c.sha256 == sha256))
        return str(found or "")

    def file_of(self, sha256: str) -> Path:
        """Return where a blob lies or would lie."""
        if len(sha256) != HEX_LENGTH or set(sha256) - set("0123456789abcdef"):
            raise BadInputError(
                f"{sha256[:80]!r} is not the SHA-256 of a blob.",
                remedy="Give 64 hexadecimal digits.",
            )
        return self._folder / sha256[:2] / sha256[2:]

    def _take_in(self, source: BinaryIO) -> tuple[str, int]:
        self._folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(
            dir=self._folder, prefix=".incoming-", delete=False
        ) as target:
            try:
                while chunk := source.read(CHUNK_BYTES):
                    digest.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
                sha256 = digest.hexdigest()
                self._settle(target, sha256)
            except BaseException:
                Path(target.name).unlink(missing_ok=True)
                raise
        return sha256, size

    def _write(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        if self.file_of(sha256).is_file():
            return sha256
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            dir=self._folder, prefix=".incoming-", delete=False
        ) as target:
            try:
                target.write(data)
                self._settle(target, sha256)
            except BaseException:
                Path(target.name).unlink(missing_ok=True)
                raise
        return sha256

    def _settle(self, target: IO[bytes], sha256: str) -> None:
        target.flush()
        os.fsync(target.fileno())
        final = self.file_of(sha256)
        final.parent.mkdir(exist_ok=True)
        Path(target.name).chmod(0o600)
        Path(target.name).replace(final)
        _sync_folder(final.parent)

    def _register(self, taken: list[tuple[str, int]], suffix: str) -> None:
        if not taken:
            return
        added = format_time(self._clock.now_utc())
        rows = [
            {"sha256": sha256, "size_bytes": size, "suffix": suffix, "added_utc": added}
            for sha256, size in dict(taken).items()
        ]
        with writing(self._engine) as connection:
            connection.execute(insert(BLOB).on_conflict_do_nothing(), rows)

    def copy_all(self, target: Path) -> int:
        """Copy every blob file to another folder and return how many there are."""
        count = 0
        for file in sorted(self._folder.glob("??/*")):
            place = target / file.parent.name / file.name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
            count += 1
        return count


def hash_file(file: Path) -> str:
    """Return the SHA-256 (hex) of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
