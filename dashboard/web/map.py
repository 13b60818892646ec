"""The folium map document: scene tiles, ports, and empty named layers that live data fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import folium
from branca.element import Figure
from markupsafe import Markup

from dashboard.web.assets import use_vendored_assets
from dashboard.web.escape import SafePopup, plain_name
from dashboard.web.security import with_nonce
from umimori.geodesy import BBox, LonLat
from umimori.records import Port, Scene

LIVE_LAYERS = (
    "coast",
    "coverage",
    "tracks",
    "matches",
    "detections",
    "anomalies",
    "missions",
    "findings",
    "vehicles",
)
JAPAN = BBox(122.0, 24.0, 146.0, 46.0)
MIN_ZOOM, MAX_ZOOM = 3, 18
PORT_RADIUS_PX = 4
SCENE_OPACITY = 0.85


@dataclass(frozen=True, slots=True)
class MapParts:
    """The three parts of a rendered map, each with the nonce of the answer."""

    head: Markup
    body: Markup
    script: Markup
    layer_names: dict[str, str]
    map_name: str


def build_map(
    scenes: Iterable[Scene], ports: Iterable[Port], labels: Mapping[str, str], nonce: str
) -> MapParts:
    """Return the map of a page.

    Args:
        scenes: those with an overview become tile layers, the first is shown.
        ports: become circles with popups.
        labels: translated names of layers and rows.
        nonce: of this answer's content security policy.
    """
    scene_list = list(scenes)
    area = _extent(scene_list[0]) if scene_list else JAPAN
    figure = Figure()
    chart = folium.Map(
        tiles=None,
        min_zoom=MIN_ZOOM,
        max_zoom=MAX_ZOOM,
        attr=labels["credit"],
    )
    chart._id = "umimori"  # noqa: SLF001 - a stable name for the page's script
    figure.add_child(chart)
    chart.fit_bounds([[area.south_deg, area.west_deg], [area.north_deg, area.east_deg]])
    layers = _add_live_layers(chart, labels)
    for number, scene in enumerate(s for s in scene_list if s.overview_sha256):
        _scene_tiles(scene, shown=number == 0).add_to(chart)
    _add_ports(chart, ports, labels)
    folium.LayerControl(collapsed=True).add_to(chart)
    use_vendored_assets(chart)
    return _render(figure, chart, layers, nonce)


def _add_live_layers(chart: folium.Map, labels: Mapping[str, str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for layer in LIVE_LAYERS:
        group = folium.FeatureGroup(name=plain_name(labels[f"layer.{layer}"]), control=True)
        group._id = layer  # noqa: SLF001
        group.add_to(chart)
        names[layer] = group.get_name()
    return names


def _scene_tiles(scene: Scene, *, shown: bool) -> folium.TileLayer:
    when = f"{scene.start_utc:%Y-%m-%d %H:%M}Z" if scene.start_utc else scene.name
    return folium.TileLayer(
        tiles=f"/scenes/{quote(scene.id, safe='')}/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}.png",
        name=plain_name(f"{scene.platform} {when}"),
        attr=plain_name(scene.credit),
        overlay=True,
        show=shown,
        min_zoom=MIN_ZOOM,
        max_zoom=MAX_ZOOM,
        opacity=SCENE_OPACITY,
    )


def _add_ports(chart: folium.Map, ports: Iterable[Port], labels: Mapping[str, str]) -> None:
    group = folium.FeatureGroup(name=plain_name(labels["layer.ports"]))
    for port in ports:
        state = {True: "port.open", False: "port.closed", None: "port.unknown"}[port.open_port]
        circle = folium.CircleMarker(
            location=[port.position.lat_deg, port.position.lon_deg],
            radius=PORT_RADIUS_PX,
            class_name="mk-port",
            color="#b45309" if port.open_port is False else "#475569",
            fill=True,
        )
        rows = {labels["row.kind"]: labels[state], labels["row.source"]: port.source}
        circle.add_child(SafePopup(port.name, rows))
        circle.add_to(group)
    group.add_to(chart)


def _render(figure: Figure, chart: folium.Map, layers: dict[str, str], nonce: str) -> MapParts:
    figure.render()
    return MapParts(
        head=Markup(with_nonce(figure.header.render(), nonce)),  # noqa: S704 - made here, no input
        body=Markup(figure.html.render()),  # noqa: S704
        script=Markup(figure.script.render()),  # noqa: S704
        layer_names=layers,
        map_name=chart.get_name(),
    )


def _extent(scene: Scene) -> BBox:
    if not scene.footprint:
        return JAPAN
    lons = _around(scene.footprint)
    lats = [c.lat_deg for c in scene.footprint]
    west, east = min(lons), max(lons)
    if west < -180.0 or east > 180.0 or west == east or min(lats) == max(lats):
        return JAPAN
    return BBox(west, min(lats), east, max(lats))


def _around(footprint: tuple[LonLat, ...]) -> list[float]:
    first = footprint[0].lon_deg
    return [first + (c.lon_deg - first + 180.0) % 360.0 - 180.0 for c in footprint]
