"""Generations that were begun before: their status, their frames from any worker, their end."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Schema

from accounts.authentication import ClaimBearerAuth, claimed_id, require_active
from chat_service.streams import sse
from chat_service.streams.chunks import StreamChunk
from chat_service.streams.generation import Frames
from chat_service.streams.journal.rows import Row, frames_after, read_rows
from chat_service.turns.worker import current_worker
from core.database import in_database
from core.errors import ErrorOut, InvalidRequest, NotFound, ServerError
from events.models import ChatMessage, Generation

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
    return await in_database(_status, claimed_id(request), generation_id)


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
    frames = await find_frames(user_id, generation_id)
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
    status = await in_database(_request_stop, user_id, generation_id)
    if live := current_worker().live.get(generation_id):
        live.end_early(Generation.Status.STOPPED)
    loop = asyncio.get_running_loop()
    until = loop.time() + STOP_WAIT_SECONDS
    while status.status == Generation.Status.RUNNING and loop.time() < until:
        await asyncio.sleep(STOP_POLL_SECONDS)
        status = await in_database(_status, user_id, generation_id)
    return status


async def find_frames(user_id: int, generation_id: UUID) -> Frames:
    """A generation's frames: from memory, from the journal, or as another worker writes them.

    Raises:
        NotFound: there is no such generation of this user, or it is too old.
    """
    worker = current_worker()
    live = worker.live.get(generation_id)
    if live is not None and live.user_id == user_id:
        return live
    rows = await in_database(_ended_rows, user_id, generation_id)
    if rows is None and worker.draining:
        raise ServerError("The service is being restarted.", status=503, retry_after=2)
    if rows is None:
        return worker.frames_of(generation_id)
    frames = Frames(generation_id)
    for offset, frame in frames_after(rows, 0):
        frames.add(offset, frame)
    frames.end()
    return frames


def _ended_rows(user_id: int, generation_id: UUID) -> list[Row] | None:
    """The whole journal of a generation that has ended; None while it runs."""
    if _require(user_id, generation_id).status == Generation.Status.RUNNING:
        return None
    return read_rows(generation_id)


def _require(user_id: int, generation_id: UUID) -> Generation:
    generation = Generation.objects.owned_by(user_id).filter(pk=generation_id).first()
    if generation is None:
        raise NotFound("There is no such answer, or it is too old.")
    return generation


def _request_stop(user_id: int, generation_id: UUID) -> GenerationOut:
    generation = _require(require_active(user_id), generation_id)
    Generation.objects.running().filter(pk=generation.pk).update(stop_requested=True)
    return _status(user_id, generation_id)


def _status(user_id: int, generation_id: UUID) -> GenerationOut:
    generation = _require(require_active(user_id), generation_id)
    messages = ChatMessage.objects.filter(generation_id=generation.pk).order_by("variant")
    return GenerationOut(
        id=generation.pk,
        session_id=generation.session_id,
        user_message_id=generation.user_message_id,
        message_ids=list(messages.values_list("pk", flat=True)),
        status=generation.status,
        stop_requested=generation.stop_requested,
        on_disconnect=generation.on_disconnect,
        created_at=generation.created_at,
        ended_at=generation.ended_at,
    )


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
