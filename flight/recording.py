"""Telemetry rows of a flight, at most four per vehicle second, all three clocks in each. Pure."""

from __future__ import annotations

from datetime import datetime

from flight.vehicle_state import VehicleState
from umimori.clocks import WorldClock
from umimori.geodesy import LonLat
from umimori.records.flight import TelemetrySample

MIN_INTERVAL_S = 0.25
"""Vehicle seconds between two rows (design: 4 Hz per vehicle)."""


class TelemetryRecorder:
    """Turns the vehicle's state into rows when a new position has come."""

    def __init__(
        self, flight_id: str, world: WorldClock, *, measured: frozenset[int], simulated: bool
    ) -> None:
        self.on_legs: list[LonLat] = []
        """Positions in AUTO on the measured items, for the cross-track figures."""
        self.all: list[LonLat] = []
        self._flight_id = flight_id
        self._world = world
        self._measured = measured
        self._simulated = simulated
        self._last_s: float | None = None
        self._rows: list[TelemetrySample] = []

    def note(self, state: VehicleState, wall_utc: datetime) -> None:
        """Take a row if one is due."""
        now_s, position, alt = state.vehicle_s, state.position, state.alt_rel_m
        if now_s is None or position is None or alt is None:
            return
        last = self._last_s
        if last is not None and 0.0 <= now_s - last < MIN_INTERVAL_S:
            return
        self._last_s = now_s
        if state.armed:
            self.all.append(position)
            if state.mode == "AUTO" and state.current_seq in self._measured:
                self.on_legs.append(position)
        self._rows.append(
            TelemetrySample(
                flight_id=self._flight_id,
                wall_utc=wall_utc,
                vehicle_s=now_s,
                world_utc=self._world.at(wall_utc),
                position=position,
                alt_rel_m=alt,
                heading_deg=state.heading_deg,
                ground_speed_mps=state.ground_speed_mps,
                air_speed_mps=state.air_speed_mps,
                climb_mps=state.climb_mps,
                mode=state.mode,
                armed=state.armed,
                mission_seq=state.current_seq,
                battery_v=state.battery_v,
                battery_pct=state.battery_pct,
                simulated=self._simulated,
            )
        )

    def take_rows(self) -> list[TelemetrySample]:
        """Return the rows since the last call."""
        rows, self._rows = self._rows, []
        return rows
