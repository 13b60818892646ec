"""All rules over one matched scene, ranked."""

from __future__ import annotations

from geoanalysis.anomalies.absent_vessel import absent_vessels
from geoanalysis.anomalies.ais_gap import ais_gaps
from geoanalysis.anomalies.dark_vessel import dark_vessels
from geoanalysis.anomalies.near_closed_port import near_closed_port
from geoanalysis.anomalies.rendezvous import rendezvous
from geoanalysis.anomalies.scene_context import SceneContext
from umimori.records import Anomaly

RULES = (dark_vessels, ais_gaps, rendezvous, near_closed_port, absent_vessels)


def find_anomalies(context: SceneContext) -> list[Anomaly]:
    """Return the findings of all rules, highest risk first; ties by id."""
    found = {anomaly.id: anomaly for rule in RULES for anomaly in rule(context)}
    return sorted(found.values(), key=lambda anomaly: (-anomaly.risk, anomaly.id))
