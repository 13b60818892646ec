"""Hostile text stays text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.web.escape import plain_name, script_json

HOSTILE = ["<SCRIPT SRC=//X.Y>", "{{7*7}}", "{% raw %}", "`${alert(1)}`", "</script>", 'a"b\\', "'"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert_and_survives(text: str) -> None:
    written = script_json({"title": text, text: [text]})
    assert json.loads(written) == {"title": text, text: [text]}
    inner = written.replace('{"title"', "").replace("}", "", 0)
    for active in ("<", ">", "{{", "{%", "`", "'"):
        assert active not in inner


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_any_value_round_trips_without_active_characters(value: object) -> None:
    written = script_json(value)
    assert json.loads(written) == value
    assert "<" not in written
    assert "{{" not in written
    assert "{%" not in written


def test_layer_names_keep_japanese_and_lose_quotes() -> None:
    assert plain_name("AIS 航跡") == "AIS 航跡"
    assert plain_name('"+alert(1)+"') == " +alert(1)+ "
