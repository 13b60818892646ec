"""What makes a mission that mission: the content that the vehicle will hold."""

from __future__ import annotations

from dataclasses import replace

from umimori.ids import derived_id
from umimori.records.codec import to_plain
from umimori.records.mission import Check, Mission, Severity

NOT_CHECKED = "not_checked"


def mission_id(mission: Mission) -> str:
    """Return the derived id over everything that is uploaded or set, and the vehicle it is for.

    Checks, predictions and names are left out: the same content always has the same id.
    """
    return derived_id(
        "mission",
        mission.vehicle,
        mission.vehicle_kind.value,
        to_plain(mission.home),
        mission.home_alt_amsl_m,
        to_plain(mission.items),
        to_plain(mission.fence),
        to_plain(mission.rally),
        mission.rally_alt_m,
        to_plain(mission.safety_parameters),
    )


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
