"""What the SITL service needs from outside."""

from __future__ import annotations

from typing import Protocol


class VehicleProcess(Protocol):
    """A running simulated vehicle."""

    @property
    def link(self) -> str:
        """Return the address to connect to, e.g. ``tcp:127.0.0.1:5760``."""
        ...

    @property
    def engine(self) -> str:
        """Return "embedded" or "ardupilot"."""
        ...

    @property
    def program(self) -> str:
        """Return what runs, for people."""
        ...

    @property
    def running(self) -> bool:
        """Return whether it still runs."""
        ...

    def stop(self) -> None:
        """End it and remove what it wrote; more than once is no error."""
        ...
