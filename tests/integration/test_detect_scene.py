"""A simulated product from its files to the store."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
import shapely

from imagery.evaluation import TruthObject, evaluate
from imagery.parameters import DetectorParameters
from imagery.service import detect_scene, ingest
from imagery.simulation.land_distance import LandDistance
from imagery.simulation.random_scenario import (
    TrafficMix,
    frame_of,
    grid_of,
    with_random_traffic,
)
from imagery.simulation.scenario import Scenario
from imagery.simulation.service import simulate_scene
from umimori.clocks import SystemClock
from umimori.geodesy import LocalFrame, LonLat
from umimori.records.detection import Detection, DetectionFlag, DetectionRun, VesselClass
from umimori.records.scene import Scene
from umimori.store import open_store

CENTRE = LonLat(139.5, 33.5)


class BoxCoast:
    """A coast of given polygons, in the way that the kernel's coast answers."""

    coast_error_m = 500.0
    name = "test polygons"
    sha256 = "0" * 64

    def __init__(self, polygons):
        self.frame = LocalFrame(CENTRE)
        land = shapely.unary_union(polygons) if polygons else shapely.Polygon()
        self.land = shapely.transform(
            land, lambda a: np.column_stack(self.frame.to_xy(a[:, 0], a[:, 1]))
        )

    def coast_error_in(self, bbox):
        return self.coast_error_m

    def mask_grid(self, geolocate, height, width):
        rows, cols = np.mgrid[0:height, 0:width]
        x, y = self.frame.to_xy(*geolocate(rows, cols))
        if self.land.is_empty:
            distance = np.full(rows.shape, 1e6)
        else:
            distance = shapely.distance(shapely.points(x, y), self.land.boundary)
        return SimpleNamespace(
            land=shapely.contains_xy(self.land, x, y),
            distance_m=distance.astype(np.float32),
            max_distance_m=1e6,
        )


def random_scene(folder, *, seed, size, vessels, land=()):
    """Simulate a scene with random traffic; return product path and truth objects."""
    scenario = Scenario(
        name="test",
        seed=seed,
        centre=CENTRE,
        time_utc=datetime(2026, 11, 20, 8, 42, 30, tzinfo=UTC),
        lines=size,
        samples=size,
    )
    mix = TrafficMix(vessels=vessels, phantoms=0, fixed=0, islets=0)
    scenario = with_random_traffic(
        scenario, grid_of(scenario), LandDistance(land, frame_of(scenario)), mix
    )
    path, truth = folder / "scene.SAFE", folder / "truth.geojson"
    simulate_scene(scenario, path, truth_path=truth, land=list(land))
    return path, read_truth(truth)


def read_truth(path):
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return [
        TruthObject(
            id=p["id"],
            vessel=p["kind"] == "vessel",
            imaged=LonLat(p["imaged_lon"], p["imaged_lat"]),
            length_m=p["length_m"],
            distance_to_shore_m=p["distance_to_shore_m"],
        )
        for p in (feature["properties"] for feature in features)
        if p["imaged_lon"] is not None
    ]


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scene")
    island = shapely.Point(139.47, 33.5).buffer(0.018)
    path, truth = random_scene(folder, seed=4, size=1200, vessels=12, land=[island])
    result = detect_scene(path, coast=BoxCoast([island]))
    return SimpleNamespace(path=path, truth=truth, result=result, island=island)


def test_vessels_are_found_where_they_are_imaged(scene):
    report = evaluate(scene.result.detections, scene.truth)
    assert report.truths >= 4
    assert report.recall >= 0.9
    assert report.precision >= 0.95
    assert report.length_mae_m < 20


def test_everything_is_marked_as_simulated(scene):
    result = scene.result
    assert result.scene.simulated
    assert result.run.simulated
    assert all(d.simulated for d in result.detections)


