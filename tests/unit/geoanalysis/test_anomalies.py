"""Every rule: it fires, it stays quiet, and its reasons add up."""

import dataclasses
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from geoanalysis.analysis import analyse_scene
from geoanalysis.anomalies.risk import MAX_RISK, WEIGHTS, reason, score
from geoanalysis.anomalies.scene_context import inside, is_foreign, is_night
from umimori.geodesy import LonLat
from umimori.records import AnomalyKind, Port, Zone, ZoneKind


class FakeCoast:
    coast_error_m = 0.0

    def __init__(self, distance_m: float) -> None:
        self._distance_m = distance_m

    def coast_error_in(self, bbox):
        return self.coast_error_m

    def distance_to_shore_m(self, lon, lat):
        return np.full(np.shape(lon), self._distance_m)


def analyse(world, *, ports=(), zones=(), coast=None):
    return analyse_scene(
        world.scene, "run-1", world.detections, world.tracks,
        coast=coast, zones=zones, ports=ports,
    )  # fmt: skip


def kinds(result) -> list[AnomalyKind]:
    return [a.kind for a in result.anomalies]


def codes(anomaly) -> set[str]:
    return {r.code for r in anomaly.reasons}


def port(world, x_m: float, y_m: float, *, open_port: bool) -> Port:
    return Port(
        id=f"p{x_m}{open_port}", name="港", position=world.frame.lonlat(x_m, y_m),
        country="Japan", open_port=open_port, source="test",
    )  # fmt: skip


def test_dark_vessel_has_reasons_that_sum_to_its_risk(world) -> None:
    world.report(431000001, 6_000.0, 0.0)
    world.see(0.0, 0.0, length_m=150.0)
    (found,) = [a for a in analyse(world).anomalies if a.kind is AnomalyKind.DARK_VESSEL]
    assert {"no_ais_match", "others_were_heard", "large_vessel"} <= codes(found)
    assert found.risk == pytest.approx(sum(r.points for r in found.reasons), abs=0.1)
    assert found.detection_ids == (world.detections[0].id,)
    assert found.simulated


def test_small_craft_score_less_than_ships(world) -> None:
    world.report(431000001, 6_000.0, 0.0)
    world.see(0.0, 0.0, length_m=15.0)
    world.see(-5_000.0, 0.0, length_m=120.0)
    found = analyse(world).anomalies
    dark = {a.detection_ids[0]: a for a in found if a.detection_ids}
    small, large = (dark[d.id] for d in world.detections)
    assert "carriage_not_required" in codes(small)
    assert large.risk > small.risk


def test_matched_vessels_raise_nothing(world) -> None:
    world.report(431000001, 0.0, 0.0, east=5.0)
    world.see(0.0, 0.0, east=5.0)
    assert analyse(world).anomalies == ()


def test_silence_among_stations_that_are_heard_is_a_gap(world) -> None:
    world.report(431000001, 0.0, 0.0, times_s=tuple(range(-9_000, -3_000, 300)), length_m=60.0)
    world.report(431000002, 5_000.0, 0.0, times_s=tuple(range(-600, 600, 60)))
    world.see(5_000.0, 0.0)
    found = [a for a in analyse(world).anomalies if a.kind is AnomalyKind.AIS_GAP]
    assert [a.mmsis for a in found] == [(431000001,)]
    (silent,) = [r for r in found[0].reasons if r.code == "ais_silent"]
    assert silent.values["minutes"] == pytest.approx(55, abs=1)


def test_silence_where_nobody_is_heard_is_no_gap(world) -> None:
    world.report(431000001, 0.0, 0.0, times_s=tuple(range(-9_000, -3_000, 300)))
    assert AnomalyKind.AIS_GAP not in kinds(analyse(world))


def test_a_sparsely_heard_track_is_no_gap(world) -> None:
    world.report(431000001, 0.0, 0.0, times_s=tuple(range(-36_000, -1_500, 1_500)))
    world.report(431000002, 5_000.0, 0.0)
    assert AnomalyKind.AIS_GAP not in kinds(analyse(world))


def test_a_vessel_that_left_the_area_is_no_gap(world) -> None:
    world.report(431000001, 60_000.0, 0.0, times_s=tuple(range(-9_000, -3_000, 300)))
    world.report(431000002, 18_000.0, 0.0)
    assert AnomalyKind.AIS_GAP not in kinds(analyse(world))


def test_two_slow_ais_vessels_together_are_a_rendezvous(world) -> None:
    times = tuple(range(-1_800, 1_800, 120))
    world.report(431000001, 0.0, 0.0, east=0.2, times_s=times)
    world.report(431000002, 200.0, 0.0, east=0.2, times_s=times)
    (found,) = [a for a in analyse(world).anomalies if a.kind is AnomalyKind.RENDEZVOUS]
    assert found.mmsis == (431000001, 431000002)


@pytest.mark.parametrize(
    ("east", "apart_m", "until_s"), [(6.0, 200.0, 1_800), (0.2, 900.0, 1_800), (0.2, 200.0, -1_100)]
)
def test_fast_distant_or_short_meetings_are_none(world, east, apart_m, until_s) -> None:
    times = tuple(range(-1_800, until_s, 120))
    world.report(431000001, 0.0, 0.0, east=east, times_s=times)
    world.report(431000002, apart_m, 0.0, east=east, times_s=times)
    assert AnomalyKind.RENDEZVOUS not in kinds(analyse(world))


