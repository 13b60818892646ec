"""Every command in the READMEs runs as written.

The commands of the installed program are executed. `make …` lines build the environment that this
suite runs in and take minutes: here make only prints what it would do (which fails on an unknown
target or option); the continuous integration script runs `make test`, and `make demo` is run by
the test marked `slow` below.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.ja.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return [
        line.strip()
        for block in BLOCK.findall(text)
        for line in block.splitlines()
        if line.strip() and not line.startswith("#")
    ]


# Both give the same commands (tested below), so each is run once.
ALL = list(dict.fromkeys(commands("README.md")))


def test_both_readmes_give_the_same_commands() -> None:
    assert commands("README.md") == commands("README.ja.md")
    assert {"make demo", "make test"} <= set(commands("README.md"))


@pytest.mark.parametrize("command", ALL)
def test_command_runs(command: str, tmp_path: Path) -> None:
    words = shlex.split(command)
    env = {**os.environ, "UMIMORI_DATA": str(tmp_path / "data")}
    if words[0] == "make":
        words.insert(1, "--dry-run")
        cwd = ROOT
    else:
        assert words[0] == ".venv/bin/umimori", f"{command} is not covered by this test"
        words[0] = str(Path(sys.executable).with_name("umimori"))
        cwd = tmp_path
    result = subprocess.run(
        words, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
    assert result.stdout.strip()


@pytest.mark.parametrize("name", READMES)
def test_links_and_pictures_are_there(name: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)", (ROOT / name).read_text(encoding="utf-8"))
    missing = [t for t in targets if "://" not in t and not (ROOT / t).exists()]
    assert missing == []


@pytest.mark.slow
def test_make_demo_runs(tmp_path: Path) -> None:
    """The first README command, ended after the loop; set-up is done already when this runs."""
    env = {**os.environ, "UMIMORI_DATA": str(tmp_path / "data")}
    result = subprocess.run(
        ["make", "demo", "SERVE=0", "DEMO_ARGS=--json"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    assert '"simulated": true' in result.stdout
