"""Find the coast to use: a named file, the settings', the imported one, the one of set-up."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from umimori.coast.coast import Coast
from umimori.coast.packing import CoastFile
from umimori.errors import EnvironmentMissingError
from umimori.settings import data_dir, load_settings

DEFAULT_COAST = Path(__file__).parent / "data" / "land.bin"
IMPORTED_COAST = Path("coast") / "land.bin"
"""Below the data folder."""


def coast_file(path: Path | None = None, folder: Path | None = None) -> Path:
    """Return the file to use; it need not exist.

    Args:
        path: this very file.
        folder: the data folder (default: the user's).
    """
    if path is not None:
        return Path(path)
    settings = load_settings(folder)
    if settings.coast_file is not None:
        return settings.coast_file
    imported = data_dir(folder) / IMPORTED_COAST
    return imported if imported.is_file() else DEFAULT_COAST


def load_coast(path: Path | None = None, folder: Path | None = None) -> Coast:
    """Return the coast; opening it takes some milliseconds, regions are read when asked for.

    Args:
        path: this very file; else the settings', the imported one, the one of set-up.
        folder: the data folder (default: the user's).

    Raises:
        EnvironmentMissingError: the file is not there.
        CorruptFileError: it is no coast file.
    """
    file = coast_file(path, folder)
    if not file.is_file():
        raise EnvironmentMissingError(
            f"there is no coast file {file}.",
            remedy="Run make setup, or import one with: umimori coast import FILE",
        )
    stat = file.stat()
    return _open(file.absolute(), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _open(file: Path, _mtime_ns: int, _size: int) -> Coast:
    return Coast(CoastFile(file))
