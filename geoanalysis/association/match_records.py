"""Match records from solved assignments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from geoanalysis.association.assignment import Assignment
from geoanalysis.association.not_vessels import NotVesselReason
from geoanalysis.association.scene_vessels import ImagedVessel
from geoanalysis.version import ALGORITHM_VERSION
from umimori.geodesy import LocalFrame, distance_m
from umimori.ids import derived_id
from umimori.records import Detection, Match, MatchState, Scene

P_FALSE_REPORT = 0.02
"""Prior chance that a position report is not where its vessel is. The radar's miss decides how
much of the silence it explains."""
ABSENT_FROM = 0.5
VESSEL_SCORE_FROM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came out for one detection."""

    detection: Detection
    vessel: ImagedVessel | None = None
    p_match: float | None = None
    p_free: float | None = None
    p_silent: float = 0.0
    """Probability that it is a vessel which was heard before and sends nothing now."""
    not_vessel: NotVesselReason | None = None
    why_unknown: str | None = None

    @property
    def state(self) -> MatchState:
        """Return the state of the match record."""
        if self.not_vessel is not None:
            return MatchState.NOT_VESSEL
        if self.vessel is not None and not self.vessel.silent:
            return MatchState.MATCHED
        if self.why_unknown is not None or self.p_free is None:
            return MatchState.UNKNOWN
        if self.detection.score < VESSEL_SCORE_FROM:
            return MatchState.NOT_VESSEL
        return MatchState.DARK

    @property
    def p_dark(self) -> float | None:
        """Return the probability of a vessel that sends no AIS; None where unknown."""
        if self.p_free is None or self.why_unknown is not None:
            return None
        return min(self.p_free + self.p_silent, 1.0) * self.detection.score


def detection_matches(
    scene_id: str, run_id: str, outcomes: Iterable[Outcome], frame: LocalFrame | None
) -> Iterator[Match]:
    """Yield one match record per detection."""
    for outcome in outcomes:
        detection, vessel = outcome.detection, outcome.vessel
        predicted = None
        if vessel is not None and frame is not None:
            predicted = frame.lonlat(vessel.x_m, vessel.y_m)
        yield Match(
            id=derived_id("match", run_id, detection.id, ALGORITHM_VERSION),
            scene_id=scene_id,
            run_id=run_id,
            state=outcome.state,
            detection_id=detection.id,
            mmsi=vessel.mmsi if vessel else None,
            track_id=vessel.track.id if vessel else None,
            vessel_name=vessel.track.name if vessel else None,
            time_utc=detection.time_utc,
            position=detection.position,
            predicted=predicted,
            distance_m=distance_m(detection.position, predicted)
            if predicted is not None and detection.position is not None
            else None,
            azimuth_shift_m=vessel.shift_m if vessel else None,
            ais_gap_s=vessel.truth.gap_s if vessel else None,
            p_match=outcome.p_match if vessel else None,
            p_dark=None if outcome.state is MatchState.NOT_VESSEL else outcome.p_dark,
            p_absent=None,
            simulated=detection.simulated or bool(vessel and vessel.track.simulated),
        )


def vessel_matches(
    scene: Scene,
    run_id: str,
    vessels: Sequence[ImagedVessel],
    solved: Assignment,
    outcomes: Sequence[Outcome],
    frame: LocalFrame,
) -> Iterator[Match]:
    """Yield one match record per AIS vessel that got no detection."""
    taken = {id(outcome.vessel) for outcome in outcomes if outcome.vessel is not None}
    for column, vessel in enumerate(vessels):
        if id(vessel) in taken:
            continue
        # Who sends nothing now says nothing about where it is.
        p_absent = (
            None
            if vessel.silent
            else absence_probability(vessel, float(solved.p_vessel_free[column]))
        )
        absent = p_absent is not None and p_absent >= ABSENT_FROM
        yield Match(
            id=derived_id("match", run_id, "ais", vessel.mmsi, vessel.track.id, ALGORITHM_VERSION),
            scene_id=scene.id,
            run_id=run_id,
            state=MatchState.ABSENT if absent else MatchState.UNKNOWN,
            detection_id=None,
            mmsi=vessel.mmsi,
            track_id=vessel.track.id,
            vessel_name=vessel.track.name,
            time_utc=vessel.time_utc,
            position=frame.lonlat(vessel.truth.x_m, vessel.truth.y_m),
            predicted=frame.lonlat(vessel.x_m, vessel.y_m),
            distance_m=None,
            azimuth_shift_m=vessel.shift_m,
            ais_gap_s=vessel.truth.gap_s,
            p_match=None,
            p_dark=None,
            p_absent=p_absent,
            simulated=scene.simulated or vessel.track.simulated,
        )


def absence_probability(vessel: ImagedVessel, p_free: float) -> float:
    """Return the probability that an unseen vessel is not where it says (Bayes)."""
    missed = (1.0 - P_FALSE_REPORT) * (1.0 - vessel.p_detect * vessel.p_inside)
    share = P_FALSE_REPORT / (P_FALSE_REPORT + missed)
    return p_free * share
