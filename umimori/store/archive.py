"""A data folder as one tar file, and back."""

from __future__ import annotations

import errno
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from umimori.errors import (
    BadInputError,
    ConflictError,
    CorruptFileError,
    EnvironmentMissingError,
    NotPermittedError,
)
from umimori.settings import SETTINGS_NAME, load_settings
from umimori.store.opening import BLOB_FOLDER, DATABASE_NAME, check_writable, open_store
from umimori.store.signing import KEY_NAME

HEADS_NAME = "heads.jsonl"
KEYS_FOLDER = "keys"
COAST_FOLDER = "coast"
SCRATCH_PREFIX = ".backup-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What was written."""

    file: Path
    files: int
    size_bytes: int
    with_key: bool


def write_backup(folder: Path, out: Path, *, with_key: bool) -> Backup:
    """Write a data folder into one tar file; it appears whole or not at all.

    The database is copied first and consistently; blobs are only ever added, so every blob that
    the copy names is there.
    """
    settings = load_settings(folder)
    heads = settings.heads_file or folder / HEADS_NAME
    key = (settings.keys_dir or folder / KEYS_FOLDER) / KEY_NAME
    out = out.absolute()
    if not out.parent.is_dir():
        raise BadInputError(f"there is no folder {out.parent}.", remedy="Make it first.")
    with _scratch_beside(out) as scratch:
        # Heads before the database: the log may be longer than the heads, never shorter.
        heads_copy = Path(scratch) / HEADS_NAME
        heads_copy.write_bytes(heads.read_bytes() if heads.exists() else b"")
        database = Path(scratch) / DATABASE_NAME
        with open_store(folder, create=False) as store:
            store.backup(database)
        members: list[tuple[Path, str]] = [(database, DATABASE_NAME), (heads_copy, HEADS_NAME)]
        members += _below(folder, BLOB_FOLDER) + _below(folder, COAST_FOLDER)
        if (folder / SETTINGS_NAME).is_file():
            members.append((folder / SETTINGS_NAME, SETTINGS_NAME))
        if with_key:
            members.append((key, f"{KEYS_FOLDER}/{KEY_NAME}"))
        fresh = Path(scratch) / out.name
        with tarfile.open(fresh, "w") as archive:
            for path, name in members:
                archive.add(path, name, recursive=False)
        with fresh.open("rb") as stream:
            os.fsync(stream.fileno())
        fresh.replace(out)
    return Backup(file=out, files=len(members), size_bytes=out.stat().st_size, with_key=with_key)


@contextmanager
def _scratch_beside(out: Path) -> Iterator[str]:
    """Make a folder beside the file to be; say plainly where that cannot be or gets full."""
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=SCRATCH_PREFIX) as scratch:
            yield scratch
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise EnvironmentMissingError(
                f"the disk that holds {out.parent} is full.",
                remedy="Free some room, or write the backup elsewhere.",
            ) from error
        ours = error.filename is None or SCRATCH_PREFIX in str(error.filename)
        raise NotPermittedError(
            f"{out if ours else error.filename} cannot be used ({error.strerror or error}).",
            remedy="Give a backup file in a folder that you may write.",
        ) from error


def read_backup(file: Path, folder: Path) -> tuple[int, bool]:
    """Unpack a backup into a folder that holds no store yet, and return the number of files.

    The second value says whether the evidence key was among them.

    Raises:
        ConflictError: the folder holds a store.
        CorruptFileError: the file is no backup of Umimori, or damaged.
    """
    if (folder / DATABASE_NAME).exists():
        raise ConflictError(
            f"{folder} holds a store already.", remedy="Restore into an empty folder (--data)."
        )
    check_writable(folder)
    try:
        with tarfile.open(file, "r:") as archive:
            members = archive.getmembers()
            if DATABASE_NAME not in {member.name for member in members}:
                raise CorruptFileError(
                    f"{file} is no backup of Umimori.", remedy="Give a file that backup wrote."
                )
            archive.extractall(folder, members=members, filter="data")
    except FileNotFoundError as error:
        raise BadInputError(f"{file} does not exist.", remedy="Check its name.") from error
    except (tarfile.TarError, EOFError) as error:
        raise CorruptFileError(
            f"{file} is no backup of Umimori, or damaged: {error}.",
            remedy="Give a file that backup wrote.",
        ) from error
    key = folder / KEYS_FOLDER / KEY_NAME
    if key.exists():
        key.chmod(0o600)
    return len(members), key.exists()


def _below(folder: Path, name: str) -> list[tuple[Path, str]]:
    files = sorted(path for path in (folder / name).rglob("*") if path.is_file())
    kept = [path for path in files if not path.name.startswith(".")]
    return [(path, path.relative_to(folder).as_posix()) for path in kept]
