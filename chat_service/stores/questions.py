"""Saves a user's message together with the generation that will answer it.

These statements run before the first token, and each is a round trip to Postgres, so
that they are few, and prepared (see `core.prepared`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chat_service.stores.conversations import HISTORY_LENGTH, title_of
from core.errors import AuthFailed, GenerationInProgress
from core.prepared import fetch
from events.models import ChatSession

_SESSION = ("id", "user_id", "title", "created_at", "updated_at", "is_active", "context")
_FIND = f"""
    SELECT u.is_staff, {", ".join(f"s.{name}" for name in _SESSION)}
      FROM accounts_user AS u
      LEFT JOIN events_chatsession AS s ON s.id = %(session)s::bigint AND s.user_id = u.id
     WHERE u.id = %(user)s::bigint AND u.is_active
"""  # noqa: S608 - names from above only
_LOCK = """
    SELECT 1 FROM events_chatsession
     WHERE id = %(session)s::bigint AND user_id = %(user)s::bigint
       FOR NO KEY UPDATE
"""
# What was written while the lock was waited for is seen only by a statement of its own.
_LATEST = f"""
    SELECT g.id, m.id, m.role, m.content
      FROM (SELECT %(session)s::bigint AS id) AS s
      LEFT JOIN events_generation AS g ON g.session_id = s.id AND g.status = 'running'
      LEFT JOIN LATERAL (
           SELECT id, role, content FROM events_chatmessage
            WHERE session_id = s.id AND is_current
            ORDER BY id DESC LIMIT {HISTORY_LENGTH}
      ) AS m ON true
     ORDER BY m.id
"""  # noqa: S608 - a constant only
_SAVE = """
    , message AS (
        INSERT INTO events_chatmessage
               (session_id, user_id, role, content, created_at, metadata, status, variant,
                parent_id, is_current)
        SELECT id, %(user)s::bigint, 'user', %(content)s::text, %(now)s::timestamptz,
               %(metadata)s::jsonb, 'completed', 'A', %(parent)s::bigint, true
          FROM session
        RETURNING id, session_id
    )
    INSERT INTO events_generation
           (id, session_id, user_id, user_message_id, worker_id, status, stop_requested,
            on_disconnect, created_at)
    SELECT %(generation)s::uuid, session_id, %(user)s::bigint, id, %(worker)s::uuid, 'running',
           false, %(on_disconnect)s::text, %(now)s::timestamptz
      FROM message
    RETURNING session_id, user_message_id
"""
_SAVE_IN_NEW_SESSION = f"""
    WITH session AS (
        INSERT INTO events_chatsession
               (user_id, title, created_at, updated_at, is_active, context)
        VALUES (%(user)s::bigint, %(title)s::text, %(now)s::timestamptz, %(now)s::timestamptz,
                true, '{{}}')
        RETURNING id
    )
    {_SAVE}
"""  # noqa: S608 - constants only
_SAVE_IN_SESSION = f"""
    WITH session AS (
        UPDATE events_chatsession
           SET updated_at = %(now)s::timestamptz,
               title = CASE WHEN title = '' THEN %(title)s::text ELSE title END
         WHERE id = %(session)s::bigint
        RETURNING id
    )
    {_SAVE}
"""  # noqa: S608 - constants only


@dataclass(frozen=True, slots=True)
class Question:
    """A user's message, and which worker answers it as which generation: one commit."""

    user_id: int
    content: str
    metadata: Mapping[str, Any]
    generation_id: UUID
    worker_id: UUID
    on_disconnect: str


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """Where it was saved; `history` is `{role, content}` of what was said before, oldest first."""

    session_id: int
    message_id: int
    history: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, as far as rights go, and in which session of theirs, None for a new one."""

    is_staff: bool
    session: ChatSession | None


def find_session_of_active(user_id: int, session_id: int | None) -> Asking:
    """This active user with their session; None when it is not theirs or does not exist.

    Raises:
        AuthFailed: the user is gone or inactive.
    """
    rows = fetch(_FIND, {"user": user_id, "session": session_id})
    if not rows:
        raise AuthFailed
    is_staff, *row = rows[0]
    session = None if row[0] is None else ChatSession.from_db(None, _SESSION, row)
    return Asking(is_staff, session)


def save_question(question: Question, session_id: int | None = None) -> SavedQuestion:
    """Saves a question at the end of a session's current branch, or in a new session.

    A new one is made also when there is no such session of this user any more. All that
    writes into the session waits until the transaction ends.

    Raises:
        GenerationInProgress: an answer is being written in the session.
    """
    saved = None if session_id is None else _save_in_session(session_id, question)
    return saved or _save(_SAVE_IN_NEW_SESSION, question, session=None, parent=None)


def _save_in_session(session_id: int, question: Question) -> SavedQuestion | None:
    with transaction.atomic(savepoint=False):
        if not fetch(_LOCK, {"user": question.user_id, "session": session_id}):
            return None
        rows = fetch(_LATEST, {"session": session_id})
        running, last, *_ = rows[-1]
        if running is not None:
            raise GenerationInProgress(fields={"generation_id": str(running)})
        saved = _save(_SAVE_IN_SESSION, question, session=session_id, parent=last)
    said = [{"role": role, "content": content} for _, last, role, content in rows if last]
    return SavedQuestion(saved.session_id, saved.message_id, said)


def _save(
    statement: str, question: Question, *, session: int | None, parent: int | None
) -> SavedQuestion:
    values = {
        "user": question.user_id,
        "session": session,
        "parent": parent,
        "title": title_of(question.content),
        "content": question.content,
        "metadata": json.dumps(question.metadata),
        "generation": question.generation_id,
        "worker": question.worker_id,
        "on_disconnect": question.on_disconnect,
        "now": timezone.now(),
    }
    ((session_id, message_id),) = fetch(statement, values)
    return SavedQuestion(session_id, message_id)
