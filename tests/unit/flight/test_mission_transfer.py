"""The transfer engine against the vehicle's side of the protocol, over a link that misbehaves."""

import heapq
import random

import hand_written as missions
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flight.messages import Message, MissionType, Target
from flight.mission_transfer import MissionTransfer, Timing
from flight.mission_wire import differences, mission_items
from sitl.embedded.items import StoredItem, as_stored, refusal
from sitl.embedded.mission_server import MissionServer
from umimori.records.vehicle import VehicleKind

VEHICLE = Target(1, 1)
HOME = StoredItem(
    command=16, frame=0, param1=0, param2=0, param3=0, param4=0, x_e7=1, y_e7=2, z_m=3.0
)
STEP_S = 0.01


class Air:
    """A link that loses, doubles and delays (so reorders) what passes, by a seed."""

    def __init__(self, seed, *, loss=0.0, duplicate=0.0, delay_s=0.0):
        self.random = random.Random(seed)
        self.loss, self.duplicate, self.delay_s = loss, duplicate, delay_s
        self.flying = []
        self.count = 0

    def put(self, now, end, thing):
        copies = 2 if self.random.random() < self.duplicate else 1
        for _ in range(copies):
            if self.random.random() < self.loss:
                continue
            self.count += 1
            late = self.random.random() * self.delay_s
            heapq.heappush(self.flying, (now + 0.005 + late, self.count, end, thing))

    def arrived(self, now):
        while self.flying and self.flying[0][0] <= now:
            _, _, end, thing = heapq.heappop(self.flying)
            yield end, thing


class World:
    """One ground station, one vehicle and the air between them, in simulated time."""

    def __init__(self, engine, air, *, kind=VehicleKind.PLANE, asks_int=False, stored=None):
        self.engine, self.air = engine, air
        self.server = MissionServer(
            0,
            asks_int=asks_int,
            check=lambda item: refusal(item, kind),
            store=lambda item: as_stored(item, kind),
            finish=lambda items: 0,
            home=lambda: HOME,
        )
        if stored is not None:
            self.server.items = list(stored)
        self.now = 0.0
        self.replies = 0

    def _to_vehicle(self, outgoing):
        for message in outgoing:
            self.air.put(self.now, "vehicle", message)

    def _to_ground(self, replies):
        for reply in replies:
            self.replies += 1
            fields = {**reply.fields, "target_system": 255}
            self.air.put(self.now, "ground", Message(reply.name, fields, 1, 1, self.now))

    def _serve(self, message):
        f, now = message.fields, self.now
        if message.name == "MISSION_COUNT":
            return self.server.on_count(f["count"], now)
        if message.name == "MISSION_ITEM_INT":
            item = StoredItem(
                command=f["command"], frame=f["frame"], param1=f["param1"], param2=f["param2"],
                param3=f["param3"], param4=f["param4"], x_e7=f["x"], y_e7=f["y"], z_m=f["z"],
            )  # fmt: skip
            return self.server.on_item(f["seq"], item, now)
        if message.name == "MISSION_REQUEST_LIST":
            return self.server.on_request_list()
        if message.name == "MISSION_REQUEST_INT":
            return self.server.on_request(f["seq"], as_int=True)
        if message.name == "MISSION_CLEAR_ALL":
            return self.server.on_clear()
        return []

    def step(self):
        self.now += STEP_S
        for end, thing in self.air.arrived(self.now):
            if end == "vehicle":
                self._to_ground(self._serve(thing))
            else:
                self._to_vehicle(self.engine.on_message(thing, self.now))
        self._to_ground(self.server.tick(self.now))
        self._to_vehicle(self.engine.on_tick(self.now))

    def run(self, limit_s=600.0):
        self._to_vehicle(self.engine.start(self.now))
        while not self.engine.finished and self.now < limit_s:
            self.step()
        return self.now

    def drain(self):
        """Let everything that is still in the air arrive, and the vehicle's patience end."""
        until = self.now + 20.0
        while self.now < until:
            self.step()


def engine(items, kind=VehicleKind.PLANE, **fields):
    return MissionTransfer(items, MissionType.MISSION, VEHICLE, kind, Timing(**fields))


def holds(world, items, kind=VehicleKind.PLANE):
    """Whether the vehicle's memory is what was sent (home aside), looked at directly."""
    held = [(i.command, i.x_e7, i.y_e7, round(i.z_m, 2)) for i in world.server.items[1:]]
    stored = [
        as_stored(
            StoredItem(
                command=i.command, frame=i.frame, param1=i.param1, param2=i.param2,
                param3=i.param3, param4=i.param4, x_e7=i.x_e7, y_e7=i.y_e7, z_m=i.z_m,
            ),
            kind,
        )
        for i in items[1:]
    ]  # fmt: skip
    return held == [(i.command, i.x_e7, i.y_e7, round(i.z_m, 2)) for i in stored]


