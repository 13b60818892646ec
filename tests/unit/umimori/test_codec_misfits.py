"""Text that is not the record it should be is refused in plain words."""

import json

import pytest

from umimori.errors import BadInputError
from umimori.records import EvidenceEntry, EvidenceHead, Port, Review
from umimori.records.codec import from_json

PORT = {"id": "p", "name": "n", "position": [139.0, 34.0], "country": None, "open_port": None}


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Port, "", "it is no JSON"),
        (Port, b"\xff\xfe", "it is no JSON"),
        (Port, "[]", "a Port was expected"),
        (Port, json.dumps(PORT), "the field source is missing"),
        (Port, json.dumps(PORT | {"position": "x"}), "the field position does not fit"),
        (Port, json.dumps(PORT | {"position": [999.0, 999.0]}), "the field position does not fit"),
        (Review, json.dumps({"id": "r", "subject_id": "s", "verdict": "?"}), "the field verdict"),
        (EvidenceHead, json.dumps({"count": 1, "hash": "h", "time_utc": 5}), "the field time_utc"),
        (EvidenceEntry, "{}", "the field seq is missing"),
    ],
)
def test_misfits_are_said_plainly(kind: type, text: str | bytes, words: str) -> None:
    with pytest.raises(BadInputError) as caught:
        from_json(kind, text)
    message = str(caught.value)
    assert words in message
    assert "__init__" not in message
