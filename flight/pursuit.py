"""A flight in progress: watched to its end, commanded only by what people ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flight.commands import tries_within
from flight.following import SURFACED_M, Ending, Verdict, ending_of, judge
from flight.intents import IntentDesk
from flight.messages import CommandId
from flight.modes import HOLD, RETURN
from flight.ports import Progress
from flight.session import Session
from umimori.records.flight import CommandIntent
from umimori.records.mission import Mission
from umimori.records.vehicle import VehicleKind

SURFACE_VEHICLE_S = 600.0
SURFACE_WALL_S = 600.0
DISARM_VEHICLE_S = 30.0
ON_THE_WAY_UP = frozenset({"SURFACE", "ALT_HOLD"})
"""ArduSub goes over to ALT_HOLD by itself when it has surfaced."""
OVERDUE_FACTOR = 3.0
OVERDUE_EXTRA_S = 900.0
"""A flight that takes this much longer than planned is not going to end by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How the flight itself ended."""

    completed: bool
    yielded: bool
    aborted: bool
    note: str


class Pursuit:
    """Follows one vehicle from its entry into AUTO to the end of the flight.

    Args:
        listen_s: wall seconds to go on listening after a take-over; None: until it is disarmed.
    """

    def __init__(
        self,
        session: Session,
        mission: Mission,
        desk: IntentDesk,
        *,
        progress: Progress,
        should_stop: Callable[[], bool],
        listen_s: float | None,
    ) -> None:
        self._session = session
        self._mission = mission
        self._ending = ending_of(mission)
        self._desk = desk
        self._progress = progress
        self._should_stop = should_stop
        self._listen_s = listen_s
        self._begun_s = session.state.vehicle_s or 0.0
        self._expected_mode = "AUTO"
        self._returning = False

    def follow(self) -> Result:
        """Watch the flight to its end; command only what people ask for."""
        state = self._session.state
        last_seq: int | None = None
        while True:
            self._session.pump()
            self._session.check_alive(self._session.clock.monotonic_s())
            for intent in self._desk.due():
                self._obey(intent)
            if state.current_seq != last_seq:
                last_seq = state.current_seq
                self._progress("item", {"seq": last_seq, "of": self._ending.last_seq})
            if self._returning:
                result = self._judge_return()
            else:
                verdict = judge(state, self._ending, self._expected_mode)
                if verdict is Verdict.FOREIGN:
                    return self._yield()
                result = self._act_on(verdict)
            if result is not None:
                return result
            if self._should_stop():
                return self._ended(note="the agent was stopped; the vehicle flies on by itself")
            if self._is_overdue():
                return self._ended(note="far longer under way than planned: no longer watched")

    def _is_overdue(self) -> bool:
        planned_s = self._mission.duration_s
        limit_s = OVERDUE_FACTOR * planned_s + OVERDUE_EXTRA_S
        under_way_s = (self._session.state.vehicle_s or 0.0) - self._begun_s
        return planned_s > 0.0 and under_way_s > limit_s

    def _act_on(self, verdict: Verdict) -> Result | None:
        if verdict is Verdict.LANDED:
            return self._ended(completed=True, note="landed and disarmed")
        if verdict is Verdict.HOLDING:
            return self._ended(completed=True, note="last item done; the vehicle circles")
        if verdict is Verdict.SURFACE:
            return self._surface()
        if verdict is Verdict.DISARMED_EARLY:
            return self._ended(aborted=True, note="disarmed before the end of the mission")
        return None

    def _judge_return(self) -> Result | None:
        """Say when a return that a person asked for has come to its end."""
        state = self._session.state
        if self._mission.vehicle_kind is VehicleKind.SUB:
            if state.armed and state.mode not in ON_THE_WAY_UP:
                return self._ended(note=f"{state.mode} was chosen on the way up")
            if state.armed and not self._is_up():
                return None
            self._disarm()
            return self._ended(aborted=True, note="surfaced and disarmed on request")
        if state.armed and state.mode not in {self._expected_mode, "AUTO"}:
            return self._ended(note=f"{state.mode} was chosen during the return")
        if not state.armed:
            return self._ended(aborted=True, note="returned on request, landed and disarmed")
        arrived = judge(state, self._as_return(), "AUTO") is Verdict.HOLDING
        if arrived and not self._goes_on_to_land():
            return self._ended(aborted=True, note="returned on request; the vehicle circles")
        return None

    def _as_return(self) -> Ending:
        """Return the ending of a flight that is only to come home."""
        return replace(self._ending, last_seq=0, navigation=(), lands=False, returns=True)

    def _goes_on_to_land(self) -> bool:
        """Return whether the vehicle lands by itself after a return (RTL_AUTOLAND 1 or 2)."""
        wishes = [p.value for p in self._mission.safety_parameters if "RTL_AUTOLAND" in p.names]
        return any(wish in {1.0, 2.0} for wish in wishes)

    def _surface(self) -> Result:
        """Bring a sub up after its mission and disarm it."""
        state = self._session.state
        self._progress("surfacing", {})
        exchange = self._session.set_mode(RETURN[VehicleKind.SUB])
        if state.mode not in ON_THE_WAY_UP:
            return self._ended(note=f"mission done, SURFACE was not taken ({exchange.answer})")

        def over() -> bool:
            return self._is_up() or not state.armed or state.mode not in ON_THE_WAY_UP

        self._session.wait(over, vehicle_s=SURFACE_VEHICLE_S, wall_s=SURFACE_WALL_S)
        if state.armed and state.mode not in ON_THE_WAY_UP:
            return self._ended(note=f"mission done; {state.mode} was chosen on the way up")
        if not self._is_up():
            return self._ended(note="mission done, but the vehicle did not reach the surface")
        if not self._disarm():
            return self._ended(completed=True, note="surfaced; the vehicle is still armed")
        return self._ended(completed=True, note="surfaced and disarmed")

    def _is_up(self) -> bool:
        alt_m = self._session.state.alt_rel_m
        return alt_m is not None and alt_m > SURFACED_M

    def _disarm(self) -> bool:
        state = self._session.state
        self._session.command(CommandId.ARM_DISARM, 0.0)
        return self._session.wait(lambda: not state.armed, vehicle_s=DISARM_VEHICLE_S, wall_s=5.0)

    def _yield(self) -> Result:
        """Keep our hands off until a person resumes, or the flight is over without us."""
        state = self._session.state
        taken = state.mode
        note = f"mode {taken} was not ours: yielded to the pilot, another station or a failsafe"
        self._progress("yielded", {"mode": taken})
        begun_s = self._session.clock.monotonic_s()
        while state.armed and not self._should_stop():
            self._session.pump()
            now_s = self._session.clock.monotonic_s()
            self._session.check_alive(now_s)
            if self._listen_s is not None and now_s - begun_s > self._listen_s:
                break
            for intent in self._desk.due():
                if intent.command != "resume":
                    self._desk.answer(intent, accepted=False, detail="yielded: resume first")
                elif self._obey(intent):
                    return self.follow()
        return Result(completed=False, yielded=True, aborted=False, note=note)

    def _obey(self, intent: CommandIntent) -> bool:
        """Execute an intent once, not beyond its time, and write the outcome."""
        left_s = self._desk.left_s(intent)
        if left_s <= 0.0:
            self._desk.answer(intent, accepted=False, detail="too late")
            return False
        kind = self._mission.vehicle_kind
        wanted = {
            "pause": HOLD[kind],
            "resume": "AUTO",
            "return": RETURN[kind],
            "abort": RETURN[kind],
        }[intent.command]
        previous, self._expected_mode = self._expected_mode, wanted
        exchange = self._session.set_mode(wanted, tries=tries_within(left_s))
        if exchange.accepted:
            self._returning = intent.command in {"return", "abort"}
        else:
            self._expected_mode = previous
        self._progress("command", {"command": intent.command, "answer": exchange.answer})
        self._desk.answer(intent, accepted=exchange.accepted, detail=exchange.answer)
        return exchange.accepted

    @staticmethod
    def _ended(*, completed: bool = False, aborted: bool = False, note: str) -> Result:
        gone = not completed and not aborted
        return Result(completed=completed, yielded=gone, aborted=aborted, note=note)
