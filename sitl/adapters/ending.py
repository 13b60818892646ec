"""Ends a child process: asks first, then insists."""

from __future__ import annotations

import subprocess

STOP_S = 5.0
"""ArduSub 4.6 can ignore SIGTERM after its client has gone; it is killed after this."""


def end_process(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    """Terminate a process and kill it when it does not end; nothing happens to an ended one."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_S)
