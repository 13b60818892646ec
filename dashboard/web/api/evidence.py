"""The evidence log, read-only."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from dashboard.web.context import Context, CurrentUser
from dashboard.web.errors import ERROR_RESPONSES
from dashboard.web.query import MAX_OUTBOX_NUMBER
from umimori.records.codec import to_plain

router = APIRouter(tags=["evidence"], responses=ERROR_RESPONSES)
PAGE_SIZE = 500


@router.get("/evidence")
def list_entries(
    context: Context,
    _: CurrentUser,
    after: Annotated[int, Query(ge=0, le=MAX_OUTBOX_NUMBER)] = 0,
) -> list[dict[str, Any]]:
    """Return entries of the hash-chained log after a number, oldest first."""
    return [to_plain(e) for e in context.store.evidence.entries(after=after, limit=PAGE_SIZE)]


@router.get("/evidence/head")
def head(context: Context, _: CurrentUser) -> dict[str, Any]:
    """Return the signed head of the log; keep it elsewhere as an anchor."""
    plain: dict[str, Any] = to_plain(context.store.evidence.head())
    return plain