def test_detections_carry_time_view_and_place(scene):
    start, stop = scene.result.scene.start_utc, scene.result.scene.stop_utc
    assert scene.result.detections
    for item in scene.result.detections:
        assert start <= item.time_utc <= stop
        assert 25 < item.incidence_deg < 50
        assert 7.5e5 < item.slant_range_m < 1.1e6
        assert 7000 < item.platform_speed_mps < 8000
        assert item.range_look == "right"
        # Ascending over Japan: north-north-west.
        assert 340 < item.platform_heading_deg < 355
        assert item.run_id == scene.result.run.id
    times = [item.time_utc for item in scene.result.detections]
    assert times == sorted(times)


def test_the_displaced_coast_makes_no_vessels(scene):
    """The simulator's land lies up to 120 m off the mask: strips of land stick out."""
    near = [d for d in scene.result.detections if d.distance_to_shore_m < 400]
    assert near
    assert all(DetectionFlag.NEAR_SHORE in d.flags for d in near)
    claimed = [d for d in near if d.vessel_class is VesselClass.VESSEL and d.score >= 0.5]
    assert len(claimed) <= 2


def test_running_again_gives_the_same_records(scene):
    again = detect_scene(scene.path, coast=BoxCoast([scene.island]))
    assert again.run.id == scene.result.run.id
    assert again.detections == scene.result.detections
    other = detect_scene(
        scene.path, coast=BoxCoast([scene.island]), parameters=DetectorParameters(pfa=1e-7)
    )
    assert other.run.id != scene.result.run.id
    assert other.scene.id == scene.result.scene.id


def test_charted_objects_are_named_and_kept(scene):
    ship = max(scene.result.detections, key=lambda d: d.score)
    result = detect_scene(
        scene.path, coast=BoxCoast([scene.island]), infrastructure=[ship.position]
    )
    (same,) = [d for d in result.detections if (d.row_px, d.col_px) == (ship.row_px, ship.col_px)]
    assert same.near_infrastructure
    assert same.vessel_class is VesselClass.FIXED
    assert DetectionFlag.FIXED_OBJECT in same.flags


def test_a_run_goes_into_the_store_once(scene, tmp_path):
    with open_store(tmp_path / "data") as store:
        stored = ingest(scene.result, store, "test", SystemClock())
        ingest(scene.result, store, "test", SystemClock())
        assert store.count(Detection) == len(scene.result.detections)
        assert store.count(DetectionRun) == 1
        kept = store.get(Scene, stored.scene.id)
        assert store.blobs.path(kept.overview_sha256).is_file()
        first = store.get(Detection, stored.detections[0].id)
        assert store.blobs.path(first.chip_sha256).read_bytes().startswith(b"\x89PNG")
        acts = [entry.act for entry in store.evidence.entries()]
        assert acts.count("detection_run") == 1


def test_the_overview_lies_over_the_scene(scene, tmp_path):
    path = tmp_path / "overview.tif"
    path.write_bytes(scene.result.overview)
    brightest = max((d for d in scene.result.detections if not d.flags), key=lambda d: d.peak_db)
    radius = 6378137.0
    x = radius * np.radians(brightest.position.lon_deg)
    y = radius * np.log(np.tan(np.pi / 4 + np.radians(brightest.position.lat_deg) / 2))
    with rasterio.open(path) as dataset:
        assert dataset.crs.to_epsg() == 3857
        grey, t = dataset.read(1), dataset.transform
    row, col = int((y - t.f) / t.e), int((x - t.c) / t.a)
    assert grey[row - 2 : row + 3, col - 2 : col + 3].max() >= 250
    assert np.median(grey[grey > 0]) < 160


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_recall_and_precision_on_larger_scenes(tmp_path, seed):
    path, truth = random_scene(tmp_path, seed=seed, size=3000, vessels=45)
    report = evaluate(detect_scene(path, coast=BoxCoast([])).detections, truth)
    assert report.truths >= 20
    assert report.recall >= 0.9
    assert report.precision >= 0.95
    assert report.length_mae_m <= 15
