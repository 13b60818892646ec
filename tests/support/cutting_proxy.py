"""A TCP relay in front of a vehicle that a test can cut and mend."""

import contextlib
import selectors
import socket
import threading


class CuttingProxy:
    """Relays one station to one vehicle until it is cut."""

    def __init__(self, link):
        self.target = int(link.rpartition(":")[2])
        self.server = socket.create_server(("127.0.0.1", 0))
        self.link = f"tcp:127.0.0.1:{self.server.getsockname()[1]}"
        self.is_cut = threading.Event()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def cut(self):
        self.is_cut.set()

    def mend(self):
        self.is_cut.clear()

    def close(self):
        self.ended.set()
        self.thread.join(5.0)
        self.server.close()

    def _run(self):
        self.server.settimeout(0.05)
        while not self.ended.is_set():
            with contextlib.suppress(TimeoutError):
                near, _ = self.server.accept()
                with near:
                    if not self.is_cut.is_set():
                        self._relay(near)

    def _relay(self, near):
        with (
            socket.create_connection(("127.0.0.1", self.target)) as far,
            selectors.DefaultSelector() as selector,
        ):
            selector.register(near, selectors.EVENT_READ, far)
            selector.register(far, selectors.EVENT_READ, near)
            while not self.ended.is_set() and not self.is_cut.is_set():
                for key, _ in selector.select(0.02):
                    try:
                        data = key.fileobj.recv(65536)
                        if not data:
                            return
                        key.data.sendall(data)
                    except OSError:
                        return
