"""Every stable code of the stages has words on the pages, and the words use its values."""

from dashboard.web.labels import ALL_LABELS
from geoanalysis.anomalies.risk import WEIGHTS
from umimori.records import (
    AnomalyKind,
    FlightState,
    MatchState,
    MissionKind,
    Severity,
    VehicleKind,
    Verdict,
)


def test_every_reason_has_a_sentence() -> None:
    assert {f"reason.{code}" for code in WEIGHTS} == {
        k for k in ALL_LABELS if k.startswith("reason.")
    }


def test_every_kind_and_state_has_a_word() -> None:
    wanted = {
        *(f"anomaly.{k.value}" for k in AnomalyKind),
        *(f"state.{k.value}" for k in MatchState),
        *(f"mission.{k.value}" for k in MissionKind),
        *(f"vehicle.{k.value}" for k in VehicleKind),
        *(f"severity.{k.value}" for k in Severity),
        *(f"verdict.{k.value}" for k in Verdict),
        *(f"flight.{k.value}" for k in FlightState),
    }
    assert wanted - set(ALL_LABELS) == set()
