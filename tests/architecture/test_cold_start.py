"""`umimori --help` answers at once: none of the heavy libraries is loaded for it."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "scipy", "rasterio", "sqlalchemy", "fastapi", "numba", "pymavlink", "shapely")

PROBE = """
import sys
from dashboard.cli.main import run
code = run(sys.argv[1:])
print("LOADED", sorted(set({heavy!r}) & set(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], (*HEAVY, "pydantic")),
        (["--version"], (*HEAVY, "pydantic")),
        # Below the first level the settings may be read.
        (["plan", "coast", "--help"], HEAVY),
    ],
)
def test_help_loads_nothing_heavy(arguments: list[str], heavy: tuple[str, ...]) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROBE.format(heavy=heavy), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "umimori" in result.stdout
    assert "LOADED []" in result.stderr
