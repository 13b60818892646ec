"""Japanese and English pages: gettext catalogues, language choice, dates and numbers.

The language comes from ``?lang=``, else the cookie, else ``Accept-Language``, else English.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request

LANGUAGES = ("en", "ja")
DEFAULT_LANGUAGE = "en"
LANGUAGE_COOKIE = "umimori_lang"
DISPLAY_ZONE = ZoneInfo("Asia/Tokyo")
DOMAIN = "messages"


def locale_folder() -> Path:
    """Return the folder of the catalogues, wherever the package is installed."""
    return Path(str(resources.files("dashboard"))) / "locale"


def choose_language(request: Request) -> str:
    """Return the language of a request."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return DEFAULT_LANGUAGE


@lru_cache(maxsize=len(LANGUAGES))
def translations(language: str) -> NullTranslations:
    """Return the compiled catalogue of a language."""
    return Translations.load(str(locale_folder()), [language], DOMAIN)


@dataclass(frozen=True, slots=True)
class Formats:
    """How times and numbers look in a language; times are shown in Japan's zone and say so."""

    language: str

    def time(self, moment: datetime | None) -> str:
        """Return a time with its zone, or a dash when unknown."""
        if moment is None:
            return "–"
        pattern = "yyyy-MM-dd HH:mm:ss"
        return f"{format_datetime(moment, pattern, tzinfo=DISPLAY_ZONE, locale=self.language)} JST"

    def number(self, value: float | None, digits: int = 0) -> str:
        """Return a number with the digits wanted, or a dash when unknown."""
        if value is None:
            return "–"
        return str(format_decimal(round(value, digits), locale=self.language))


@lru_cache(maxsize=len(LANGUAGES))
def environment(language: str) -> Environment:
    """Return the template environment of a language; every value is escaped."""
    env = Environment(
        loader=PackageLoader("dashboard.web", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    install: Any = getattr(env, "install_gettext_translations")  # noqa: B009 - added by the extension
    install(translations(language), newstyle=True)
    formats = Formats(language)
    env.filters["when"] = formats.time
    env.filters["number"] = formats.number
    return env


def render(language: str, template: str, **values: object) -> str:
    """Return a page in a language."""
    return environment(language).get_template(template).render(lang=language, **values)
