"""What makes a mission that mission: the content that the vehicle will hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from umimori.ids import derived_id
from umimori.records.codec import to_plain
from umimori.records.mission import Check, Mission, Severity

NOT_CHECKED = "not_checked"


def mission_id(mission: Mission) -> str:
    """Return the derived id over everything that is uploaded or set, and the vehicle it is for.

    Checks, predictions and names are left out: the same content always has the same id.
    """
    content = (
        mission.vehicle,
        mission.vehicle_kind,
        mission.home,
        mission.home_alt_amsl_m,
        mission.items,
        mission.fence,
        mission.rally,
        mission.rally_alt_m,
        mission.safety_parameters,
    )
    return derived_id("mission", *(_plain_numbers(to_plain(part)) for part in content))


def _plain_numbers(plain: Any) -> Any:
    """Return JSON values with one form per number: 38, 38.0 and a file's 38.0 give one id."""
    if isinstance(plain, bool):
        return plain
    if isinstance(plain, (int, float)):
        return float(plain) + 0.0  # -0.0 becomes 0.0
    if isinstance(plain, list):
        return [_plain_numbers(item) for item in plain]
    if isinstance(plain, dict):
        return {key: _plain_numbers(item) for key, item in plain.items()}
    return plain


def with_id(mission: Mission) -> Mission:
    """Return the mission carrying the id of its content."""
    return replace(mission, id=mission_id(mission))


def not_checked(why: str) -> tuple[Check, ...]:
    """Return the one finding of a mission that no check has seen; it forbids flight."""
    return (
        Check(
            code=NOT_CHECKED,
            severity=Severity.ERROR,
            message=f"{why}: run `umimori plan check FILE --out CHECKED.plan` first.",
            item_seq=None,
        ),
    )
