"""Take the picture of the README: the map as it looks after a demo.

Usage: screenshot.py DATA_FOLDER OUT_FILE [LANGUAGE]      (needs the dev packages and Chromium)
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SIZE = {"width": 1400, "height": 860}
SETTLE_MS = 4000


def main() -> None:
    """Serve the data, log in once, wait until the map is quiet, take the picture."""
    data, out = sys.argv[1], sys.argv[2]
    language = sys.argv[3] if len(sys.argv) > 3 else "en"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("error: Chromium is not on this machine; remedy: install the package chromium")
    umimori = Path(sys.executable).with_name("umimori")
    server = subprocess.Popen(
        [str(umimori), "serve", "--port", "0", "--new-login", "--json", "--data", data],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        address = json.loads(server.stdout.readline())
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE)
            page.goto(address["login_url"])
            page.goto(f"{address['url']}/?lang={language}")
            page.wait_for_selector(".leaflet-container")
            page.wait_for_timeout(SETTLE_MS)
            page.screenshot(path=out)
            browser.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
