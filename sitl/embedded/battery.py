"""A battery that sags and empties.

Voltage falls linearly with the state of charge between full and empty cells (3.5-4.2 V, the
usable range of a lithium-ion cell), minus what the load drops over the pack's resistance.
"""

from __future__ import annotations

from dataclasses import dataclass

FULL_CELL_V = 4.2
EMPTY_CELL_V = 3.5
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """Charge left and what flows now."""

    capacity_mah: float
    cells: int
    resistance_ohm: float
    used_mah: float = 0.0
    current_a: float = 0.0

    @property
    def remaining_fraction(self) -> float:
        """Return the share of the charge that is left, 0..1."""
        return max(0.0, 1.0 - self.used_mah / self.capacity_mah)

    @property
    def voltage_v(self) -> float:
        """Return the voltage under the present load."""
        span = FULL_CELL_V - EMPTY_CELL_V
        open_circuit = self.cells * (EMPTY_CELL_V + span * self.remaining_fraction)
        return open_circuit - self.current_a * self.resistance_ohm

    def drained(self, power_w: float, dt_s: float) -> Battery:
        """Return the battery after ``dt_s`` seconds at a power."""
        current_a = power_w / max(self.voltage_v, 1.0)
        used = current_a * 1000.0 * dt_s / SECONDS_PER_HOUR
        return Battery(
            capacity_mah=self.capacity_mah,
            cells=self.cells,
            resistance_ohm=self.resistance_ohm,
            used_mah=self.used_mah + used,
            current_a=current_a,
        )
