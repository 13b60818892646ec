"""Settings from file and environment; log lines for machines."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from umimori.errors import BadInputError
from umimori.logs import configure_logs
from umimori.settings import Settings, data_dir, load_settings


def test_the_data_folder_is_option_then_variable_then_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UMIMORI_DATA", str(tmp_path / "variable"))
    assert data_dir(tmp_path / "option") == tmp_path / "option"
    assert data_dir() == tmp_path / "variable"
    monkeypatch.delenv("UMIMORI_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert data_dir().name == "umimori"


def test_defaults_the_file_and_then_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings(tmp_path) == Settings()
    (tmp_path / "umimori.toml").write_text('port = 9000\nhost = "0.0.0.0"\n', encoding="utf-8")
    assert load_settings(tmp_path).port == 9000
    monkeypatch.setenv("UMIMORI_PORT", "9100")
    settings = load_settings(tmp_path)
    assert (settings.port, settings.host) == (9100, "0.0.0.0")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("port = 70000", "port"),
        ("prot = 80", "prot"),
        ("port =", "not TOML"),
        ('log_level = "LOUD"', "log_level"),
    ],
)
def test_bad_settings_are_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "umimori.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=words):
        load_settings(tmp_path)


def test_a_data_folder_that_is_a_file_has_no_settings(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    assert load_settings(file) == Settings()


def test_every_setting_is_described() -> None:
    assert [n for n, field in Settings.model_fields.items() if not field.description] == []


@pytest.fixture
def root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_log_lines_are_json_documents(root_logger: None) -> None:
    stream = io.StringIO()
    configure_logs("INFO", as_json=True, stream=stream)
    log = logging.getLogger("umimori.test")
    log.info("船 %s", "<SCRIPT>\nnext", extra={"scene_id": "s1"})
    log.debug("left out")
    try:
        raise ValueError("broken")
    except ValueError:
        log.exception("failed")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["message"], first["scene_id"]) == ("船 <SCRIPT>\nnext", "s1")
    assert first["level"] == "INFO"
    assert "broken" in second["traceback"]
