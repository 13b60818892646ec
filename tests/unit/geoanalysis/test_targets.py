"""Targets keep their identity over runs."""

import dataclasses
from datetime import timedelta

from geoanalysis.association.match_scene import match_scene
from geoanalysis.targets import link_targets, sightings_of


def sightings(world, run="run-1"):
    result = match_scene(
        world.scene, run, world.detections, world.tracks, shore_distance_m=None, coast_error_m=0.0
    )
    return sightings_of(result.matches, {d.id: d for d in world.detections})


def test_linking_twice_changes_nothing(world) -> None:
    world.report(431000001, 0.0, 0.0)
    world.see(0.0, 0.0)
    world.see(3_000.0, 0.0)
    first = link_targets(sightings(world), [])
    assert len(first) == 2
    assert {t.mmsi for t in first} == {None, 431000001}
    assert link_targets(sightings(world), first) == first


def test_another_run_joins_what_lies_within_the_errors(world, new_world) -> None:
    world.see(0.0, 0.0)
    world.see(3_000.0, 0.0)
    first = link_targets(sightings(world), [])
    other = new_world()
    for x in (20.0, 3_010.0, -6_000.0):
        seen = other.see(x, 10.0)
        other.detections[-1] = dataclasses.replace(seen, id=f"run2-{x}", run_id="run-2")
    second = link_targets(sightings(other, "run-2"), first)
    assert len(second) == 3
    assert {t.id for t in first} < {t.id for t in second}
    assert sorted(len(t.detection_ids) for t in second) == [1, 2, 2]


def test_the_same_place_days_later_is_another_target(world, new_world, moment) -> None:
    world.see(0.0, 0.0)
    first = link_targets(sightings(world), [])
    later = new_world()
    seen = later.see(0.0, 0.0, time_utc=moment + timedelta(days=12))
    later.detections[-1] = dataclasses.replace(seen, id="later")
    second = link_targets(sightings(later), first)
    assert {t.id for t in first}.isdisjoint({t.id for t in second})


def test_two_neighbours_are_never_one(world) -> None:
    world.see(0.0, 0.0)
    world.see(70.0, 0.0)
    assert len(link_targets(sightings(world), [])) == 2
