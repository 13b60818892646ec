"""Names of a product and its files (Sentinel-1 Product Specification, S1-RS-MDA-52-7441, 3.4)."""

from __future__ import annotations

import binascii
from dataclasses import dataclass

from imagery.simulation.frame import SceneFrame

MISSION = "S1A"
ORBITS_PER_DAY = 175.0 / 12.0
RELATIVE_ORBITS = 175
CYCLE_ORBITS = 175
_ORBIT_EPOCH_DAY = 735_326.0
"""Proleptic ordinal of 3 April 2014, the launch of Sentinel-1A: its orbits count from there."""
_RELATIVE_ORBIT_SHIFT = 73
"""relative = (absolute - 73) mod 175 + 1 for Sentinel-1A (Sentinel-1 User Handbook)."""


def image_number(polarisation: str) -> str:
    """Return 001 for VV and 002 for VH."""
    return {"vv": "001", "vh": "002"}[polarisation]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductIdentity:
    """The numbers and times that all names are made of."""

    frame: SceneFrame
    seed: int

    @property
    def absolute_orbit(self) -> int:
        """Return the orbit number that Sentinel-1A would have counted by then."""
        start = self.frame.start_utc
        days = start.toordinal() - _ORBIT_EPOCH_DAY
        days += (start.hour * 3600 + start.minute * 60 + start.second) / 86_400.0
        return max(1, int(days * ORBITS_PER_DAY))

    @property
    def relative_orbit(self) -> int:
        """Return the number of the track, 1 to 175."""
        return (self.absolute_orbit - _RELATIVE_ORBIT_SHIFT) % RELATIVE_ORBITS + 1

    @property
    def cycle(self) -> int:
        """Return the repeat cycle since launch."""
        return self.absolute_orbit // CYCLE_ORBITS + 1

    @property
    def data_take(self) -> int:
        """Return a data-take number; it carries the seed, so that two scenes differ in name."""
        return (self.absolute_orbit * 8 + self.seed) % 0xFFFFFF

    def _span(self) -> str:
        start, stop = self.frame.start_utc, self.frame.stop_utc
        return f"{start:%Y%m%dT%H%M%S}_{stop:%Y%m%dT%H%M%S}"

    def product_name(self, manifest: bytes) -> str:
        """Return the folder name; its last field is the CRC-16 of the manifest."""
        crc = binascii.crc_hqx(manifest, 0xFFFF)
        return (
            f"{MISSION}_IW_GRDH_1SDV_{self._span()}_{self.absolute_orbit:06d}_"
            f"{self.data_take:06X}_{crc:04X}.SAFE"
        )

    def image_stem(self, polarisation: str) -> str:
        """Return the name of measurement and annotation without suffix."""
        span = self._span().lower().replace("_", "-")
        return (
            f"{MISSION.lower()}-iw-grd-{polarisation}-{span}-{self.absolute_orbit:06d}-"
            f"{self.data_take:06x}-{image_number(polarisation)}"
        )
