"""The suite cannot reach another machine, nor the user's own data."""

import os
import socket
from pathlib import Path

import pytest


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_no_connection_leaves_the_machine(family: socket.AddressFamily) -> None:
    # Documentation addresses (RFC 5737, RFC 3849): nobody owns them.
    host = "192.0.2.1" if family == socket.AF_INET else "2001:db8::1"
    with socket.socket(family, socket.SOCK_STREAM) as stream:
        with pytest.raises(Exception, match="tests stay on this machine"):
            stream.connect((host, 80))
    with socket.socket(family, socket.SOCK_DGRAM) as datagram:
        with pytest.raises(Exception, match="tests stay on this machine"):
            datagram.sendto(b"x", (host, 14550))


def test_loopback_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname(), timeout=5) as client:
            assert client.getpeername() == server.getsockname()


def test_the_user_data_folder_is_not_used() -> None:
    from umimori.settings import data_dir

    assert os.environ["UMIMORI_DATA"]
    assert not data_dir(None).is_relative_to(Path.home() / ".local")
