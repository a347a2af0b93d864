"""Reads a request in its context and its session, with nothing saved.

Rules read it when it is opened; where they are unsure, a language model reads it too, while its
answer is made.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from chat_service.llm.router import answer_router
from chat_service.llm.types import AnswerPart, AnswerRequest, TextPart
from chat_service.stores.branches import BranchPoint
from chat_service.stores.conversations import find_session
from chat_service.stores.shown_events import events_shown_in
from chat_service.turns.acts.stored import CHANGES_WISHES, act_from_json, acts_from_json
from chat_service.turns.prompt import READING_TOKENS, create_reading_prompt
from chat_service.turns.requests import ChatContext, EditRequest, MessageIn
from core.database import in_database
from core.errors import LLMTimeout, LLMUnavailable
from events.models import ChatSession
from rag.service import (
    READING_SCHEMA,
    constraints_from_json,
    read_as_model,
    read_message,
    require_more_like,
)
from rag.types import Act, Constraints, Reading, SearchContext, ShownEvent

log = logging.getLogger(__name__)

# What a session's context passes on to its later messages.
_STANDING_KEYS = {"location", "location_id", "user_location", "timezone", "preferences"}


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message asks for, in which context, and what it was read against.

    `constraints` are the wishes that its acts go by, `standing` those that hold before it.
    `now` is the moment that its words refer to, aware. What `is_settled` is read by nobody else.
    """

    context: ChatContext
    acts: Sequence[Act]
    constraints: Constraints
    now: datetime
    standing: Constraints | None = None
    shown: Sequence[ShownEvent] = ()
    search_context: SearchContext = field(default_factory=SearchContext)
    before: Act | None = None
    took_ms: float = 0.0
    is_settled: bool = False

    @property
    def confidence(self) -> float:
        """How sure its reader is of it: as of the least sure of its acts."""
        return min((act.confidence for act in self.acts), default=0.0)

    def lasting(self, acts: Sequence[Act]) -> Constraints:
        """The wishes that hold after a message that wants these acts.

        A question about an event or a word of thanks changes none, but may change the language.
        """
        changes = any(act.kind in CHANGES_WISHES for act in acts)
        starts_over = any(act.topic == "start_over" for act in acts)
        if changes or starts_over or self.standing is None:
            return self.constraints
        return replace(self.standing, language=self.constraints.language)


def understand_request(user_id: int, request: MessageIn) -> Understood:
    """What a message means in its context and its session.

    Raises:
        InvalidRequest: the context contradicts itself, or names an event that there is not.
    """
    session = find_session(user_id, request.session_id) if request.session_id else None
    return understand_in_session(request, request.message, Before.of(session))


@dataclass(frozen=True, slots=True)
class Before:
    """What a message is read against: its session, and the wishes and the act before it, stored."""

    session: ChatSession | None
    constraints: Mapping[str, Any] | None = None
    act: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, session: ChatSession | None) -> Before:
        """What a new message in a session follows."""
        kept = session.context if session else {}
        return cls(session, kept.get("constraints"), kept.get("act"))

    @classmethod
    def at(cls, point: BranchPoint) -> Before:
        """What stands before a message that a branch grows from."""
        return cls(point.session, point.standing_constraints(), point.act_before())


def understand_in_session(
    request: MessageIn | EditRequest, content: str, before: Before
) -> Understood:
    """What `content` means after what was said before.

    Raises:
        InvalidRequest: as in `understand_request`.
    """
    context = effective_context(request.context, before.session)
    more_like = context.more_like_event_id
    search_context = context.for_search(
        request.location_id,
        settings.TIME_ZONE,
        None if more_like is None else require_more_like(more_like),
    )
    return _read(content, context, search_context, before)


def understand_again(point: BranchPoint) -> Understood:
    """What a message that is answered again means: the same as for its latest answer.

    One without any answer is read now.
    """
    context = effective_context(ChatContext(), point.session)
    answered = point.latest_answer()
    if not answered:
        search_context = context.for_search(None, settings.TIME_ZONE)
        return _read(point.message.content, context, search_context, Before.at(point))
    constraints = constraints_from_json(answered["constraints"])
    assert constraints is not None
    acts = acts_from_json(answered.get("acts")) or (Act(),)
    standing = constraints_from_json(point.standing_constraints())
    now = _moment_of(context)
    return Understood(context, acts, constraints, now, standing, is_settled=True)


def _read(
    content: str, context: ChatContext, search_context: SearchContext, before: Before
) -> Understood:
    began = perf_counter()
    now = _moment_of(context)
    standing = constraints_from_json(before.constraints) if before.constraints else None
    shown = events_shown_in(before.session.pk) if before.session else ()
    act_before = act_from_json(before.act)
    reading = read_message(
        content,
        context=search_context,
        standing=standing,
        shown=shown,
        now=now,
        before=act_before,
    )
    return Understood(
        context=context,
        acts=reading.acts,
        constraints=reading.constraints,
        now=now,
        standing=standing,
        shown=shown,
        search_context=search_context,
        before=act_before,
        took_ms=(perf_counter() - began) * 1000,
    )


async def read_where_unsure(understood: Understood, message: str, model: str | None) -> Understood:
    """The reading of a language model, where the rules are unsure and one is there to read.

    It has `READ_TIMEOUT_MS`, and is believed as far as it can be checked. When it fails, is late
    or tells nothing that holds, the rules' reading stays, the same object.
    """
    router = answer_router()
    is_sure = 100 * understood.confidence >= settings.READ_BY_MODEL_BELOW
    if understood.is_settled or is_sure or not settings.READ_TIMEOUT_MS:
        return understood
    if not router.traits_for(model).structured_output:
        return understood
    request = AnswerRequest(
        message=message,
        prompt=partial(
            create_reading_prompt,
            message,
            standing=understood.standing,
            shown=understood.shown,
            here=understood.now.astimezone(ZoneInfo(understood.constraints.timezone)),
        ),
        retrieval=None,
        model=model,
        schema=READING_SCHEMA,
        max_tokens=READING_TOKENS,
    )
    try:
        async with asyncio.timeout(settings.READ_TIMEOUT_MS / 1000):
            said = await _structured(router.stream_structured(request))
            reading = await in_database(_believed, understood, message, said)
    except (LLMUnavailable, LLMTimeout, TimeoutError, ValueError) as error:
        log.info("not_read_by_model reason=%s", type(error).__name__)
        return understood
    if reading is None:
        log.info("not_read_by_model reason=nothing_holds")
        return understood
    return replace(understood, acts=reading.acts, constraints=reading.constraints)


async def _structured(parts: AsyncGenerator[AnswerPart, None]) -> object:
    """The JSON that a model's text is; raises ValueError when it is none."""
    async with aclosing(parts):
        text = [part.text async for part in parts if isinstance(part, TextPart)]
    try:
        return json.loads("".join(text))
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _believed(understood: Understood, message: str, said: object) -> Reading | None:
    return read_as_model(
        said,
        message,
        Reading(tuple(understood.acts), understood.constraints),
        context=understood.search_context,
        standing=understood.standing,
        shown=understood.shown,
        now=understood.now,
    )


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
