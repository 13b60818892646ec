"""The packaged table of closed ports and the World Port Index."""

import json
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape
from shapely.ops import nearest_points

from geoanalysis.adapters.packaged_ports import packaged_ports
from geoanalysis.adapters.place_files import read_ports
from umimori.geodesy import LonLat, distance_m

MAX_OFF_COAST_M = 200.0


def test_all_packaged_ports_are_closed_and_distinct() -> None:
    ports = packaged_ports()
    assert {"元町港", "岡田港", "波浮港", "利島港", "神津島港"} <= {p.name for p in ports}
    assert all(port.open_port is False for port in ports)
    assert len({port.id for port in ports}) == len(ports)


@pytest.mark.data
def test_packaged_ports_lie_on_the_ministrys_coast(shared_data: Path) -> None:
    document = json.loads((shared_data / "japan_n03" / "N03-21_13_210101.json").read_text())
    land = shapely.unary_union(
        [shape(f["geometry"]) for f in document["features"] if f["geometry"]]
    )
    for port in packaged_ports():
        near = nearest_points(land.boundary, shapely.Point(port.position.xy))[0]
        assert distance_m(port.position, LonLat(near.x, near.y)) < MAX_OFF_COAST_M, port.name


@pytest.mark.data
def test_the_whole_world_port_index_is_read(shared_data: Path) -> None:
    ports = read_ports(shared_data / "ports" / "UpdatedPub150.csv")
    assert len(ports) > 3_700
    japan = [port for port in ports if port.country == "Japan"]
    assert len(japan) == 163
    assert sum(port.open_port is True for port in japan) == 103
    assert len({port.id for port in ports}) == len(ports)
