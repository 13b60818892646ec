"""The coast of set-up: islands, sizes, distances, the antimeridian, images anywhere."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely

from umimori.coast import Coast, load_coast
from umimori.coast.islets import ISLETS
from umimori.coast.loading import DEFAULT_COAST
from umimori.errors import GeometryError
from umimori.geodesy import WGS84, BBox, LocalFrame, LonLat

Geolocate = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

# Town or summit, lon and lat: GSI map; the list of ../shared/notes/data.md.
INHABITED = {
    "Izu-Oshima": (139.40, 34.74),
    "Toshima": (139.28, 34.52),
    "Niijima": (139.26, 34.37),
    "Shikinejima": (139.21, 34.325),
    "Kozushima": (139.15, 34.21),
    "Miyakejima": (139.52, 34.08),
    "Mikurajima": (139.60, 33.875),
    "Hachijojima": (139.79, 33.11),
    "Aogashima": (139.765, 32.455),
    "Chichijima": (142.215, 27.07),
    "Hahajima": (142.155, 26.66),
    "Minamitorishima": (153.98, 24.287),
    "Tsushima": (129.33, 34.40),
    "Iki": (129.71, 33.79),
    "Fukue (Goto)": (128.80, 32.70),
    "Amami": (129.40, 28.35),
    "Nakanoshima (Tokara)": (129.85, 29.85),
    "Kita-Daito": (131.30, 25.945),
    "Minami-Daito": (131.23, 25.84),
    "Ishigaki": (124.20, 24.43),
    "Iriomote": (123.80, 24.33),
    "Hateruma": (123.785, 24.06),
    "Yonaguni": (122.99, 24.456),
    "Hegurajima": (136.918, 37.8515),
    "Tobishima": (139.55, 39.19),
}
# Areas in km2, GSI survey of areas.
AREAS = {
    "Izu-Oshima": 90.8,
    "Hachijojima": 69.1,
    "Chichijima": 23.5,
    "Yonaguni": 28.9,
    "Iki": 135.0,
}


@pytest.fixture(scope="module")
def coast() -> Coast:
    if not DEFAULT_COAST.is_file():
        pytest.skip("the coast was not made (make setup)")
    return load_coast(DEFAULT_COAST)


def around(lon: float, lat: float, half_deg: float) -> BBox:
    return BBox(lon - half_deg, lat - half_deg, lon + half_deg, lat + half_deg)


def test_it_says_what_it_is(coast: Coast) -> None:
    assert coast.coast_error_m == 500.0
    assert "OpenStreetMap contributors" in coast.credit
    assert len(coast.sha256) == 64
    assert DEFAULT_COAST.stat().st_size < 30e6


@pytest.mark.parametrize("name", INHABITED)
def test_inhabited_islands_are_land(coast: Coast, name: str) -> None:
    assert coast.contains(*INHABITED[name])


@pytest.mark.parametrize("islet", ISLETS, ids=lambda islet: islet.name)
def test_the_islets_that_the_source_lacks_are_land(coast: Coast, islet: object) -> None:
    assert coast.contains(*islet.position.xy)
    beyond = islet.position.lon_deg + 0.05
    assert not coast.contains(beyond, islet.position.lat_deg)


@pytest.mark.data
def test_kusagaki_lies_where_n03_has_it(coast: Coast, shared_data: object) -> None:
    import pyogrio

    file = shared_data / "japan_n03" / "N03-21_46_210101.json"
    geometry = pyogrio.read_dataframe(file, bbox=(129.3, 30.75, 129.6, 30.95)).geometry
    official = shapely.intersection(geometry.union_all(), shapely.box(129.3, 30.75, 129.6, 30.95))
    ours = shapely.union_all(coast.polygons_in(BBox(129.3, 30.75, 129.6, 30.95)))
    assert shapely.intersection(ours, official).area > 0.6 * official.area
    assert ours.area < 1.7 * official.area


@pytest.mark.parametrize("name", AREAS)
def test_areas_are_right(coast: Coast, name: str) -> None:
    lon, lat = INHABITED[name]
    island = max(coast.polygons_in(around(lon, lat, 0.25)), key=lambda polygon: polygon.area)
    area_m2, _ = WGS84.geometry_area_perimeter(shapely.orient_polygons(island))
    assert area_m2 / 1e6 == pytest.approx(AREAS[name], rel=0.06)


def test_open_sea_is_sea(coast: Coast) -> None:
    lon = [139.0, 150.0, -150.0, 0.0, -180.0, 180.0, np.nan]
    lat = [34.0, 30.0, 20.0, 0.0, 0.0, 0.0, 10.0]
    assert not coast.contains(lon, lat).any()
    assert coast.contains([[139.40, 139.0]], [[34.74, 34.0]]).tolist() == [[True, False]]


def test_continents_have_no_seams(coast: Coast) -> None:
    """Points on the very lines that large polygons were cut along."""
    lat = np.linspace(52.0, 60.0, 500)
    on_line, beside = (coast.contains(np.full(500, 100.0 + d), lat) for d in (3e-6, 2e-5))
    assert on_line.mean() > 0.97  # the rest are lakes
    assert np.array_equal(on_line, beside)
    lon = np.linspace(-110.0, -100.0, 300)
    on_line, beside = (coast.contains(lon, np.full(300, 40.25 + d)) for d in (3e-6, 2e-5))
    assert on_line.mean() > 0.97
    assert np.array_equal(on_line, beside)


def test_land_goes_on_to_the_south_pole(coast: Coast) -> None:
    assert coast.contains([0.0, 120.0, 33.0], [-89.0, -85.5, -80.0]).all()


def test_boxes_across_the_antimeridian(coast: Coast) -> None:
    box = BBox(179.0, -17.3, -179.0, -16.3)  # Taveuni and Rabi, Fiji
    land = coast.polygons_in(box)
    assert {p.bounds[0] > 0 for p in land} == {True, False}
    assert coast.contains([-179.98, 179.991], [-16.8, -16.815]).all()
    for line in coast.shoreline_in(box):
        xy = shapely.get_coordinates(line)
        on_seam = np.abs(np.abs(xy[:, 0]) - 180.0) < 1e-6
        assert not (on_seam[1:] & on_seam[:-1]).any()


def test_shoreline_is_no_border_of_the_box(coast: Coast) -> None:
    box = BBox(139.35, 34.6, 139.6, 34.9)  # cuts Izu-Oshima
    shore = coast.shoreline_in(box)
    assert shore
    for line in shore:
        xy = shapely.get_coordinates(line)
        assert not ((xy[1:, 0] == 139.35) & (xy[:-1, 0] == 139.35)).any()
    inland = coast.shoreline_in(BBox(139.37, 34.70, 139.39, 34.72))
    assert inland == []


def test_the_shore_of_a_continent_has_no_cuts(coast: Coast) -> None:
    box = BBox(138.0, 35.5, 138.9, 36.5)  # mountains of Honshu; lakes at most
    lines = coast.shoreline_in(box)
    assert sum(line.length for line in lines) < 1.0
    for line in lines:
        xy = shapely.get_coordinates(line)
        step = np.abs(np.diff(xy, axis=0))
        assert not ((step.min(axis=1) < 1e-9) & (step.max(axis=1) > 0.1)).any()


def test_distance_to_shore_against_geodesics(coast: Coast) -> None:
    lon = np.array([139.39, 139.60, 139.30, 179.9, 141.0])
    lat = np.array([34.73, 34.90, 34.60, -16.0, 33.0])
    found = coast.distance_to_shore_m(lon, lat)
    for k in range(len(lon)):
        half = 2.0
        west, east = lon[k] - half, lon[k] + half
        box = BBox(west, lat[k] - half, east if east <= 180.0 else east - 360.0, lat[k] + half)
        shore = [shapely.segmentize(line, 0.002) for line in coast.shoreline_in(box)]
        xy = shapely.get_coordinates(shore)
        n = len(xy)
        _, _, each = WGS84.inv(np.full(n, lon[k]), np.full(n, lat[k]), xy[:, 0], xy[:, 1])
        assert found[k] == pytest.approx(np.min(each), rel=0.01, abs=30.0)


def test_distance_far_from_everything(coast: Coast) -> None:
    """Point Nemo: 2,688 km from Ducie, Motu Nui and Maher Island (Lukatela 2022)."""
    (distance,) = coast.distance_to_shore_m([-(123 + 23.6 / 60)], [-(48 + 52.6 / 60)])
    assert distance == pytest.approx(2_688_000.0, rel=0.01)
    assert np.isnan(coast.distance_to_shore_m([np.nan], [0.0])).all()
    assert coast.distance_to_shore_m([], []).shape == (0,)


def scene_at(lon: float, lat: float, spacing_m: float, turn_deg: float, size: int) -> Geolocate:
    frame, turn = LocalFrame(LonLat(lon, lat)), np.radians(turn_deg)

    def geolocate(rows: np.ndarray, cols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = (cols - size / 2) * spacing_m, -(rows - size / 2) * spacing_m
        return frame.to_lonlat(
            x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
        )

    return geolocate


@pytest.mark.parametrize(
    ("lon", "lat", "spacing_m", "turn_deg"),
    [
        (139.40, 34.74, 20.0, 12.0),
        (139.40, 34.74, 20.0, 192.0),  # descending: upside down
        (180.0, -16.8, 30.0, -10.0),  # across the antimeridian
        (15.6, 78.2, 40.0, 30.0),  # Svalbard
        (166.6, -77.8, 40.0, 75.0),  # Ross Island
    ],
)
def test_masks_of_images_anywhere(
    coast: Coast, lon: float, lat: float, spacing_m: float, turn_deg: float
) -> None:
    size = 700
    geolocate = scene_at(lon, lat, spacing_m, turn_deg, size)
    grid = coast.mask_grid(geolocate, size, size)
    assert grid.land.shape == grid.distance_m.shape == (size, size)
    assert 0.01 < grid.land.mean() < 0.99
    rng = np.random.default_rng(1)
    rows, cols = rng.integers(0, size, (2, 400))
    lons, lats = geolocate(rows.astype(float), cols.astype(float))
    lons = (lons + 180.0) % 360.0 - 180.0
    exact = coast.contains(lons, lats)
    assert (exact != grid.land[rows, cols]).sum() <= 1
    near = grid.distance_m[rows, cols] < 12_000.0
    distance = coast.distance_to_shore_m(lons, lats)
    error = np.abs(distance - grid.distance_m[rows, cols])[near]
    assert error.max() < grid.cell_m
    assert np.median(error) < 0.1 * grid.cell_m


def test_windows_are_parts_of_the_whole(coast: Coast) -> None:
    scene = coast.scene(scene_at(139.4, 34.74, 40.0, 12.0, 600), 600, 600)
    whole, part = scene.whole(), scene.window(slice(100, 300), slice(350, 600))
    assert np.array_equal(part.land, whole.land[100:300, 350:600])
    assert np.abs(part.distance_m - whole.distance_m[100:300, 350:600]).max() < whole.cell_m


def test_land_outside_the_image_counts_for_the_distance(coast: Coast) -> None:
    geolocate = scene_at(139.75, 34.74, 10.0, 0.0, 400)  # 25 km east of Izu-Oshima, all sea
    grid = coast.mask_grid(geolocate, 400, 400)
    assert not grid.land.any()
    (centre,) = coast.distance_to_shore_m([139.75], [34.74])
    assert grid.distance_m[200, 200] == pytest.approx(centre, rel=0.03)
    lonely = coast.mask_grid(scene_at(-150.0, 0.0, 10.0, 0.0, 100), 100, 100)
    assert (lonely.distance_m == lonely.max_distance_m).all()


def test_land_mask_of_a_full_or_thin_grid(coast: Coast) -> None:
    size = 300
    geolocate = scene_at(139.4, 34.74, 60.0, 12.0, size)
    rows, cols = np.meshgrid(np.arange(float(size)), np.arange(float(size)), indexing="ij")
    full = coast.land_mask(*geolocate(rows, cols))
    ends = np.linspace(0.0, size - 1.0, 9)
    ties = geolocate(*np.meshgrid(ends, ends, indexing="ij"))
    thin = coast.land_mask(*ties, height=size, width=size)
    whole = coast.mask_grid(geolocate, size, size).land
    assert (full != whole).sum() <= 3
    assert (thin != whole).sum() <= 3
    with pytest.raises(GeometryError):
        coast.land_mask(np.zeros((3, 3)), np.zeros((2, 3)))
    with pytest.raises(GeometryError):
        coast.mask_grid(geolocate, 1, 10)
