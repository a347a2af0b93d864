"""A user's conversations as one page of a list: one statement, plain rows.

The list is what clients ask for most often, also while answers are streamed: each further
statement, and each object made of a row, would keep the event loop waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.errors import AuthFailed
from core.prepared import fetch

COLUMNS = ("id", "title", "created_at", "updated_at", "is_active", "context", "message_count")
_MATCHING = """
    AND (strpos(upper(c.title), upper(%(words)s::text)) > 0 OR EXISTS (
        SELECT FROM events_chatmessage AS m
         WHERE m.session_id = c.id AND strpos(upper(m.content), upper(%(words)s::text)) > 0
    ))
"""
_LIST = """
    SELECT known.total, s.id, s.title, s.created_at, s.updated_at, s.is_active, s.context,
           (SELECT count(*) FROM events_chatmessage AS m
             WHERE m.session_id = s.id AND m.is_current)
      FROM accounts_user AS u
     CROSS JOIN LATERAL (
           SELECT count(*) AS total FROM events_chatsession AS c
            WHERE c.user_id = u.id AND c.is_active = %(active)s::boolean {matching}
     ) AS known
      LEFT JOIN LATERAL (
           SELECT * FROM events_chatsession AS c
            WHERE c.user_id = u.id AND c.is_active = %(active)s::boolean {matching}
            ORDER BY c.updated_at DESC, c.id DESC
            LIMIT %(limit)s::bigint OFFSET %(offset)s::bigint
     ) AS s ON true
     WHERE u.id = %(user)s::bigint AND u.is_active
     ORDER BY s.updated_at DESC, s.id DESC
"""
_ALL, _FOUND = _LIST.format(matching=""), _LIST.format(matching=_MATCHING)


@dataclass(frozen=True, slots=True)
class SessionQuery:
    """Which sessions: active ones or archived ones, with `words` in a title or a message."""

    words: str
    archived: bool
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class SessionList:
    """One page, most recently updated first, as values by `COLUMNS`; `total` counts all pages."""

    total: int
    rows: list[dict[str, Any]]


def find_sessions(user_id: int, query: SessionQuery) -> SessionList:
    """An active user's sessions.

    Raises:
        AuthFailed: the user is gone or inactive.
    """
    found = fetch(
        _FOUND if query.words else _ALL,
        {
            "user": user_id,
            "active": not query.archived,
            "limit": query.limit,
            "offset": query.offset,
            **({"words": query.words} if query.words else {}),
        },
    )
    if not found:
        raise AuthFailed
    rows = [dict(zip(COLUMNS, row[1:], strict=True)) for row in found if row[1] is not None]
    return SessionList(found[0][0], rows)
