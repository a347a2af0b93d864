"""The endpoints of a chat turn: streamed, as one JSON answer, or as a new branch."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Field, Router, Schema

from accounts.authentication import AsyncBearerAuth, ClaimBearerAuth, claimed_id
from chat_service.llm.router import answer_router
from chat_service.stores.conversations import (
    get_conversation_history,
    get_or_create_session,
    save_message,
)
from chat_service.stores.idempotency import Attempt, attempt_of
from chat_service.streams import sse
from chat_service.streams.chunks import StreamChunk
from chat_service.streams.generation import Frames, LiveGeneration, run_in_background
from chat_service.tools.search_events import get_relevant_events
from chat_service.turns.loop import stream_model_response
from chat_service.turns.open import (
    Ask,
    EditedMessage,
    NewMessage,
    RepeatedQuestion,
    RepeatedTurn,
    open_turn,
)
from chat_service.turns.requests import ChatRequest, EditRequest, TurnOptions
from chat_service.turns.result import ChatAnswer, answer_of
from chat_service.turns.worker import Worker, current_worker
from core.database import database_answers, in_database
from core.errors import ErrorOut, ServerError

__all__ = [
    "ChatRequest",
    "StreamChunk",
    "get_conversation_history",
    "get_or_create_session",
    "get_relevant_events",
    "router",
    "save_message",
    "stream_model_response",
]

router = Router(tags=["chat"])
MessageId = Annotated[int, Field(ge=1, le=2**63 - 1)]
# What is refused before a turn begins, and how one that began can fail.
REFUSALS = {400: ErrorOut, 401: ErrorOut, 409: ErrorOut, 422: ErrorOut, 503: ErrorOut}
FAILURES = {404: ErrorOut, 500: ErrorOut, 504: ErrorOut}
STREAMED: dict[str, Any] = {
    "responses": {
        200: {
            "description": "Server-sent events; each `data:` line is a StreamChunk.",
            "content": {
                "text/event-stream": {"schema": {"$ref": "#/components/schemas/StreamChunk"}}
            },
        }
    }
}
IDEMPOTENT: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            "description": "The same key and body within 24 hours give the first result.",
        }
    ]
}


class PingOut(Schema):
    status: str


class HealthOut(Schema):
    status: str
    database: bool
    model: dict[str, Any]


Asked = NewMessage | EditedMessage | RepeatedQuestion


async def _begin(request: HttpRequest, attempt: Attempt, asked: Asked) -> Frames:
    """Opens a turn and starts its answer, or finds the one that was started before."""
    worker = current_worker()
    await worker.make_ready()
    ask = Ask(claimed_id(request), worker.id, uuid4(), attempt, base_url=_base_of(request))
    # Not cancelled with the request: a message that is saved is answered, too.
    opening = run_in_background(_open(worker, ask, asked))
    return await asyncio.shield(opening)


def _base_of(request: HttpRequest) -> str:
    """What the service's addresses begin with."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


async def _open(worker: Worker, ask: Ask, asked: Asked) -> Frames:
    with worker.opening(ask.generation_id):
        opened = await in_database(open_turn, ask, asked)
        if isinstance(opened, RepeatedTurn):
            return await worker.find_frames(opened.user_id, opened.generation_id)
        return worker.begin(opened)


async def _begin_message(request: HttpRequest, body: ChatRequest) -> Frames:
    attempt = attempt_of(request, "POST /chat", body.client_message_id)
    return await _begin(request, attempt, NewMessage(body))


def _streamed(frames: Frames) -> StreamingHttpResponse:
    response = sse.stream_response(frames.read())
    if isinstance(frames, LiveGeneration) and frames.understanding_ms:
        response["Server-Timing"] = f"understand;dur={frames.understanding_ms:.2f}"
    return response


@router.post(
    "/chat/stream",
    auth=ClaimBearerAuth(),
    response={200: StreamChunk, **REFUSALS},
    openapi_extra={**STREAMED, **IDEMPOTENT},
)
async def chat_stream(request: HttpRequest, body: ChatRequest) -> StreamingHttpResponse:
    """One turn, streamed. Unless asked otherwise, it goes on, and is saved, without a reader."""
    frames = await _begin_message(request, body)
    return _streamed(frames)


@router.post(
    "/chat",
    auth=ClaimBearerAuth(),
    response={200: ChatAnswer, **REFUSALS, **FAILURES},
    openapi_extra=IDEMPOTENT,
)
async def chat(request: HttpRequest, body: ChatRequest) -> HttpResponse:
    """The same turn as one JSON answer."""
    frames = await _begin_message(request, body)
    if not await frames.until_ended():
        raise ServerError("The service is being restarted.", status=503, retry_after=2)
    answer = await in_database(answer_of, frames.id, frames.last_frame)
    return HttpResponse(answer, content_type="application/json; charset=utf-8")


@router.post(
    "/chat/messages/{message_id}/regenerate",
    auth=ClaimBearerAuth(),
    response={200: StreamChunk, 404: ErrorOut, **REFUSALS},
    openapi_extra={**STREAMED, **IDEMPOTENT},
)
async def regenerate(
    request: HttpRequest, message_id: MessageId, body: TurnOptions | None = None
) -> StreamingHttpResponse:
    """Another answer beside the one there is, streamed; the new branch becomes current."""
    options = body or TurnOptions()
    attempt = attempt_of(request, f"regenerate {message_id}", options.client_message_id)
    frames = await _begin(request, attempt, RepeatedQuestion(message_id, options))
    return _streamed(frames)


@router.post(
    "/chat/messages/{message_id}/edit",
    auth=ClaimBearerAuth(),
    response={200: StreamChunk, 404: ErrorOut, **REFUSALS},
    openapi_extra={**STREAMED, **IDEMPOTENT},
)
async def edit(
    request: HttpRequest, message_id: MessageId, body: EditRequest
) -> StreamingHttpResponse:
    """The message in other words, beside the one there is, and its answer, streamed."""
    attempt = attempt_of(request, f"edit {message_id}", body.client_message_id)
    frames = await _begin(request, attempt, EditedMessage(message_id, body))
    return _streamed(frames)


@router.get("/chat/ping", auth=None, response=PingOut)
async def ping(request: HttpRequest) -> dict[str, str]:
    """Whether the chat service answers at all."""
    return {"status": "ok"}


@router.get("/chat/health", auth=AsyncBearerAuth(), response={200: HealthOut, 401: ErrorOut})
async def health(request: HttpRequest) -> HealthOut:
    """Whether the database answers, and who would answer a question."""
    database, model = await asyncio.gather(in_database(database_answers), answer_router().health())
    return HealthOut(
        status="ok" if model.available else "builtin",
        database=database,
        model={
            "provider": model.provider,
            "model": model.model,
            "available": model.available,
            "detail": model.detail,
        },
    )
