"""Where compiled kernels are kept: in the data folder, so that a read-only installation is fast too."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "NUMBA_CACHE_DIR"
FOLDER = "numba"


def use_cache(option: Path | None = None) -> Path:
    """Choose the folder of compiled kernels; call it before anything imports numba.

    The user's own NUMBA_CACHE_DIR wins. Else the default data folder, if set-up has filled a cache
    there (kernels are the same for every data folder), else the data folder of this command.
    """
    from umimori.settings import data_dir

    chosen = os.environ.get(VARIABLE)
    warmed = data_dir(None) / FOLDER
    folder = warmed if option is None or warmed.is_dir() else data_dir(option) / FOLDER
    if chosen:
        folder = Path(chosen)
    os.environ[VARIABLE] = str(folder)
    return folder
