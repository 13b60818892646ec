"""Transports that cannot be opened say so once."""

import pytest

from flight.adapters.transport import open_transport
from flight.link_address import parse_link
from umimori.errors import EnvironmentMissingError


def test_a_missing_radio_is_named_once(tmp_path):
    device = tmp_path / "ttyX9"
    with pytest.raises(EnvironmentMissingError) as refused:
        open_transport(parse_link(f"serial:{device}:57600"))
    line = refused.value.one_line()
    assert line.count(str(device)) == 1
    assert line.count("No such file or directory") == 1
