"""What a detector run can be told, and the constants of the detector."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from umimori.errors import UsageError

ALGORITHM = "kcfar"
VERSION = "1.0"

BLOCK_PX = 8
"""Edge of the blocks whose moments feed the ring statistics, pixels."""
GUARD_BLOCKS = 2
"""Half width of the guard square in blocks: 5 x 5 blocks = 400 m at 10 m pixels, which holds the
longest ship afloat (400 m) with its blur."""
RING_BLOCKS = 6
"""Half width of the background square: 13 x 13 blocks = 1,040 m (satellite.md 3.2: 600-1,000 m)."""
WIDE_RING_BLOCKS = 16
"""Half width where too little clean water lies in the normal ring, as near a shore."""


class Units(StrEnum):
    """What the numbers of a plain raster mean."""

    AUTO = "auto"
    LINEAR = "linear"
    DB = "db"
    AMPLITUDE = "amplitude"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorParameters:
    """Parameters of one detection run; they enter the id of the run.

    Args:
        pfa: probability that a pixel of pure clutter is called a target.
        min_pixels: smallest object; one speckle grain of IW GRDH covers 2-4 pixels.
        units: what the numbers of a plain raster mean (a SAFE product says it itself).
        pixel_spacing_m: metres per pixel of a plain image, when known.
        min_score: objects below this probability are not reported.
    """

    pfa: float = 1e-8
    min_pixels: int = 3
    units: Units = Units.AUTO
    pixel_spacing_m: float | None = None
    min_score: float = 0.05

    def __post_init__(self) -> None:
        """Refuse values for which no threshold exists."""
        if not 1e-14 <= self.pfa <= 1e-2:
            raise UsageError(
                f"--pfa {self.pfa} is outside 1e-14 to 1e-2.", remedy="Use 1e-8, the default."
            )
        if self.pixel_spacing_m is not None and not 0.1 <= self.pixel_spacing_m <= 1000.0:
            raise UsageError(
                f"--pixel-spacing {self.pixel_spacing_m} is outside 0.1 to 1000 m.",
                remedy="Give the metres per pixel of the image.",
            )

    def as_plain(self) -> dict[str, float | int | str | bool]:
        """Return the known parameters for the run record."""
        known = {key: value for key, value in asdict(self).items() if value is not None}
        return known | {"units": self.units.value}
