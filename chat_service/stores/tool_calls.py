"""Keeps the call of a tool with its result as a message of the conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import transaction

from chat_service.stores.conversations import lock_session, save_message
from chat_service.stores.generations import refuse_while_running
from core.errors import NotFound
from events.models import ChatMessage, Event, ReferencedEvent


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that was made. `content` is the result as a model reads it, and `result` all of it.

    `events` are those that it speaks of, as `{id, score, distance_miles}` in their order.
    """

    name: str
    arguments: Mapping[str, Any]
    content: str
    result: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]] = ()
    id: str = field(default_factory=lambda: f"call_{uuid4().hex}")

    def as_json(self) -> dict[str, Any]:
        """How it stands in a message's `metadata.tool_calls`."""
        return {
            "id": self.id,
            "name": self.name,
            "arguments": dict(self.arguments),
            "result": dict(self.result),
        }


def save_tool_call(user_id: int, session_id: int, call: ToolCall) -> ChatMessage:
    """Adds a call to a user's conversation, as a message of the role `tool`.

    Raises:
        NotFound: there is no such session of this user.
        GenerationInProgress: an answer is being written; the call would come before it.
    """
    with transaction.atomic():
        session = lock_session(user_id, session_id)
        if session is None:
            raise NotFound("There is no such conversation.")
        refuse_while_running(session.pk)
        metadata = {"tool_calls": [call.as_json()]}
        message = save_message(session, ChatMessage.Role.TOOL, call.content, metadata)
        _save_references(message, call.events)
        return message


def _save_references(message: ChatMessage, events: Sequence[Mapping[str, Any]]) -> None:
    """The events that are still there, so that later words may refer to them."""
    told = {event["id"]: event for event in events}
    known = set(Event.objects.filter(pk__in=told).values_list("pk", flat=True))
    there = [event for pk, event in told.items() if pk in known]
    ReferencedEvent.objects.bulk_create(
        ReferencedEvent(
            message=message,
            event_id=event["id"],
            position=position,
            score=event["score"] or 0.0,
            distance_miles=event["distance_miles"],
            cited=True,
        )
        for position, event in enumerate(there)
    )
