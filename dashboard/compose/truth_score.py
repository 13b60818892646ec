"""How the loop did against the simulated truth. Pure: GeoJSON and records in, numbers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imagery.evaluation import Evaluation, TruthObject, evaluate, match
from umimori.geodesy import LonLat
from umimori.records import Detection, Match, MatchState

LARGE_LENGTH_M = 40.0
LARGE_OFFSHORE_M = 2000.0
"""A dark vessel of this length this far from land has to be found; the others are told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthItem:
    """One object of the simulated scene that appears in the image."""

    truth: TruthObject
    dark: bool

    @property
    def large_dark(self) -> bool:
        """Return whether this dark vessel counts in ``dark`` and not in ``dark_small``."""
        length = self.truth.length_m or 0.0
        shore = self.truth.distance_to_shore_m
        far = shore is None or shore > LARGE_OFFSHORE_M
        return self.dark and length >= LARGE_LENGTH_M and far


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkScore:
    """Dark vessels: how many there are, how many were called dark, what was called so wrongly.

    ``false`` counts everything called dark that is no dark vessel: AIS-reporting vessels, ghosts,
    fixed objects, islets and plain clutter.
    """

    of: int
    found: int
    false: int
    small_of: int
    small_found: int


def truth_items(document: Mapping[str, Any]) -> list[TruthItem]:
    """Return what appears in the image, from the simulator's truth GeoJSON."""
    items = []
    for feature in document["features"]:
        p = feature["properties"]
        if p["imaged_lon"] is None:
            continue  # an AIS report without a ship
        truth = TruthObject(
            id=p["id"],
            vessel=p["kind"] == "vessel",
            imaged=LonLat(p["imaged_lon"], p["imaged_lat"]),
            length_m=p["length_m"],
            distance_to_shore_m=p["distance_to_shore_m"],
        )
        items.append(TruthItem(truth=truth, dark=truth.vessel and bool(p["dark"])))
    return items


def score_detections(detections: Sequence[Detection], items: Sequence[TruthItem]) -> Evaluation:
    """Return recall, precision and length error for vessels of 25 m or more off the coast."""
    return evaluate(detections, [item.truth for item in items])


def score_dark(
    detections: Sequence[Detection], matches: Sequence[Match], items: Sequence[TruthItem]
) -> DarkScore:
    """Return how well darkness was told."""
    called_dark = {m.detection_id for m in matches if m.state is MatchState.DARK}
    placed = [d for d in detections if d.position is not None]
    pairs = match(placed, [item.truth for item in items])
    truth_of = {placed[d].id: items[t] for d, t in pairs}
    right = {id_ for id_ in called_dark if id_ in truth_of and truth_of[id_].dark}
    found = {truth_of[id_].truth.id for id_ in right if id_}
    large = {item.truth.id for item in items if item.large_dark}
    small = {item.truth.id for item in items if item.dark} - large
    return DarkScore(
        of=len(large),
        found=len(large & found),
        false=len(called_dark - right),
        small_of=len(small),
        small_found=len(small & found),
    )
