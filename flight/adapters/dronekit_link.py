"""A link that dronekit owns: a real ``dronekit.Vehicle`` for those who want one.

dronekit carries messages, telemetry, modes and ``simple_goto``. Its own mission upload is never
used: it sends float32 positions, waits for no acknowledgement and reports success for what the
vehicle does not hold (measured). Lists and parameters go through our engines on this link.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from typing import Any

from flight.adapters.dronekit_shim import import_dronekit
from flight.adapters.pymavlink_link import class_of, encodable
from flight.link_address import LinkAddress
from flight.messages import (
    GROUND_STATION_COMPONENT,
    GROUND_STATION_SYSTEM,
    Message,
    Outgoing,
)
from flight.permit import Permit
from umimori.errors import LinkSilentError, RefusedError
from umimori.geodesy import LonLat

CONNECT_S = 9
_SCHEMES = {"tcp": "tcp", "udp": "udpin", "udpout": "udpout"}


class DronekitLink:
    """A VehicleLink over ``dronekit.connect``."""

    def __init__(self, address: LinkAddress) -> None:
        self._address = address
        self._dronekit = import_dronekit()
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._rate_hz = 1.0
        try:
            self.vehicle = self._dronekit.connect(
                _dronekit_address(address),
                baud=address.number if address.scheme == "serial" else 115200,
                wait_ready=False,
                heartbeat_timeout=CONNECT_S,
                source_system=GROUND_STATION_SYSTEM,
                source_component=GROUND_STATION_COMPONENT,
            )
        except (OSError, self._dronekit.APIException) as error:
            raise LinkSilentError(
                f"nobody answers on {address} ({error}).",
                remedy="Start the vehicle or its simulator (umimori sitl run).",
            ) from error
        self.vehicle.add_message_listener("*", self._take)
        self._beat = threading.Thread(target=self._beat_loop, daemon=True)
        self._beat.start()

    @property
    def name(self) -> str:
        """Return the address as it was given."""
        return str(self._address)

    def send(self, message: Outgoing) -> None:
        """Send a message through dronekit's connection."""
        fields = {key: encodable(value) for key, value in message.fields.items()}
        self._send(class_of(message.name)(**fields))

    def receive(self, timeout_s: float) -> Message | None:
        """Return the next message or None."""
        try:
            if timeout_s <= 0.0:
                return self._queue.get_nowait()
            return self._queue.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def set_heartbeat_hz(self, rate_hz: float) -> None:
        """Change the wall rate of our HEARTBEAT (dronekit itself sends one a second)."""
        self._rate_hz = rate_hz

    def close(self) -> None:
        """End dronekit's threads and close its connection."""
        self._closing.set()
        self._beat.join(timeout=5.0)
        self.vehicle.remove_message_listener("*", self._take)
        self.vehicle.close()

    # --- what dronekit is kept for ---------------------------------------------------------

    def mode(self) -> str:
        """Return the name of the flight mode."""
        return str(self.vehicle.mode.name)

    def set_mode(self, name: str) -> None:
        """Ask for a flight mode by name."""
        self.vehicle.mode = self._dronekit.VehicleMode(name)

    def arm(self, permit: Permit) -> None:
        """Arm a vehicle for which the gate gave a permit.

        Raises:
            RefusedError: the permit is for another link.
        """
        if not permit.vehicle_id.endswith(f"@{self.name}"):
            raise RefusedError(
                f"the permit is for {permit.vehicle_id}.", remedy="Ask for one for this vehicle."
            )
        self.vehicle.armed = True

    def goto(self, place: LonLat, alt_rel_m: float) -> None:
        """Go to a place in GUIDED (dronekit's ``simple_goto``)."""
        target = self._dronekit.LocationGlobalRelative(place.lat_deg, place.lon_deg, alt_rel_m)
        self.vehicle.simple_goto(target)

    # --- inside ----------------------------------------------------------------------------

    def _take(self, _vehicle: object, name: str, parsed: Any) -> None:
        self._queue.put(
            Message(
                name=name,
                fields={field: getattr(parsed, field) for field in parsed.fieldnames},
                system=parsed.get_srcSystem(),
                component=parsed.get_srcComponent(),
                received_s=time.monotonic(),
            )
        )

    def _beat_loop(self) -> None:
        beat = Outgoing(
            "HEARTBEAT",
            {
                "type": 6,
                "autopilot": 8,
                "base_mode": 0,
                "custom_mode": 0,
                "system_status": 4,
                "mavlink_version": 3,
            },
        )
        while not self._closing.wait(1.0 / self._rate_hz if self._rate_hz > 0.0 else 1.0):
            if self._rate_hz > 0.0:
                self.send(beat)

    def _send(self, message: Any) -> None:
        with contextlib.suppress(OSError, self._dronekit.APIException):
            self.vehicle.send_mavlink(message)


def _dronekit_address(address: LinkAddress) -> str:
    if address.scheme == "serial":
        return address.place
    return f"{_SCHEMES[address.scheme]}:{address.place}:{address.number}"
