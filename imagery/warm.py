"""Compile and cache all numba kernels: ``python -m imagery.warm``, called at set-up."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)


def warm() -> int:
    """Compile every kernel of this stage (they compile on import) and return how many there are."""
    from imagery.numba_cache import use_cache
    from umimori.settings import data_dir

    folder = use_cache(data_dir(None))
    from imagery import kernels

    compiled = [name for name, item in vars(kernels).items() if hasattr(item, "signatures")]
    log.info("%d kernels ready in %s", len(compiled), folder)
    return len(compiled)


if __name__ == "__main__":
    warm()
