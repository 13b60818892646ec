"""AIS files and detections through the real store: import, analysis, idempotence, evidence."""

import dataclasses
import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from pyais import encode_dict
from typer.testing import CliRunner

from geoanalysis.cli import ais_app, ports_app, zones_app
from geoanalysis.service import analyse, import_ais, tracks_about
from geoanalysis.tasking import tasks_from_anomalies
from umimori.errors import BadInputError, UnknownRecordError
from umimori.geodesy import MPS_PER_KNOT, LocalFrame, LonLat
from umimori.ids import derived_id
from umimori.records import (
    AisTrack,
    Anomaly,
    AnomalyKind,
    Detection,
    DetectionRun,
    Match,
    MatchState,
    Review,
    Scene,
    Target,
    TaskKind,
    Verdict,
    VesselClass,
)
from umimori.store import open_store

MOMENT = datetime(2024, 5, 1, 8, 42, 3, tzinfo=UTC)
OSHIMA_WEST = LonLat(139.30, 34.74)
FRAME = LocalFrame(OSHIMA_WEST)


class OpenSea:
    """A coast far away: these tests need none of its detail."""

    coast_error_m = 500.0

    def coast_error_in(self, bbox):
        return self.coast_error_m

    @staticmethod
    def distance_to_shore_m(lon_deg, lat_deg):
        return np.full(np.shape(lon_deg), 6_000.0)


def sentence(moment: datetime, **fields) -> list[str]:
    head = f"s:UMIMORI-SIM,c:{int(moment.timestamp())}"
    check = 0
    for char in head.encode():
        check ^= char
    parts = encode_dict(fields, talker_id="AI", sentence_type="VDM", radio_channel="A")
    return [f"\\{head}*{check:02X}\\{parts[0]}", *parts[1:]]


def ship_log(mmsi: int, x: float, y: float, *, north: float, length: int) -> list[str]:
    lines = sentence(
        MOMENT - timedelta(minutes=9), type=5, mmsi=mmsi, shipname=f"SHIP {mmsi % 100}",
        ship_type=70, to_bow=length - 20, to_stern=20, to_port=7, to_starboard=7,
    )  # fmt: skip
    for t in range(-600, 601, 60):
        place = FRAME.lonlat(x, y + north * t)
        lines += sentence(
            MOMENT + timedelta(seconds=t), type=1, mmsi=mmsi, lon=place.lon_deg, lat=place.lat_deg,
            speed=round(north / MPS_PER_KNOT, 1), course=0.0, second=60,
        )  # fmt: skip
    return lines


def detection(x: float, y: float, *, length: float, run: str = "run-1", **changes) -> Detection:
    values = {
        "id": derived_id("d", run, x, y), "scene_id": "scene-1", "run_id": run, "row_px": 0.0,
        "col_px": 0.0, "position": FRAME.lonlat(x, y), "position_error_m": 20.0,
        "time_utc": MOMENT, "length_m": length, "length_error_m": 12.0, "width_m": 12.0,
        "heading_deg": None, "heading_ambiguous": True, "peak_db": 0.0, "contrast": 50.0,
        "polarisation": "VV", "score": 0.98, "vessel_class": VesselClass.VESSEL, "flags": (),
        "distance_to_shore_m": 6_000.0, "near_infrastructure": False, "incidence_deg": 38.0,
        "slant_range_m": 870_000.0, "platform_speed_mps": 7_598.0, "platform_heading_deg": 0.0,
        "range_look": "right", "pixels": 30, "simulated": True,
    }  # fmt: skip
    return Detection(**(values | changes))


