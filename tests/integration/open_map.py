"""Start `umimori serve`, log in by its one-time address, open the map and everything it loads.

Usage: open_map.py UMIMORI_EXECUTABLE DATA_FOLDER [--raise-loopback] [--demo]

Prints one JSON document: the status of each thing loaded. Standard library only, because it also
runs inside a network namespace beside a freshly installed bundle.
"""

import argparse
import http.cookiejar
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
START_LIMIT_S = 60
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S+")
LOADED = re.compile(r"""<(?:script|link|img)\b[^>]*?\b(?:src|href)=["']([^"']+)["']""", re.I)


def raise_loopback() -> None:
    """Bring `lo` up, as `ip link set lo up` does (Linux netdevice(7))."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def login_address(process: subprocess.Popen[bytes]) -> str:
    """The one-time login address among the first lines that the server prints."""
    assert process.stdout is not None
    text, deadline = "", time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if select.select([process.stdout], [], [], 0.5)[0]:
            text += os.read(process.stdout.fileno(), 65536).decode("utf-8", "replace")
            if match := ADDRESS.search(text):
                return match.group()
    sys.exit(f"no login address within {START_LIMIT_S} s; the server said:\n{text}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(opener: urllib.request.OpenerDirector, address: str) -> tuple[int, str, str]:
    """Status, final address and text; tries again while the server is not listening yet."""
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            with opener.open(address, timeout=60) as answer:
                return answer.status, answer.geturl(), answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, address, error.read().decode("utf-8", "replace")
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


def open_map(executable: str, data: str, page: str) -> dict[str, object]:
    """Serve, log in, load the page and its parts, stop the server."""
    port = free_port()
    process = subprocess.Popen(
        [executable, "serve", "--port", str(port), "--new-login", "--data", data],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    try:
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
        )
        base = f"http://127.0.0.1:{port}"
        anonymous = fetch(opener, base + "/api/v1/scenes")[0]
        address = login_address(process)
        login_status, landed, body = fetch(opener, address)
        form = re.search(r"""<form\b[^>]*method=["']post["'][^>]*>.*?</form>""", body, re.S | re.I)
        if form and not len(jar):
            # The address shows a button, so that a link preview cannot use it up.
            action = re.search(r"""action=["']([^"']*)["']""", form.group())
            fields = dict(
                re.findall(
                    r"""<input[^>]*name=["']([^"']+)["'][^>]*value=["']([^"']*)""", form.group()
                )
            )
            target = urllib.parse.urljoin(landed, action.group(1) if action else "")
            request = urllib.request.Request(
                target,
                data=urllib.parse.urlencode(fields).encode(),
                headers={"Origin": base, "Sec-Fetch-Site": "same-origin"},
            )
            with opener.open(request, timeout=60) as answer:
                login_status = answer.status
        status, url, html = fetch(opener, base + page)
        parts, queue = {}, [(url, html)]
        while queue:
            where, text = queue.pop()
            references = LOADED.findall(text) + re.findall(
                r"""<iframe\b[^>]*src=["']([^"']+)""", text
            )
            for reference in references:
                if reference.startswith(("data:", "#")):
                    continue
                target = urllib.parse.urljoin(where, reference.replace("&amp;", "&"))
                if target in parts:
                    continue
                if not target.startswith(base):
                    parts[target] = 0
                    continue
                code, final, content = fetch(opener, target)
                parts[target] = code
                if "<html" in content[:2000].lower():
                    queue.append((final, content))
        return {
            "anonymous": anonymous,
            "login": login_status,
            "map": status,
            "landed": urllib.parse.urlsplit(url).path,
            "leaflet": "leaflet" in html.lower(),
            "parts": parts,
        }
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def run_demo(executable: str, data: str) -> dict[str, object]:
    """Run the whole loop and return its JSON document."""
    command = [executable, "demo", "--no-serve", "--json", "--data", data]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the demo ended with {done.returncode}:\n{done.stderr[-3000:]}")
    document: dict[str, object] = json.loads(done.stdout)
    return document


def main() -> None:
    """Read the arguments, print the document."""
    parser = argparse.ArgumentParser()
    parser.add_argument("executable")
    parser.add_argument("data")
    parser.add_argument("--page", default="/")
    parser.add_argument("--raise-loopback", action="store_true")
    parser.add_argument("--demo", action="store_true", help="run the whole loop first")
    options = parser.parse_args()
    if options.raise_loopback:
        raise_loopback()
    demo = run_demo(options.executable, options.data) if options.demo else None
    opened = open_map(options.executable, options.data, options.page)
    json.dump(opened | {"demo": demo}, sys.stdout)


if __name__ == "__main__":
    main()
