"""What happens before a turn's stream opens, while errors still have an HTTP status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat_service.conversations import (
    find_session,
    get_conversation_history,
    get_or_create_session,
    save_message,
)
from chat_service.shown import shown_last
from chat_service.wire import ChatContext, ChatRequest, MessageIn
from events.models import ChatSession
from rag.scoring import Weights
from rag.service import require_more_like, understand_message, weights_with
from rag.types import Constraints
from rag.understanding import constraints_from_json


@dataclass(frozen=True, slots=True)
class OpenedTurn:
    """A turn whose user message is saved: plain values, no open database work.

    `history` holds the messages before this one. `now` is the moment that
    words refer to; `began` is the clock's reading for the response time.
    """

    user_id: int
    session_id: int
    user_message_id: int
    message: str
    history: Sequence[Mapping[str, str]]
    constraints: Constraints
    now: datetime
    model: str | None
    preferences: Mapping[str, Any]
    debug: bool = False
    weights: Weights = field(default_factory=Weights)
    began: float = field(default_factory=perf_counter)


@dataclass(frozen=True, slots=True)
class Understood:
    """A request read against its session, with nothing saved yet."""

    session: ChatSession | None
    context: ChatContext
    constraints: Constraints
    now: datetime


def understand_request(user_id: int, request: MessageIn) -> Understood:
    """What a message means in its context and its session.

    Raises:
        InvalidRequest: the context contradicts itself, or names an event that there is not.
    """
    session = find_session(user_id, request.session_id) if request.session_id else None
    context = _effective_context(request.context, session)
    now = _now(context)
    wanted = context.more_like_event_id
    more_like = require_more_like(wanted) if wanted is not None else None
    constraints = understand_message(
        request.message,
        context=context.for_search(request.location_id, settings.TIME_ZONE, more_like),
        standing=_standing(session),
        shown=shown_last(session) if session else (),
        now=now,
    )
    return Understood(session, context, constraints, now)


def open_turn(user_id: int, request: ChatRequest) -> OpenedTurn:
    """Understands the message, then finds or makes the session and saves the message.

    A request that cannot be understood is refused before anything is saved.

    Raises:
        InvalidRequest: the context contradicts itself.
    """
    began = perf_counter()
    understood = understand_request(user_id, request)
    context = understood.context
    with transaction.atomic():
        known = understood.session
        session = get_or_create_session(user_id, known.pk if known else None)
        history = get_conversation_history(session)
        metadata = {"client_message_id": str(request.client_message_id)}
        message = save_message(
            session, "user", request.message, metadata if request.client_message_id else None
        )
    return OpenedTurn(
        user_id=user_id,
        session_id=session.pk,
        user_message_id=message.pk,
        message=request.message,
        history=history or [entry.model_dump() for entry in context.chat_history or []],
        constraints=understood.constraints,
        now=understood.now,
        model=request.model_a or request.preferred_model,
        preferences=context.preferences or {},
        debug=request.debug,
        weights=weights_with(context.ranking_weights),
        began=began,
    )


def _effective_context(given: ChatContext, session: ChatSession | None) -> ChatContext:
    """The request's context over the one that the session was made with."""
    if session is None or not session.context:
        return given
    kept = {key: value for key, value in session.context.items() if key in _STANDING_KEYS}
    return ChatContext.model_validate({**kept, **given.model_dump(exclude_unset=True)})


_STANDING_KEYS = {"location", "location_id", "user_location", "timezone", "preferences"}


def _now(context: ChatContext) -> datetime:
    if context.current_date is None:
        return timezone.now()
    if context.current_date.tzinfo is None:
        return context.current_date.replace(tzinfo=ZoneInfo(context.timezone or settings.TIME_ZONE))
    return context.current_date


def _standing(session: ChatSession | None) -> Constraints | None:
    stored = session.context.get("constraints") if session else None
    return constraints_from_json(stored) if stored else None
