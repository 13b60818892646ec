"""The one table of risk points.

Like the risk factor of fisheries control (EFCA; MonitorFish: probability x impact x
detectability), a score joins three questions: how probable is it that something is hidden, how
much harm would it do, and how hard would it be to notice otherwise. On a logarithmic scale the
product is a sum, so every reason adds points; the sum is capped at 100. ``docs/analysis.md``
explains each code; the numbers are judgements, to be tuned with verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from umimori.records import Reason

MAX_RISK = 100.0


class Part(StrEnum):
    """Which of the three questions a reason answers."""

    PROBABILITY = "probability"
    IMPACT = "impact"
    DETECTABILITY = "detectability"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """Full points of a reason and the question that it answers."""

    part: Part
    points: float


WEIGHTS: Mapping[str, Weight] = {
    # how probable
    "no_ais_match": Weight(part=Part.PROBABILITY, points=40.0),
    "ais_silent": Weight(part=Part.PROBABILITY, points=35.0),
    "fell_silent": Weight(part=Part.PROBABILITY, points=15.0),
    "vessels_together": Weight(part=Part.PROBABILITY, points=35.0),
    "report_without_echo": Weight(part=Part.PROBABILITY, points=35.0),
    "calls_at_closed_port": Weight(part=Part.PROBABILITY, points=25.0),
    # how harmful
    "closed_port_near": Weight(part=Part.IMPACT, points=20.0),
    "partner_dark": Weight(part=Part.IMPACT, points=20.0),
    "large_vessel": Weight(part=Part.IMPACT, points=10.0),
    "watch_zone": Weight(part=Part.IMPACT, points=10.0),
    "foreign_flag": Weight(part=Part.IMPACT, points=10.0),
    # how hard to notice otherwise
    "others_were_heard": Weight(part=Part.DETECTABILITY, points=10.0),
    "coast_near": Weight(part=Part.DETECTABILITY, points=10.0),
    "night": Weight(part=Part.DETECTABILITY, points=5.0),
    # what speaks against
    "carriage_not_required": Weight(part=Part.PROBABILITY, points=-15.0),
}


def reason(code: str, share: float, **values: float | int | str) -> Reason:
    """Return a reason with ``share`` (0-1) of its full points, rounded to tenths."""
    weight = WEIGHTS[code]
    bounded = min(max(share, 0.0), 1.0)
    return Reason(code=code, points=round(weight.points * bounded, 1), values=values)


def score(reasons: Iterable[Reason]) -> float:
    """Return the risk: the sum of the points, 0-100."""
    total = sum(item.points for item in reasons)
    return round(min(max(total, 0.0), MAX_RISK), 1)
