"""What happens before a turn's stream opens, while errors still have an HTTP status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat_service.stores.conversations import find_session
from chat_service.turns.context import ChatContext
from chat_service.turns.open_statements import (
    Beginning,
    Begun,
    begin_session,
    continue_session,
    find_asked_session,
)
from chat_service.turns.references import shown_last
from chat_service.turns.repeats import Attempt, remember_attempt, repeated_generation
from chat_service.turns.requests import ChatRequest, MessageIn, TurnOptions
from events.models import ChatMessage, ChatSession, Generation
from rag.service import (
    Weights,
    constraints_from_json,
    require_more_like,
    understand_message,
    weights_with,
)
from rag.types import Constraints, MoreLike, Retrieval


@dataclass(frozen=True, slots=True)
class OpenedTurn:
    """A turn whose user message is saved: plain values, no open database work.

    `history` holds the messages before this one. `now` is the moment that
    words refer to; `began` is the clock's reading for the response time.
    `models` are the answers wanted: ("A", model) and, to compare, ("B", model).
    """

    user_id: int
    session_id: int
    user_message_id: int
    generation_id: UUID
    message: str
    history: Sequence[Mapping[str, str]]
    constraints: Constraints
    now: datetime
    models: Sequence[tuple[str, str | None]]
    preferences: Mapping[str, Any]
    debug: bool = False
    weights: Weights = field(default_factory=Weights)
    stops_without_readers: bool = False
    retrieval: Retrieval | None = None
    began: float = field(default_factory=perf_counter)
    understanding_ms: float = 0.0

    def without_history(self) -> OpenedTurn:
        """The same without what was said and found before: all that its end needs."""
        return replace(self, history=(), retrieval=None)


@dataclass(frozen=True, slots=True)
class RepeatedTurn:
    """A turn that was sent before: its generation goes on, or has ended."""

    user_id: int
    generation_id: UUID


@dataclass(frozen=True, slots=True)
class Understood:
    """A request read against its session, with nothing saved yet."""

    session: ChatSession | None
    context: ChatContext
    constraints: Constraints
    now: datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks by their token, through which worker, under which id the answer will be known."""

    user_id: int
    worker_id: UUID
    generation_id: UUID
    attempt: Attempt


def understand_request(user_id: int, request: MessageIn) -> Understood:
    """What a message means in its context and its session, with nothing saved.

    Raises:
        InvalidRequest: the context contradicts itself, or names an event that there is not.
    """
    session = find_session(user_id, request.session_id) if request.session_id else None
    return _understood(request, session)


def _understood(request: MessageIn, session: ChatSession | None) -> Understood:
    context = effective_context(request.context, session)
    now = moment_of(context)
    constraints = understand_message(
        request.message,
        context=context.for_search(request.location_id, settings.TIME_ZONE, more_like_of(context)),
        standing=_standing(session),
        shown=shown_last(session) if session else (),
        now=now,
    )
    return Understood(session, context, constraints, now)


def open_turn(ask: Ask, request: ChatRequest) -> OpenedTurn | RepeatedTurn:
    """Understands the message, then finds or makes the session and saves the message.

    A request that cannot be understood is refused before anything is saved. The
    message, its generation and the key under which it was sent are one commit.

    Raises:
        AuthFailed: the user who asks is gone or inactive.
        InvalidRequest: the context contradicts itself.
        GenerationInProgress: an answer is being written in this session.
        IdempotencyMismatch: the key was used with another request.
    """
    began = perf_counter()
    session = find_asked_session(ask.user_id, request.session_id)
    repeated = repeated_generation(ask.user_id, ask.attempt)
    if repeated is not None:
        return RepeatedTurn(ask.user_id, repeated)
    asked = perf_counter()
    understood = _understood(request, session)
    understanding_ms = (perf_counter() - asked) * 1000
    begun = _begun(ask, request, session)
    if isinstance(begun, RepeatedTurn):
        return begun
    context = understood.context
    return OpenedTurn(
        user_id=ask.user_id,
        session_id=begun.session_id,
        user_message_id=begun.message_id,
        generation_id=ask.generation_id,
        message=request.message,
        history=begun.history or [entry.model_dump() for entry in context.chat_history or []],
        constraints=understood.constraints,
        now=understood.now,
        models=request.models(),
        preferences=context.preferences or {},
        debug=request.debug,
        weights=weights_with(context.ranking_weights),
        stops_without_readers=request.on_disconnect == "stop",
        began=began,
        understanding_ms=understanding_ms,
    )


def _begun(ask: Ask, request: ChatRequest, session: ChatSession | None) -> Begun | RepeatedTurn:
    """Keeps the message and its generation, under the keys of the request if it has any."""
    given = request.client_message_id
    beginning = Beginning(
        user_id=ask.user_id,
        content=request.message,
        metadata={"client_message_id": str(given)} if given else {},
        generation_id=ask.generation_id,
        worker_id=ask.worker_id,
        on_disconnect=request.on_disconnect,
    )
    known = None if session is None else session.pk
    if not ask.attempt.keys:
        return _kept(known, beginning)
    with transaction.atomic():
        if repeated := remember_attempt(ask.user_id, ask.attempt, ask.generation_id):
            return RepeatedTurn(ask.user_id, repeated)
        return _kept(known, beginning)


def _kept(session_id: int | None, beginning: Beginning) -> Begun:
    begun = continue_session(session_id, beginning) if session_id is not None else None
    return begun or begin_session(beginning)


def start_generation(ask: Ask, message: ChatMessage, options: TurnOptions) -> None:
    """Notes that a worker begins to answer a message."""
    Generation.objects.create(
        pk=ask.generation_id,
        session_id=message.session_id,
        user_id=message.user_id,
        user_message=message,
        worker_id=ask.worker_id,
        on_disconnect=options.on_disconnect,
    )


def effective_context(given: ChatContext, session: ChatSession | None) -> ChatContext:
    """The request's context over the one that the session was made with."""
    if session is None or not session.context:
        return given
    kept = {key: value for key, value in session.context.items() if key in _STANDING_KEYS}
    wanted = {name: getattr(given, name) for name in given.model_fields_set}
    return ChatContext.model_validate(kept).model_copy(update=wanted)


def more_like_of(context: ChatContext) -> MoreLike | None:
    """The event that the context names as a model for others; InvalidRequest when there is none."""
    wanted = context.more_like_event_id
    return None if wanted is None else require_more_like(wanted)


_STANDING_KEYS = {"location", "location_id", "user_location", "timezone", "preferences"}


def moment_of(context: ChatContext) -> datetime:
    """The "now" that words refer to, aware."""
    if context.current_date is None:
        return timezone.now()
    if context.current_date.tzinfo is None:
        return context.current_date.replace(tzinfo=ZoneInfo(context.timezone or settings.TIME_ZONE))
    return context.current_date


def _standing(session: ChatSession | None) -> Constraints | None:
    stored = session.context.get("constraints") if session else None
    return constraints_from_json(stored) if stored else None
