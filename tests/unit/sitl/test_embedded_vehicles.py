"""The embedded autopilots: what they fly, what they refuse, how their failsafes act."""

import math

import pytest
from hand_written import plane_mission, sub_mission
from in_process import autopilot_for

from flight.mission_wire import fence_items, mission_items
from sitl.embedded import plane as plane_modes
from sitl.embedded import sub as sub_modes
from sitl.embedded.autopilot import FAILED, OK, Reached, Text
from sitl.embedded.guidance import Point
from sitl.embedded.items import StoredItem
from umimori.geodesy import forward


def stored(item):
    return StoredItem(
        command=item.command, frame=item.frame, param1=item.param1, param2=item.param2,
        param3=item.param3, param4=item.param4, x_e7=item.x_e7, y_e7=item.y_e7, z_m=item.z_m,
    )  # fmt: skip


def load(server, items):
    server.on_count(len(items), 0.0)
    for item in items:
        server.on_item(item.seq, stored(item), 0.0)


def ready(mission, **fields):
    vehicle = autopilot_for(mission, speedup=1.0, stall_guard_s=0.0, **fields)
    load(vehicle.mission, mission_items(mission))
    if mission.fence is not None:
        load(vehicle.fence_list, fence_items(mission.fence))
    for parameter in mission.safety_parameters:
        vehicle.params.set(parameter.names[0], parameter.value)
    if "RTL_AUTOLAND" in vehicle.params:
        vehicle.params.set("RTL_AUTOLAND", 3)  # a return circles; 1 and 2 would go on to land
    run(vehicle, 45.0)
    return vehicle


def run(vehicle, seconds, until=lambda v: False, beat=True):
    """Advance; return what happened."""
    events = []
    for _ in range(int(seconds * 10)):
        if beat:
            vehicle.heard_ground_station()
        vehicle.advance(0.1)
        events += vehicle.take_events()
        if until(vehicle):
            break
    return events


def in_flight(vehicle, seconds=60.0):
    assert vehicle.arm(force=False) == OK
    auto = plane_modes.AUTO if vehicle.kind.value == "plane" else sub_modes.AUTO
    assert vehicle.set_mode(auto) == OK
    run(vehicle, seconds)
    return vehicle


def test_a_plane_flies_its_mission_and_lands():
    vehicle = ready(plane_mission())
    vehicle.arm(force=False)
    vehicle.set_mode(plane_modes.AUTO)
    events = run(vehicle, 900.0, lambda v: not v.armed)
    assert not vehicle.armed
    reached = [e.seq for e in events if isinstance(e, Reached)]
    assert reached == sorted(reached) and reached[-1] == 9
    end = vehicle.snapshot()
    assert end.on_ground and end.at.distance_m(Point(0.0, 0.0)) < 100.0
    assert vehicle.battery.remaining_fraction < 1.0
    assert vehicle.breach_count == 0


@pytest.mark.parametrize("wind_mps", [0.0, 8.0])
def test_a_plane_holds_its_legs_in_wind(wind_mps):
    vehicle = ready(plane_mission(size_m=1500.0))
    vehicle.params.set("SIM_WIND_SPD", wind_mps)
    vehicle.params.set("SIM_WIND_DIR", 120.0)
    vehicle.arm(force=False)
    vehicle.set_mode(plane_modes.AUTO)
    worst = 0.0
    for _ in range(4000):
        vehicle.advance(0.1)
        leg, state = vehicle._leg, vehicle._state
        if leg is None or leg.seq not in {3, 4, 5}:
            continue
        if leg.start.distance_m(state.at) > 700.0 and leg.end.distance_m(state.at) > 200.0:
            worst = max(worst, abs(vehicle.snapshot().xtrack_m))
    assert 0.0 < worst < 5.0