@pytest.fixture
def filled(tmp_path: Path):
    """A store with one scene, two reporting ships, one dark ship and one ghost."""
    log = tmp_path / "sea.nmea"
    lines = ship_log(431000001, 0.0, 0.0, north=5.0, length=90)
    lines += ship_log(431000002, 6_000.0, -4_000.0, north=7.0, length=180)
    log.write_text("\n".join(lines) + "\n")
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    scene = Scene(
        id="scene-1", name="S1A_TEST", platform="S1A", sensor="SAR-C", product_type="GRDH",
        polarisations=("VV",), start_utc=MOMENT - timedelta(seconds=3),
        stop_utc=MOMENT + timedelta(seconds=3),
        footprint=tuple(FRAME.lonlat(a * 15_000.0, b * 15_000.0) for a, b in corners),
        width_px=3000, height_px=3000, range_spacing_m=10.0, azimuth_spacing_m=10.0,
        path="nowhere", content_sha256="0" * 64, simulated=True,
    )  # fmt: skip
    run = DetectionRun(
        id="run-1", scene_id="scene-1", algorithm="test", version="1", parameters={},
        detections=4, seconds={}, peak_memory_mib=None, simulated=True,
    )  # fmt: skip
    seen = [
        detection(0.0, 0.0, length=92.0),
        detection(6_000.0, -4_000.0, length=175.0),
        detection(3_500.0, 2_000.0, length=60.0),
        detection(-8_000.0, 0.0, length=60.0, vessel_class=VesselClass.AMBIGUITY),
    ]
    with open_store(tmp_path / "data") as store:
        with store.write(actor="test") as tx:
            tx.put_many([scene, run, *seen])
        yield store, log


def test_import_then_analyse(filled) -> None:
    store, log = filled
    imported = import_ais([log], store)
    assert (imported.stations, imported.tracks) == (2, 2)
    assert imported.simulated
    assert {t.length_m for t in store.list(AisTrack)} == {90.0, 180.0}
    summary = analyse(store, "scene-1", OpenSea())
    assert (summary.matched, summary.dark, summary.not_vessel) == (2, 1, 1)
    assert summary.absent == 0
    states = {m.detection_id: m for m in store.list(Match, run_id="run-1")}
    assert states[derived_id("d", "run-1", 0.0, 0.0)].vessel_name == "SHIP 1"
    kinds = {a.kind for a in store.list(Anomaly)}
    assert AnomalyKind.DARK_VESSEL in kinds
    assert AnomalyKind.NEAR_CLOSED_PORT in kinds  # the packaged table knows Motomachi
    assert all(a.simulated for a in store.list(Anomaly))
    assert len(store.list(Target)) == 3


def test_doing_everything_again_changes_nothing(filled) -> None:
    store, log = filled
    import_ais([log], store)
    analyse(store, None, OpenSea())
    last, entries = store.outbox_last(), len(store.evidence.entries())
    assert import_ais([log], store).changed == 0
    assert analyse(store, None, OpenSea()).changed == 0
    assert store.outbox_last() == last
    assert len(store.evidence.entries()) == entries
    assert store.verify().ok


def test_two_halves_of_a_log_give_the_whole_tracks(filled, tmp_path: Path) -> None:
    store, log = filled
    lines = log.read_text().splitlines()
    halves = [tmp_path / "a.nmea", tmp_path / "b.nmea"]
    halves[0].write_text("\n".join(lines[:31]) + "\n")
    halves[1].write_text("\n".join(lines[31:]) + "\n")
    import_ais([halves[0]], store)
    import_ais([halves[1]], store)
    in_parts = {t.mmsi: t.points for t in store.list(AisTrack)}
    with open_store(tmp_path / "other") as other:
        import_ais([log], other)
        assert in_parts == {t.mmsi: t.points for t in other.list(AisTrack)}


def test_late_ais_turns_dark_into_matched(filled, tmp_path: Path) -> None:
    store, log = filled
    import_ais([log], store)
    assert analyse(store, "scene-1", OpenSea()).dark == 1
    late = tmp_path / "late.nmea"
    late.write_text("\n".join(ship_log(431000003, 3_500.0, 2_000.0, north=0.0, length=60)) + "\n")
    import_ais([late], store)
    summary = analyse(store, "scene-1", OpenSea())
    assert (summary.matched, summary.dark) == (3, 0)
    assert AnomalyKind.DARK_VESSEL not in {a.kind for a in store.list(Anomaly)}
    states = [m.state for m in store.list(Match, run_id="run-1") if m.detection_id]
    assert states.count(MatchState.MATCHED) == 3


