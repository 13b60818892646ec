"""Folium's outside addresses, replaced per map object by what set-up has vendored.

Folium keeps its links in class-level lists; they are never edited. Each element of one map gets
lists of its own, and a link that the table does not know raises at once.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import folium
from branca.element import Element

from umimori.errors import EnvironmentMissingError

STATIC_URL = "/static"
VENDOR_URL = f"{STATIC_URL}/vendor"

VENDORED: dict[str, str | None] = {
    "leaflet": "leaflet/leaflet.js",
    "leaflet_css": "leaflet/leaflet.css",
    # Our pages use neither Bootstrap's widgets nor folium's icon markers.
    "jquery": None,
    "bootstrap": None,
    "awesome_markers": None,
    "bootstrap_css": None,
    "glyphicons_css": None,
    "awesome_markers_font_css": None,
    "awesome_markers_css": None,
    "awesome_rotate_css": None,
}
"""Folium's asset name to our file; None where the page does without it."""


def static_folder() -> Path:
    """Return the folder of our own and vendored files, wherever the package is installed."""
    return Path(str(resources.files("dashboard"))) / "web" / "static"


def use_vendored_assets(figure_map: folium.Map) -> None:
    """Point every element of a map at vendored files.

    Raises:
        EnvironmentMissingError: when folium wants a file that is not in the table.
    """
    for element in _descendants(figure_map):
        for kind in ("default_js", "default_css"):
            links = getattr(element, kind, None)
            if links:
                setattr(element, kind, _localised(links))


def _localised(links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    local = []
    for name, address in links:
        if name not in VENDORED:
            raise EnvironmentMissingError(
                f"the map wants {address}, which is not vendored.",
                remedy="Add it to package.json, scripts/vendor_assets.py and dashboard/web/assets.py.",
            )
        file = VENDORED[name]
        if file is not None:
            local.append((name, f"{VENDOR_URL}/{file}"))
    return local


def _descendants(element: Element) -> list[Element]:
    found = [element]
    for child in element._children.values():  # noqa: SLF001 - branca has no public walk
        found.extend(_descendants(child))
    return found
