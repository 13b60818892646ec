"""Missions of any shape, for the codecs."""

from typing import Any

import pytest
from hypothesis import strategies as st

from umimori.geodesy import LonLat
from umimori.missionfiles.commands import FLYABLE, LOCATED, Command
from umimori.missionfiles.identity import with_id
from umimori.records.mission import (
    Check,
    Fence,
    Mission,
    MissionItem,
    MissionKind,
    SafetyParameter,
    Severity,
)
from umimori.records.vehicle import VehicleKind

numbers = st.floats(-1e4, 1e4).map(lambda value: round(value, 3) + 0.0)
positions = st.builds(
    LonLat,
    st.floats(-180, 180).map(lambda v: round(v, 7) or 0.1),
    st.floats(-89, 89).map(lambda v: round(v, 7) or 0.1),
)
texts = st.text(max_size=20)


@st.composite
def missions(draw: st.DrawFn) -> Mission:
    kind = draw(st.sampled_from(VehicleKind))
    commands = draw(st.lists(st.sampled_from(sorted(FLYABLE[kind])), min_size=1, max_size=12))
    items = tuple(
        MissionItem(
            seq=seq,
            frame=draw(st.sampled_from([0, 3])),
            command=command.value,
            param1=draw(numbers),
            param2=draw(numbers),
            param3=draw(numbers),
            param4=draw(numbers),
            position=draw(positions) if command in LOCATED else None,
            alt_m=draw(numbers),
            autocontinue=draw(st.booleans()),
        )
        for seq, command in enumerate(commands, start=1)
    )
    ring = st.lists(positions, min_size=3, max_size=8).map(tuple)
    fence = draw(
        st.none()
        | st.builds(
            Fence,
            inclusion=ring,
            exclusions=st.lists(ring, max_size=2).map(tuple),
            floor_alt_m=st.none() | numbers,
            ceiling_alt_m=st.none() | numbers,
        )
    )
    checks = st.builds(
        Check,
        code=texts,
        severity=st.sampled_from(Severity),
        message=texts,
        item_seq=st.none() | st.integers(1, 600),
    )
    parameters = st.builds(
        SafetyParameter,
        names=st.lists(texts, min_size=1, max_size=2).map(tuple),
        value=numbers,
        why=texts,
    )
    return with_id(
        Mission(
            id="",
            kind=draw(st.sampled_from(MissionKind)),
            vehicle_kind=kind,
            vehicle=draw(texts),
            name=draw(texts),
            home=draw(positions),
            home_alt_amsl_m=draw(numbers),
            items=items,
            fence=fence,
            rally=tuple(draw(st.lists(positions, max_size=4))),
            rally_alt_m=draw(numbers),
            safety_parameters=tuple(draw(st.lists(parameters, max_size=3))),
            cruise_speed_mps=draw(st.floats(0.1, 100)),
            length_m=draw(numbers),
            duration_s=draw(numbers),
            energy_fraction=draw(numbers),
            path=tuple(draw(st.lists(st.tuples(numbers, numbers, numbers), max_size=5))),
            checks=tuple(draw(st.lists(checks, max_size=3))),
            sortie=1,
            sorties=draw(st.integers(1, 5)),
            task_id=draw(st.none() | texts),
            notes=tuple(draw(st.lists(texts, max_size=2))),
            simulated=draw(st.booleans()),
        )
    )


@pytest.fixture(scope="session")
def patrol() -> Mission:
    """A small mission as the planner writes them."""
    at = LonLat(139.4, 34.7)
    end = LonLat(139.41, 34.71)

    def item(seq: int, command: Command, **fields: Any) -> MissionItem:
        return MissionItem(seq=seq, frame=3, command=command.value, **fields)

    return with_id(
        Mission(
            id="",
            kind=MissionKind.ISLAND,
            vehicle_kind=VehicleKind.PLANE,
            vehicle="survey-plane",
            name="大島 <b>",
            home=at,
            home_alt_amsl_m=38.0,
            items=(
                item(1, Command.NAV_TAKEOFF, param1=12.0, alt_m=50.0),
                item(2, Command.NAV_WAYPOINT, position=end, alt_m=62.0),
                item(3, Command.DO_LAND_START, position=end, alt_m=50.0),
                item(4, Command.NAV_LAND, position=at),
            ),
            fence=Fence(
                inclusion=(LonLat(139.3, 34.6), LonLat(139.5, 34.6), LonLat(139.4, 34.8)),
                exclusions=(),
            ),
            rally=(end,),
            rally_alt_m=62.0,
            safety_parameters=(SafetyParameter(names=("RTL_AUTOLAND",), value=1.0, why="test"),),
            cruise_speed_mps=22.0,
            length_m=3000.0,
            duration_s=140.0,
            energy_fraction=0.02,
            path=((139.4, 34.7, 0.0), (139.41, 34.71, 62.0)),
            checks=(Check(code="x", severity=Severity.INFO, message="good", item_seq=None),),
        )
    )


@pytest.fixture(scope="session")
def any_mission() -> st.SearchStrategy[Mission]:
    """The strategy of all missions."""
    return missions()
