"""The record of one flight: rewritten as it goes on, every step in the evidence log."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from flight.crosstrack import CrossTrack
from umimori.clocks import WallClock, unix_ms
from umimori.ids import event_id
from umimori.records.codec import sha256_of
from umimori.records.flight import Flight, FlightState, TelemetrySample
from umimori.records.mission import Mission
from umimori.store.ports import Store

LOGGER = logging.getLogger(__name__)
Detail = dict[str, str | int | float | bool | None]


class Journal:
    """Writes one Flight and what belongs to it."""

    def __init__(self, store: Store, clock: WallClock, mission: Mission, *, user: str) -> None:
        self._store = store
        self._clock = clock
        self._user = user
        self._mission = mission
        now = clock.now_utc()
        self.flight = Flight(
            id=event_id(unix_ms(now)),
            mission_id=mission.id,
            mission_sha256=sha256_of(mission),
            vehicle_kind=mission.vehicle_kind,
            vehicle_id="unknown",
            engine="vehicle",
            firmware=None,
            state=FlightState.CONNECTING,
            started_utc=now,
            ended_utc=None,
            uploaded_verified=False,
            readback_sha256=None,
            items_reached=0,
            items_total=0,
            xtrack_p95_m=None,
            flown_length_m=None,
            vehicle_duration_s=None,
            tlog_sha256=None,
            release_id=None,
            note="",
            simulated=False,
        )

    def begin(self, flight: Flight) -> None:
        """Store the mission (when it came from a file) and the flight that begins."""
        self.flight = flight
        with self._store.write(self._user, self._clock) as tx:
            if tx.find(Mission, self._mission.id) is None:
                tx.put(self._mission)
            tx.put(flight)
            tx.log("flight_begun", flight, {"vehicle": flight.vehicle_id, "engine": flight.engine})

    def change(self, act: str, detail: Detail | None = None, **fields: object) -> Flight:
        """Rewrite the flight and append the act to the evidence log."""
        self.flight = replace(self.flight, **fields)  # type: ignore[arg-type]
        with self._store.write(self._user, self._clock) as tx:
            tx.put(self.flight)
            tx.log(act, self.flight, detail or {})
        LOGGER.info("%s %s", self.flight.id, act)
        return self.flight

    def telemetry(self, rows: list[TelemetrySample]) -> None:
        """Store rows; the next entry of the log covers them."""
        if rows:
            with self._store.write(self._user, self._clock) as tx:
                tx.telemetry(rows)

    def keep_tlog(self, file: Path) -> str | None:
        """Put the raw stream among the blobs; return its SHA-256."""
        if not file.exists() or file.stat().st_size == 0:
            return None
        return self._store.blobs.put_file(file, suffix=".tlog")

    def end(
        self,
        state: FlightState,
        *,
        note: str,
        track: CrossTrack | None,
        detail: Detail | None = None,
        **fields: object,
    ) -> Flight:
        """Close the record."""
        return self.change(
            f"flight_{state.value}",
            {"note": note, **(detail or {})},
            state=state,
            note=note,
            ended_utc=self._clock.now_utc(),
            xtrack_p95_m=track.p95_m if track else None,
            **fields,
        )
