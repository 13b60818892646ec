"""What is told about a plan: text for people, one document for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from umimori.records.mission import Mission, Severity


def mission_text(mission: Mission, *, show_passed: bool) -> str:
    """Return what people read about a mission: one line, then its findings."""
    head = (
        f"{mission.name}: {len(mission.items)} items, {mission.length_m / 1000.0:.1f} km, "
        f"{mission.duration_s / 60.0:.0f} min, {mission.energy_fraction:.0%} of the endurance, "
        f"{len(mission.errors)} errors"
    )
    shown = [c for c in mission.checks if show_passed or c.severity is not Severity.INFO]
    lines = [
        f"  {c.severity.value} {c.code}"
        + (f" (item {c.item_seq})" if c.item_seq is not None else "")
        + f": {c.message}"
        for c in shown
    ]
    return "\n".join([head, *lines])


def plan_document(
    missions: Sequence[Mission], notes: Sequence[str], paths: Sequence[Path]
) -> dict[str, Any]:
    """Return what `--json` prints about the sorties of a plan."""
    described = [
        {
            "id": mission.id,
            "kind": mission.kind.value,
            "vehicle": mission.vehicle,
            "items": len(mission.items),
            "length_km": round(mission.length_m / 1000.0, 3),
            "duration_s": mission.duration_s,
            "energy_fraction": mission.energy_fraction,
            "sortie": mission.sortie,
            "sorties": mission.sorties,
            "simulated": mission.simulated,
            "checks": [
                {
                    "code": c.code,
                    "level": c.severity.value,
                    "text": c.message,
                    "item": c.item_seq,
                }
                for c in mission.checks
            ],
        }
        for mission in missions
    ]
    return {
        "sorties": len(described),
        "errors": sum(len(mission.errors) for mission in missions),
        "missions": described,
        "notes": list(notes),
        "files": [str(path) for path in paths],
    }
