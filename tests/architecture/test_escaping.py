"""Hostile text reaches a map only through the one wrapper that escapes it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRAPPER = "dashboard/web/escape.py"
RAW_CLASSES = {"Popup", "Tooltip", "GeoJsonPopup", "GeoJsonTooltip", "IFrame", "Html"}


def raw_uses(source: str, file_name: str) -> list[str]:
    """Calls of folium's unescaped text classes, and `popup=`/`tooltip=` given a string."""
    found: list[str] = []
    tree = ast.parse(source)
    from_folium = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("folium", "branca"))
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if isinstance(node.func, ast.Name) and node.func.id in from_folium:
            name = node.func.id
        where = f"{file_name}:{node.lineno}"
        if name in RAW_CLASSES:
            found.append(f"{where} {name}")
        found += [
            f"{where} {keyword.arg}=string"
            for keyword in node.keywords
            if keyword.arg in {"popup", "tooltip"}
            and isinstance(keyword.value, ast.Constant | ast.JoinedStr)
            and getattr(keyword.value, "value", "") is not None
        ]
    return found


def test_no_raw_text_in_popups_outside_the_wrapper() -> None:
    files = [
        (path, path.relative_to(ROOT).as_posix())
        for path in sorted((ROOT / "dashboard").rglob("*.py"))
    ]
    assert any(name == WRAPPER for _, name in files)
    uses = [
        use
        for path, name in files
        if name != WRAPPER
        for use in raw_uses(path.read_text(encoding="utf-8"), name)
    ]
    assert uses == []


@pytest.mark.parametrize(
    "line",
    [
        "folium.Marker([0, 0], popup=f'<b>{name}</b>')",
        "folium.Popup(name)",
        "folium.features.GeoJsonTooltip(fields=['name'])",
        "Popup(name)",
    ],
)
def test_the_rule_sees_a_breach(line: str) -> None:
    assert raw_uses(f"import folium\nfrom folium import Popup\n{line}\n", "probe.py")


def test_the_rule_lets_the_wrapper_through() -> None:
    assert raw_uses("folium.Marker([0, 0], popup=text_popup(name))\n", "probe.py") == []
