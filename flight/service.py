"""One mission on one vehicle, from the first heartbeat to the closed record.

The one gate before arming stands here, for the page, the command line and the demo alike.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from flight.adapters.pymavlink_link import PymavlinkLink
from flight.crosstrack import (
    CrossTrack,
    cross_track,
    flown_length_m,
    legs_to_measure,
    planned_path,
)
from flight.following import navigation_reached
from flight.identity import Identity, identify
from flight.intents import IntentDesk
from flight.journal import Journal
from flight.link_address import LinkAddress, parse_link
from flight.messages import Message
from flight.mission_transfer import Timing
from flight.permit import Permit
from flight.ports import Progress, VehicleLink
from flight.pursuit import Pursuit, Result
from flight.recording import TelemetryRecorder
from flight.session import Session
from flight.sortie import Sortie
from umimori.clocks import REAL_WORLD, SystemClock, WallClock, WorldClock
from umimori.errors import RefusedError, UmimoriError, UsageError
from umimori.records.codec import sha256_of
from umimori.records.flight import Flight, FlightState, Release
from umimori.records.mission import Mission
from umimori.store.ports import Store

LOGGER = logging.getLogger(__name__)
CLAIM_TTL_S = 30.0
RENEW_EVERY_S = 5.0
FLUSH_EVERY_S = 1.0
HEARTBEAT_LIMIT_HZ = 100.0
LISTEN_TO_SIMULATED_S = 60.0
"""After a take-over of a simulated vehicle; a real one is listened to until it is disarmed."""
RADIO_TIMING = Timing(silence_s=1.0, slowest_s=3.0, give_up_s=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to fly; all have working defaults.

    Args:
        user: who does it, for the evidence log.
        release_id: the release that lets a real vehicle be armed.
        world: world time as a function of wall time.
        should_stop: asked often; True ends the watching (the vehicle flies on by itself).
        adapter: who owns the connection, "pymavlink" or "dronekit" (which keeps no tlog).
    """

    user: str = "agent"
    release_id: str | None = None
    world: WorldClock = REAL_WORLD
    should_stop: Callable[[], bool] = lambda: False
    adapter: str = "pymavlink"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightReport:
    """A closed flight and the figures that its record has no room for."""

    flight: Flight
    track: CrossTrack | None
    items: int