def test_ships_moored_together_are_no_rendezvous(world) -> None:
    times = tuple(range(-1_800, 1_800, 120))
    world.report(431000001, 0.0, 0.0, times_s=times)
    world.report(431000002, 100.0, 0.0, times_s=times)
    assert AnomalyKind.RENDEZVOUS not in kinds(analyse(world, coast=FakeCoast(150.0)))


def test_slow_ais_vessel_with_a_dark_one_alongside(world) -> None:
    world.report(431000001, 0.0, 0.0, east=0.3, length_m=90.0)
    mother = world.see(0.0, 0.0, east=0.3, length_m=90.0)
    craft = world.see(300.0, 100.0, length_m=20.0)
    found = [a for a in analyse(world).anomalies if a.kind is AnomalyKind.RENDEZVOUS]
    assert [set(a.detection_ids) for a in found] == [{mother.id, craft.id}]
    assert "partner_dark" in codes(found[0])
    assert found[0].mmsis == (431000001,)


def test_dark_vessel_off_a_closed_port(world) -> None:
    world.report(431000001, 9_000.0, 0.0)
    world.see(0.0, 0.0, length_m=60.0)
    closed = port(world, 1_000.0, 0.0, open_port=False)
    result = analyse(world, ports=[closed])
    assert AnomalyKind.NEAR_CLOSED_PORT in kinds(result)
    dark = next(a for a in result.anomalies if a.kind is AnomalyKind.DARK_VESSEL)
    assert "closed_port_near" in codes(dark)


def test_an_open_port_nearer_by_explains_the_call(world) -> None:
    world.report(431000001, 9_000.0, 0.0)
    world.see(0.0, 0.0, length_m=60.0)
    ports = [
        port(world, 3_000.0, 0.0, open_port=False), port(world, 1_000.0, 0.0, open_port=True)
    ]  # fmt: skip
    assert AnomalyKind.NEAR_CLOSED_PORT not in kinds(analyse(world, ports=ports))


@pytest.mark.parametrize(
    ("mmsi", "east", "expected"),
    [(412000001, 0.5, True), (412000001, 8.0, False), (431000001, 0.5, False)],
)
def test_foreign_slow_vessels_off_a_closed_port(world, mmsi, east, expected) -> None:
    world.report(mmsi, 0.0, 0.0, east=east)
    world.see(0.0, 0.0, east=east)
    result = analyse(world, ports=[port(world, 1_500.0, 0.0, open_port=False)])
    assert (AnomalyKind.NEAR_CLOSED_PORT in kinds(result)) is expected


def test_absent_vessel(world) -> None:
    world.report(412000001, 2_000.0, 0.0, length_m=180.0)
    (found,) = analyse(world).anomalies
    assert found.kind is AnomalyKind.ABSENT_VESSEL
    assert {"report_without_echo", "foreign_flag"} <= codes(found)


def test_watch_zone_and_coast_add_points(world) -> None:
    world.report(431000001, 6_000.0, 0.0)
    world.see(0.0, 0.0)
    zone = Zone(
        id="z", name="演習", kind=ZoneKind.WATCH, ring=(world.frame.lonlat(0, 0),),
        radius_m=3_000.0, source="test",
    )  # fmt: skip
    plain = analyse(world).anomalies[0]
    watched = analyse(world, zones=[zone], coast=FakeCoast(2_000.0)).anomalies[0]
    assert {"watch_zone", "coast_near"} <= codes(watched)
    assert watched.risk == pytest.approx(plain.risk + 20.0)


def test_anomalies_come_by_falling_risk_and_keep_their_ids(world) -> None:
    world.report(431000001, 6_000.0, 0.0)
    for k in range(4):
        world.see(-3_000.0 * k, 0.0, length_m=12.0 + 30.0 * k)
    first, second = analyse(world).anomalies, analyse(world).anomalies
    assert [a.risk for a in first] == sorted((a.risk for a in first), reverse=True)
    assert first == second


def test_score_is_bounded_and_negative_points_count() -> None:
    everything = [reason(code, 1.0) for code, w in WEIGHTS.items() if w.points > 0]
    assert score(everything) == MAX_RISK
    assert score([reason("carriage_not_required", 1.0)]) == 0.0
    assert reason("night", 7.0).points == WEIGHTS["night"].points


def test_zone_over_the_antimeridian() -> None:
    ring = (LonLat(179.0, -1.0), LonLat(-179.0, -1.0), LonLat(-179.0, 1.0), LonLat(179.0, 1.0))
    zone = Zone(id="z", name="z", kind=ZoneKind.WATCH, ring=ring, radius_m=None, source="t")
    assert inside(zone, LonLat(-179.9, 0.2))
    assert inside(zone, LonLat(179.9, 0.2))
    assert not inside(zone, LonLat(178.0, 0.2))


def test_night_is_by_solar_time() -> None:
    noon_utc = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
    assert is_night(noon_utc, LonLat(139.0, 35.0))
    assert not is_night(noon_utc, LonLat(0.0, 51.0))
    assert not is_night(noon_utc - timedelta(hours=9), LonLat(139.0, 35.0))


def test_foreign_numbers() -> None:
    assert is_foreign(412123456)
    assert not is_foreign(431123456)
    assert not is_foreign(994310001)


def test_simulated_inputs_mark_the_output(world) -> None:
    world.report(431000001, 6_000.0, 0.0)
    world.see(0.0, 0.0, simulated=False)
    world.tracks[0] = dataclasses.replace(world.tracks[0], simulated=False)
    scene = dataclasses.replace(world.scene, simulated=False)
    result = analyse_scene(
        scene, "run-1", world.detections, world.tracks, coast=None, zones=(), ports=()
    )
    assert not result.simulated
    assert not any(a.simulated for a in result.anomalies)
