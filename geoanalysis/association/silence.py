"""When a vessel's silence says that it does not send any more."""

from __future__ import annotations

from geoanalysis.association.motion import MotionModel

MIN_SILENCE_S = 1_200.0
"""Class A reports every 10 s under way and every 3 min at anchor (ITU-R M.1371-5, table 1);
twenty minutes are far beyond any of them."""
SILENCE_PER_INTERVAL = 10.0
"""A sparsely received track must be silent for ten of its own intervals."""
MIN_POINTS = 4


def silence_limit_s(model: MotionModel) -> float:
    """Return the silence beyond which the vessel counts as not sending."""
    return max(MIN_SILENCE_S, SILENCE_PER_INTERVAL * (model.usual_interval_s or 0.0))


def is_silent(model: MotionModel, moment_s: float) -> bool:
    """Return whether the vessel was heard before and sent nothing about the moment.

    Whether anybody could have heard it is for :class:`Reception` to say.
    """
    if len(model.time_s) < MIN_POINTS or model.time_s[0] > moment_s:
        return False
    return model.silence_s(moment_s) > silence_limit_s(model)
