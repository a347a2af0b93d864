"""Opens a turn: the one way for a message, an edit, a regeneration and a repeat of any.

It ends before the turn's stream begins, while errors still have an HTTP status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import transaction

from chat_service.stores.answers import AnswerPlace
from chat_service.stores.branches import (
    BranchPoint,
    lock_answered,
    lock_edited,
    require_message,
    save_edit,
    start_generation,
)
from chat_service.stores.idempotency import Attempt, remember_attempt, repeated_generation
from chat_service.stores.questions import Question, find_session_of_active, save_question
from chat_service.tools import ToolContext
from chat_service.tools.search_events import EventSearch
from chat_service.turns.requests import ChatRequest, EditRequest, TurnOptions
from chat_service.turns.understanding import (
    Before,
    Understood,
    understand_again,
    understand_in_session,
)
from core.errors import InvalidRequest
from events.models import ChatMessage, ChatSession
from rag.service import Weights, weights_with
from rag.types import Act, Constraints


@dataclass(frozen=True, slots=True)
class OpenedTurn:
    """A turn whose user message is saved: plain values, no open database work.

    `history` holds the messages before this one; `began` is the clock's reading for the response
    time. `base_url` is how the service was addressed.
    `models` are the answers wanted: ("A", model) and, to compare, ("B", model).
    """

    user_id: int
    session_id: int
    user_message_id: int
    generation_id: UUID
    message: str
    history: Sequence[Mapping[str, str]]
    understood: Understood
    models: Sequence[tuple[str, str | None]]
    preferences: Mapping[str, Any]
    debug: bool = False
    weights: Weights = field(default_factory=Weights)
    stops_without_readers: bool = False
    is_staff: bool = False
    base_url: str = ""
    began: float = field(default_factory=perf_counter)

    @property
    def acts(self) -> Sequence[Act]:
        """What the message wants done."""
        return self.understood.acts

    @property
    def constraints(self) -> Constraints:
        """The wishes that its acts go by."""
        return self.understood.constraints

    @property
    def now(self) -> datetime:
        """The moment that its words refer to, aware."""
        return self.understood.now

    @property
    def understanding_ms(self) -> float:
        return self.understood.took_ms

    def without_history(self) -> OpenedTurn:
        """The same without what was said and shown before: all that its end needs."""
        return replace(self, history=(), understood=replace(self.understood, shown=()))

    def place(self) -> AnswerPlace:
        """Where its answers belong."""
        return AnswerPlace(self.generation_id, self.session_id, self.user_id, self.user_message_id)

    def tool_context(self) -> ToolContext:
        """What its tools may know, with the rights of who asks."""
        return ToolContext(
            user_id=self.user_id,
            is_staff=self.is_staff,
            session_id=self.session_id,
            now=self.now,
            zone=self.constraints.timezone,
            constraints=self.understood.standing,
            wishes=self.constraints,
            shown=self.understood.shown,
            base_url=self.base_url,
        )

    def search(self) -> EventSearch:
        """What to look for."""
        return EventSearch(
            user_id=self.user_id,
            session_id=self.session_id,
            message=self.message,
            constraints=self.constraints,
            now=self.now,
            weights=self.weights,
            debug=self.debug,
            read_by=self.acts[0].read_by,
            confidence=self.understood.confidence,
        )


@dataclass(frozen=True, slots=True)
class RepeatedTurn:
    """A turn that was sent before: its generation goes on, or has ended."""

    user_id: int
    generation_id: UUID


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks by their token, through which worker, under which id the answer will be known."""

    user_id: int
    worker_id: UUID
    generation_id: UUID
    attempt: Attempt
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class _Saved:
    """The user's message that is to be answered, as it stands in the conversation."""

    session_id: int
    message_id: int
    content: str
    history: Sequence[Mapping[str, str]]
    understood: Understood


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message at the end of a session's current branch, or in a new session."""

    request: ChatRequest

    @property
    def session_id(self) -> int | None:
        return self.request.session_id

    @property
    def options(self) -> TurnOptions:
        return self.request

    def prepare(self, ask: Ask, session: ChatSession | None) -> Callable[[], _Saved]:
        """Understands the message, so that a bad request is refused before anything is saved."""
        request = self.request
        understood = understand_in_session(request, request.message, Before.of(session))
        given = request.client_message_id
        question = Question(
            user_id=ask.user_id,
            content=request.message,
            metadata={"client_message_id": str(given)} if given else {},
            generation_id=ask.generation_id,
            worker_id=ask.worker_id,
            on_disconnect=request.on_disconnect,
        )

        def save() -> _Saved:
            saved = save_question(question, session.pk if session else None)
            sent = [entry.model_dump() for entry in understood.context.chat_history or []]
            history = saved.history or sent
            return _Saved(saved.session_id, saved.message_id, request.message, history, understood)

        return save


