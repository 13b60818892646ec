"""The steps of one flight, in order, on a vehicle that the gate has let through."""

from __future__ import annotations

from dataclasses import dataclass

from flight.following import Ending, ending_of
from flight.identity import Identity
from flight.messages import CommandId, MessageId, MissionType
from flight.mission_transfer import MissionTransfer, Timing
from flight.mission_wire import (
    WireItem,
    fence_items,
    held_sha256,
    mission_items,
    rally_items,
)
from flight.parameter_transfer import ParameterValue
from flight.permit import Permit
from flight.ports import Progress
from flight.safety_parameters import settle, write
from flight.session import Session
from umimori.errors import OutsideWorldError, RefusedError, TransferError
from umimori.records.mission import Mission
from umimori.records.vehicle import VehicleKind

READY_VEHICLE_S = 180.0
ARM_VEHICLE_S = 60.0
READY_WALL_S = 240.0
LANDING_WALL_S = 600.0
TELEMETRY_US = 250_000.0
STATUS_US = 500_000.0
SURFACE_VEHICLE_S = 600.0
GROUND_MODE = "MANUAL"
BOOT_VEHICLE_S = 3.0
BOOT_WALL_S = 15.0
"""ArduSub 4.8 answers NO_SPACE to a mission in its first second and a half."""
SURFACED_M = -0.6
DISARM_VEHICLE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """What the vehicle holds, read back."""

    sha256: str
    items: int


