"""The answer of a finished generation as one JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ninja import Schema

from chat_service.streams import sse
from chat_service.streams.chunks import EventMetadata
from core.errors import AppError, NotFound, ServerError, error_classes
from events.models import ChatMessage, ReferencedEvent
from events.representation import ReferencedEventOut


class ChatAnswer(Schema):
    """The whole turn as one JSON object."""

    session_id: int
    message_id: int
    generation_id: UUID
    model: str
    content: str
    events: list[ReferencedEventOut]
    suggested_event_ids: list[int]
    recommended_event_ids: list[int]
    all_event_ids: list[int]
    event_metadata: Mapping[int, EventMetadata]
    constraints: Mapping[str, Any]
    follow_up_questions: list[str]
    response_time_ms: int
    debug_run_id: UUID | None = None


def answer_of(generation_id: UUID, last_frame: bytes) -> ChatAnswer:
    """The first model's answer, from its message and the generation's last frame.

    Raises:
        AppError: the one that the last frame names.
        NotFound: the message has been deleted since.
    """
    chunk = sse.chunk_of(last_frame)
    if "error_code" in chunk:
        raise _error_of(chunk["error_code"], chunk["error"])
    message = ChatMessage.objects.filter(pk=chunk.get("message_id", 0)).first()
    if message is None:
        raise NotFound("This conversation was deleted while its answer was written.")
    references = ReferencedEvent.objects.with_events().filter(message=message)
    return ChatAnswer(
        session_id=chunk["session_id"],
        message_id=message.pk,
        generation_id=generation_id,
        model=message.metadata.get("model") or "",
        content=message.content,
        events=[ReferencedEventOut.of_reference(reference) for reference in references],
        constraints=chunk["constraints"],
        follow_up_questions=chunk.get("follow_up_questions", []),
        response_time_ms=chunk.get("response_time_ms") or 0,
        suggested_event_ids=chunk["suggested_event_ids"],
        recommended_event_ids=chunk["recommended_event_ids"],
        all_event_ids=chunk["all_event_ids"],
        event_metadata=chunk["event_metadata"],
        debug_run_id=chunk.get("debug_run_id"),
    )


def _error_of(code: str, detail: str) -> AppError:
    return error_classes().get(code, ServerError)(detail)