def test_bank_never_exceeds_its_limit():
    vehicle = ready(plane_mission())
    vehicle.params.set("ROLL_LIMIT_DEG", 30.0)
    vehicle.arm(force=False)
    vehicle.set_mode(plane_modes.AUTO)
    banks = []
    run(vehicle, 300.0, lambda v: banks.append(abs(v.snapshot().roll_rad)) or False)
    assert math.radians(25.0) < max(banks) <= math.radians(30.0) + 1e-9


def test_arming_is_refused_with_reasons():
    mission = plane_mission()
    vehicle = ready(mission)
    vehicle.params.set("RTL_AUTOLAND", 0)
    assert vehicle.arm(force=False) == FAILED
    texts = [e.text for e in vehicle.take_events() if isinstance(e, Text)]
    assert any("RTL_AUTOLAND" in text for text in texts)
    fresh = autopilot_for(mission, speedup=1.0)
    run(fresh, 5.0)
    assert fresh.arm(force=False) == FAILED
    assert fresh.arm(force=True) == OK


def test_leaving_the_fence_means_return():
    vehicle = in_flight(ready(plane_mission()))
    centre = vehicle.point_of(vehicle.mission.items[2])
    vehicle.fence = type(vehicle.fence)(
        inclusions=(
            tuple(Point(centre.x_m + dx, centre.y_m + dy) for dx, dy in ((9, 0), (0, 9), (9, 9))),
        )
    )
    run(vehicle, 1.0)
    assert vehicle.mode == plane_modes.RTL and vehicle.breach_count == 1


@pytest.mark.parametrize(
    ("action", "mode"), [(0, plane_modes.AUTO), (1, plane_modes.RTL), (4, plane_modes.AUTO)]
)
def test_silence_of_the_ground_station_counts_in_vehicle_time(action, mode):
    vehicle = ready(plane_mission())
    vehicle.params.set("FS_GCS_ENABL", 1)
    vehicle.params.set("FS_LONG_ACTN", action)
    in_flight(vehicle)
    run(vehicle, 4.5, beat=False)
    assert not vehicle.gcs_lost
    run(vehicle, 1.5, beat=False)
    assert vehicle.gcs_lost and vehicle.mode == mode


def test_a_low_battery_acts_after_its_delay():
    vehicle = ready(plane_mission())
    vehicle.params.set("BATT_LOW_VOLT", 20.0)
    vehicle.params.set("BATT_LOW_TIMER", 5)
    vehicle.params.set("BATT_FS_LOW_ACT", 1)
    in_flight(vehicle)
    vehicle.params.set("SIM_BATT_VOLTAGE", 19.0)
    run(vehicle, 4.0)
    assert vehicle.mode == plane_modes.AUTO
    run(vehicle, 2.0)
    assert vehicle.mode == plane_modes.RTL


@pytest.mark.parametrize("choice", [1, 2])
def test_a_return_goes_on_to_the_landing_when_asked(choice):
    vehicle = ready(plane_mission(laps=5))
    vehicle.params.set("RTL_AUTOLAND", choice)
    in_flight(vehicle)
    vehicle.set_mode(plane_modes.RTL)
    run(vehicle, 600.0, lambda v: not v.armed)
    assert not vehicle.armed and vehicle.snapshot().on_ground


def test_a_return_takes_the_nearest_rally_point():
    vehicle = in_flight(ready(plane_mission()))
    ahead = forward(vehicle.place.position, 30.0, 2500.0)
    rally = StoredItem(
        command=5100, frame=3, param1=0, param2=0, param3=0, param4=0,
        x_e7=round(ahead.lat_deg * 1e7), y_e7=round(ahead.lon_deg * 1e7), z_m=100.0,
    )  # fmt: skip
    vehicle.rally_list.items = [rally]
    vehicle.set_mode(plane_modes.RTL)
    run(vehicle, 300.0)
    x, y = vehicle.frame.xy(ahead)
    assert vehicle.snapshot().at.distance_m(Point(x, y)) == pytest.approx(80.0, abs=8.0)


