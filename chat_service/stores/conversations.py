"""Conversations in the database: synchronous, short, always scoped by the owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.errors import GenerationInProgress, NotFound
from events.models import ChatMessage, ChatSession, Generation
from events.models.chat import TITLE_LENGTH

HISTORY_LENGTH = 10


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
    return history_of(session.get_recent_messages(limit))


def history_of(messages: Sequence[ChatMessage]) -> list[dict[str, str]]:
    """Messages as the model sees them."""
    return [{"role": message.role, "content": message.content} for message in messages]


def lock_session(user_id: int, session_id: int) -> ChatSession | None:
    """This user's session, locked until the transaction ends: all that writes into it waits."""
    return (
        ChatSession.objects.owned_by(user_id)
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=session_id)
        .first()
    )


def running_generation(session_id: int) -> Generation | None:
    """The answer that is being written in a session."""
    return Generation.objects.running().filter(session_id=session_id).first()


def refuse_while_running(session_id: int) -> None:
    """Raises GenerationInProgress, with the id, when an answer is being written here."""
    running = running_generation(session_id)
    if running is not None:
        raise GenerationInProgress(fields={"generation_id": str(running.pk)})


def save_note(user_id: int, session_id: int, content: str) -> ChatMessage:
    """Adds a note of the user's own at the end of the current branch.

    Raises:
        NotFound: there is no such session of this user.
        GenerationInProgress: an answer is being written; the note would come before it.
    """
    with transaction.atomic():
        session = lock_session(user_id, session_id)
        if session is None:
            raise NotFound("There is no such conversation.")
        refuse_while_running(session.pk)
        return save_message(session, ChatMessage.Role.USER, content)


@transaction.atomic
def save_message(
    session: ChatSession, role: str, content: str, metadata: Mapping[str, Any] | None = None
) -> ChatMessage:
    """Adds a message to the current branch; the user's first one gives the session its title."""
    last = session.messages.current().order_by("-id").values_list("pk", flat=True).first()
    message = append_message(session, role, content, metadata, parent_id=last)
    name_session(session, role, content)
    return message


def append_message(
    session: ChatSession,
    role: str,
    content: str,
    metadata: Mapping[str, Any] | None = None,
    *,
    parent_id: int | None,
) -> ChatMessage:
    """Adds a message after the one that is known to be the last of the current branch."""
    return ChatMessage.objects.create(
        session=session,
        user_id=session.user_id,
        role=role,
        content=content,
        metadata=dict(metadata or {}),
        parent_id=parent_id,
    )


def name_session(session: ChatSession, role: str, content: str) -> None:
    """Moves a session to the top; the user's first message gives it its title."""
    if role == ChatMessage.Role.USER and not session.title:
        session.title = title_of(content)
        session.save(update_fields=["title", "updated_at"])
    else:
        touch_session(session.pk)


def touch_session(session_id: int) -> None:
    """Moves a session to the top of its owner's list."""
    ChatSession.objects.filter(pk=session_id).update(updated_at=timezone.now())


def title_of(content: str) -> str:
    """The first 50 characters of a message on one line, with "..." when there is more."""
    line = " ".join(content.split())
    return line if len(line) <= TITLE_LENGTH else line[:TITLE_LENGTH] + "..."
