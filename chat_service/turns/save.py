"""How a generation ends: its messages, their references, its last frame, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from chat_service.stores.conversations import lock_session
from chat_service.streams import sse
from chat_service.streams.journal.rows import Row, delete_rows, insert_rows, read_rows
from core.errors import NotFound
from events.models import (
    ChatMessage,
    ChatSession,
    Event,
    Generation,
    GenerationChunk,
    ReferencedEvent,
)

SessionGone = "This conversation was deleted while its answer was written."


@dataclass(frozen=True, slots=True)
class SavedReference:
    """An event that an answer stands on, as it is stored."""

    event_id: int
    score: float
    distance_miles: float | None
    cited: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One assistant message to be saved; `variant` is "B" for the second of two models."""

    variant: str
    content: str
    status: str
    metadata: Mapping[str, Any]
    references: Sequence[SavedReference]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The end of a generation. `final` is the last chunk, without the ids of the messages.

    `frame` is set once the last chunk has been shown without them, because the
    database was away; it is then kept as it was.
    """

    generation_id: UUID
    session_id: int
    user_id: int
    user_message_id: int
    status: str
    answers: Sequence[Answer]
    final: Mapping[str, Any]
    final_offset: int
    constraints: Mapping[str, Any] | None
    frame: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON for the spool."""
        return {**asdict(self), "generation_id": str(self.generation_id)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Conclusion:
        answers = [
            Answer(**{**each, "references": [SavedReference(**one) for one in each["references"]]})
            for each in stored["answers"]
        ]
        return cls(**{**stored, "generation_id": UUID(stored["generation_id"]), "answers": answers})

    def last_frame(self, message_ids: Mapping[str, int]) -> bytes:
        """The frame of the last chunk."""
        if self.frame is not None:
            return self.frame.encode()
        chunk = dict(self.final)
        if message_ids:
            chunk["message_id"] = next(iter(message_ids.values()))
        if len(message_ids) > 1:
            chunk["message_ids"] = message_ids
        return sse.frame(self.generation_id, self.final_offset, sse.compact(chunk))


def save_conclusion(
    conclusion: Conclusion, rows: Sequence[Row] = (), *, extends: bool = False
) -> bytes:
    """Saves the end of a generation, all or nothing; returns its last frame.

    `rows` are those of its journal that are not written yet. It can be repeated:
    an end that has been saved already stays. An end that somebody else wrote for
    it in the meantime, from its journal, makes room for the whole answer, or for what
    `extends` it.

    Raises:
        NotFound: the conversation, or the message that was answered, is gone.
    """
    with transaction.atomic():
        session = lock_session(conclusion.user_id, conclusion.session_id)
        generation = (
            Generation.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk=conclusion.generation_id)
            .first()
        )
        if session is not None and generation is not None:
            status = generation.status
            replaced = status == Generation.Status.INTERRUPTED and (
                extends or conclusion.status != Generation.Status.INTERRUPTED
            )
            if status != Generation.Status.RUNNING and not replaced:
                return _last_frame_of(generation.pk)
            if replaced:
                _delete_end(conclusion)
            return _save(conclusion, rows, session)
    delete_rows(conclusion.generation_id)
    raise NotFound(SessionGone)


def _save(conclusion: Conclusion, rows: Sequence[Row], session: ChatSession) -> bytes:
    message_ids = {
        answer.variant: _save_answer(conclusion, answer, session) for answer in conclusion.answers
    }
    if message_ids:
        session.context = {**session.context, "constraints": conclusion.constraints}
    session.save(update_fields=["context", "updated_at"])
    frame = conclusion.last_frame(message_ids)
    offset = conclusion.final_offset
    insert_rows([*rows, Row(conclusion.generation_id, offset, offset, frame)])
    Generation.objects.filter(pk=conclusion.generation_id).update(
        status=conclusion.status, ended_at=Now()
    )
    return frame


def _delete_end(conclusion: Conclusion) -> None:
    """Removes the last frame that somebody else wrote for this generation."""
    GenerationChunk.objects.filter(
        generation_id=conclusion.generation_id, first_offset__gte=conclusion.final_offset
    ).delete()


def _last_frame_of(generation_id: UUID) -> bytes:
    return sse.split_frames(read_rows(generation_id)[-1].frames)[-1][1]


def _save_answer(conclusion: Conclusion, answer: Answer, session: ChatSession) -> int:
    values = {
        "session": session,
        "user_id": conclusion.user_id,
        "role": ChatMessage.Role.ASSISTANT,
        "content": answer.content,
        "status": answer.status,
        "metadata": dict(answer.metadata),
        "parent_id": conclusion.user_message_id,
        "is_current": answer.variant == "A",
    }
    message, made = ChatMessage.objects.get_or_create(
        generation_id=conclusion.generation_id, variant=answer.variant, defaults=values
    )
    if not made:
        ChatMessage.objects.filter(pk=message.pk).update(**{**values, "session": session.pk})
        message.references.all().delete()
    _save_references(message, answer.references)
    return message.pk


def _save_references(message: ChatMessage, references: Sequence[SavedReference]) -> None:
    """Events that were deleted while the answer was written are left out."""
    existing = set(
        Event.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[reference.event_id for reference in references])
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    kept = [reference for reference in references if reference.event_id in existing]
    ReferencedEvent.objects.bulk_create(
        ReferencedEvent(
            message=message,
            event_id=reference.event_id,
            position=position,
            score=reference.score,
            distance_miles=reference.distance_miles,
            cited=reference.cited,
        )
        for position, reference in enumerate(kept)
    )


def shown_unsaved(conclusion: Conclusion, error: Mapping[str, str]) -> Conclusion:
    """The same with a last frame that says, for now, that nothing could be saved."""
    told = replace(conclusion, final={**conclusion.final, **error})
    return replace(told, frame=told.last_frame({}).decode())
