"""Where compiled kernels are kept: in the data folder, so that a read-only installation is fast too."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "NUMBA_CACHE_DIR"


def use_cache(data_dir: Path) -> Path:
    """Point numba to ``<data folder>/numba`` unless the user chose a place; before numba is imported."""
    chosen = os.environ.get(VARIABLE)
    folder = Path(chosen) if chosen else data_dir / "numba"
    os.environ[VARIABLE] = str(folder)
    return folder
