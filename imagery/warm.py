"""Compile and cache all numba kernels: ``python -m imagery.warm``, called at set-up."""

from __future__ import annotations

import importlib
import logging

from imagery.numba_cache import use_cache

log = logging.getLogger(__name__)


MODULES = ("imagery.kernels", "umimori.coast.kernels")
"""Modules whose functions have explicit signatures: importing them compiles them."""


def warm() -> int:
    """Compile every kernel that detection needs, and return how many there are."""
    folder = use_cache()
    modules = [importlib.import_module(name) for name in MODULES]
    compiled = sum(hasattr(item, "signatures") for m in modules for item in vars(m).values())
    log.info("%d kernels ready in %s", compiled, folder)
    return compiled


if __name__ == "__main__":
    warm()
