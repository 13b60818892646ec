"""What every test gets: no network beyond loopback, the shared real data, an honest summary."""

import ipaddress
import json
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA_VARIABLE = "UMIMORI_SHARED_DATA"
MARKERS_OUTSIDE_MAKE_TEST = ("slow", "sitl", "browser", "postgis", "dask")

# Compiled kernels outlive the test run; the data folders of the tests do not.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "build" / "numba"))

DESELECTED = pytest.StashKey[Counter[str]]()


class OutsideConnection(Exception):
    """A test tried to reach another machine."""


def _is_loopback(address: Any) -> bool:
    if not isinstance(address, tuple) or not address:
        return True  # a Unix socket path
    host = address[0]
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    """Refuse every connection and datagram that would leave this machine."""
    patch = pytest.MonkeyPatch()

    def guarded(name: str) -> None:
        original = getattr(socket.socket, name)

        def call(self: socket.socket, *args: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(args[-1]):
                raise OutsideConnection(f"tests stay on this machine; {name} to {args[-1]!r}")
            return original(self, *args)

        patch.setattr(socket.socket, name, call)

    for name in ("connect", "connect_ex", "sendto"):
        guarded(name)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the shared real data; skips where it is absent."""
    named = os.environ.get(SHARED_DATA_VARIABLE)
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"shared real data absent ({SHARED_DATA_VARIABLE} or ../shared/data)")
    return folder


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The data folder and the JSON document of one run of `umimori demo` (about a minute)."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "dashboard.cli.main",
            "demo",
            "--no-serve",
            "--json",
            f"--data={folder}",
        ],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return folder, json.loads(done.stdout)


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the user's data folder or settings."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("UMIMORI_") and name not in {SHARED_DATA_VARIABLE}:
                patch.delenv(name)
        patch.setenv("UMIMORI_DATA", str(tmp_path_factory.getbasetemp() / "umimori-data"))
        yield


def pytest_configure(config: pytest.Config) -> None:
    config.stash[DESELECTED] = Counter()


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        names = [n for n in MARKERS_OUTSIDE_MAKE_TEST if item.get_closest_marker(n)]
        item.config.stash[DESELECTED][" and ".join(names) or "not asked for in this run"] += 1


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say how many tests did not run, and why."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[text.removeprefix("Skipped: ")] += 1
    deselected = config.stash[DESELECTED]
    if not reasons and not deselected:
        return
    terminalreporter.section("not run")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:5d} skipped: {reason}")
    for marker, count in deselected.most_common():
        terminalreporter.line(f"{count:5d} left out: {marker} (make test-all runs them)")
