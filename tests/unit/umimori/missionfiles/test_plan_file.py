"""The .plan codec: round trips, QGroundControl's format, edited and damaged files."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from umimori.errors import BadInputError, UmimoriError
from umimori.missionfiles.identity import NOT_CHECKED, mission_id
from umimori.missionfiles.plan import read_plan, write_plan
from umimori.records.mission import Mission, MissionKind, Severity


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_was_written_is_read_back(
    any_mission: st.SearchStrategy[Mission], data: st.DataObject
) -> None:
    mission = data.draw(any_mission)
    assert read_plan(write_plan(mission)) == mission


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_without_our_key_everything_that_is_uploaded_survives(
    any_mission: st.SearchStrategy[Mission], data: st.DataObject
) -> None:
    mission = data.draw(any_mission)
    document = json.loads(write_plan(mission))
    del document["umimori"]
    back = read_plan(json.dumps(document).encode())
    assert back.items == mission.items
    assert back.home == mission.home
    assert back.rally == mission.rally
    assert (back.fence is None) == (mission.fence is None)
    assert back.kind is MissionKind.IMPORTED
    assert [c.code for c in back.errors] == [NOT_CHECKED]


def test_the_file_follows_the_documented_format(patrol: Mission) -> None:
    plan = json.loads(write_plan(patrol))
    assert plan["fileType"] == "Plan"
    assert plan["version"] == 1
    assert isinstance(plan["groundStation"], str)
    mission = plan["mission"]
    assert (mission["version"], mission["firmwareType"], mission["vehicleType"]) == (2, 3, 1)
    assert mission["plannedHomePosition"] == [34.7, 139.4, 38.0]
    for number, item in enumerate(mission["items"], start=1):
        assert item["type"] == "SimpleItem"
        assert item["doJumpId"] == number
        assert len(item["params"]) == 7
        assert item["autoContinue"] is True
        assert item["frame"] == 3
    waypoint = mission["items"][1]
    assert waypoint["command"] == 16
    assert waypoint["params"][4:] == [34.71, 139.41, 62.0]
    assert (waypoint["AltitudeMode"], waypoint["Altitude"]) == (1, 62.0)
    fence = plan["geoFence"]
    assert (fence["version"], fence["circles"]) == (2, [])
    assert fence["polygons"][0]["inclusion"] is True
    assert fence["polygons"][0]["version"] == 1
    assert fence["polygons"][0]["polygon"][0] == [34.6, 139.3]
    assert plan["rallyPoints"] == {"version": 2, "points": [[34.71, 139.41, 62.0]]}


@pytest.mark.parametrize(
    "edit",
    [
        lambda plan: plan["mission"]["items"][1]["params"].__setitem__(4, 34.72),
        lambda plan: plan["mission"]["items"][1].__setitem__("command", 19),
        lambda plan: plan["mission"]["items"].pop(1),
        lambda plan: plan["mission"].__setitem__("plannedHomePosition", [34.0, 139.4, 0.0]),
        lambda plan: plan["geoFence"].__setitem__("polygons", []),
        lambda plan: plan["geoFence"]["polygons"][0]["polygon"][0].__setitem__(0, 34.65),
        lambda plan: plan["rallyPoints"].__setitem__("points", []),
        lambda plan: plan["rallyPoints"]["points"][0].__setitem__(2, 30.0),
        lambda plan: plan["umimori"]["mission"]["safety_parameters"][0].__setitem__("value", 0.0),
        lambda plan: plan["umimori"]["mission"]["items"][1].__setitem__("alt_m", 500.0),
    ],
)
def test_an_edited_plan_loses_its_checks(patrol: Mission, edit: Any) -> None:
    plan = json.loads(write_plan(patrol))
    edit(plan)
    back = read_plan(json.dumps(plan).encode(), name="edited.plan")
    assert back.kind is MissionKind.IMPORTED
    assert back.errors
    assert back.errors[0].severity is Severity.ERROR
    assert back.id == mission_id(back)


def test_saving_in_qgroundcontrol_without_edits_keeps_the_checks(patrol: Mission) -> None:
    plan = json.loads(write_plan(patrol))
    plan["groundStation"] = "QGroundControl"
    for item in plan["mission"]["items"]:
        item["params"] = [
            value or None if i < 4 else value for i, value in enumerate(item["params"])
        ]
        item["AMSLAltAboveTerrain"] = None
    plan["mission"]["items"][1]["params"][4] += 4e-8
    assert read_plan(json.dumps(plan).encode()) == patrol


def test_the_id_changes_with_everything_that_is_flown_and_with_nothing_else(
    patrol: Mission,
) -> None:
    other_fence = replace(patrol, fence=None)
    other_item = replace(patrol, items=(replace(patrol.items[0], alt_m=51.0), *patrol.items[1:]))
    other_parameter = replace(patrol, safety_parameters=())
    ids = {mission_id(m) for m in (patrol, other_fence, other_item, other_parameter)}
    assert len(ids) == 4
    assert mission_id(replace(patrol, home_alt_amsl_m=38)) == patrol.id
    assert mission_id(replace(patrol, name="x", checks=(), notes=("y",))) == patrol.id


def test_surveys_of_qgroundcontrol_are_flattened(patrol: Mission) -> None:
    plan = json.loads(write_plan(patrol))
    del plan["umimori"]
    items = plan["mission"]["items"]
    plan["mission"]["items"] = [
        items[0],
        {
            "type": "ComplexItem",
            "complexItemType": "survey",
            "TransectStyleComplexItem": {"Items": items[1:3]},
        },
        items[3],
    ]
    assert read_plan(json.dumps(plan).encode()).items == patrol.items


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b'{"fileType": "Plan"}',
        b'{"fileType": "Mission", "version": 1}',
        b'{"fileType": "Plan", "mission": {"version": 1, "items": []}}',
        b'{"fileType": "Plan", "mission": {"version": 2, "items": []}}',
        b'{"fileType": "Plan", "mission": {"version": 2, "items": [{"type": "SimpleItem"}]}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_plan_is_refused_in_plain_words(data: bytes) -> None:
    with pytest.raises(BadInputError) as caught:
        read_plan(data)
    assert caught.value.remedy


def test_a_landing_pattern_that_only_qgc_can_expand_is_named(patrol: Mission) -> None:
    plan = json.loads(write_plan(patrol))
    plan["mission"]["items"].append({"type": "ComplexItem", "complexItemType": "fwLandingPattern"})
    with pytest.raises(BadInputError, match="fwLandingPattern"):
        read_plan(json.dumps(plan).encode())


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_random_bytes_never_crash(data: bytes) -> None:
    with pytest.raises(UmimoriError):
        read_plan(data)


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_garbled_plan_is_read_or_refused_but_never_crashes(
    patrol: Mission, data: st.DataObject
) -> None:
    plan = json.loads(write_plan(patrol))
    del plan["umimori"]
    junk = st.none() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
    node: Any = plan
    for _ in range(data.draw(st.integers(0, 4))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], (dict, list)) or data.draw(st.booleans()):
            node[key] = data.draw(junk)
            break
        node = node[key]
    try:
        read_plan(json.dumps(plan).encode())
    except UmimoriError as error:
        assert "\n" not in error.one_line()
