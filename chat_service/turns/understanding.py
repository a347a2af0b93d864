"""Reads a request in its context and its session, with nothing saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from chat_service.stores.branches import BranchPoint
from chat_service.stores.conversations import find_session
from chat_service.turns.context import ChatContext
from chat_service.turns.references import shown_last
from chat_service.turns.requests import EditRequest, MessageIn
from events.models import ChatSession
from rag.service import constraints_from_json, require_more_like, understand_message
from rag.types import Constraints

# What a session's context passes on to its later messages.
_STANDING_KEYS = {"location", "location_id", "user_location", "timezone", "preferences"}


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message asks for; `now` is the moment that its words refer to, aware."""

    context: ChatContext
    constraints: Constraints
    now: datetime
    took_ms: float = 0.0


def understand_request(user_id: int, request: MessageIn) -> Understood:
    """What a message means in its context and its session.

    Raises:
        InvalidRequest: the context contradicts itself, or names an event that there is not.
    """
    session = find_session(user_id, request.session_id) if request.session_id else None
    standing = session.context.get("constraints") if session else None
    return understand_in_session(request, request.message, session, standing)


def understand_in_session(
    request: MessageIn | EditRequest,
    content: str,
    session: ChatSession | None,
    standing: Mapping[str, Any] | None,
) -> Understood:
    """What `content` means in a session where the stored constraints `standing` hold.

    Raises:
        InvalidRequest: as in `understand_request`.
    """
    began = perf_counter()
    context = effective_context(request.context, session)
    more_like = context.more_like_event_id
    now = _moment_of(context)
    constraints = understand_message(
        content,
        context=context.for_search(
            request.location_id,
            settings.TIME_ZONE,
            None if more_like is None else require_more_like(more_like),
        ),
        standing=constraints_from_json(standing) if standing else None,
        shown=shown_last(session) if session else (),
        now=now,
    )
    return Understood(context, constraints, now, (perf_counter() - began) * 1000)


def understand_again(point: BranchPoint) -> Understood:
    """What a message that is answered again means: the same as for its latest answer.

    One without any answer is read now.
    """
    context = effective_context(ChatContext(), point.session)
    now = _moment_of(context)
    stored, standing = point.answer_constraints(), point.standing_constraints()
    constraints = constraints_from_json(stored) if stored else None
    if constraints is None:
        constraints = understand_message(
            point.message.content,
            context=context.for_search(None, settings.TIME_ZONE),
            standing=constraints_from_json(standing) if standing else None,
            now=now,
        )
    return Understood(context, constraints, now)


def effective_context(given: ChatContext, session: ChatSession | None) -> ChatContext:
    """The request's context over the one that the session was made with."""
    if session is None or not session.context:
        return given
    kept = {key: value for key, value in session.context.items() if key in _STANDING_KEYS}
    wanted = {name: getattr(given, name) for name in given.model_fields_set}
    return ChatContext.model_validate(kept).model_copy(update=wanted)


def _moment_of(context: ChatContext) -> datetime:
    if context.current_date is None:
        return timezone.now()
    if context.current_date.tzinfo is None:
        return context.current_date.replace(tzinfo=ZoneInfo(context.timezone or settings.TIME_ZONE))
    return context.current_date
