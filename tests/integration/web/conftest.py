"""A server with a small, hostile world in its store, and people of every role."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shapely.geometry import Polygon, box
from starlette.testclient import TestClient

from dashboard.web.accounts import add_user, open_session
from dashboard.web.app import create_app
from dashboard.web.context import SESSION_COOKIE, AppContext, Role, make_context
from umimori.clocks import SystemClock
from umimori.geodesy import BBox, LonLat
from umimori.records import (
    AisMessageKind,
    AisTrack,
    Anomaly,
    AnomalyKind,
    Check,
    Detection,
    DetectionFlag,
    DetectionRun,
    Fence,
    Flight,
    FlightState,
    Match,
    MatchState,
    Mission,
    MissionItem,
    MissionKind,
    Port,
    Reason,
    SafetyParameter,
    Scene,
    Severity,
    TelemetrySample,
    TrackPoint,
    VehicleKind,
    VesselClass,
)
from umimori.store import open_store

T0 = datetime(2026, 3, 1, 20, 50, tzinfo=UTC)
HOSTILE = "<SCRIPT SRC=//X.Y>"
PASSWORD = "correct horse battery staple"


class SquareIsland:
    """A coast of one square island, for pages that only draw it."""

    name = "square island"
    credit = "© OpenStreetMap contributors (ODbL)"
    coast_error_m = 500.0

    def polygons_in(self, bbox: BBox) -> list[Polygon]:
        return [box(139.35, 34.68, 139.45, 34.80)]


@dataclass
class World:
    """The server under test and a client per role."""

    context: AppContext
    client: Callable[[Role | None], TestClient]


def a_scene() -> Scene:
    ring = (LonLat(139.2, 34.6), LonLat(139.6, 34.6), LonLat(139.6, 34.9), LonLat(139.2, 34.9))
    return Scene(
        id="scene-1",
        name="S1A_TEST",
        platform="S1A",
        sensor="C-SAR",
        product_type="GRD",
        polarisations=("VV", "VH"),
        start_utc=T0,
        stop_utc=T0 + timedelta(seconds=25),
        footprint=ring,
        width_px=4000,
        height_px=4000,
        range_spacing_m=10.0,
        azimuth_spacing_m=10.0,
        path="/somewhere/private/S1A_TEST.SAFE",
        content_sha256="0" * 64,
        simulated=True,
    )


def a_detection(number: int) -> Detection:
    return Detection(
        id=f"detection-{number}",
        scene_id="scene-1",
        run_id="run-1",
        row_px=100.0 + number,
        col_px=200.0,
        position=LonLat(139.3 + 0.01 * number, 34.7),
        position_error_m=20.0,
        time_utc=T0,
        length_m=60.0,
        length_error_m=15.0,
        width_m=None,
        heading_deg=45.0,
        heading_ambiguous=True,
        peak_db=3.0,
        contrast=40.0,
        polarisation="VV",
        score=0.9,
        vessel_class=VesselClass.VESSEL,
        flags=(DetectionFlag.NEAR_SHORE,),
        distance_to_shore_m=4000.0,
        near_infrastructure=False,
        incidence_deg=38.0,
        slant_range_m=850_000.0,
        platform_speed_mps=7590.0,
        platform_heading_deg=349.0,
        range_look="right",
        pixels=12,
        simulated=True,
    )


def a_mission() -> Mission:
    corners = (LonLat(139.2, 34.6), LonLat(139.5, 34.6), LonLat(139.5, 34.9))
    return Mission(
        id="mission-1",
        kind=MissionKind.ISLAND,
        vehicle_kind=VehicleKind.PLANE,
        vehicle="survey-plane",
        name=f"Oshima {HOSTILE}",
        home=LonLat(139.36, 34.78),
        home_alt_amsl_m=37.0,
        items=(
            MissionItem(seq=1, frame=3, command=22, position=None, alt_m=60.0),
            MissionItem(seq=2, frame=3, command=16, position=LonLat(139.4, 34.8), alt_m=100.0),
        ),
        fence=Fence(inclusion=corners, exclusions=()),
        rally=(LonLat(139.36, 34.79),),
        rally_alt_m=100.0,
        safety_parameters=(SafetyParameter(names=("RTL_AUTOLAND",), value=2.0, why="lands"),),
        cruise_speed_mps=22.0,
        length_m=40_000.0,
        duration_s=1800.0,
        energy_fraction=0.5,
        path=((139.36, 34.78, 0.0), (139.4, 34.8, 100.0)),
        checks=(Check(code="endurance", severity=Severity.INFO, message=HOSTILE, item_seq=None),),
        notes=(HOSTILE,),
        simulated=True,
    )


def a_flight(state: FlightState = FlightState.FLYING) -> Flight:
    return Flight(
        id="flight-1",
        mission_id="mission-1",
        mission_sha256="2" * 64,
        vehicle_kind=VehicleKind.PLANE,
        vehicle_id="1:1@tcp:127.0.0.1:5760",
        engine="embedded",
        firmware="4.6.2",
        state=state,
        started_utc=T0,
        ended_utc=None,
        uploaded_verified=True,
        readback_sha256="3" * 64,
        items_reached=1,
        items_total=2,
        xtrack_p95_m=4.2,
        flown_length_m=1000.0,
        vehicle_duration_s=60.0,
        tlog_sha256=None,
        release_id=None,
        note=HOSTILE,
        simulated=True,
    )


def telemetry(count: int) -> list[TelemetrySample]:
    return [
        TelemetrySample(
            flight_id="flight-1",
            wall_utc=T0 + timedelta(seconds=i),
            vehicle_s=float(i),
            world_utc=T0 + timedelta(seconds=i),
            position=LonLat(139.36 + 0.001 * i, 34.78),
            alt_rel_m=100.0,
            heading_deg=90.0,
            ground_speed_mps=22.0,
            air_speed_mps=22.0,
            climb_mps=0.0,
            mode="AUTO",
            armed=True,
            mission_seq=2,
            battery_v=12.1,
            battery_pct=80.0,
            simulated=True,
        )
        for i in range(count)
    ]


def records() -> list[object]:
    track = AisTrack(
        id="track-1",
        mmsi=431000001,
        name=HOSTILE,
        ship_type=70,
        length_m=80.0,
        width_m=12.0,
        kind=AisMessageKind.CLASS_A,
        points=tuple(
            TrackPoint(
                time_utc=T0 + timedelta(minutes=i),
                position=LonLat(139.3 + 0.002 * i, 34.7),
                sog_mps=5.0,
                cog_deg=90.0,
            )
            for i in range(5)
        ),
        dropped={},
        simulated=True,
    )
    match = Match(
        id="match-1",
        scene_id="scene-1",
        run_id="run-1",
        state=MatchState.DARK,
        detection_id="detection-1",
        mmsi=None,
        track_id=None,
        vessel_name=None,
        time_utc=T0,
        position=LonLat(139.31, 34.7),
        predicted=None,
        distance_m=None,
        azimuth_shift_m=None,
        ais_gap_s=None,
        p_match=None,
        p_dark=0.97,
        p_absent=None,
        simulated=True,
    )
    anomaly = Anomaly(
        id="anomaly-1",
        kind=AnomalyKind.DARK_VESSEL,
        scene_id="scene-1",
        time_utc=T0,
        position=LonLat(139.31, 34.7),
        position_error_m=30.0,
        risk=72.0,
        reasons=(Reason(code="dark", points=40.0, values={"p_dark": 0.97}),),
        detection_ids=("detection-1",),
        mmsis=(),
        algorithm_version="1",
        simulated=True,
    )
    run = DetectionRun(
        id="run-1",
        scene_id="scene-1",
        algorithm="cfar",
        version="1",
        parameters={"pfa": 1e-8},
        detections=3,
        seconds={"all": 1.0},
        peak_memory_mib=None,
        simulated=True,
    )
    port = Port(
        id="port-1",
        name=HOSTILE,
        position=LonLat(139.438, 34.684),
        country="JP",
        open_port=False,
        source="test",
    )
    detections = [a_detection(n) for n in range(3)]
    return [a_scene(), run, *detections, track, match, anomaly, port, a_mission(), a_flight()]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_store(tmp_path / "data") as store:
        context = make_context(store, tmp_path / "data", SquareIsland)
        with store.write(actor="test") as tx:
            tx.put_many(records())
            tx.log(act="ingest", subject=a_scene(), detail={"why": "test"})
            tx.telemetry(telemetry(10))
        app = create_app(context)
        opened: list[TestClient] = []

        def client(role: Role | None) -> TestClient:
            browser = TestClient(app, base_url="http://testserver")
            opened.append(browser)
            if role is not None:
                name = f"{role.value}-{len(opened)}"
                add_user(store, name, PASSWORD, role, SystemClock().now_utc())
                browser.cookies.set(SESSION_COOKIE, open_session(context, name))
            return browser

        yield World(context=context, client=client)
        for browser in opened:
            browser.close()
