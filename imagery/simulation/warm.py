"""Compile and cache the simulator's kernels; called at set-up."""

from __future__ import annotations


def warm_simulator() -> int:
    """Compile the kernels (they compile on import) and return how many there are."""
    from imagery.simulation import render, speckle

    return sum(
        hasattr(item, "signatures")
        for module in (render, speckle)
        for item in vars(module).values()
    )