class Sortie:
    """One mission on one vehicle, step by step."""

    def __init__(
        self,
        session: Session,
        mission: Mission,
        identity: Identity,
        *,
        progress: Progress,
        timing: Timing,
    ) -> None:
        self.session = session
        self.mission = mission
        self.identity = identity
        self.ending: Ending = ending_of(mission)
        self.old_parameters: dict[str, ParameterValue] = {}
        self._progress = progress
        self._timing = timing

    # --- before ----------------------------------------------------------------------------

    def check_vehicle(self) -> None:
        """Refuse a vehicle of another kind, or one that is already on its way.

        Raises:
            RefusedError: with the reason.
        """
        state = self.session.state
        if state.kind is not self.mission.vehicle_kind:
            kind = state.kind.value if state.kind else f"a vehicle of type {state.mav_type}"
            raise RefusedError(
                f"this mission is for a {self.mission.vehicle_kind.value}, the link is to {kind}.",
                remedy="Connect to the right vehicle.",
            )
        if state.armed:
            raise RefusedError(
                f"the vehicle on {self.session.link.name} is armed in {state.mode}.",
                remedy="A flight starts from a disarmed vehicle; land and disarm it first.",
            )

    def ask_for_telemetry(self) -> None:
        """Ask for positions at 4 Hz and status at 2 Hz of vehicle time."""
        for number in (MessageId.GLOBAL_POSITION_INT, MessageId.ATTITUDE):
            self.session.ask_for(number, TELEMETRY_US)
        for number in (
            MessageId.SYS_STATUS,
            MessageId.VFR_HUD,
            MessageId.MISSION_CURRENT,
            MessageId.EKF_STATUS_REPORT,
        ):
            self.session.ask_for(number, STATUS_US)

    def upload(self) -> Uploaded:
        """Transfer fence, rally points and mission, and read each back.

        Raises:
            RefusedError: the vehicle would not leave AUTO.
            TransferError: a list could not be verified.
        """
        self._wait_for_boot()
        self._leave_auto()
        mission = self.mission
        lists: dict[MissionType, tuple[WireItem, ...]] = {
            MissionType.FENCE: fence_items(mission.fence),
            MissionType.RALLY: rally_items(mission),
            MissionType.MISSION: mission_items(mission),
        }
        held: dict[MissionType, tuple[WireItem, ...]] = {}
        for mission_type, items in lists.items():
            held[mission_type] = self._transfer(items, mission_type)
        count = len(lists[MissionType.MISSION]) - 1
        return Uploaded(sha256=held_sha256(held), items=count)

    def _transfer(
        self, items: tuple[WireItem, ...], mission_type: MissionType
    ) -> tuple[WireItem, ...]:
        name = mission_type.name.lower()
        transfer = self.session.run(
            MissionTransfer(
                items, mission_type, self.session.target, self.session.kind, self._timing
            ),
            limit_s=600.0,
        )
        if not transfer.verified:
            raise TransferError(
                f"the {name} could not be uploaded and verified: {transfer.problem}.",
                remedy="Nothing was flown. Check the link and try again.",
            )
        self._progress("uploaded", {"list": name, "items": len(items), "verified": True})
        return transfer.held

    def _wait_for_boot(self) -> None:
        """Let a vehicle that has just started open its memory first."""
        state = self.session.state

        def booted() -> bool:
            return state.vehicle_s is not None and state.vehicle_s >= BOOT_VEHICLE_S

        self.session.wait(booted, vehicle_s=READY_VEHICLE_S, wall_s=BOOT_WALL_S)

    def _leave_auto(self) -> None:
        """Never transfer in AUTO: a disarmed vehicle is put into its ground mode first."""
        if self.session.state.mode != "AUTO":
            return
        exchange = self.session.set_mode(GROUND_MODE)
        if self.session.state.mode == "AUTO":
            raise RefusedError(
                f"the vehicle does not leave AUTO ({exchange.answer}), "
                "and no mission is transferred in AUTO.",
                remedy="Put it into another mode by hand.",
            )

    def set_parameters(self, *, may_set: bool) -> None:
        """Compare the safety parameters, and set them where that is allowed."""
        wanted = self.mission.safety_parameters
        self.old_parameters = settle(self.session, wanted, may_set=may_set)
        changed = sorted(self.old_parameters)
        self._progress("parameters", {"checked": len(wanted), "changed": ", ".join(changed)})

    def restore_parameters(self) -> str:
        """Put the old values back on a vehicle that has landed; return what is left to say."""
        if not self.old_parameters:
            return ""
        if self.session.state.armed:
            return "safety parameters not restored: the vehicle is still armed"
        write(self.session, self.old_parameters)
        self.old_parameters = {}
        return ""

    # --- go --------------------------------------------------------------------------------

    def wait_until_ready(self) -> None:
        """Wait for the arming checks, and for a position where AUTO needs one.

        Raises:
            RefusedError: they did not pass in time; the vehicle's own words are in the message.
        """
        state = self.session.state
        is_sub = self.mission.vehicle_kind is VehicleKind.SUB

        def ready() -> bool:
            return bool(state.prearm_ok) and (not is_sub or state.has_position)

        self._progress("waiting", {"for": "arming checks"})
        if not self.session.wait(ready, vehicle_s=READY_VEHICLE_S, wall_s=READY_WALL_S):
            what = "no position estimate" if state.prearm_ok else "its arming checks do not pass"
            raise RefusedError(
                f"the vehicle is not ready: {what}{self._last_words()}.",
                remedy="See to what the vehicle complains about and try again.",
            )

    def arm(self, permit: Permit) -> None:
        """Arm, trying again while the vehicle is still settling.

        Raises:
            RefusedError: the permit is not for this flight, or the autopilot keeps refusing.
        """
        if (permit.vehicle_id, permit.mission_id) != (self.identity.vehicle_id, self.mission.id):
            raise RefusedError("the permit is for another flight.", remedy="Start again.")
        self.session.command(CommandId.DO_SET_MISSION_CURRENT, 1.0)
        begin = self.session.state.vehicle_s or 0.0
        begin_wall = self.session.clock.monotonic_s()
        state = self.session.state
        while True:
            exchange = self.session.command(CommandId.ARM_DISARM, 1.0)
            self.session.wait(lambda: state.armed, vehicle_s=5.0, wall_s=2.0)
            if state.armed:
                self._progress("armed", {})
                return
            waited = (state.vehicle_s or 0.0) - begin
            late = self.session.clock.monotonic_s() - begin_wall > READY_WALL_S
            if waited > ARM_VEHICLE_S or late:
                raise RefusedError(
                    f"the vehicle refuses to arm ({exchange.answer}{self._last_words()}).",
                    remedy="See to what the vehicle complains about and try again.",
                )

    def start(self) -> None:
        """Enter AUTO.

        Raises:
            OutsideWorldError: the vehicle did not; it is disarmed again where it stands.
        """
        self.session.state.reached.clear()
        exchange = self.session.set_mode("AUTO")
        if self.session.state.mode != "AUTO":
            self.session.command(CommandId.ARM_DISARM, 0.0)
            raise OutsideWorldError(
                f"the vehicle did not enter AUTO ({exchange.answer}{self._last_words()}).",
                remedy="See to what the vehicle complains about and try again.",
            )
        self._progress("flying", {"items": len(self.ending.navigation)})

    def _last_words(self) -> str:
        severe = [text for severity, text in self.session.state.texts if severity <= 4]
        return f": {severe[-1]}" if severe else ""
