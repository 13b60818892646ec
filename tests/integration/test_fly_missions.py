"""Whole flights on embedded vehicles, each a process of its own, reached by MAVLink alone."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from flying import fly_once, vehicle_for
from hand_written import plane_mission, sub_mission

from flight.adapters.pymavlink_link import PymavlinkLink
from flight.link_address import parse_link
from flight.report import document_of
from flight.session import Session
from umimori.clocks import SystemClock
from umimori.records.flight import Flight, FlightState
from umimori.store import open_store


def parameters_of(link, names):
    connection = PymavlinkLink(parse_link(link))
    try:
        session = Session(connection, SystemClock())
        session.connect()
        return {n: v.value for n, v in session.read_parameters(names).items()}
    finally:
        connection.close()


@pytest.mark.parametrize("make", [plane_mission, sub_mission], ids=["plane", "sub"])
def test_a_mission_is_flown_verified_and_recorded(make, tmp_path):
    mission = make()
    seen = []
    with vehicle_for(mission) as vehicle:
        wanted = {p.names[0]: p.value for p in mission.safety_parameters}
        before = parameters_of(vehicle.link, list(wanted))
        assert before != wanted
        report, rows, acts = fly_once(
            mission, vehicle.link, tmp_path, progress=lambda code, _: seen.append(code)
        )
        assert parameters_of(vehicle.link, list(wanted)) == before
    flight = report.flight
    assert flight.state is FlightState.COMPLETED, flight.note
    assert flight.uploaded_verified and flight.readback_sha256
    assert flight.simulated and flight.engine == "embedded"
    assert flight.items_reached == flight.items_total > 0
    assert acts == [
        "flight_begun", "upload_verified", "armed", "mode", "flight_completed", "tlog_kept"
    ]  # fmt: skip
    assert [c for c in seen if c in {"connected", "armed", "flying", "ended"}] == [
        "connected", "armed", "flying", "ended"
    ]  # fmt: skip
    gaps = [b.vehicle_s - a.vehicle_s for a, b in itertools.pairwise(rows)]
    assert min(gaps) >= 0.249
    assert {row.mode for row in rows} >= {"AUTO", "MANUAL"}
    assert all(row.simulated for row in rows)
    assert rows[-1].armed is False
    with open_store(tmp_path) as store:
        assert store.get(Flight, flight.id) == flight
        assert store.blobs.path(flight.tlog_sha256).stat().st_size > 1000
        assert store.verify().ok


def test_plane_and_sub_fly_side_by_side(tmp_path):
    missions = [plane_mission(laps=2), sub_mission()]

    def one(number):
        mission = missions[number]
        with vehicle_for(mission, speedup=150.0) as vehicle:
            return fly_once(mission, vehicle.link, tmp_path / "data")[0].flight

    with ThreadPoolExecutor(2) as pool:
        flights = list(pool.map(one, range(2)))
    assert [f.state for f in flights] == [FlightState.COMPLETED] * 2


def test_the_sub_stays_on_its_path_and_the_plane_near_it(tmp_path):
    mission = sub_mission()
    with vehicle_for(mission) as vehicle:
        report, rows, _ = fly_once(mission, vehicle.link, tmp_path)
    assert report.track.p95_m < 1.0
    assert min(row.alt_rel_m for row in rows) == pytest.approx(-6.0, abs=0.3)


def test_dronekit_carries_the_same_flight(tmp_path):
    mission = sub_mission(side_m=8.0)
    with vehicle_for(mission, speedup=40.0) as vehicle:
        report, _, _ = fly_once(mission, vehicle.link, tmp_path, adapter="dronekit")
    assert report.flight.state is FlightState.COMPLETED
    assert report.flight.uploaded_verified


def test_a_second_flight_on_the_same_vehicle_works(tmp_path):
    mission = sub_mission(side_m=8.0)
    with vehicle_for(mission) as vehicle:
        for _ in range(2):
            report, _, _ = fly_once(mission, vehicle.link, tmp_path)
            assert report.flight.state is FlightState.COMPLETED
            document = document_of(report, mission)
            assert document["completed"] and document["uploaded"]["verified"]
