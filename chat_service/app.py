"""The endpoints of a chat turn: streamed, or as one JSON answer."""

from __future__ import annotations

import asyncio
from typing import Any

from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router, Schema

from accounts.authentication import AsyncBearerAuth
from accounts.database import in_database
from accounts.errors import ErrorOut
from chat_service import sse
from chat_service.conversations import get_conversation_history, get_or_create_session, save_message
from chat_service.generation import Generation, run_in_background
from chat_service.llm.router import answer_router
from chat_service.opening import OpenedTurn, open_turn
from chat_service.retrieving import get_relevant_events
from chat_service.turn import Outcome, run_turn, stream_model_response
from chat_service.wire import ChatAnswer, ChatRequest, StreamChunk
from events.models import ReferencedEvent
from events.representation import ReferencedEventOut
from rag.understanding import constraints_to_json

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
# What is refused before a turn begins, and how one that began can fail.
REFUSALS = {400: ErrorOut, 401: ErrorOut, 422: ErrorOut}
FAILURES = {404: ErrorOut, 500: ErrorOut, 503: ErrorOut, 504: ErrorOut}


class PingOut(Schema):
    status: str


class HealthOut(Schema):
    status: str
    database: bool
    model: dict[str, Any]


async def _begin(request: HttpRequest, body: ChatRequest) -> tuple[OpenedTurn, Generation]:
    user_id: int = request.auth.pk  # type: ignore[attr-defined]
    return await in_database(open_turn, user_id, body), Generation()


@router.post(
    "/chat/stream",
    auth=AsyncBearerAuth(),
    response={200: StreamChunk, **REFUSALS},
    openapi_extra={
        "responses": {
            200: {
                "description": "Server-sent events; each `data:` line is a StreamChunk.",
                "content": {
                    "text/event-stream": {
                        "schema": {"$ref": "#/components/schemas/StreamChunk"},
                    }
                },
            }
        }
    },
)
async def chat_stream(request: HttpRequest, body: ChatRequest) -> StreamingHttpResponse:
    """One turn, streamed. It goes on, and is saved, when the reader leaves."""
    turn, generation = await _begin(request, body)
    run_in_background(run_turn(turn, generation))
    return sse.stream_response(generation.read())


@router.post("/chat", auth=AsyncBearerAuth(), response={200: ChatAnswer, **REFUSALS, **FAILURES})
async def chat(request: HttpRequest, body: ChatRequest) -> ChatAnswer:
    """The same turn as one JSON answer."""
    turn, generation = await _begin(request, body)
    outcome: Outcome = await asyncio.shield(run_in_background(run_turn(turn, generation)))
    if outcome.error is not None:
        raise outcome.error
    return await in_database(_answer, turn, generation, outcome)


def _answer(turn: OpenedTurn, generation: Generation, outcome: Outcome) -> ChatAnswer:
    assert outcome.message_id is not None
    references = ReferencedEvent.objects.with_events().filter(message_id=outcome.message_id)
    return ChatAnswer(
        session_id=turn.session_id,
        message_id=outcome.message_id,
        generation_id=generation.id,
        model=outcome.model,
        content=outcome.text,
        events=[ReferencedEventOut.of_reference(reference) for reference in references],
        constraints=constraints_to_json(turn.constraints),
        follow_up_questions=outcome.follow_ups,
        response_time_ms=outcome.response_time_ms,
        debug_run_id=outcome.retrieval.debug_run_id if outcome.retrieval else None,
        **outcome.event_fields(),
    )


@router.get("/chat/ping", auth=None, response=PingOut)
async def ping(request: HttpRequest) -> dict[str, str]:
    """Whether the chat service answers at all."""
    return {"status": "ok"}


@router.get("/chat/health", auth=AsyncBearerAuth(), response={200: HealthOut, 401: ErrorOut})
async def health(request: HttpRequest) -> HealthOut:
    """Whether the database answers, and who would answer a question."""
    database, model = await asyncio.gather(in_database(_database_answers), answer_router().health())
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


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))
