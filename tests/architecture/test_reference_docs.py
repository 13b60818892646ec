"""Every setting, command, error class and API route is named in the docs, and the docs are current."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def reference_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "reference_docs", ROOT / "scripts" / "reference_docs.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["reference_docs"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["commands.md", "settings.md", "errors.md", "api.md"])
def test_page_is_current(
    reference_docs: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in list(os.environ):
        if variable.startswith("UMIMORI_"):
            monkeypatch.delenv(variable)
    page = reference_docs.PAGES[name]()
    assert page.count("\n") > 8
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == page, (
        "remedy: .venv/bin/python scripts/reference_docs.py"
    )


def test_every_command_has_a_help_text_and_an_example(reference_docs: ModuleType) -> None:
    import typer

    from dashboard.cli.main import app

    leaves = list(reference_docs._leaves(typer.main.get_command(app), ("umimori",)))
    assert len(leaves) > 10
    without = [
        " ".join(path)
        for path, command in leaves
        if "example" not in (command.help or "").lower() + (command.epilog or "").lower()
    ]
    assert without == []


def test_every_command_takes_json_and_data(reference_docs: ModuleType) -> None:
    import typer

    from dashboard.cli.main import app

    missing = []
    for path, command in reference_docs._leaves(typer.main.get_command(app), ("umimori",)):
        options = {option for parameter in command.params for option in parameter.opts}
        missing += [f"{' '.join(path)} {o}" for o in ("--json", "--data") if o not in options]
    assert missing == []


def test_version_is_the_same_everywhere() -> None:
    import tomllib

    from umimori import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
