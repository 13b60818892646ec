"""Open the store of a data folder: make the folder, bring the tables up to date, find the key."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

from umimori.clocks import SystemClock, WallClock
from umimori.errors import EnvironmentMissingError, NotPermittedError, UmimoriError
from umimori.settings import load_settings
from umimori.store.blobs import FileBlobStore
from umimori.store.engine import make_engine, use_wal
from umimori.store.migrate import bring_up_to_date
from umimori.store.ports import Store
from umimori.store.signing import HeadSigner
from umimori.store.sqlstore import SqlStore

DATABASE_NAME = "umimori.sqlite3"
BLOB_FOLDER = "blobs"
ANY_WRITE_BIT = 0o222
PRIVATE_FOLDER = 0o700
ANOTHER_FOLDER = "Name another data folder with --data, or change its permissions."


def open_store(data_dir: Path, *, create: bool = True, clock: WallClock | None = None) -> Store:
    """Return the store of a data folder.

    Args:
        data_dir: the folder; made when it is missing and ``create`` is set.
        create: False refuses a folder that holds no store yet.
        clock: wall time of outbox, log and claims; the machine's own by default.

    Raises:
        NotPermittedError: the folder cannot be written.
        EnvironmentMissingError: there is no store and ``create`` is False, or the disk is full.
    """
    folder = Path(data_dir).expanduser()
    database = folder / DATABASE_NAME
    if not create and not database.is_file():
        raise EnvironmentMissingError(
            f"there is no store in {folder}.",
            remedy="Name the data folder with --data, or run a command that fills one.",
        )
    check_writable(folder)
    settings = load_settings(folder)
    engine = make_engine(database)
    try:
        use_wal(engine)
        bring_up_to_date(engine)
        signer = HeadSigner(
            keys_dir=settings.keys_dir or folder / "keys",
            heads_file=settings.heads_file or folder / "heads.jsonl",
        )
    except OSError as error:
        engine.dispose()
        raise _refusal(folder, error) from error
    except UmimoriError:
        engine.dispose()
        raise
    wall = clock or SystemClock()
    blobs = FileBlobStore(folder / BLOB_FOLDER, engine, wall)
    return SqlStore(data_dir=folder, engine=engine, blobs=blobs, signer=signer, clock=wall)


def check_writable(folder: Path) -> None:
    """Make the folder and write a probe into it.

    A folder without any write bit is refused to the superuser too: somebody meant it to stay as
    it is.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        if not folder.stat().st_mode & ANY_WRITE_BIT:
            raise PermissionError(errno.EACCES, "no write permission", str(folder))
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-"):
            pass
    except OSError as error:
        raise _refusal(folder, error) from error


def _refusal(folder: Path, error: OSError) -> UmimoriError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return EnvironmentMissingError(
            f"the disk that holds the data folder {folder} is full.",
            remedy="Free some room, or name another data folder with --data.",
        )
    if error.errno in {errno.EEXIST, errno.ENOTDIR}:
        return NotPermittedError(
            f"the data folder {folder} is a file or lies under one.", remedy=ANOTHER_FOLDER
        )
    return NotPermittedError(
        f"the data folder {folder} cannot be written ({error.strerror or error}).",
        remedy=ANOTHER_FOLDER,
    )
