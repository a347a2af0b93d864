"""Generations by their id: read the status, resume the stream, stop the answer."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Schema

from accounts.authentication import ClaimBearerAuth, claimed_id, require_active
from chat_service.stores.generations import generation_status, request_stop
from chat_service.streams import sse
from chat_service.streams.chunks import StreamChunk
from chat_service.turns.worker import current_worker
from core.database import in_database
from core.errors import ErrorOut, InvalidRequest
from events.models import Generation

router = Router(tags=["chat"])
_AFTER = r"^(?:[0-9A-Fa-f-]{32,36}:)?[0-9]{1,9}$"
# How long the answer to a stop waits for the generation to have ended.
STOP_WAIT_SECONDS = 3.0
STOP_POLL_SECONDS = 0.1
Errors = {401: ErrorOut, 404: ErrorOut, 422: ErrorOut, 503: ErrorOut}


class GenerationOut(Schema):
    """`message_ids` are the assistant's messages: one, or two when models are compared."""

    id: UUID
    session_id: int
    user_message_id: int
    message_ids: list[int]
    status: str
    stop_requested: bool
    on_disconnect: str
    created_at: datetime
    ended_at: datetime | None


@router.get(
    "/chat/generations/{generation_id}",
    auth=ClaimBearerAuth(),
    response={200: GenerationOut, **Errors},
)
async def get_generation(request: HttpRequest, generation_id: UUID) -> GenerationOut:
    """How far an answer is: running, completed, stopped, failed or interrupted."""
    return await _status(claimed_id(request), generation_id)


@router.get(
    "/chat/generations/{generation_id}/stream",
    auth=ClaimBearerAuth(),
    response={200: StreamChunk, **Errors},
    openapi_extra={
        "responses": {
            200: {
                "description": "Server-sent events; each `data:` line is a StreamChunk.",
                "content": {
                    "text/event-stream": {"schema": {"$ref": "#/components/schemas/StreamChunk"}}
                },
            }
        },
        "parameters": [
            {
                "in": "header",
                "name": "Last-Event-ID",
                "required": False,
                "schema": {"type": "string"},
                "description": "The id of the last event that was read: <generation>:<offset>.",
            }
        ],
    },
)
async def resume_stream(
    request: HttpRequest,
    generation_id: UUID,
    after: Annotated[str | None, Query(max_length=60, pattern=_AFTER)] = None,
) -> StreamingHttpResponse:
    """What comes after an event, byte for byte, and live from there; for 24 hours.

    `Last-Event-ID` says where; without it, `after` does, as the same or as an offset alone.
    """
    offset = _offset("Last-Event-ID", request.headers.get("Last-Event-ID"), generation_id)
    if offset is None:
        offset = _offset("after", after, generation_id)
    user_id = await in_database(require_active, claimed_id(request))
    frames = await current_worker().find_frames(user_id, generation_id)
    return sse.stream_response(frames.read(offset or 0))


@router.post(
    "/chat/generations/{generation_id}/stop",
    auth=ClaimBearerAuth(),
    response={200: GenerationOut, **Errors},
)
async def stop_generation(request: HttpRequest, generation_id: UUID) -> GenerationOut:
    """Ends an answer; what was written so far is saved as `stopped`. An ended one stays as it is.

    It answers when the end is saved, or after three seconds.
    """
    user_id = claimed_id(request)
    status = GenerationOut(**await in_database(request_stop, user_id, generation_id))
    if live := current_worker().live.get(generation_id):
        live.end_early(Generation.Status.STOPPED)
    loop = asyncio.get_running_loop()
    until = loop.time() + STOP_WAIT_SECONDS
    while status.status == Generation.Status.RUNNING and loop.time() < until:
        await asyncio.sleep(STOP_POLL_SECONDS)
        status = await _status(user_id, generation_id)
    return status


async def _status(user_id: int, generation_id: UUID) -> GenerationOut:
    return GenerationOut(**await in_database(generation_status, user_id, generation_id))


def _offset(name: str, text: str | None, generation_id: UUID) -> int | None:
    """The offset in a header or parameter; None when it is not given."""
    if not text:
        return None
    if name == "after" and ":" not in text:
        text = f"{generation_id}:{text}"
    try:
        named, offset = sse.parse_event_id(text)
    except ValueError:
        named, offset = None, 0
    if named != generation_id:
        problem = "must be <generation>:<offset> of this generation"
        raise InvalidRequest(f"{name} {problem}.", fields={name: problem})
    return offset
