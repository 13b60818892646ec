"""The safety parameters that belong to a mission, each with its reason.

Names and values from the ArduPlane and ArduSub 4.6 and 4.8 parameter documentation; where a name
changed, the newer one stands first. Nothing else of the vehicle is touched.
"""

from __future__ import annotations

from umimori.records.mission import SafetyParameter

RTL_AUTOLAND = "RTL_AUTOLAND"
AUTOLAND_FROM_HOME = 1.0
AUTOLAND_GO_AROUND_ONLY = 3.0
FENCE_TYPE_ALT_MAX_AND_POLYGON = 5.0
FENCE_TYPE_POLYGON = 4.0


def plane_parameters(
    *, way_back_clear: bool, return_alt_rel_m: float, ceiling_alt_rel_m: float
) -> tuple[SafetyParameter, ...]:
    """Return what an autonomous patrol of ArduPlane relies on.

    Args:
        way_back_clear: whether the straight way to the landing is clear of land everywhere.
        return_alt_rel_m: height of a return, metres above home.
        ceiling_alt_rel_m: fence ceiling, metres above home.
    """
    autoland = AUTOLAND_FROM_HOME if way_back_clear else AUTOLAND_GO_AROUND_ONLY
    land_why = (
        "a return flies to the rally point or home, then lands by the mission's landing sequence"
        if way_back_clear
        else "the straight way from the far side crosses land, so a return circles at the nearest "
        "rally point over water and waits for the officer"
    )
    return (
        _one((RTL_AUTOLAND,), autoland, land_why + "; with 0 ArduPlane refuses to arm"),
        _one(("RTL_ALTITUDE",), return_alt_rel_m, "a return stays at the height of the mission"),
        _one(("RALLY_LIMIT_KM",), 0.0, "the nearest rally point counts, however far it is"),
        _one(("FENCE_ACTION",), 1.0, "leaving the fence means return (RTL)"),
        _one(
            ("FENCE_TYPE",),
            FENCE_TYPE_ALT_MAX_AND_POLYGON,
            "polygon and ceiling only: the circle's default radius would breach at once",
        ),
        _one(
            ("FENCE_ALT_MAX",),
            ceiling_alt_rel_m,
            "below 150 m above the sea with a margin (Civil Aeronautics Act of Japan)",
        ),
        _one(("FENCE_ENABLE",), 1.0, "the fence is active from arming on"),
        _one(("FS_SHORT_ACTN",), 0.0, "a short loss of link does not interrupt the mission"),
        _one(
            ("FS_LONG_ACTN",),
            4.0,
            "a long loss of link means: go on in AUTO, which ends in a landing",
        ),
        _one(("FS_GCS_ENABL",), 1.0, "silence of the ground station counts as loss of link"),
        _one(("BATT_FS_LOW_ACT",), 1.0, "a low battery means return (RTL)"),
    )


def sub_parameters() -> tuple[SafetyParameter, ...]:
    """Return what an autonomous inspection of ArduSub relies on."""
    return (
        _one(("FS_GCS_ENABLE",), 4.0, "silence of the ground station means surface"),
        _one(("FS_PILOT_INPUT",), 0.0, "nobody steers in AUTO; the default would disarm below"),
        _one(("FS_LEAK_ENABLE",), 2.0, "a leak means surface"),
        _one(("BATT_FS_LOW_ACT",), 3.0, "a low battery means surface"),
        _one(("FENCE_TYPE",), FENCE_TYPE_POLYGON, "polygon only: no default circle or ceiling"),
        _one(("FENCE_ENABLE",), 1.0, "ArduSub reports a breach and refuses guided targets outside"),
    )


def _one(names: tuple[str, ...], value: float, why: str) -> SafetyParameter:
    return SafetyParameter(names=names, value=value, why=why)