@dataclass(frozen=True, slots=True)
class EditedMessage:
    """A message in other words: a new branch beside it, with an answer of its own."""

    message_id: int
    options: EditRequest
    session_id: None = None

    def prepare(self, ask: Ask, session: ChatSession | None) -> Callable[[], _Saved]:
        """Finds the message; NotFound, or InvalidRequest when it is not the user's own."""
        old = require_message(ask.user_id, self.message_id)
        if old.role != ChatMessage.Role.USER:
            raise InvalidRequest("Only a message of your own can be edited.")

        def save() -> _Saved:
            point = lock_edited(ask.user_id, old)
            point.hide_from(old.pk)
            content = self.options.content
            understood = understand_in_session(self.options, content, Before.at(point))
            return _answered(ask, save_edit(point, content), point, understood, self.options)

        return save


@dataclass(frozen=True, slots=True)
class RepeatedQuestion:
    """A message that is answered once more: a sibling of the answer there is.

    The wishes are those of the first answer. `message_id` may be an answer or
    the message that it answers.
    """

    message_id: int
    options: TurnOptions
    session_id: None = None

    def prepare(self, ask: Ask, session: ChatSession | None) -> Callable[[], _Saved]:
        """Finds the message; NotFound when there is none."""
        chosen = require_message(ask.user_id, self.message_id)

        def save() -> _Saved:
            point = lock_answered(ask.user_id, chosen)
            understood = understand_again(point)
            point.hide_from(point.message.pk + 1)
            return _answered(ask, point.message, point, understood, self.options)

        return save


def _answered(
    ask: Ask, message: ChatMessage, point: BranchPoint, understood: Understood, options: TurnOptions
) -> _Saved:
    start_generation(
        message,
        generation_id=ask.generation_id,
        worker_id=ask.worker_id,
        on_disconnect=options.on_disconnect,
    )
    return _Saved(message.session_id, message.pk, message.content, point.history(), understood)


def open_turn(
    ask: Ask, asked: NewMessage | EditedMessage | RepeatedQuestion
) -> OpenedTurn | RepeatedTurn:
    """Saves what is to be answered, with its generation and the keys of its request, in one commit.

    Raises:
        AuthFailed: the user who asks is gone or inactive.
        NotFound: there is no such message of this user.
        InvalidRequest: the context contradicts itself, or the message cannot be answered.
        GenerationInProgress: an answer is being written in this session.
        IdempotencyMismatch: the key was used with another request.
    """
    began = perf_counter()
    asking = find_session_of_active(ask.user_id, asked.session_id)
    if first := repeated_generation(ask.user_id, ask.attempt):
        return RepeatedTurn(ask.user_id, first)
    save = asked.prepare(ask, asking.session)
    # Without keys, a message in a new session is one statement, which commits by itself.
    is_one_statement = isinstance(asked, NewMessage) and not ask.attempt.keys
    with nullcontext() if is_one_statement else transaction.atomic():
        if first := remember_attempt(ask.user_id, ask.attempt, ask.generation_id):
            return RepeatedTurn(ask.user_id, first)
        saved = save()
    options, understood = asked.options, saved.understood
    return OpenedTurn(
        user_id=ask.user_id,
        session_id=saved.session_id,
        user_message_id=saved.message_id,
        generation_id=ask.generation_id,
        message=saved.content,
        history=saved.history,
        understood=understood,
        models=options.models(),
        preferences=understood.context.preferences or {},
        debug=options.debug,
        weights=weights_with(understood.context.ranking_weights),
        stops_without_readers=options.on_disconnect == "stop",
        is_staff=asking.is_staff,
        base_url=ask.base_url,
        began=began,
    )
