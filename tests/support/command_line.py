"""The ``umimori`` command as a user runs it."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [
    sys.executable,
    "-c",
    "import sys; from dashboard.cli.main import main; sys.exit(main())",
]


def _environment(data):
    return {**os.environ, "UMIMORI_DATA": str(data), "PYTHONPATH": str(ROOT)}


def umimori(*arguments, data, timeout_s=600):
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env=_environment(data),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


@contextmanager
def sitl_run(*arguments, data):
    """Run ``umimori sitl run … --json`` in the background; gives its document."""
    process = subprocess.Popen(
        [*COMMAND, "sitl", "run", *map(str, arguments), "--json"],
        env=_environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        if not line:
            raise AssertionError(process.stderr.read())
        yield json.loads(line)
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0, process.stderr.read()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(5)
        process.stdout.close()
        process.stderr.close()