def fly(
    mission: Mission,
    link: str,
    *,
    store: Store,
    clock: WallClock | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> FlightReport:
    """Fly a mission on the vehicle that answers on a link.

    Raises:
        RefusedError: a safety rule forbids it (checks with errors, endurance, gate, vehicle).
        ConflictError: another agent has this link or vehicle.
        LinkSilentError: nobody answers, or the vehicle fell silent.
        TransferError: the mission could not be uploaded and verified.
    """
    options = options or Options()
    clock = clock or SystemClock()
    refuse_unfit(mission)
    address = parse_link(link)
    owner = f"{options.user}/{os.getpid()}/{id(mission):x}"
    with _claimed(store, f"link:{address}", owner) as renew, _tlog_file() as tlog:
        with tlog.open("wb") as stream:
            vehicle_link = _open_link(address, options.adapter, stream)
            try:
                agent = _Agent(mission, vehicle_link, store, clock, options, progress, renew)
                report = agent.fly(_timing(address))
            finally:
                vehicle_link.close()
        return agent.keep(report, tlog)


def refuse_unfit(mission: Mission) -> None:
    """Refuse a mission whose checks have errors or that outlasts the vehicle.

    Raises:
        RefusedError: with the first reason.
    """
    if mission.errors:
        first, more = mission.errors[0], len(mission.errors) - 1
        tail = f" ({more} more)" if more else ""
        raise RefusedError(
            f"the mission {mission.name!r} has errors: [{first.code}] {first.message}{tail}",
            remedy="Correct the plan; `umimori plan check` lists everything.",
        )
    if mission.energy_fraction > 1.0:
        raise RefusedError(
            f"the mission {mission.name!r} needs {mission.energy_fraction:.0%} "
            "of the vehicle's endurance.",
            remedy="Plan it in several sorties.",
        )


def gate(
    identity: Identity, mission: Mission, release: Release | None, now_utc: datetime
) -> Permit:
    """Return the permit to arm: for a simulated vehicle always, for a real one by a release.

    Raises:
        RefusedError: with the reason.
    """
    permit = Permit(
        vehicle_id=identity.vehicle_id,
        mission_id=mission.id,
        release_id=release.id if release else None,
    )
    if identity.simulated:
        return permit
    reason = _why_not(identity, mission, release, now_utc)
    if reason is None:
        return permit
    raise RefusedError(
        reason,
        remedy="Have two people release this mission for this vehicle and name it with --release.",
    )


def _why_not(
    identity: Identity, mission: Mission, release: Release | None, now_utc: datetime
) -> str | None:
    if release is None:
        return f"{identity.vehicle_id} counts as a real vehicle and there is no release for it."
    if release.mission_sha256 != sha256_of(mission):
        return "the release is for another mission."
    if release.vehicle_id != identity.vehicle_id:
        return f"the release is for {release.vehicle_id}, not for {identity.vehicle_id}."
    if not release.first_user or release.first_user == release.second_user:
        return "the release does not name two different people."
    if not release.created_utc <= now_utc < release.expires_utc:
        return "the release has run out."
    return None


class _Agent:
    """The one owner of a link during a flight."""

    def __init__(
        self,
        mission: Mission,
        link: VehicleLink,
        store: Store,
        clock: WallClock,
        options: Options,
        progress: Progress | None,
        renew: Callable[[], None],
    ) -> None:
        self._mission = mission
        self._store = store
        self._clock = clock
        self._options = options
        self._progress = progress or _silent
        self._renew = renew
        self._session = Session(link, clock)
        self._journal = Journal(store, clock, mission, user=options.user)
        self._recorder: TelemetryRecorder | None = None
        self._next_flush_s = 0.0
        self._next_renew_s = 0.0

    def fly(self, timing: Timing) -> FlightReport:
        """Do all steps; the record is closed whatever happens."""
        session = self._session
        session.on_idle(self._housekeeping)
        session.connect()
        identity = identify(session)
        self._progress("connected", _introduction(identity))
        release = self._release()
        gate(identity, self._mission, release, self._clock.now_utc())
        if identity.simulated:
            rate = min(HEARTBEAT_LIMIT_HZ, max(1.0, identity.speedup))
            session.link.set_heartbeat_hz(rate)
        sortie = Sortie(session, self._mission, identity, progress=self._progress, timing=timing)
        sortie.check_vehicle()
        self._begin(identity, sortie)
        try:
            result = self._fly(sortie, identity, release)
        except BaseException as error:
            self._close_broken(sortie, error)
            raise
        return self._close(sortie, result)

    def keep(self, report: FlightReport, tlog: Path) -> FlightReport:
        """Put the raw stream into the store."""
        digest = self._journal.keep_tlog(tlog)
        if digest is None:
            return report
        flight = self._journal.change("tlog_kept", {"sha256": digest}, tlog_sha256=digest)
        return replace(report, flight=flight)

    def _release(self) -> Release | None:
        wanted = self._options.release_id
        return self._store.get(Release, wanted) if wanted else None

    def _begin(self, identity: Identity, sortie: Sortie) -> None:
        flight = replace(
            self._journal.flight,
            vehicle_id=identity.vehicle_id,
            engine=identity.engine,
            firmware=identity.firmware,
            simulated=identity.simulated or self._mission.simulated,
            items_total=len(sortie.ending.navigation),
            release_id=self._options.release_id,
            state=FlightState.UPLOADING,
        )
        self._journal.begin(flight)
        self._recorder = TelemetryRecorder(
            flight.id,
            self._options.world,
            measured=legs_to_measure(self._mission),
            simulated=flight.simulated,
        )
        self._session.on_message(self._record)

    def _fly(self, sortie: Sortie, identity: Identity, release: Release | None) -> Result:
        may_set = identity.simulated or (release is not None and release.allow_parameter_changes)
        sortie.ask_for_telemetry()
        uploaded = sortie.upload()
        self._journal.change(
            "upload_verified",
            {"readback_sha256": uploaded.sha256, "items": uploaded.items},
            state=FlightState.VERIFIED,
            uploaded_verified=True,
            readback_sha256=uploaded.sha256,
        )
        sortie.set_parameters(may_set=may_set)
        sortie.wait_until_ready()
        sortie.arm(gate(identity, self._mission, release, self._clock.now_utc()))
        self._journal.change("armed", state=FlightState.ARMED)
        sortie.start()
        self._journal.change("mode", {"mode": "AUTO"}, state=FlightState.FLYING)
        begun_s = self._session.state.vehicle_s or 0.0
        desk = IntentDesk(
            self._store,
            self._clock,
            vehicle_id=identity.vehicle_id,
            flight_id=self._journal.flight.id,
            user=self._options.user,
        )
        pursuit = Pursuit(
            self._session,
            self._mission,
            desk,
            progress=self._progress,
            should_stop=self._options.should_stop,
            listen_s=LISTEN_TO_SIMULATED_S if identity.simulated else None,
        )
        result = pursuit.follow()
        duration = (self._session.state.vehicle_s or begun_s) - begun_s
        self._journal.flight = replace(self._journal.flight, vehicle_duration_s=duration)
        return result

    # --- closing ---------------------------------------------------------------------------

    def _close(self, sortie: Sortie, result: Result) -> FlightReport:
        left = sortie.restore_parameters()
        note = f"{result.note}; {left}" if left else result.note
        state = FlightState.YIELDED
        if result.completed:
            state = FlightState.COMPLETED
        elif result.aborted:
            state = FlightState.ABORTED
        return self._end(sortie, state, note)

    def _close_broken(self, sortie: Sortie, error: BaseException) -> None:
        """Close the record of a flight that did not come to its own end."""
        note = error.message if isinstance(error, UmimoriError) else type(error).__name__
        lost = self._journal.flight.state is FlightState.FLYING
        with contextlib.suppress(UmimoriError):
            left = sortie.restore_parameters()
            note = f"{note} {left}" if left else note
        self._end(sortie, FlightState.LOST if lost else FlightState.ABORTED, note)

    def _end(self, sortie: Sortie, state: FlightState, note: str) -> FlightReport:
        self._flush()
        recorder = self._recorder
        flown = recorder.on_legs if recorder else []
        track = cross_track(flown, planned_path(self._mission))
        reached = navigation_reached(
            self._session.state, sortie.ending, completed=state is FlightState.COMPLETED
        )
        flight = self._journal.end(
            state,
            note=note,
            track=track,
            detail={"items_reached": reached},
            items_reached=reached,
            flown_length_m=flown_length_m(recorder.all) if recorder else None,
        )
        self._progress("ended", {"state": state.value, "note": note})
        return FlightReport(flight=flight, track=track, items=len(self._mission.items))

    # --- while it flies --------------------------------------------------------------------

    def _record(self, _message: Message) -> None:
        if self._recorder is not None:
            self._recorder.note(self._session.state, self._clock.now_utc())

    def _housekeeping(self) -> None:
        now = self._clock.monotonic_s()
        if now >= self._next_flush_s:
            self._next_flush_s = now + FLUSH_EVERY_S
            self._flush()
        if now >= self._next_renew_s:
            self._next_renew_s = now + RENEW_EVERY_S
            self._renew()

    def _flush(self) -> None:
        if self._recorder is not None:
            self._journal.telemetry(self._recorder.take_rows())


def _open_link(address: LinkAddress, adapter: str, tlog: BinaryIO) -> VehicleLink:
    if adapter == "pymavlink":
        return PymavlinkLink(address, tlog=tlog)
    if adapter == "dronekit":
        from flight.adapters.dronekit_link import DronekitLink

        return DronekitLink(address)
    raise UsageError(f"there is no link adapter {adapter!r}.", remedy="Use pymavlink or dronekit.")


@contextlib.contextmanager
def _claimed(store: Store, resource: str, owner: str) -> Iterator[Callable[[], None]]:
    """Hold a link for ourselves; give what prolongs it."""
    store.claim(resource, owner, CLAIM_TTL_S)
    try:
        yield lambda: _renew(store, resource, owner)
    finally:
        store.release_claim(resource, owner)


def _renew(store: Store, resource: str, owner: str) -> None:
    store.renew(resource, owner, CLAIM_TTL_S)


@contextlib.contextmanager
def _tlog_file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="umimori-flight-") as folder:
        yield Path(folder) / "flight.tlog"


def _timing(address: LinkAddress) -> Timing:
    return RADIO_TIMING if address.scheme == "serial" else Timing()


def _introduction(identity: Identity) -> dict[str, object]:
    return {
        "vehicle": identity.vehicle_id,
        "engine": identity.engine,
        "firmware": identity.firmware,
        "simulated": identity.simulated,
    }


def _silent(_code: str, _numbers: dict[str, object]) -> None:
    """Take progress that nobody wants to see."""
