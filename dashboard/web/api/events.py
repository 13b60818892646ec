"""Server-sent events: changes of the store by the outbox number, and live vehicles."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from dashboard.web.api.flights import vehicle_features
from dashboard.web.context import AppContext, Context, CurrentUser
from dashboard.web.errors import ERROR_RESPONSES
from dashboard.web.query import MAX_OUTBOX_NUMBER

router = APIRouter(tags=["events"], responses=ERROR_RESPONSES)
POLL_S = 1.0
RETRY_MS = 2000
MAX_STREAM_S = 3600.0
"""The browser reconnects by itself; an ended session must not keep a stream for ever."""


@router.get(
    "/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"}},
)
def events(
    request: Request,
    context: Context,
    _: CurrentUser,
    after: Annotated[int | None, Query(ge=0, le=MAX_OUTBOX_NUMBER)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
    max_seconds: Annotated[float, Query(ge=0.0, le=MAX_STREAM_S)] = MAX_STREAM_S,
) -> StreamingResponse:
    """Stream ``change`` events (id = outbox number) and ``vehicles`` events once a second."""
    start = after
    if last_event_id is not None and last_event_id.isascii() and last_event_id.isdigit():
        start = min(int(last_event_id), MAX_OUTBOX_NUMBER)
    return StreamingResponse(
        _stream(request, context, start, max_seconds),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no"},
    )


async def _stream(
    request: Request, context: AppContext, start: int | None, max_seconds: float
) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    number = start if start is not None else await run_in_threadpool(context.store.outbox_last)
    began = context.clock.monotonic_s()
    last_vehicles = ""
    while True:
        for event in await run_in_threadpool(context.store.outbox_after, number):
            number = event.number
            data = json.dumps({"kind": event.kind, "id": event.id, "change": event.change})
            yield f"id: {number}\nevent: change\ndata: {data}\n\n"
        features = await run_in_threadpool(vehicle_features, context)
        vehicles = json.dumps({"type": "FeatureCollection", "features": features})
        if vehicles != last_vehicles:
            last_vehicles = vehicles
            yield f"event: vehicles\ndata: {vehicles}\n\n"
        else:
            yield ": still here\n\n"
        if context.clock.monotonic_s() - began >= max_seconds or await request.is_disconnected():
            return
        await asyncio.sleep(POLL_S)
