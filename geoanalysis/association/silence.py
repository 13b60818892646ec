"""When a vessel's silence says that it does not send any more."""

from __future__ import annotations

from geoanalysis.association.motion import MotionModel

MIN_SILENCE_S = 1_200.0
"""Class A reports every 10 s under way and every 3 min at anchor (ITU-R M.1371-5, table 1);
twenty minutes are far beyond any of them."""
SILENCE_PER_INTERVAL = 10.0
"""A sparsely received track must be silent for ten of its own intervals, or of its last ones."""
MIN_POINTS = 4


def silence_limit_s(model: MotionModel, moment_s: float) -> float:
    """Return the silence about a moment beyond which the vessel counts as not sending."""
    interval_s = max(model.usual_interval_s or 0.0, model.recent_interval_s(moment_s) or 0.0)
    return max(MIN_SILENCE_S, SILENCE_PER_INTERVAL * interval_s)


def is_silent(model: MotionModel, moment_s: float) -> bool:
    """Return whether the vessel was heard before and sent nothing about the moment.

    Whether anybody could have heard it is for :class:`Reception` to say.
    """
    if len(model.time_s) < MIN_POINTS or model.time_s[0] > moment_s:
        return False
    return model.silence_s(moment_s) > silence_limit_s(model, moment_s)
