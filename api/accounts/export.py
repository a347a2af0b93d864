"""Everything that is kept about a user, as a zip of JSON files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from api.schemas import MessageOut
from events.models import ChatSession

# What is told of each kind of row beside the conversations; secrets and digests are not.
_KEPT = {
    "feeds": ("id", "title", "constraints", "rule", "digest", "digested_on", "created_at"),
    "digest_mails": ("id", "day", "status", "content", "created_at", "sent_at"),
    "imports": (
        *("id", "status", "source", "url", "file_name", "format", "timezone", "report", "error"),
        *("created_at", "started_at", "finished_at"),
    ),
    "event_calendars": ("id", "session_id", "title", "event_ids", "created_at", "expires_at"),
    "search_traces": ("id", "session_id", "created_at", "trace"),
    "generations": ("id", "session_id", "user_message_id", "status", "created_at", "ended_at"),
    "service_tokens": (
        *("id", "name", "prefix", "scopes", "created_at", "expires_at"),
        *("revoked_at", "last_used_at"),
    ),
}
_BATCH = 500


def export_of(user: User, profile: Mapping[str, Any]) -> bytes:
    """The zip: `profile.json`, `conversations/<id>.json`, and a file for each other kind of row.

    A conversation has all its messages, those of other branches too, with the events they cite.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "profile", {**profile, "last_login": user.last_login})
        for session in ChatSession.objects.owned_by(user.pk).order_by("pk"):
            _add(archive, f"conversations/{session.pk}", _conversation(session))
        for name, fields in _KEPT.items():
            _add(archive, name, list(getattr(user, name).order_by("pk").values(*fields)))
    return target.getvalue()


def _conversation(session: ChatSession) -> dict[str, Any]:
    return {
        "id": session.pk,
        "title": session.title,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "is_active": session.is_active,
        "context": session.context,
        "messages": list(_messages(session)),
    }


def _messages(session: ChatSession) -> Iterator[dict[str, Any]]:
    after = 0
    while True:
        rows = session.messages.filter(pk__gt=after).with_referenced_events().order_by("pk")
        batch = list(rows[:_BATCH])
        for message in batch:
            yield {**MessageOut.of(message).model_dump(), "is_current": message.is_current}
        if len(batch) < _BATCH:
            return
        after = batch[-1].pk


def _add(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    archive.writestr(f"{name}.json", text)
