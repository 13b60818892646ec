"""Releases: two different officers allow one mission on one real vehicle for a time.

The first officer's request stands with ``second_user`` empty and opens nothing; the flight
stage's gate refuses a release that lacks a second, different user.
"""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from dashboard.web.context import Context, CurrentUser, Officer
from dashboard.web.errors import ERROR_RESPONSES
from dashboard.web.query import DEFAULT_LIMIT, Limit, RecordId
from umimori.clocks import unix_ms
from umimori.errors import RefusedError
from umimori.ids import event_id
from umimori.records import Mission, Release
from umimori.records.codec import sha256_of, to_plain

router = APIRouter(tags=["releases"], responses=ERROR_RESPONSES)
MAX_VALID_MINUTES = 24 * 60
VEHICLE_ID_PATTERN = r"^[\x21-\x7e]{1,128}$"


class ReleaseBody(BaseModel):
    """What the first officer asks for."""

    vehicle_id: str = Field(pattern=VEHICLE_ID_PATTERN)
    valid_minutes: int = Field(ge=1, le=MAX_VALID_MINUTES)
    allow_parameter_changes: bool = False


@router.get("/releases")
def list_releases(
    context: Context, _: CurrentUser, limit: Limit = DEFAULT_LIMIT
) -> list[dict[str, Any]]:
    """Return releases, newest first."""
    return [to_plain(r) for r in context.store.list(Release, limit=limit, newest_first=True)]


@router.post("/missions/{mission_id}/releases", status_code=201)
def request_release(
    context: Context, user: Officer, mission_id: RecordId, body: ReleaseBody
) -> dict[str, Any]:
    """Ask for a release; a second officer must confirm it."""
    mission = context.store.get(Mission, mission_id)
    if mission.errors:
        raise RefusedError(
            f"the mission has {len(mission.errors)} errors.", remedy="Plan it again without them."
        )
    now = context.now()
    release = Release(
        id=event_id(unix_ms(now)),
        mission_sha256=sha256_of(mission),
        vehicle_id=body.vehicle_id,
        first_user=user.name,
        second_user="",
        created_utc=now,
        expires_utc=now + timedelta(minutes=body.valid_minutes),
        allow_parameter_changes=body.allow_parameter_changes,
    )
    with context.store.write(actor=f"{user.role}:{user.name}", clock=context.clock) as tx:
        tx.put(release)
        tx.log(act="release_requested", subject=release, detail={"mission": mission.id})
    plain: dict[str, Any] = to_plain(release)
    return plain


@router.post("/releases/{release_id}/confirm")
def confirm_release(context: Context, user: Officer, release_id: RecordId) -> dict[str, Any]:
    """Confirm a release as the second officer, who must be somebody else."""
    now = context.now()
    with context.store.write(actor=f"{user.role}:{user.name}", clock=context.clock) as tx:
        release = tx.find(Release, release_id) or context.store.get(Release, release_id)
        if release.second_user:
            raise RefusedError("this release is confirmed already.", remedy="Nothing to do.")
        if release.first_user == user.name:
            raise RefusedError(
                "the same person cannot release twice.", remedy="Ask another officer to confirm."
            )
        if release.expires_utc <= now:
            raise RefusedError("this release has expired.", remedy="Ask for a new one.")
        confirmed = dataclasses.replace(release, second_user=user.name)
        tx.put(confirmed)
        tx.log(act="release_confirmed", subject=confirmed, detail={"first": release.first_user})
    plain: dict[str, Any] = to_plain(confirmed)
    return plain
