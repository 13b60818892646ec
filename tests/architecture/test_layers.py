"""The layers of the design, and the fence round input and output inside each stage."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("imagery", "geoanalysis", "mission_planner", "flight", "sitl")

# Libraries that read, write or talk. In a stage only adapters/ may import them.
IO_LIBRARIES = {
    "dronekit",
    "duckdb",
    "fastapi",
    "folium",
    "geopandas",
    "jinja2",
    "past",
    "pyais",
    "pyarrow",
    "pymavlink",
    "pyogrio",
    "pystac_client",
    "rasterio",
    "requests",
    "sentinelsat",
    "serial",
    "sqlalchemy",
    "socket",
    "subprocess",
    "urllib.request",
    "uvicorn",
}
# Parts of them that only compute: rasterising arrays, packing messages into bytes.
PURE_PARTS = ("rasterio.crs", "rasterio.features", "rasterio.transform", "pymavlink.dialects")
CLOCK_CALLS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "monotonic"),
    ("time", "time_ns"),
}
SHELL_FILES = {"service.py", "cli.py", "ports.py"}


def stage_modules(stage: str) -> list[Path]:
    """Every module of a stage outside its adapters."""
    return [
        path
        for path in sorted((ROOT / stage).rglob("*.py"))
        if "adapters" not in path.relative_to(ROOT).parts
    ]


def imported_names(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_import_linter_contracts_are_kept() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [str(command), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]


@pytest.mark.parametrize("stage", STAGES)
def test_only_adapters_import_io_libraries(stage: str) -> None:
    modules = stage_modules(stage)
    assert modules
    breaches = []
    for path in modules:
        for name in imported_names(ast.parse(path.read_text(encoding="utf-8"))):
            if name.startswith(PURE_PARTS):
                continue
            if name in IO_LIBRARIES or name.split(".")[0] in IO_LIBRARIES:
                breaches.append(f"{path.relative_to(ROOT)} imports {name}")
    assert breaches == []


@pytest.mark.parametrize("stage", STAGES)
def test_pure_modules_read_no_clock(stage: str) -> None:
    breaches = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in stage_modules(stage)
        if path.name not in SHELL_FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in CLOCK_CALLS
    ]
    assert breaches == []


def test_only_the_store_knows_the_database() -> None:
    breaches = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "umimori").rglob("*.py"))
        if "store" not in path.relative_to(ROOT).parts
        and {"sqlalchemy", "sqlite3", "alembic"}
        & {name.split(".")[0] for name in imported_names(ast.parse(path.read_text("utf-8")))}
    ]
    assert breaches == []
