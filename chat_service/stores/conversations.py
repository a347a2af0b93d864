"""Writes and reads conversations and their messages: synchronous, short, scoped by the owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat_service.stores.generations import refuse_while_running
from core.errors import NotFound
from events.models import ChatMessage, ChatSession
from events.models.chat import TITLE_LENGTH

HISTORY_LENGTH = 10
_NO_SESSION = "There is no such conversation."


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
        raise NotFound(_NO_SESSION)
    return session


def get_or_create_session(user_id: int, session_id: int | None) -> ChatSession:
    """This user's session, or a new one when the id is not theirs or does not exist."""
    session = find_session(user_id, session_id) if session_id is not None else None
    return session or ChatSession.objects.create(user_id=user_id)


def get_conversation_history(
    session: ChatSession, limit: int = HISTORY_LENGTH
) -> list[dict[str, str]]:
    """The latest messages as the model sees them: `{role, content}`, oldest first."""
    recent = session.get_recent_messages(limit)
    return [{"role": message.role, "content": message.content} for message in recent]


def lock_session(user_id: int, session_id: int) -> ChatSession | None:
    """This user's session, locked until the transaction ends: all that writes into it waits."""
    return (
        ChatSession.objects.owned_by(user_id)
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=session_id)
        .first()
    )


def require_locked_session(user_id: int, session_id: int) -> ChatSession:
    """This user's session, locked until the transaction ends.

    Raises:
        NotFound: there is none with this id for this user.
    """
    session = lock_session(user_id, session_id)
    if session is None:
        raise NotFound(_NO_SESSION)
    return session


def create_session(user_id: int, *, title: str, context: Mapping[str, Any]) -> ChatSession:
    """Makes an empty conversation."""
    return ChatSession.objects.create(user_id=user_id, title=title, context=dict(context))


@transaction.atomic
def change_session(
    user_id: int,
    session_id: int,
    *,
    title: str | None = None,
    is_active: bool | None = None,
    context: Mapping[str, Any] | None = None,
) -> None:
    """Changes what is not None; `context` is laid over the one that there is.

    Raises:
        NotFound: there is no such session of this user.
    """
    session = require_locked_session(user_id, session_id)
    if title is not None:
        session.title = title
    if is_active is not None:
        session.is_active = is_active
    if context is not None:
        session.context = {**session.context, **context}
    session.save()


@transaction.atomic
def clear_session(user_id: int, session_id: int) -> None:
    """Deletes the messages and forgets the standing constraints; NotFound as above."""
    session = require_locked_session(user_id, session_id)
    session.messages.all().delete()
    session.context = {key: kept for key, kept in session.context.items() if key != "constraints"}
    session.save(update_fields=["context", "updated_at"])


@transaction.atomic
def delete_session(user_id: int, session_id: int) -> None:
    """Deletes a conversation with all its messages, for good; NotFound as above."""
    require_locked_session(user_id, session_id).delete()


def save_note(user_id: int, session_id: int, content: str) -> ChatMessage:
    """Adds a note of the user's own at the end of the current branch.

    Raises:
        NotFound: there is no such session of this user.
        GenerationInProgress: an answer is being written; the note would come before it.
    """
    with transaction.atomic():
        session = require_locked_session(user_id, session_id)
        refuse_while_running(session.pk)
        return save_message(session, ChatMessage.Role.USER, content)


@transaction.atomic
def save_message(
    session: ChatSession, role: str, content: str, metadata: Mapping[str, Any] | None = None
) -> ChatMessage:
    """Adds a message to the current branch; the user's first one gives the session its title."""
    last = session.messages.current().order_by("-id").values_list("pk", flat=True).first()
    message = ChatMessage.objects.create(
        session=session,
        user_id=session.user_id,
        role=role,
        content=content,
        metadata=dict(metadata or {}),
        parent_id=last,
    )
    if role == ChatMessage.Role.USER and not session.title:
        session.title = title_of(content)
        session.save(update_fields=["title", "updated_at"])
    else:
        touch_session(session.pk)
    return message


def touch_session(session_id: int) -> None:
    """Moves a session to the top of its owner's list."""
    ChatSession.objects.filter(pk=session_id).update(updated_at=timezone.now())


def title_of(content: str) -> str:
    """The first 50 characters of a message on one line, with "..." when there is more."""
    line = " ".join(content.split())
    return line if len(line) <= TITLE_LENGTH else line[:TITLE_LENGTH] + "..."