def test_reviewed_anomalies_outlive_a_new_analysis(filled, tmp_path: Path) -> None:
    store, log = filled
    import_ais([log], store)
    analyse(store, "scene-1", OpenSea())
    dark = next(a for a in store.list(Anomaly) if a.kind is AnomalyKind.DARK_VESSEL)
    with store.write(actor="analyst") as tx:
        tx.add(
            Review(
                id="review-1",
                subject_id=dark.id,
                verdict=Verdict.CONFIRMED,
                note="",
                user="a",
                time_utc=MOMENT,
                simulated=True,
            )
        )
    late = tmp_path / "late.nmea"
    late.write_text("\n".join(ship_log(431000003, 3_500.0, 2_000.0, north=0.0, length=60)) + "\n")
    import_ais([late], store)
    analyse(store, "scene-1", OpenSea())
    assert store.find(Anomaly, dark.id) == dark


def test_a_second_run_links_to_the_same_targets(filled) -> None:
    store, log = filled
    import_ais([log], store)
    analyse(store, "scene-1", OpenSea())
    before = {t.id for t in store.list(Target)}
    again = [
        detection(8.0, 5.0, length=90.0, run="run-2"),
        detection(3_490.0, 2_010.0, length=66.0, run="run-2"),
    ]
    run = dataclasses.replace(store.get(DetectionRun, "run-1"), id="run-2", version="2")
    with store.write(actor="test") as tx:
        tx.put_many([run, *again])
    analyse(store, "scene-1", OpenSea(), run_id="run-2")
    after = store.list(Target)
    assert {t.id for t in after} == before
    assert sorted(len(t.detection_ids) for t in after) == [1, 2, 2]


def test_tasks_for_plane_and_submarine(filled) -> None:
    store, log = filled
    import_ais([log], store)
    summary = analyse(store, "scene-1", OpenSea())
    from geoanalysis.adapters.packaged_ports import packaged_ports

    tasks = tasks_from_anomalies(
        summary.anomalies, packaged_ports(), now_utc=MOMENT + timedelta(minutes=2)
    )
    kinds = {t.kind for t in tasks}
    assert TaskKind.UNDERWATER_INSPECTION in kinds
    assert kinds & {TaskKind.TARGET_SEARCH, TaskKind.AREA_SEARCH}
    sub = next(t for t in tasks if t.kind is TaskKind.UNDERWATER_INSPECTION)
    assert "元町港" in sub.name
    assert sub.simulated


def test_tracks_far_in_time_are_not_used(filled) -> None:
    store, log = filled
    import_ais([log], store)
    scene = store.get(Scene, "scene-1")
    assert len(tracks_about(store, scene, [])) == 2
    later = dataclasses.replace(
        scene, start_utc=MOMENT + timedelta(days=3), stop_utc=MOMENT + timedelta(days=3)
    )
    assert tracks_about(store, later, []) == []


def test_scene_without_detections_or_unknown_scene(tmp_path: Path) -> None:
    with open_store(tmp_path / "empty") as store:
        with pytest.raises(UnknownRecordError):
            analyse(store, None, None)
        with pytest.raises(UnknownRecordError):
            analyse(store, "nothing", None)


