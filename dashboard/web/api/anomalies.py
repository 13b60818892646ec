"""Ranked anomalies and the analysts' verdicts on them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from dashboard.web.context import Analyst, AppContext, Context, CurrentUser
from dashboard.web.errors import ERROR_RESPONSES
from dashboard.web.geojson import anomaly_feature, collection
from dashboard.web.query import (
    DEFAULT_LIMIT,
    GEOJSON_RESPONSE,
    GeoJSONResponse,
    Limit,
    OptionalId,
    RecordId,
    given,
)
from umimori.clocks import unix_ms
from umimori.ids import event_id
from umimori.records import Anomaly, Review, Verdict
from umimori.records.codec import to_plain

router = APIRouter(tags=["anomalies"], responses=ERROR_RESPONSES)
MAX_NOTE_LENGTH = 4000


class ReviewBody(BaseModel):
    """An analyst's verdict."""

    verdict: Verdict
    note: str = Field(default="", max_length=MAX_NOTE_LENGTH)


def ranked_anomalies(
    context: AppContext, scene_id: str | None, limit: int
) -> list[tuple[Anomaly, str | None]]:
    """Return anomalies by falling risk, each with the newest verdict on it."""
    anomalies = context.store.list(Anomaly, **given(scene_id=scene_id))
    verdicts: dict[str, str] = {}
    for review in sorted(context.store.list(Review), key=lambda r: r.time_utc):
        verdicts[review.subject_id] = review.verdict.value
    anomalies.sort(key=lambda a: (-a.risk, a.id))
    return [(a, verdicts.get(a.id)) for a in anomalies[:limit]]


@router.get("/anomalies", responses=GEOJSON_RESPONSE, response_class=GeoJSONResponse)
def list_anomalies(
    context: Context, _: CurrentUser, scene_id: OptionalId = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """Return anomalies by falling risk, with their reasons and the newest verdict."""
    rows = ranked_anomalies(context, scene_id, limit)
    return GeoJSONResponse(collection(anomaly_feature(a, verdict) for a, verdict in rows))


@router.get("/anomalies/{anomaly_id}/reviews")
def list_reviews(context: Context, _: CurrentUser, anomaly_id: RecordId) -> list[dict[str, Any]]:
    """Return the verdicts on an anomaly, oldest first."""
    context.store.get(Anomaly, anomaly_id)
    reviews = [r for r in context.store.list(Review) if r.subject_id == anomaly_id]
    return [to_plain(r) for r in sorted(reviews, key=lambda r: r.time_utc)]


@router.post("/anomalies/{anomaly_id}/reviews", status_code=201)
def add_review(
    context: Context, user: Analyst, anomaly_id: RecordId, body: ReviewBody
) -> dict[str, Any]:
    """Record a verdict; earlier ones stay."""
    anomaly = context.store.get(Anomaly, anomaly_id)
    now = context.now()
    review = Review(
        id=event_id(unix_ms(now)),
        subject_id=anomaly.id,
        verdict=body.verdict,
        note=body.note,
        user=user.name,
        time_utc=now,
        simulated=anomaly.simulated,
    )
    with context.store.write(actor=f"{user.role}:{user.name}", clock=context.clock) as tx:
        tx.put(review)
        tx.log(act="review", subject=review, detail={"verdict": review.verdict.value})
    plain: dict[str, Any] = to_plain(review)
    return plain
