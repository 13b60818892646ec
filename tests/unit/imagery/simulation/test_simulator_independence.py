"""The simulator must not grade its own exam: no shared code with the detector, either way."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4] / "imagery"
JOINTS = {"cli.py", "warm.py"}
"""Registers the command; compiles the kernels of both at set-up."""


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for item in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(item, ast.Import):
            names |= {alias.name for alias in item.names}
        elif isinstance(item, ast.ImportFrom) and item.module:
            names |= {item.module, *(f"{item.module}.{alias.name}" for alias in item.names)}
    return names


def test_the_simulator_imports_nothing_of_the_detector():
    for path in (ROOT / "simulation").rglob("*.py"):
        foreign = {n for n in imported(path) if n.split(".")[0] == "imagery" and n != "imagery"} - {
            n for n in imported(path) if n.startswith("imagery.simulation")
        }
        assert not foreign, (path.name, foreign)


def test_the_detector_imports_nothing_of_the_simulator():
    for path in ROOT.rglob("*.py"):
        if "simulation" in path.parts or path.name in JOINTS:
            continue
        assert not {n for n in imported(path) if n.startswith("imagery.simulation")}, path.name
