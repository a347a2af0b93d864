"""A finished generation as one JSON answer."""

from __future__ import annotations

from uuid import UUID

from chat_service.streams import sse
from chat_service.turns.requests import ChatAnswer
from core.errors import AppError, NotFound, ServerError, error_classes
from events.exports.representation import ReferencedEventOut
from events.models import ChatMessage, ReferencedEvent


def answer_of(generation_id: UUID, last_frame: bytes) -> ChatAnswer:
    """The first model's answer, from its message and the generation's last frame.

    Raises:
        AppError: the one that the last frame tells of.
        NotFound: the message has been deleted since.
    """
    chunk = sse.chunk_of(last_frame)
    if "error_code" in chunk:
        raise _told(chunk["error_code"], chunk["error"])
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


def _told(code: str, detail: str) -> AppError:
    return error_classes().get(code, ServerError)(detail)
