"""The scripts behind the Makefile."""

import importlib.util
import os
import subprocess
import sys
from email.message import Message
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_pip_indexes_are_handed_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("UV_") or n == "SSL_CERT_FILE"]:
        monkeypatch.delenv(name)
    script = load("uv_with_pip_index")
    assert script.uv_environment({}) == {}
    wanted = script.uv_environment(
        {
            "index-url": "https://mirror.example/simple",
            "extra-index-url": "https://a.example/simple\nhttps://b.example/simple",
            "find-links": "/wheels",
            "cert": "/ca.pem",
        }
    )
    assert wanted["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert wanted["UV_INDEX"] == "https://a.example/simple https://b.example/simple"
    assert wanted["UV_FIND_LINKS"] == "/wheels"
    assert wanted["SSL_CERT_FILE"] == "/ca.pem"


def test_what_the_user_set_for_uv_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example/simple")
    script = load("uv_with_pip_index")
    assert script.uv_environment({"index-url": "https://mirror.example/simple"}) == {}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("License-Expression", "MIT"), ("License", "other")], "MIT"),
        ([("Classifier", "License :: OSI Approved :: BSD License")], "BSD License"),
        ([("License", "Apache 2.0\nlong text")], "Apache 2.0"),
        ([], "not stated in the package's metadata"),
    ],
)
def test_licence_is_found_where_packages_state_it(
    headers: list[tuple[str, str]], expected: str
) -> None:
    meta = Message()
    for name, value in headers:
        meta[name] = value
    assert load("notices").licence_of(meta) == expected


def test_style_sheet_with_a_lost_image_is_named(tmp_path: Path) -> None:
    script = load("vendor_assets")
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(b"x")
    sheet = tmp_path / "style.css"
    sheet.write_text("a{background:url(images/a.png)} b{behavior:url(#default#VML)}")
    assert script.missing_style_targets(tmp_path) == []
    sheet.write_text("a{background:url('images/b.png?v=1')} c{src:url(data:x)}")
    assert script.missing_style_targets(tmp_path) == ["style.css: images/b.png"]


def test_missing_web_package_has_a_remedy(tmp_path: Path) -> None:
    script = load("vendor_assets")
    with pytest.raises(SystemExit, match="npm ci"):
        script.copy_asset(script.ASSETS[0], tmp_path, tmp_path / "out")


def test_no_usable_python_is_one_clear_error(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\ncase "$2" in *version_info\\[:2\\]*) echo 3.9;; *) exit 1;; esac\n')
    old.chmod(0o755)
    result = subprocess.run(
        ["/bin/sh", str(SCRIPTS / "find_python.sh")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 4
    assert "too old: python3 (3.9)" in result.stderr
    assert "remedy" in result.stderr


def test_usable_python_is_found() -> None:
    result = subprocess.run(
        ["/bin/sh", str(SCRIPTS / "find_python.sh")],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0
    assert Path(result.stdout.strip()).is_file()


def test_bundle_pins_exactly_the_file(tmp_path: Path) -> None:
    wheel = tmp_path / "titiler_core-2.4.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    script = load("bundle")
    line = script.requirement(wheel)
    assert line.startswith("titiler-core==2.4.0 --hash=sha256:")
    assert script.filled("a @X@ b", {"X": "1"}) == "a 1 b"
