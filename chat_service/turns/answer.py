"""The answer of a finished generation as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ninja import Schema
from ninja.responses import NinjaJSONEncoder

from chat_service.stores.read_answer import read_answer
from chat_service.streams import sse
from chat_service.streams.chunks import ActOut, EventMetadata
from chat_service.turns.save import SESSION_GONE
from core.errors import NotFound, ServerError, error_classes
from events.exports.representation import ReferencedEventOut


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
    act: ActOut


def answer_of(generation_id: UUID, last_frame: bytes) -> bytes:
    """The JSON of the first model's `ChatAnswer`, from its message and the generation's last frame.

    Raises:
        AppError: the one that the last frame names.
        NotFound: the message has been deleted since.
    """
    chunk = sse.chunk_of(last_frame)
    if "error_code" in chunk:
        raise error_classes().get(chunk["error_code"], ServerError)(chunk["error"])
    answer = read_answer(chunk.get("message_id", 0))
    if answer is None:
        raise NotFound(SESSION_GONE)
    values = {
        "session_id": chunk["session_id"],
        "message_id": chunk["message_id"],
        "generation_id": str(generation_id),
        "model": answer.model,
        "content": answer.content,
        "events": answer.events,
        "suggested_event_ids": chunk["suggested_event_ids"],
        "recommended_event_ids": chunk["recommended_event_ids"],
        "all_event_ids": chunk["all_event_ids"],
        "event_metadata": chunk["event_metadata"],
        "constraints": chunk["constraints"],
        "follow_up_questions": chunk.get("follow_up_questions", []),
        "response_time_ms": chunk.get("response_time_ms") or 0,
        "debug_run_id": chunk.get("debug_run_id"),
        "act": chunk["act"],
    }
    return json.dumps(values, cls=NinjaJSONEncoder).encode()