@pytest.mark.parametrize("asks_int", [False, True])
def test_a_clean_link_verifies_at_once(asks_int):
    items = mission_items(missions.plane_mission(laps=20))
    world = World(engine(items), Air(1), asks_int=asks_int)
    wall = world.run()
    assert world.engine.verified and holds(world, items)
    assert wall < 0.05 * len(items)


def test_a_hundred_items_survive_twenty_per_cent_loss_each_way():
    items = mission_items(missions.plane_mission(laps=23))
    for seed in range(10):
        world = World(engine(items), Air(seed, loss=0.2))
        world.run()
        assert world.engine.verified, (seed, world.engine.problem)
        assert holds(world, items)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32),
    loss=st.floats(0.0, 0.2),
    duplicate=st.floats(0.0, 0.2),
    delay_s=st.floats(0.0, 0.4),
    old=st.integers(0, 30),
)
def test_verified_is_never_wrong(seed, loss, duplicate, delay_s, old):
    """Whatever the link does: verified means that the vehicle holds it, then and afterwards."""
    items = mission_items(missions.plane_mission(laps=3))
    leftovers = [HOME, *[HOME] * old]
    air = Air(seed, loss=loss, duplicate=duplicate, delay_s=delay_s)
    world = World(engine(items), air, stored=leftovers)
    world.run()
    if world.engine.verified:
        assert holds(world, items)
        world.drain()
        assert holds(world, items)
    else:
        assert world.engine.problem


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), cut=st.integers(0, 60))
def test_a_link_that_dies_ends_unverified_with_words(seed, cut):
    items = mission_items(missions.plane_mission(laps=10))
    world = World(engine(items, give_up_s=20.0), Air(seed))
    world._to_vehicle(world.engine.start(world.now))
    while world.now < 200.0 and not world.engine.finished:
        if world.replies > cut:
            world.air.loss = 1.0
        world.step()
    assert world.engine.finished and not world.engine.verified
    assert "stopped answering" in world.engine.problem


def test_a_refused_item_is_named():
    mission = missions.plane_mission()
    items = list(mission_items(mission))
    bad = items[3]
    items[3] = type(bad)(**{**_fields(bad), "x_e7": 950_000_000})
    world = World(engine(tuple(items)), Air(3))
    world.run()
    assert not world.engine.verified
    assert "INVALID_PARAM5_X" in world.engine.problem and "item 3" in world.engine.problem


def test_a_memory_that_changes_an_item_is_not_verified():
    items = mission_items(missions.plane_mission())
    world = World(engine(items), Air(4))
    honest = world.server._store

    def forgetful(item):
        stored = honest(item)
        return type(stored)(**{**_fields(stored), "z_m": stored.z_m + 1.0})

    world.server._store = forgetful
    world.run()
    assert not world.engine.verified
    assert "altitude" in world.engine.problem


def test_an_empty_list_is_cleared_and_seen_empty():
    world = World(engine(()), Air(5, loss=0.2), stored=[HOME] * 7)
    world.run()
    assert world.engine.verified
    assert world.server.items == [HOME]


def test_too_many_items_are_refused_in_words():
    items = mission_items(missions.plane_mission(laps=200))
    world = World(engine(items), Air(6))
    world.run()
    assert "NO_SPACE" in world.engine.problem


def test_reading_does_not_write():
    items = mission_items(missions.plane_mission())
    first = World(engine(items), Air(7))
    first.run()
    reader = MissionTransfer(
        (), MissionType.MISSION, VEHICLE, VehicleKind.PLANE, Timing(), read_only=True
    )
    second = World(reader, Air(8, loss=0.2), stored=first.server.items)
    second.run()
    assert reader.verified
    assert not differences(items, reader.held, VehicleKind.PLANE, MissionType.MISSION)
    assert second.server.items == first.server.items


def test_other_vehicles_and_other_lists_are_ignored():
    items = mission_items(missions.plane_mission())
    transfer = engine(items)
    transfer.start(0.0)
    request = {"seq": 0, "mission_type": 0}
    assert transfer.on_message(Message("MISSION_REQUEST_INT", request, 2, 1), 0.1) == []
    fence = {"seq": 0, "mission_type": 1}
    assert transfer.on_message(Message("MISSION_REQUEST_INT", fence, 1, 1), 0.1) == []
    assert transfer.on_message(Message("MISSION_REQUEST_INT", request, 1, 1), 0.1) != []


def _fields(record):
    return {name: getattr(record, name) for name in record.__slots__}
