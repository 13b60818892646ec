"""Vehicle profiles from TOML: the packaged table, and an officer's own file."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from umimori.errors import BadInputError, UsageError
from umimori.records.vehicle import VehicleKind, VehicleProfile

DEFAULT_PLANE = "survey-plane"
DEFAULT_SUB = "bluerov2"


def load_profiles(own: Path | None = None) -> dict[str, VehicleProfile]:
    """Return all profiles by name; a file of one's own adds to the packaged ones or replaces them.

    Raises:
        BadInputError: when a file is no TOML or a profile lacks a number.
    """
    text = files("mission_planner").joinpath("data/vehicles.toml").read_text("utf-8")
    profiles = _parse(text, "vehicles.toml")
    if own is not None:
        try:
            profiles |= _parse(own.read_text("utf-8"), str(own))
        except (OSError, UnicodeDecodeError) as error:
            raise BadInputError(
                f"the vehicle file {own} cannot be read: {error}.", remedy="Give a TOML file."
            ) from error
    return profiles


def profile_named(
    name: str | None, kind: VehicleKind, profiles: dict[str, VehicleProfile]
) -> VehicleProfile:
    """Return the profile of a name, or the default of a kind.

    Raises:
        UsageError: an unknown name, or a vehicle of the other kind.
    """
    wanted = name or (DEFAULT_PLANE if kind is VehicleKind.PLANE else DEFAULT_SUB)
    fitting = sorted(p.name for p in profiles.values() if p.kind is kind)
    profile = profiles.get(wanted)
    if profile is None or profile.kind is not kind:
        what = "is unknown" if profile is None else f"is a {profile.kind.value}"
        raise UsageError(
            f"the vehicle {wanted!r} {what}.", remedy=f"Use one of: {', '.join(fitting)}."
        )
    return profile


def _parse(text: str, name: str) -> dict[str, VehicleProfile]:
    try:
        tables = tomllib.loads(text)
        return {key: _profile(key, table) for key, table in tables.items()}
    except (tomllib.TOMLDecodeError, TypeError, ValueError, AttributeError) as error:
        raise BadInputError(
            f"the vehicle table {name} is not usable: {error}.",
            remedy="Compare it with the packaged mission_planner/data/vehicles.toml.",
        ) from error


def _profile(name: str, table: dict[str, Any]) -> VehicleProfile:
    numbers = {key: float(value) for key, value in table.items() if key not in {"kind", "source"}}
    limits: dict[str, Any] = {"max_bank_deg": None, "max_depth_m": None} | numbers
    kind = VehicleKind(table["kind"])
    profile = VehicleProfile(name=name, kind=kind, source=str(table["source"]), **limits)
    if profile.cruise_speed_mps <= 0.0 or profile.endurance_s <= 0.0:
        raise ValueError(f"{name} needs a speed and an endurance above 0")
    if kind is VehicleKind.PLANE and profile.turn_radius_m <= 0.0:
        raise ValueError(f"{name} needs a turn radius above 0")
    return profile
