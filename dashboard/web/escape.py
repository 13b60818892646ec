"""The one place where text from outside meets a folium map.

AIS names, KML titles, file names and vehicle texts are hostile: a ship may call itself
``<SCRIPT SRC=//X.Y>``, and folium prints what it is given. So nothing is given to folium as
markup: a popup travels as JSON data, and the page's script puts every part into the document as
text (``textContent``). An architecture test forbids ``folium.Popup`` and ``folium.Tooltip``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from branca.element import MacroElement
from jinja2 import Template

_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_ACTIVE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&{}%#`'"}
"""Characters that a script element, a Jinja template or a JS template string could act on."""
_NOT_PLAIN = re.compile(r"[^\w :.,+()/-]")


def script_json(value: object) -> str:
    """Return JSON that is inert inside a ``<script>`` element and inside folium's templates.

    Folium renders what it is given a second time as a Jinja template, so that a ship called
    ``{{7*7}}`` would be computed: braces inside strings are written as escapes too.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False)
    return _JSON_STRING.sub(lambda string: string.group(0).translate(_ACTIVE), text)


def plain_name(value: str) -> str:
    """Return a layer name of letters, digits and harmless signs; folium prints it as code."""
    return _NOT_PLAIN.sub(" ", value)


class SafePopup(MacroElement):
    """A popup on its parent layer, of a title and named values, all shown as plain text."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "{{ this._parent.get_name() }}.bindPopup(umimori.popup({{ this.content }}));"
        "{% endmacro %}"
    )

    def __init__(self, title: str, rows: Mapping[str, object]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "SafePopup"
        self.content = script_json({"title": title, "rows": list(rows.items())})
