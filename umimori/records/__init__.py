"""What crosses a folder border: frozen records with units in their names.

``None`` means unknown; NaN is never a value. A record is ``simulated`` if any of its inputs is.
"""

from umimori.records.ais import AisMessageKind, AisPosition, AisStatic, AisTrack, TrackPoint
from umimori.records.anomaly import Anomaly, AnomalyKind, Reason
from umimori.records.association import Match, MatchState
from umimori.records.detection import Detection, DetectionFlag, DetectionRun, VesselClass
from umimori.records.evidence import EvidenceEntry, EvidenceHead, StoredSum
from umimori.records.flight import (
    CommandIntent,
    CommandOutcome,
    Finding,
    Flight,
    FlightState,
    Release,
    TelemetrySample,
)
from umimori.records.mission import (
    Check,
    Fence,
    Mission,
    MissionItem,
    MissionKind,
    SafetyParameter,
    Severity,
)
from umimori.records.place import Port, Zone, ZoneKind
from umimori.records.scene import Scene
from umimori.records.target import Review, Target, Verdict
from umimori.records.task import Task, TaskKind
from umimori.records.vehicle import VehicleKind, VehicleProfile

__all__ = [
    "AisMessageKind",
    "AisPosition",
    "AisStatic",
    "AisTrack",
    "Anomaly",
    "AnomalyKind",
    "Check",
    "CommandIntent",
    "CommandOutcome",
    "Detection",
    "DetectionFlag",
    "DetectionRun",
    "EvidenceEntry",
    "EvidenceHead",
    "Fence",
    "Finding",
    "Flight",
    "FlightState",
    "Match",
    "MatchState",
    "Mission",
    "MissionItem",
    "MissionKind",
    "Port",
    "Reason",
    "Release",
    "Review",
    "SafetyParameter",
    "Scene",
    "Severity",
    "StoredSum",
    "Target",
    "Task",
    "TaskKind",
    "TelemetrySample",
    "TrackPoint",
    "VehicleKind",
    "VehicleProfile",
    "Verdict",
    "VesselClass",
    "Zone",
    "ZoneKind",
]
