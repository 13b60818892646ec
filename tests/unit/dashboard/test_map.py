"""The folium map document loads nothing from outside and shows hostile names as text."""

import re
from datetime import UTC, datetime

import folium
import pytest

from dashboard.web.assets import use_vendored_assets
from dashboard.web.labels import page_labels
from dashboard.web.map import LIVE_LAYERS, build_map
from umimori.errors import EnvironmentMissingError
from umimori.geodesy import LonLat
from umimori.records import Port, Scene

HOSTILE = "<SCRIPT SRC=//X.Y>"


def a_scene(platform: str = "S1A") -> Scene:
    ring = (LonLat(139, 34), LonLat(140, 34), LonLat(140, 35), LonLat(139, 35))
    return Scene(
        id="scene-1",
        name="scene",
        platform=platform,
        sensor="sar",
        product_type="GRD",
        polarisations=("VV",),
        start_utc=datetime(2026, 1, 1, tzinfo=UTC),
        stop_utc=None,
        footprint=ring,
        width_px=10,
        height_px=10,
        range_spacing_m=10.0,
        azimuth_spacing_m=10.0,
        path="scene",
        content_sha256="0" * 64,
        overview_sha256="1" * 64,
        simulated=True,
    )


def a_port(name: str) -> Port:
    return Port(
        id="port-1", name=name, position=LonLat(139, 34), country=None, open_port=False, source=name
    )


def test_map_has_its_layers_and_only_our_assets() -> None:
    parts = build_map([a_scene()], [a_port("Habu")], page_labels(str), "nonce-1")
    text = f"{parts.head}{parts.body}{parts.script}"
    assert set(parts.layer_names) == set(LIVE_LAYERS)
    assert re.findall(r"https?://\S+", text) == []
    assert "/scenes/scene-1/tiles/WebMercatorQuad/{z}/{x}/{y}.png" in text
    assert parts.head.count("nonce-1") == parts.head.count("<script") + parts.head.count("<style")
    assert "fitBounds" in text


@pytest.mark.parametrize("name", [HOSTILE, "{{7*7}}", "{% for %}", "`${1}`", '"+alert(1)+"'])
def test_hostile_names_do_not_become_code(name: str) -> None:
    parts = build_map([a_scene(platform=name)], [a_port(name)], page_labels(str), "n")
    assert "<SCRIPT" not in parts.script
    assert "49" not in re.sub(r"[0-9a-f]{32}", "", parts.script)
    assert re.search(r'(?<!\\)"\+alert', parts.script) is None


def test_an_asset_that_is_not_vendored_is_refused() -> None:
    chart = folium.Map(tiles=None)
    chart.default_js = [("something_new", "https://cdn.example/new.js")]
    with pytest.raises(EnvironmentMissingError, match="not vendored"):
        use_vendored_assets(chart)


def test_folium_class_lists_stay_as_they_are() -> None:
    before = list(folium.Map.default_js)
    build_map([], [], page_labels(str), "n")
    assert folium.Map.default_js == before
