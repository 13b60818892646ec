"""Helpers that start embedded vehicles and fly them."""

from contextlib import contextmanager

from flight.service import Options, fly
from sitl.place import StartPlace
from sitl.service import Wanted, start_vehicle
from umimori.store import open_store


@contextmanager
def vehicle_for(mission, *, engine="embedded", speedup=100.0, heading_deg=30.0, **fields):
    """Run a vehicle of the mission's kind at the mission's home."""
    place = StartPlace(
        position=mission.home, alt_amsl_m=mission.home_alt_amsl_m, heading_deg=heading_deg
    )
    process = start_vehicle(
        Wanted(kind=mission.vehicle_kind, engine=engine, place=place, speedup=speedup, **fields)
    )
    try:
        yield process
    finally:
        process.stop()


def fly_once(mission, link, data_dir, *, progress=None, **options):
    """Fly a mission into a store of its own; return the report and what the store holds."""
    with open_store(data_dir) as store:
        report = fly(mission, link, store=store, options=Options(**options), progress=progress)
        rows = [sample for _, sample in store.telemetry(report.flight.id)]
        acts = [entry.act for entry in store.evidence.entries()]
        return report, rows, acts
