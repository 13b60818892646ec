"""From sigma nought to digital numbers: gain and thermal noise at every pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from imagery.simulation.frame import SceneFrame
from imagery.simulation.instrument import (
    POLARISATIONS,
    burst_scalloping,
    sample_incidence_deg,
    sigma_lut,
    swath_spans,
)
from imagery.simulation.product.luts import noise_range_lut

Float32Array = NDArray[np.float32]


class Radiometry(Protocol):
    """Gain and noise of strips of an image."""

    def gain(self, polarisation: str, first_line: int, lines: int) -> Float32Array:
        """Return squared digital numbers per sigma nought, shape (lines or 1, samples)."""
        ...

    def noise(self, polarisation: str, first_line: int, lines: int) -> Float32Array:
        """Return the noise power in squared digital numbers, shape (lines, samples)."""
        ...


@dataclass(frozen=True, kw_only=True)
class FrameRadiometry:
    """The radiometry that the simulated annotation describes."""

    frame: SceneFrame
    gain_row: Float32Array
    noise_rows: dict[str, Float32Array]

    def gain(self, polarisation: str, first_line: int, lines: int) -> Float32Array:
        """Return the gain: the same for all lines and polarisations."""
        del polarisation, first_line, lines
        return self.gain_row

    def noise(self, polarisation: str, first_line: int, lines: int) -> Float32Array:
        """Return range noise times the scalloping of each sub-swath."""
        times = self.frame.line_time_s(np.arange(first_line, first_line + lines))
        power = np.empty((lines, self.frame.samples), dtype=np.float32)
        for span in swath_spans(self.frame):
            part = slice(span.first_sample, span.last_sample + 1)
            factor = burst_scalloping(span.swath, times).astype(np.float32)
            power[:, part] = factor[:, None] * self.noise_rows[polarisation][None, part]
        return power


def frame_radiometry(frame: SceneFrame) -> FrameRadiometry:
    """Return the radiometry of a simulated frame."""
    gain = (sigma_lut(sample_incidence_deg(frame)) ** 2).astype(np.float32)
    rows = {p: noise_range_lut(frame, p).astype(np.float32) for p in POLARISATIONS}
    return FrameRadiometry(frame=frame, gain_row=gain[None, :], noise_rows=rows)
