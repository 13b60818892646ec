"""Rules of the house that no linter knows: sizes, names, printing, what may never stand in a file."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "umimori",
    "imagery",
    "geoanalysis",
    "mission_planner",
    "flight",
    "sitl",
    "dashboard",
)
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MAX_LINES = 500
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}

# Written in pieces, so that this file does not break its own rule.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("py" + "pi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npm" + "js", "org"),
        ("registry", "yarn" + "pkg", "com"),
    )
]
MACHINE_PATH = re.compile(
    r"(?<![\w.:/-])/(?:" + "|".join(("work", "root", "opt/wheels", "opt/pypi")) + r")/"
)


def normal_name(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def tracked_text_files() -> list[Path]:
    """Every file that git tracks and that decodes as text."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 20


def test_no_source_file_is_longer_than_one_idea() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if (lines := path.read_text(encoding="utf-8").count("\n")) > MAX_LINES
    }
    assert not long


def test_no_module_has_a_vague_name() -> None:
    assert [str(path.relative_to(ROOT)) for path in SOURCES if path.stem in VAGUE_NAMES] == []


def test_library_code_does_not_print() -> None:
    printing = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in SOURCES
        for call in calls(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call.func, ast.Name) and call.func.id == "print"
    ]
    assert printing == []


def test_imports_are_absolute() -> None:
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in SOURCES}
    assert [str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").is_file()] == []


def test_the_test_tree_has_no_packages_and_no_two_files_of_one_name() -> None:
    files = sorted((ROOT / "tests").rglob("*.py"))
    assert [str(path) for path in files if path.name == "__init__.py"] == []
    names = [path.name for path in files if path.name != "conftest.py"]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_no_module_at_the_root_shadows_a_package() -> None:
    assert [path.name for path in ROOT.glob("*.py") if path.stem in PACKAGES] == []


def test_no_paths_of_a_machine_and_no_registry_hosts() -> None:
    found: list[str] = []
    for path in tracked_text_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(ROOT)
        found += [f"{name}: {host}" for host in REGISTRY_HOSTS if host in text]
        found += [f"{name}: {match.group()}" for match in MACHINE_PATH.finditer(text)]
    assert found == []


def test_there_is_one_error_tree() -> None:
    """A class that a user may see stands in umimori/errors.py, hence in its table and the docs."""
    from umimori import errors

    family = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.UmimoriError)
    }
    strays = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in SOURCES
        if path != ROOT / "umimori" / "errors.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id in family for base in node.bases)
    ]
    assert strays == []


def test_no_large_file_is_tracked() -> None:
    large = [
        f"{path.relative_to(ROOT)}: {path.stat().st_size}"
        for path in tracked_text_files()
        if path.stat().st_size > 1_000_000
    ]
    assert large == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    pins = re.findall(r"^[a-z0-9][^ =]*==", text, re.MULTILINE)
    assert len(pins) > 50
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    assert [block.split()[0] for block in blocks if block.strip() and "--hash=" not in block] == []


@pytest.mark.parametrize(
    ("lock", "groups"),
    [("requirements.lock", ()), ("requirements-dev.lock", ("dev", "dhus"))],
)
def test_every_declared_package_is_locked(lock: str, groups: tuple[str, ...]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"]]
    for group in groups:
        declared += project["optional-dependencies"][group]
    pins = re.findall(
        r"^([a-z0-9][a-z0-9._-]*)==", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE
    )
    names = [normal_name(re.split(r"[\[<>=!~ ]", wanted)[0]) for wanted in declared]
    assert set(names) - {normal_name(pin) for pin in pins} == set()


def test_every_third_party_import_is_declared() -> None:
    """What the packages import is asked for by name, not by luck through another library."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dhus"]
    names = {normal_name(re.split(r"[\[<>=!~ ]", wanted)[0]) for wanted in declared}
    providers = metadata.packages_distributions()
    imported: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
    outside = {
        name.split(".")[0]
        for name in imported
        if name.split(".")[0] not in {*sys.stdlib_module_names, *PACKAGES}
    }
    undeclared = {
        name: providers.get(name)
        for name in outside
        if not names & {normal_name(provider) for provider in providers.get(name, [])}
    }
    assert undeclared == {}


def test_the_web_lock_holds_integrity_and_no_resolved_addresses() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert text.count('"integrity"') == text.count('"node_modules/')