def test_wpi_ports_and_zone_files(tmp_path: Path) -> None:
    wpi = tmp_path / "wpi.csv"
    wpi.write_text(
        "World Port Index Number,Main Port Name,Country Code,First Port of Entry,"
        "Latitude,Longitude\n61380,Tokyo Ko,Japan,Yes,35.60,139.79\n"
        "61390,Shimoda Ko,Japan,Unknown,34.666667,138.95\n"
    )
    runner = CliRunner()
    data = ["--data", str(tmp_path / "data"), "--json"]
    done = runner.invoke(ports_app, ["import", str(wpi), *data])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "file": "wpi.csv", "ports": 2, "open": 1, "closed": 0, "unknown": 1, "changed": 2,
    }  # fmt: skip
    zones = tmp_path / "zones.geojson"
    ring = [[139.0, 34.0], [139.5, 34.0], [139.5, 34.5], [139.0, 34.0]]
    feature = {
        "type": "Feature",
        "properties": {"name": "監視", "kind": "watch"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    zones.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    done = runner.invoke(zones_app, ["import", str(zones), *data])
    assert json.loads(done.stdout)["zones"] == 1
    again = runner.invoke(zones_app, ["import", str(zones), *data])
    assert json.loads(again.stdout)["changed"] == 0


def test_crossed_zones_are_refused(tmp_path: Path) -> None:
    from geoanalysis.adapters.place_files import read_zones
    from umimori.records import ZoneKind

    path = tmp_path / "bow.geojson"
    ring = [[139.0, 34.0], [140.0, 35.0], [140.0, 34.0], [139.0, 35.0], [139.0, 34.0]]
    feature = {
        "type": "Feature",
        "properties": {"name": "bow"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(BadInputError):
        read_zones(path, ZoneKind.WATCH)


def test_import_command_reports_causes(tmp_path: Path) -> None:
    log = tmp_path / "mixed.nmea"
    log.write_text("\n".join([*ship_log(431000001, 0, 0, north=5, length=90), "!AIVDM,rubbish"]))
    done = CliRunner().invoke(
        ais_app, ["import", str(log), "--data", str(tmp_path / "data"), "--json"]
    )
    document = json.loads(done.stdout)
    assert document["positions"] == 21
    assert document["problems"] == {"not_nmea": 1}
    assert math.isclose(document["stations"], 1)


def test_positions_without_any_time_are_refused_with_the_remedy(tmp_path: Path) -> None:
    table = tmp_path / "snapshot.csv"
    table.write_text("mmsi,lat,lon,name\n431000001,34.1,139.1,ALPHA\n431000002,34.2,139.2,BETA\n")
    with open_store(tmp_path / "data") as store:
        with pytest.raises(BadInputError, match="none of the 2 positions") as refused:
            import_ais([table], store)
        assert "--time" in refused.value.remedy
        assert store.list(AisTrack) == []
        given = import_ais([table], store, given_utc=datetime(2026, 11, 22, tzinfo=UTC))
        assert given.counts.positions == 2
        assert given.tracks == 2


def test_a_log_of_safety_messages_alone_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "texts.nmea"
    log.write_text("\n".join(encode_dict({"type": 14, "mmsi": 431000001, "text": "TEST"})))
    with open_store(tmp_path / "data") as store, pytest.raises(BadInputError, match="no usable"):
        import_ais([log], store)


@pytest.mark.data
def test_all_real_logs_go_through(shared_data: Path, tmp_path: Path) -> None:
    files = sorted((shared_data / "ais").iterdir())
    given = datetime(2021, 3, 20, tzinfo=UTC)
    with open_store(tmp_path / "data") as store:
        result = import_ais(files, store, given_utc=given)
        assert result.counts.positions > 27_000
        assert result.tracks >= 2_000
        again = import_ais(files, store, given_utc=given)
        assert again.changed == 0
        assert store.verify().ok


@pytest.mark.data
def test_decoded_counts_equal_bare_pyais(shared_data: Path) -> None:
    """Every message that bare pyais decodes from intact lines is decoded here too.

    Lines with a wrong checksum are left out and counted; bare pyais decodes them all the same.
    """
    from collections import Counter

    from pyais.stream import IterMessages

    from geoanalysis.adapters.ais_files import read_ais_file
    from geoanalysis.ais.counts import ImportCounts

    for name in ("aislib_stream.txt", "pyais_nmea_sample.txt", "pyais_mixed.txt"):
        path = shared_data / "ais" / name
        intact: Counter[str] = Counter()
        bare: Counter[str] = Counter()
        for message in IterMessages(path.read_bytes().splitlines()):
            try:
                number = str(message.decode().msg_type)
            except Exception:
                continue
            bare[number] += 1
            intact[number] += message.is_valid
        counts = ImportCounts()
        for _ in read_ais_file(path, counts, given_utc=None, simulated=False):
            pass
        assert intact <= counts.messages <= bare, name
