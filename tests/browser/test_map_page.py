"""The pages in headless Chromium, on the data of the demo: what an analyst really sees."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
sync_api = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "screenshots"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = "<SCRIPT SRC=//X.Y>"
READY_MS = 60_000


@dataclass
class Visit:
    """One page and everything it asked for."""

    page: "sync_api.Page"
    url: str
    outside: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def assert_clean(self) -> None:
        assert self.outside == []
        assert self.failed == []
        assert self.complaints == []


@pytest.fixture(scope="module")
def server(demo_data: tuple[Path, dict[str, object]]) -> Iterator[str]:
    """`umimori serve` on the demo's data; yields a one-time login address per start."""
    folder, _ = demo_data
    command = [sys.executable, "-m", "dashboard.cli.main", "serve", "--port", "0", "--new-login"]
    process = subprocess.Popen(
        [*command, "--json", "--data", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    with process.stdout:
        yield json.loads(process.stdout.readline())["login_url"]
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def browser_context(server: str) -> Iterator["sync_api.BrowserContext"]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; install the package chromium")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        page = context.new_page()
        page.goto(server)
        page.close()
        yield context
        browser.close()


@pytest.fixture
def visit(browser_context: "sync_api.BrowserContext", server: str) -> Iterator[Visit]:
    page = browser_context.new_page()
    parts = urlsplit(server)
    seen = Visit(page=page, url=f"{parts.scheme}://{parts.netloc}")
    page.on("request", lambda r: _note_request(seen, r.url))
    page.on("requestfailed", lambda r: _note_failure(seen, r))
    page.on("response", lambda r: seen.failed.append(r.url) if r.status >= 400 else None)
    page.on("console", lambda m: seen.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: seen.complaints.append(str(e)))
    yield seen
    page.close()


def _note_request(seen: Visit, url: str) -> None:
    if not url.startswith((seen.url, "data:", "blob:")):
        seen.outside.append(url)


def _note_failure(seen: Visit, request: "sync_api.Request") -> None:
    # Leaving a page ends its event stream, and panning drops tiles: the browser's own doing.
    if request.failure != "net::ERR_ABORTED":
        seen.failed.append(f"{request.url} {request.failure}")


def _open_map(seen: Visit, query: str = "?lang=en") -> None:
    seen.page.goto(f"{seen.url}/{query}")
    seen.page.wait_for_selector("body[data-ready=yes]", timeout=READY_MS)
    seen.page.wait_for_selector("img.leaflet-tile-loaded", timeout=READY_MS)


def _shot(seen: Visit, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    seen.page.screenshot(path=SHOTS / f"{name}.png")


def test_map_shows_everything_and_asks_nobody_else(visit: Visit) -> None:
    _open_map(visit)
    page = visit.page
    for selector, least in {
        "img.leaflet-tile-loaded": 4,
        ".mk-detection": 30,
        ".mk-anomaly": 5,
        ".mk-track": 10,
        ".mk-mission": 2,
        ".mk-flown": 2,
        ".mk-vehicle": 2,
        ".mk-port": 1,
        ".mk-coast": 1,
        "#anomaly-list > li": 5,
    }.items():
        assert page.locator(selector).count() >= least, selector
    assert page.locator("strong.simulated").is_visible()
    assert "OpenStreetMap" in page.locator(".leaflet-control-attribution").inner_text()
    _shot(visit, "map-en")
    visit.assert_clean()


def test_popups_tell_what_was_found(visit: Visit) -> None:
    _open_map(visit)
    page = visit.page
    page.locator("#anomaly-list button.title").first.click()
    page.wait_for_selector(".leaflet-popup-content dl.popup")
    text = page.locator(".leaflet-popup-content").inner_text()
    assert "Risk" in text
    assert "SIMULATED" in text
    _shot(visit, "popup-anomaly")
    visit.assert_clean()


def test_hostile_ship_name_is_only_text(visit: Visit) -> None:
    _open_map(visit)
    page = visit.page
    opened = page.evaluate(
        """(name) => {
          let found = 0;
          window.feature_group_tracks.eachLayer((group) => group.eachLayer((layer) => {
            if (layer.feature.properties.name === name && !found) { layer.openPopup(); found = 1; }
          }));
          return found;
        }""",
        HOSTILE,
    )
    assert opened == 1
    page.wait_for_selector(".leaflet-popup-content")
    assert HOSTILE in page.locator(".leaflet-popup-content").inner_text()
    assert page.locator("script[src*='X.Y' i]").count() == 0
    visit.assert_clean()


def test_a_verdict_stays(visit: Visit) -> None:
    _open_map(visit)
    page = visit.page
    page.locator("#anomaly-list > li").first.get_by_role("button", name="Confirm").click()
    page.locator("#anomaly-list > li").first.get_by_text("confirmed").wait_for()
    page.reload()
    page.wait_for_selector("body[data-ready=yes]", timeout=READY_MS)
    assert "confirmed" in page.locator("#anomaly-list > li").first.inner_text()
    visit.assert_clean()


@pytest.mark.parametrize("path", ["missions", "flights", "evidence", "notices"])
def test_other_pages_in_japanese(visit: Visit, path: str) -> None:
    visit.page.goto(f"{visit.url}/{path}?lang=ja")
    assert visit.page.locator("html").get_attribute("lang") == "ja"
    assert visit.page.locator("h1").is_visible()
    _shot(visit, f"{path}-ja")
    visit.assert_clean()


def test_map_in_japanese(visit: Visit) -> None:
    _open_map(visit, "?lang=ja")
    assert "異常" in visit.page.locator("aside").inner_text()
    _shot(visit, "map-ja")
    visit.page.goto(f"{visit.url}/?lang=en")
    visit.assert_clean()
