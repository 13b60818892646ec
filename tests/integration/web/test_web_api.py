"""The JSON API: who may ask, one error shape, GeoJSON that a map can take."""

import json
from typing import TYPE_CHECKING

import pytest

from dashboard.web.context import Role
from umimori.records import CommandIntent, FlightState, Release, Review

if TYPE_CHECKING:
    from conftest import World

HOSTILE = "<SCRIPT SRC=//X.Y>"
ERROR_KEYS = {"ok", "status", "code", "error", "remedy"}
LISTS = [
    "me",
    "scenes",
    "detections",
    "tracks",
    "matches",
    "ports",
    "coast?bbox=139,34,140,35",
    "anomalies",
    "anomalies/anomaly-1/reviews",
    "missions",
    "missions/fences",
    "missions/mission-1",
    "missions/mission-1/plan",
    "releases",
    "flights",
    "flights/flight-1",
    "flights/flight-1/telemetry",
    "flights/flight-1/coverage",
    "vehicles",
    "findings",
    "evidence",
    "evidence/head",
    "events?max_seconds=0",
]


def test_open_routes_are_the_only_open_ones(world: "World") -> None:
    stranger = world.client(None)
    assert stranger.get("/healthz").status_code == 200
    assert stranger.get("/api/v1/openapi.json").status_code == 200
    assert stranger.get("/login").status_code == 200
    for path in LISTS:
        answer = stranger.get(f"/api/v1/{path}", follow_redirects=False)
        assert answer.status_code == 401, path
        assert set(answer.json()) == ERROR_KEYS
    for page in ("/", "/missions", "/flights", "/evidence", "/notices"):
        answer = stranger.get(page, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    tile = "/scenes/scene-1/tiles/WebMercatorQuad/3/7/3.png"
    assert stranger.get(tile, follow_redirects=False).status_code == 303


def test_every_documented_read_answers_a_viewer(world: "World") -> None:
    viewer = world.client(Role.VIEWER)
    for path in LISTS:
        assert viewer.get(f"/api/v1/{path}").status_code == 200, path
    documented = {
        path.removeprefix("/api/v1/").replace("{", "").split("}")[0]
        for path, methods in viewer.get("/api/v1/openapi.json").json()["paths"].items()
        if "get" in methods
    }
    assert len(documented) >= 15


def test_geojson_tells_simulated_and_hides_the_path(world: "World") -> None:
    viewer = world.client(Role.VIEWER)
    scenes = viewer.get("/api/v1/scenes")
    assert scenes.headers["content-type"] == "application/geo+json"
    assert scenes.json()["simulated"] is True
    assert "private" not in scenes.text
    detections = viewer.get("/api/v1/detections", params={"min_score": 0.5}).json()["features"]
    assert len(detections) == 3
    assert {d["properties"]["state"] for d in detections} == {"dark", None}
    assert detections[0]["properties"]["class"] == "vessel"


def test_box_filter_and_bad_boxes(world: "World") -> None:
    viewer = world.client(Role.VIEWER)
    inside = viewer.get("/api/v1/detections", params={"bbox": "139.305,34,139.4,35"}).json()
    assert len(inside["features"]) == 2
    for text, status in [("1,2,3", 422), ("1,2,1,3", 400), ("200,0,201,1", 400), ("a,b,c,d", 422)]:
        answer = viewer.get("/api/v1/detections", params={"bbox": text})
        assert answer.status_code == status, text
        assert set(answer.json()) == ERROR_KEYS


def test_unknown_records_are_404_in_one_shape(world: "World") -> None:
    officer = world.client(Role.OFFICER)
    for path in ("missions/none", "flights/none", "detections/none/chip", "anomalies/x/reviews"):
        answer = officer.get(f"/api/v1/{path}")
        assert answer.status_code == 404, path
        assert set(answer.json()) == ERROR_KEYS
    answer = officer.get("/api/v1/nothing-here")
    assert (answer.status_code, set(answer.json())) == (404, ERROR_KEYS)


def test_review_is_recorded_with_evidence_and_needs_an_analyst(world: "World") -> None:
    body = {"verdict": "confirmed", "note": HOSTILE}
    viewer, analyst = world.client(Role.VIEWER), world.client(Role.ANALYST)
    path = "/api/v1/anomalies/anomaly-1/reviews"
    assert viewer.post(path, json=body).status_code == 403
    before = world.context.store.evidence.head().count
    assert analyst.post(path, json=body).status_code == 201
    assert world.context.store.evidence.head().count == before + 1
    assert [r.note for r in world.context.store.list(Review)] == [HOSTILE]
    listed = analyst.get("/api/v1/anomalies").json()["features"][0]["properties"]
    assert listed["verdict"] == "confirmed"
    assert analyst.post(path, json={"verdict": "perhaps"}).status_code == 422


def test_cross_site_writes_are_refused(world: "World") -> None:
    analyst = world.client(Role.ANALYST)
    answer = analyst.post(
        "/api/v1/anomalies/anomaly-1/reviews",
        json={"verdict": "confirmed"},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert answer.json()["code"] == "cross_site"
    assert world.context.store.list(Review) == []


def test_commands_are_intents_that_end_soon(world: "World") -> None:
    tester, analyst = world.client(Role.TESTER), world.client(Role.ANALYST)
    path = "/api/v1/flights/flight-1/commands"
    assert analyst.post(path, json={"command": "return"}).status_code == 403
    assert tester.post(path, json={"command": "self_destruct"}).status_code == 422
    assert tester.post(path, json={"command": "return"}).status_code == 202
    (intent,) = world.context.store.list(CommandIntent)
    assert (intent.valid_until_utc - intent.created_utc).total_seconds() <= 10
    with world.context.store.write(actor="test") as tx:
        from dataclasses import replace

        from umimori.records import Flight

        flight = world.context.store.get(Flight, "flight-1")
        tx.put(replace(flight, state=FlightState.COMPLETED))
    assert tester.post(path, json={"command": "return"}).status_code == 403


def test_findings_take_the_vehicle_s_place_and_are_evidence(world: "World") -> None:
    tester, viewer = world.client(Role.TESTER), world.client(Role.VIEWER)
    path = "/api/v1/flights/flight-1/findings"
    body = {"seen": False, "text": HOSTILE, "anomaly_id": "anomaly-1"}
    assert viewer.post(path, json=body).status_code == 403
    before = world.context.store.evidence.head().count
    assert tester.post(path, json=body).status_code == 201
    assert world.context.store.evidence.head().count == before + 1
    (finding,) = viewer.get("/api/v1/findings").json()["features"]
    assert finding["geometry"]["coordinates"] == [pytest.approx(139.369), 34.78]
    assert finding["properties"]["simulated"] is True
    assert tester.post(path, json=body | {"anomaly_id": "other"}).status_code == 404


def test_coverage_is_what_a_plane_flew_over(world: "World") -> None:
    seen = world.client(Role.VIEWER).get("/api/v1/flights/flight-1/coverage").json()
    (area,) = seen["features"]
    assert area["properties"]["estimate"] is True
    lats = [lat for _, lat in area["geometry"]["coordinates"][0]]
    width_m = (max(lats) - min(lats)) * 111_000
    assert width_m == pytest.approx(2 * 100 * 0.6249, rel=0.02)


def test_release_needs_two_different_officers(world: "World") -> None:
    first, second = world.client(Role.OFFICER), world.client(Role.OFFICER)
    body = {"vehicle_id": "1:1@tcp:10.0.0.1:5760", "valid_minutes": 60}
    path = "/api/v1/missions/mission-1/releases"
    assert world.client(Role.TESTER).post(path, json=body).status_code == 403
    release = first.post(path, json=body).json()
    confirm = f"/api/v1/releases/{release['id']}/confirm"
    assert first.post(confirm).status_code == 403
    assert second.post(confirm).status_code == 200
    assert second.post(confirm).status_code == 403
    stored = world.context.store.get(Release, release["id"])
    assert stored.first_user != stored.second_user
    assert stored.second_user


def test_events_stream_changes_after_the_last_number(world: "World") -> None:
    viewer = world.client(Role.VIEWER)
    text = viewer.get("/api/v1/events?max_seconds=0&after=0").text
    numbers = [int(line[4:]) for line in text.splitlines() if line.startswith("id: ")]
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= 11
    vehicles = next(x for x in text.splitlines() if x.startswith('data: {"type"'))
    assert json.loads(vehicles[6:])["features"][0]["properties"]["simulated"] is True
    resumed = viewer.get(
        "/api/v1/events?max_seconds=0", headers={"Last-Event-ID": str(numbers[-1])}
    )
    assert "event: change" not in resumed.text


def test_unsafe_requests_are_audited(world: "World") -> None:
    analyst = world.client(Role.ANALYST)
    analyst.post("/api/v1/anomalies/anomaly-1/reviews", json={"verdict": "watch"})
    newest = world.context.store.accounts.audit(limit=1)[0]
    assert "analyst" in str(newest)
    assert "reviews" in str(newest)


@pytest.mark.parametrize("size", [5_000_000])
def test_large_bodies_are_refused(world: "World", size: int) -> None:
    analyst = world.client(Role.ANALYST)
    answer = analyst.post("/api/v1/anomalies/anomaly-1/reviews", content=b"x" * size)
    assert answer.status_code == 413
