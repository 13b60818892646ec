"""What ``umimori fly`` tells at its end. Pure."""

from __future__ import annotations

from typing import Any

from flight.service import FlightReport
from umimori.records.flight import FlightState
from umimori.records.mission import Mission


def document_of(report: FlightReport, mission: Mission) -> dict[str, Any]:
    """Return the JSON document of a closed flight."""
    flight, track = report.flight, report.track
    return {
        "flight_id": flight.id,
        "mission": {
            "id": mission.id,
            "name": mission.name,
            "kind": mission.kind.value,
            "vehicle_kind": mission.vehicle_kind.value,
        },
        "vehicle": flight.vehicle_id,
        "engine": {"name": flight.engine, "version": flight.firmware},
        "simulated": flight.simulated,
        "uploaded": {
            "items": report.items,
            "verified": flight.uploaded_verified,
            "certificate": flight.readback_sha256,
        },
        "state": flight.state.value,
        "completed": flight.state is FlightState.COMPLETED,
        "items_reached": flight.items_reached,
        "items_total": flight.items_total,
        "duration_s": _rounded(flight.vehicle_duration_s),
        "flown_length_m": _rounded(flight.flown_length_m),
        "xtrack": {
            "p50_m": _rounded(track.p50_m if track else None),
            "p95_m": _rounded(track.p95_m if track else None),
            "max_m": _rounded(track.max_m if track else None),
        },
        "tlog_sha256": flight.tlog_sha256,
        "note": flight.note,
    }


def sentence_of(report: FlightReport) -> str:
    """Return the same for people."""
    flight, track = report.flight, report.track
    simulated = ", simulated" if flight.simulated else ""
    verified = "uploaded and verified" if flight.uploaded_verified else "not verified"
    across = f", cross-track p95 {track.p95_m:.1f} m" if track else ""
    return (
        f"{flight.state.value} on {flight.engine}{simulated}: {verified}, "
        f"{flight.items_reached}/{flight.items_total} waypoints{across} ({flight.note}); "
        f"flight {flight.id}"
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
