"""`umimori --help` answers at once: none of the heavy libraries is loaded for it."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "scipy", "rasterio", "pydantic", "sqlalchemy", "fastapi", "numba", "pymavlink")

PROBE = """
import sys
from dashboard.cli.main import run
code = run(sys.argv[1:])
print("LOADED", sorted(set({heavy!r}) & set(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["imagery", "--help"], ["plan", "coast", "--help"]]
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROBE.format(heavy=HEAVY), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "umimori" in result.stdout
    assert "LOADED []" in result.stderr
