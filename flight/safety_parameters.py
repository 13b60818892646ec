"""Safety parameters: what the checked mission says against what the vehicle holds."""

from __future__ import annotations

from dataclasses import dataclass

from flight.parameter_transfer import ParameterValue, ParameterWriter, same_value
from flight.session import Session
from umimori.errors import RefusedError, TransferError
from umimori.records.mission import SafetyParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One parameter that is not as the mission was checked with."""

    name: str
    held: ParameterValue
    wanted: float
    why: str

    def __str__(self) -> str:
        return f"{self.name} is {self.held.value:g} instead of {self.wanted:g} ({self.why})"


def compare(
    wanted: tuple[SafetyParameter, ...], held: dict[str, ParameterValue]
) -> tuple[list[Difference], list[SafetyParameter]]:
    """Return what differs, and what the vehicle does not know by any of its names."""
    found: list[Difference] = []
    unknown: list[SafetyParameter] = []
    for parameter in wanted:
        name = next((n for n in parameter.names if n in held), None)
        if name is None:
            unknown.append(parameter)
        elif not same_value(parameter.value, held[name].value):
            found.append(
                Difference(name=name, held=held[name], wanted=parameter.value, why=parameter.why)
            )
    return found, unknown


def read_held(session: Session, wanted: tuple[SafetyParameter, ...]) -> dict[str, ParameterValue]:
    """Return the vehicle's values under all names that a release may use."""
    names = sorted({name for parameter in wanted for name in parameter.names})
    return session.read_parameters(names) if names else {}


def settle(
    session: Session, wanted: tuple[SafetyParameter, ...], *, may_set: bool
) -> dict[str, ParameterValue]:
    """Make the vehicle hold the mission's safety parameters; return the old values to restore.

    Raises:
        RefusedError: something differs and may not be set, or is unknown to the vehicle.
        TransferError: the vehicle did not take a value.
    """
    held = read_held(session, wanted)
    found, unknown = compare(wanted, held)
    if unknown:
        names = ", ".join("/".join(p.names) for p in unknown)
        raise RefusedError(
            f"the vehicle does not know the safety parameter {names} of this mission.",
            remedy="Plan the mission for this vehicle's firmware (ArduPilot 4.6 or 4.8).",
        )
    if not found:
        return {}
    if not may_set:
        raise RefusedError(
            f"a safety parameter differs from the checked mission: {found[0]}.",
            remedy="Set it on the vehicle, or have a release that includes parameter changes.",
        )
    write(session, {d.name: ParameterValue(d.wanted, d.held.type) for d in found})
    return {d.name: d.held for d in found}


def write(session: Session, values: dict[str, ParameterValue]) -> None:
    """Set values and verify each.

    Raises:
        TransferError: the vehicle did not report a value back.
    """
    writer = session.run(ParameterWriter(values, session.target))
    if writer.failed:
        raise TransferError(
            f"the vehicle does not take the parameter {', '.join(writer.failed)}.",
            remedy="Look at the vehicle's messages; nothing was flown.",
        )
