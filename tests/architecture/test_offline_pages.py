"""No page, style, script or report that Umimori writes loads anything from outside."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "dashboard" / "web"
VENDOR = WEB / "static" / "vendor"

# What makes a browser fetch: attributes, style urls and imports, script requests.
LOADING = re.compile(
    r"""(?ix)
    \b(?:src|srcset|data-src|poster|action|formaction)\s*=\s*\\?['"]?\s*(?:https?:)?//
    | <link\b[^>]*\bhref\s*=\s*\\?['"]?\s*(?:https?:)?//
    | url\(\s*['"]?\s*(?:https?:)?//
    | @import\s+(?:url\()?\s*['"]?(?:https?:)?//
    | \bimport\s*\(?\s*['"](?:https?:)?//
    | \b(?:fetch|EventSource|WebSocket|importScripts|open)\(\s*(?:['"](?:GET|POST)['"]\s*,\s*)?['"](?:https?:|wss?:)?//
    """
)
OWN = [
    path
    for path in sorted((ROOT / "dashboard").rglob("*"))
    if path.suffix in {".html", ".j2", ".jinja", ".js", ".css", ".svg", ".py"}
    and VENDOR not in path.parents
]


def loads_from_outside(text: str) -> list[str]:
    return [text[m.start() : m.end() + 40].split("\n")[0] for m in LOADING.finditer(text)]


def shown_text(path: Path) -> str:
    """A file's text; of Python the string literals, without the docstrings that explain."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    tree = ast.parse(text)
    explaining = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return "\n".join(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in explaining
    )


def test_own_pages_and_code_load_nothing_from_outside() -> None:
    assert len(OWN) > 10
    found = [
        f"{path.relative_to(ROOT)}: {reference}"
        for path in OWN
        for reference in loads_from_outside(shown_text(path))
    ]
    assert found == []


def test_vendored_assets_load_nothing_from_outside() -> None:
    if not VENDOR.is_dir():
        pytest.fail("web assets are not there; remedy: make setup")
    files = [path for path in VENDOR.rglob("*") if path.suffix in {".js", ".css"}]
    assert {path.name for path in files} >= {"leaflet.js", "leaflet.css"}
    found = [
        f"{path.relative_to(ROOT)}: {reference}"
        for path in files
        for reference in loads_from_outside(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_vendored_style_sheets_find_their_images_and_fonts() -> None:
    missing = []
    for sheet in VENDOR.rglob("*.css"):
        for target in re.findall(r"url\(\s*['\"]?([^'\")?#]+)", sheet.read_text(encoding="utf-8")):
            if not target.startswith("data:") and not (sheet.parent / target.strip()).is_file():
                missing.append(f"{sheet.relative_to(VENDOR)}: {target}")
    assert missing == []


@pytest.mark.parametrize(
    "line",
    [
        '<script src="https://cdn.example/x.js"></script>',
        "<SCRIPT SRC=//X.Y>",
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        "body { background: url(https://cdn.example/x.png) }",
        'fetch("https://cdn.example/data.json")',
    ],
)
def test_the_rule_sees_a_breach(line: str) -> None:
    assert loads_from_outside(line)


@pytest.mark.parametrize(
    "line",
    [
        '<svg xmlns="http://www.w3.org/2000/svg">',
        '<script src="/static/vendor/leaflet/leaflet.js"></script>',
        '<a href="https://www.openstreetmap.org/copyright">credits</a>',
    ],
)
def test_the_rule_lets_links_and_namespaces_through(line: str) -> None:
    assert loads_from_outside(line) == []
