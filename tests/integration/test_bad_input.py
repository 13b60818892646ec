"""Bad input gets one clear line with a remedy and its exit code, never a traceback."""

import dataclasses
import json
import random
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.cli.main import run
from umimori.missionfiles.plan import read_plan, write_plan

Umimori = Callable[..., tuple[int, str, str]]
BAD_INPUT, MISSING, OUTSIDE, REFUSED, USAGE = 3, 4, 5, 6, 2


@pytest.fixture
def umimori(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Umimori:
    """Run a command line in this process; returns exit code, stdout, stderr."""

    def call(*arguments: str, data: Path | None = None) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([*arguments, "--data", str(data or tmp_path / "data")])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture(scope="module")
def small_safe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A genuine small SAFE, simulated once."""
    folder = tmp_path_factory.mktemp("safe")
    path = folder / "small.SAFE"
    code = run(
        [
            *("imagery", "simulate", str(path), "--center=139.36,34.5"),
            *("--lines=600", "--samples=600", f"--data={folder / 'data'}"),
        ]
    )
    assert code == 0
    return path


def assert_one_line(result: tuple[int, str, str], code: int, *words: str) -> None:
    got, _, err = result
    lines = [line for line in err.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("Error: ")]
    assert got == code, err
    assert len(errors) == 1, err
    assert "Traceback" not in err
    for word in words:
        assert word.lower() in errors[0].lower()


def test_truncated_measurement(umimori: Umimori, small_safe: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.SAFE"
    shutil.copytree(small_safe, broken)
    tiff = next((broken / "measurement").glob("*vv*.tiff"))
    tiff.write_bytes(tiff.read_bytes()[: tiff.stat().st_size // 3])
    assert_one_line(umimori("imagery", "detect", str(broken)), BAD_INPUT, tiff.name)


def test_missing_annotation(umimori: Umimori, small_safe: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.SAFE"
    shutil.copytree(small_safe, broken)
    next((broken / "annotation").glob("*vv*.xml")).unlink()
    next((broken / "annotation").glob("*vh*.xml")).unlink()
    assert_one_line(umimori("imagery", "detect", str(broken)), BAD_INPUT, "annotation")


def test_folder_that_is_no_safe(umimori: Umimori, tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    assert_one_line(umimori("imagery", "detect", str(folder)), BAD_INPUT, "holiday")


def test_product_that_is_not_there(umimori: Umimori, tmp_path: Path) -> None:
    assert_one_line(umimori("imagery", "detect", str(tmp_path / "none.SAFE")), BAD_INPUT, "none")


def test_mission_file_of_random_bytes_is_named_whole(umimori: Umimori, tmp_path: Path) -> None:
    noise = tmp_path / "noise.bin"
    noise.write_bytes(b"\x80" + random.Random(1).randbytes(2_000))
    result = umimori("fly", str(noise), "--link", "tcp:127.0.0.1:9")
    assert_one_line(result, BAD_INPUT, "noise.bin is not")


def test_simulator_on_a_busy_port(umimori: Umimori) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        link = f"tcp:127.0.0.1:{taken.getsockname()[1]}"
        result = umimori("sitl", "run", "sub", "--engine=embedded", "--link", link)
    assert_one_line(result, MISSING, link, "address already in use", "free port")
    assert "OSError" not in result[2]


def test_simulator_with_a_data_folder_that_cannot_be(umimori: Umimori, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    data = tmp_path / "file" / "data"
    result = umimori("sitl", "run", "sub", "--engine=embedded", data=data)
    assert_one_line(result, MISSING, str(data))


def test_simulator_told_two_ports(umimori: Umimori) -> None:
    result = umimori("sitl", "run", "sub", "--instance=3", "--link=tcp:127.0.0.1:5770")
    assert_one_line(result, USAGE, "--instance", "--link")


def test_ais_file_of_random_bytes(umimori: Umimori, tmp_path: Path) -> None:
    noise = tmp_path / "noise.nmea"
    noise.write_bytes(random.Random(1).randbytes(20_000))
    assert_one_line(umimori("ais", "import", str(noise)), BAD_INPUT, "noise.nmea")


def polygon(*corners: tuple[float, float]) -> str:
    ring = [[*map(list, corners), list(corners[0])]]
    return json.dumps({"type": "Polygon", "coordinates": ring})


def test_area_without_an_area(umimori: Umimori, tmp_path: Path) -> None:
    aoi = tmp_path / "line.geojson"
    aoi.write_text(polygon((139.0, 34.0), (139.1, 34.1), (139.2, 34.2)))
    assert_one_line(umimori("plan", "area", "--aoi", str(aoi)), BAD_INPUT, "area")
    assert_one_line(umimori("plan", "area", "--bbox", "139,34,139,35"), BAD_INPUT)


def test_swapped_coordinates(umimori: Umimori) -> None:
    assert_one_line(
        umimori("plan", "area", "--bbox", "34.0,139.0,34.1,139.1"), BAD_INPUT, "swapped"
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--base-elevation", "nan"),
        ("--alt", "inf"),
        ("--spacing", "nan"),
        ("--spacing", "1e9"),
        ("--standoff", "nan"),
        ("--wind", "nan@90"),
        ("--base", "nan,34"),
    ],
)
def test_numbers_that_are_none_are_wrong_usage(umimori: Umimori, option: str, value: str) -> None:
    box = ("--bbox", "139.50,34.60,139.52,34.61")
    assert_one_line(umimori("plan", "area", *box, f"{option}={value}"), USAGE, option)


@pytest.mark.parametrize("option", ["--depth", "--top", "--standoff", "--spacing"])
def test_depths_that_are_none_are_wrong_usage(umimori: Umimori, option: str) -> None:
    box = ("--bbox", "139.438,34.683,139.4384,34.6832")
    assert_one_line(umimori("plan", "inspect", *box, option, "nan"), USAGE, option)


def test_a_search_radius_that_is_none_is_wrong_usage(umimori: Umimori) -> None:
    search = ("plan", "search", "--datum", "139.5,34.6", "--radius", "nan")
    assert_one_line(umimori(*search), USAGE, "--radius")


def test_too_much_wind_is_no_wrong_usage(umimori: Umimori) -> None:
    box = ("--bbox", "139.50,34.60,139.52,34.61")
    assert_one_line(umimori("plan", "area", *box, "--wind", "40@250"), BAD_INPUT, "blown back")


def test_far_too_many_sorties_are_refused(umimori: Umimori) -> None:
    result = umimori("plan", "area", "--bbox", "139,30,141,32")
    assert_one_line(result, BAD_INPUT, "sorties", "smaller area")


def test_a_dive_on_dry_land_must_not_start(umimori: Umimori, tmp_path: Path) -> None:
    out = tmp_path / "land.plan"
    box = ("--bbox", "139.3950,34.7250,139.3956,34.7254")  # the middle of Izu Oshima
    code, _, err = umimori("plan", "inspect", *box, "--out", str(out))
    assert code == 0, err
    assert_one_line(umimori("plan", "check", str(out)), REFUSED, "over_land")


def test_area_across_the_antimeridian_works(umimori: Umimori, tmp_path: Path) -> None:
    out = tmp_path / "dateline.plan"
    code, stdout, err = umimori(
        "plan", "area", "--bbox", "179.96,30.0,-179.96,30.05", "--out", str(out), "--json"
    )
    assert code == 0, err
    mission = read_plan(next(tmp_path.glob("dateline*.plan")).read_bytes())
    lons = [item.position.lon_deg for item in mission.items if item.position]
    assert max(lons) > 179.9
    assert min(lons) < -179.9
    assert mission.length_m < 400_000
    json.loads(stdout)


def test_mission_beyond_endurance_is_refused(umimori: Umimori, tmp_path: Path) -> None:
    out = tmp_path / "sea.plan"
    code, _, err = umimori("plan", "area", "--bbox", "139.0,33.0,139.05,33.05", "--out", str(out))
    assert code == 0, err
    mission = read_plan(next(tmp_path.glob("sea*.plan")).read_bytes())
    too_long = dataclasses.replace(mission, energy_fraction=1.4)
    out.write_bytes(write_plan(too_long))
    assert_one_line(umimori("fly", str(out), "--link", "tcp:127.0.0.1:9"), REFUSED, "endurance")


def test_link_that_nobody_answers(umimori: Umimori, tmp_path: Path) -> None:
    out = tmp_path / "sea.plan"
    umimori("plan", "area", "--bbox", "139.0,33.0,139.03,33.03", "--out", str(out))
    plan = next(tmp_path.glob("sea*.plan"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    result = umimori("fly", str(plan), "--link", f"udp:127.0.0.1:{port}")
    assert_one_line(result, OUTSIDE, str(port))


def test_data_folder_without_write_permission(umimori: Umimori, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    assert_one_line(umimori("user", "list", data=in_the_way), MISSING, "file")
    assert_one_line(umimori("user", "list", data=Path("/proc/umimori")), MISSING)


def test_wrong_usage(umimori: Umimori) -> None:
    assert_one_line(umimori("plan", "area"), USAGE)
    assert_one_line(umimori("demo", "--engine", "hope"), USAGE, "engine")
    assert_one_line(umimori("nonsense"), USAGE, "nonsense")
