"""An embedded vehicle in a thread of the test, so that a test can reach into it."""

import threading
from contextlib import contextmanager

from sitl.adapters.tcp_face import TcpFace
from sitl.embedded.autopilot import Place
from sitl.embedded.plane import PlaneAutopilot
from sitl.embedded.protocol import VehicleFace
from sitl.embedded.sub import SubAutopilot
from umimori.records.vehicle import VehicleKind


class RealLooking(VehicleFace):
    """Answers everything but SIM_SPEEDUP, as flight firmware does."""

    def _on_param_request_read(self, message):
        if message.param_id != "SIM_SPEEDUP":
            super()._on_param_request_read(message)


def autopilot_for(mission, *, speedup=100.0, stall_guard_s=2.0, asks_int=False):
    kind = PlaneAutopilot if mission.vehicle_kind is VehicleKind.PLANE else SubAutopilot
    place = Place(position=mission.home, alt_amsl_m=mission.home_alt_amsl_m, heading_deg=30.0)
    return kind(place, asks_int=asks_int, speedup=speedup, stall_guard_s=stall_guard_s)


@contextmanager
def serving(autopilot, *, face=VehicleFace):
    """Serve an autopilot on a free port of this machine; gives its link."""
    tcp = TcpFace(face(autopilot), "127.0.0.1", 0)
    stop = threading.Event()
    thread = threading.Thread(target=tcp.run, args=(stop.is_set,), daemon=True)
    thread.start()
    try:
        yield f"tcp:127.0.0.1:{tcp.port}"
    finally:
        stop.set()
        thread.join(5.0)
