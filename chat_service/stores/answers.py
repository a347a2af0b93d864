"""Saves a generation's answers with their references, the session's constraints and the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from chat_service.stores.conversations import lock_session
from events.models import ChatMessage, ChatSession, Event, Generation, ReferencedEvent


@dataclass(frozen=True, slots=True)
class SavedReference:
    """An event that an answer stands on, as it is stored."""

    event_id: int
    score: float
    distance_miles: float | None
    cited: bool


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """One assistant message to be saved; `variant` is "B" for the second of two models."""

    variant: str
    content: str
    status: str
    metadata: Mapping[str, Any]
    references: Sequence[SavedReference]


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """Where a generation's answers belong."""

    generation_id: UUID
    session_id: int
    user_id: int
    user_message_id: int


def lock_generation(place: AnswerPlace) -> tuple[ChatSession, Generation] | None:
    """The session and the generation, locked in this order; None when either is gone."""
    session = lock_session(place.user_id, place.session_id)
    generation = (
        Generation.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=place.generation_id)
        .first()
    )
    return None if session is None or generation is None else (session, generation)


def save_answers(
    place: AnswerPlace,
    session: ChatSession,
    answers: Sequence[SavedAnswer],
    constraints: Mapping[str, Any] | None,
) -> dict[str, int]:
    """Saves answers into a locked session; returns their message ids by variant.

    Answers that the generation has already are replaced.
    """
    message_ids = {answer.variant: _save_answer(place, answer) for answer in answers}
    if message_ids:
        session.context = {**session.context, "constraints": constraints}
    session.save(update_fields=["context", "updated_at"])
    return message_ids


def end_generation(generation_id: UUID, status: str) -> None:
    """Gives a generation its final state."""
    Generation.objects.filter(pk=generation_id).update(status=status, ended_at=Now())


def _save_answer(place: AnswerPlace, answer: SavedAnswer) -> int:
    values = {
        "session_id": place.session_id,
        "user_id": place.user_id,
        "role": ChatMessage.Role.ASSISTANT,
        "content": answer.content,
        "status": answer.status,
        "metadata": dict(answer.metadata),
        "parent_id": place.user_message_id,
        "is_current": answer.variant == "A",
    }
    message, made = ChatMessage.objects.get_or_create(
        generation_id=place.generation_id, variant=answer.variant, defaults=values
    )
    if not made:
        ChatMessage.objects.filter(pk=message.pk).update(**values)
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
