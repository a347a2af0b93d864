"""Conversations in the database: synchronous, short, always scoped by the owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.errors import NotFound
from chat_service.citations import Reference
from events.models import ChatMessage, ChatSession, Event, ReferencedEvent
from events.models.chat import TITLE_LENGTH

HISTORY_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """An assistant message to be saved, with the events that it references."""

    content: str
    status: str
    generation_id: UUID
    metadata: Mapping[str, Any]
    references: Sequence[Reference]


def find_session(user_id: int, session_id: int) -> ChatSession | None:
    """This user's session, or None: somebody else's and a missing one are the same."""
    return ChatSession.objects.owned_by(user_id).filter(pk=session_id).first()


def require_session(user_id: int, session_id: int) -> ChatSession:
    """This user's session.

    Raises:
        NotFound: there is none with this id for this user.
    """
    session = find_session(user_id, session_id)
    if session is None:
        raise NotFound("There is no such conversation.")
    return session


def get_or_create_session(user_id: int, session_id: int | None) -> ChatSession:
    """This user's session, or a new one when the id is not theirs or does not exist."""
    session = find_session(user_id, session_id) if session_id is not None else None
    return session or ChatSession.objects.create(user_id=user_id)


def get_conversation_history(
    session: ChatSession, limit: int = HISTORY_LENGTH
) -> list[dict[str, str]]:
    """The latest messages as the model sees them: `{role, content}`, oldest first."""
    return [
        {"role": message.role, "content": message.content}
        for message in session.get_recent_messages(limit)
    ]


@transaction.atomic
def save_message(
    session: ChatSession, role: str, content: str, metadata: Mapping[str, Any] | None = None
) -> ChatMessage:
    """Adds a message; the first one of the user gives the session its title."""
    message = ChatMessage.objects.create(
        session=session,
        user_id=session.user_id,
        role=role,
        content=content,
        metadata=dict(metadata or {}),
    )
    if role == ChatMessage.Role.USER and not session.title:
        session.title = title_of(content)
        session.save(update_fields=["title", "updated_at"])
    else:
        touch_session(session.pk)
    return message


@transaction.atomic
def save_answer(session_id: int, user_id: int, answer: Answer) -> ChatMessage:
    """Adds the assistant's message with its referenced events, all or nothing.

    Events that were deleted while the answer was written are left out.

    Raises:
        NotFound: the session was deleted while the answer was written.
    """
    session = (
        ChatSession.objects.owned_by(user_id).select_for_update().filter(pk=session_id).first()
    )
    if session is None:
        raise NotFound("This conversation was deleted while its answer was written.")
    message = ChatMessage.objects.create(
        session=session,
        user_id=user_id,
        role=ChatMessage.Role.ASSISTANT,
        content=answer.content,
        status=answer.status,
        generation_id=answer.generation_id,
        metadata=dict(answer.metadata),
    )
    _save_references(message, answer.references)
    session.context = {**session.context, "constraints": answer.metadata.get("constraints")}
    session.save(update_fields=["context", "updated_at"])
    return message


def _save_references(message: ChatMessage, references: Sequence[Reference]) -> None:
    wanted = [reference.found.event.id for reference in references]
    existing = set(
        Event.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=wanted)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    kept = [reference for reference in references if reference.found.event.id in existing]
    ReferencedEvent.objects.bulk_create(
        ReferencedEvent(
            message=message,
            event_id=reference.found.event.id,
            position=position,
            score=reference.found.score,
            distance_miles=reference.found.distance_miles,
            cited=reference.cited,
        )
        for position, reference in enumerate(kept)
    )


def touch_session(session_id: int) -> None:
    """Moves a session to the top of its owner's list."""
    ChatSession.objects.filter(pk=session_id).update(updated_at=timezone.now())


def title_of(content: str) -> str:
    """The first 50 characters of a message on one line, with "..." when there is more."""
    line = " ".join(content.split())
    return line if len(line) <= TITLE_LENGTH else line[:TITLE_LENGTH] + "..."