def test_guided_is_denied_outside_the_fence():
    vehicle = in_flight(ready(plane_mission()))
    far = forward(vehicle.place.position, 0.0, 50_000.0)
    assert vehicle.reposition(far, 100.0) != OK
    near = forward(vehicle.place.position, 30.0, 800.0)
    assert vehicle.reposition(near, 120.0) == OK
    run(vehicle, 200.0)
    x, y = vehicle.frame.xy(near)
    assert vehicle.snapshot().at.distance_m(Point(x, y)) == pytest.approx(80.0, abs=8.0)
    assert vehicle.snapshot().alt_m == pytest.approx(120.0, abs=2.0)


def test_a_sub_dives_its_mission_and_holds_at_the_end():
    vehicle = ready(sub_mission())
    vehicle.arm(force=False)
    vehicle.set_mode(sub_modes.AUTO)
    depths = []
    events = run(
        vehicle, 900.0,
        lambda v: depths.append(v.snapshot().alt_m) or v.mission_complete,
    )  # fmt: skip
    assert vehicle.mission_complete and vehicle.mode == sub_modes.AUTO
    assert min(depths) == pytest.approx(-6.0, abs=0.2)
    assert [e.seq for e in events if isinstance(e, Reached)] == list(range(1, 11))


def test_a_sub_without_a_position_refuses_to_navigate():
    vehicle = autopilot_for(sub_mission(), speedup=1.0)
    load(vehicle.mission, mission_items(sub_mission()))
    run(vehicle, 20.0)
    assert vehicle.arm(force=False) == OK
    for mode in (sub_modes.AUTO, sub_modes.GUIDED, sub_modes.POSHOLD):
        assert vehicle.set_mode(mode) == FAILED
    assert vehicle.set_mode(sub_modes.ALT_HOLD) == OK


def test_a_sub_drifts_in_alt_hold_and_stays_in_poshold():
    vehicle = ready(sub_mission())
    vehicle.params.set("SIM_CURR_SPD", 0.4)
    vehicle.params.set("SIM_CURR_DIR", 90.0)
    vehicle.arm(force=False)
    start = vehicle.snapshot().at
    vehicle.set_mode(sub_modes.ALT_HOLD)
    run(vehicle, 50.0)
    drifted = vehicle.snapshot().at
    assert start.distance_m(drifted) == pytest.approx(20.0, abs=1.0)
    vehicle.set_mode(sub_modes.POSHOLD)
    run(vehicle, 50.0)
    assert drifted.distance_m(vehicle.snapshot().at) < 1.0


def test_surface_turns_into_alt_hold_at_the_top():
    vehicle = in_flight(ready(sub_mission()), seconds=30.0)
    assert vehicle.snapshot().alt_m < -3.0
    vehicle.set_mode(sub_modes.SURFACE)
    run(vehicle, 60.0)
    assert vehicle.mode == sub_modes.ALT_HOLD
    assert vehicle.snapshot().alt_m > -0.2


@pytest.mark.parametrize(
    ("choice", "armed", "mode"),
    [(2, False, sub_modes.AUTO), (3, True, sub_modes.ALT_HOLD), (4, True, sub_modes.SURFACE)],
)
def test_a_sub_obeys_its_link_failsafe(choice, armed, mode):
    vehicle = ready(sub_mission())
    vehicle.params.set("FS_GCS_ENABLE", choice)
    in_flight(vehicle, seconds=20.0)
    run(vehicle, 5.3, beat=False)
    assert (vehicle.armed, vehicle.mode) == (armed, mode)


def test_a_sub_takes_no_fence_action():
    mission = plane_mission()
    vehicle = ready(sub_mission())
    load(vehicle.fence_list, fence_items(mission.fence))
    vehicle.params.set("FENCE_TYPE", 4)
    vehicle.params.set("FENCE_ENABLE", 1)
    vehicle.arm(force=True)
    vehicle.set_mode(sub_modes.AUTO)
    run(vehicle, 5.0)
    assert vehicle.breach != 0 and vehicle.mode == sub_modes.AUTO
