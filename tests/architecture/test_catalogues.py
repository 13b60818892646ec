"""The English source and the Japanese catalogue say the same things, all of them."""

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "dashboard" / "locale"
MAPPING = ROOT / "babel.cfg"
LANGUAGES = ("en", "ja")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream)


def extracted() -> set[str]:
    """Every msgid in the pages and the code, as `pybabel extract` finds it."""
    methods, options = parse_mapping_cfg(io.StringIO(MAPPING.read_text(encoding="utf-8")))
    found: set[str] = set()
    for _, _, message, _, _ in extract_from_dir(
        str(ROOT / "dashboard"),
        method_map=[(p.removeprefix("dashboard/"), m) for p, m in methods],
        options_map={k.removeprefix("dashboard/"): v for k, v in options.items()},
    ):
        found.add(message if isinstance(message, str) else message[0])
    return found


def test_template_is_up_to_date() -> None:
    template = catalogue(LOCALE / "messages.pot")
    in_template = {m.id if isinstance(m.id, str) else m.id[0] for m in template if m.id}
    source = extracted()
    assert len(source) > 30
    assert in_template ^ source == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_complete(language: str) -> None:
    path = LOCALE / language / "LC_MESSAGES" / "messages.po"
    if language == "en" and not path.exists():
        return  # English is the language of the message ids
    template = catalogue(LOCALE / "messages.pot")
    translated = catalogue(path)
    missing = [m.id for m in template if m.id and translated.get(m.id) is None]
    empty = [m.id for m in translated if m.id and not all(_strings(m.string))]
    fuzzy = [m.id for m in translated if m.id and m.fuzzy]
    assert (missing, empty, fuzzy) == ([], [], [])


def test_placeholders_survive_translation() -> None:
    wrong = [
        m.id
        for m in catalogue(LOCALE / "ja" / "LC_MESSAGES" / "messages.po")
        if m.id and isinstance(m.id, str) and m.python_format and list(m.check())
    ]
    assert wrong == []


def _strings(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
