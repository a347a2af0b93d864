"""The tree of a conversation's messages: new branches, siblings, and which branch is current."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.authentication import require_active
from chat_service.stores.conversations import (
    HISTORY_LENGTH,
    lock_session,
    refuse_while_running,
    touch_session,
)
from chat_service.turns.context import ChatContext
from chat_service.turns.open import (
    Ask,
    OpenedTurn,
    RepeatedTurn,
    effective_context,
    moment_of,
    more_like_of,
    start_generation,
)
from chat_service.turns.references import shown_last
from chat_service.turns.repeats import remember_attempt, repeated_generation
from chat_service.turns.requests import EditRequest, TurnOptions
from core.errors import InvalidRequest, NotFound
from events.models import ChatMessage, ChatSession
from rag.service import constraints_from_json, understand_message, weights_with
from rag.types import Constraints

Role = ChatMessage.Role
_LINK = """
    UPDATE events_chatmessage AS m SET parent_id = line.previous
    FROM (SELECT id, lag(id) OVER (ORDER BY id) AS previous
          FROM events_chatmessage WHERE session_id = %s AND is_current) AS line
    WHERE line.id = m.id AND m.parent_id IS NULL AND line.previous IS NOT NULL
"""


def require_message(user_id: int, message_id: int) -> ChatMessage:
    """This user's message; raises NotFound for a missing one and somebody else's alike."""
    message = ChatMessage.objects.owned_by(user_id).filter(pk=message_id).first()
    if message is None:
        raise NotFound("There is no such message.")
    return message


def siblings_of(user_id: int, message_id: int) -> list[int]:
    """The ids of a message and its alternatives, oldest first."""
    message = require_message(user_id, message_id)
    with transaction.atomic():
        _lock(user_id, message.session_id)
        _reread(message)
        same = ChatMessage.objects.filter(
            session_id=message.session_id, parent_id=message.parent_id, role=message.role
        )
        return list(same.order_by("pk").values_list("pk", flat=True))


def alternatives_of(messages: Sequence[ChatMessage]) -> Mapping[int, list[int]]:
    """For each of these messages of one session the ids of it and its siblings, oldest first."""
    family: dict[tuple[int | None, str], list[int]] = {}
    beside = ChatMessage.objects.beside(messages).values_list("pk", "parent_id", "role")
    for pk, parent_id, role in beside:
        family.setdefault((parent_id, role), []).append(pk)
    return {
        message.pk: sorted({message.pk, *family.get((message.parent_id, message.role), ())})
        for message in messages
    }


def switch_branch(user_id: int, message_id: int) -> None:
    """Makes the branch through a message current, down to its latest end.

    Raises:
        NotFound: there is no such message of this user.
        GenerationInProgress: an answer is being written on the current branch.
    """
    message = require_message(user_id, message_id)
    with transaction.atomic():
        session = _lock(user_id, message.session_id)
        refuse_while_running(session.pk)
        _reread(message)
        _make_current(session, message.pk)
        touch_session(session.pk)


def prefer_answer(user_id: int, message_id: int) -> None:
    """Records that an answer is liked best among its siblings, and makes its branch current.

    Raises:
        NotFound, GenerationInProgress: as in `switch_branch`.
        InvalidRequest: it is no answer.
    """
    message = require_message(user_id, message_id)
    if message.role != Role.ASSISTANT:
        raise InvalidRequest("Only an answer can be preferred.")
    with transaction.atomic():
        session = _lock(user_id, message.session_id)
        refuse_while_running(session.pk)
        _reread(message)
        answers = session.messages.filter(parent_id=message.parent_id, role=Role.ASSISTANT)
        answers.exclude(pk=message.pk).update(preferred=False)
        answers.filter(pk=message.pk).update(preferred=True)
        _make_current(session, message.pk)
        touch_session(session.pk)


@dataclass(frozen=True, slots=True)
class _Branching:
    """A place in the tree from which a new branch is about to grow."""

    session: ChatSession
    message: ChatMessage
    before: Sequence[ChatMessage]

    @property
    def history(self) -> list[dict[str, str]]:
        return [{"role": each.role, "content": each.content} for each in self.before]

    def standing(self) -> Constraints | None:
        """The wishes that held before this place."""
        return _wishes(self.before)


def open_edit(ask: Ask, message_id: int, request: EditRequest) -> OpenedTurn | RepeatedTurn:
    """Says a message in other words: a new branch beside it, with an answer of its own.

    Raises:
        NotFound, GenerationInProgress, IdempotencyMismatch: as their names say.
        InvalidRequest: it is not the user's own message, or its context contradicts itself.
    """
    user_id, repeated = _who(ask)
    if repeated:
        return repeated
    old = require_message(user_id, message_id)
    if old.role != Role.USER:
        raise InvalidRequest("Only a message of your own can be edited.")
    with transaction.atomic():
        if first := remember_attempt(user_id, ask.attempt, ask.generation_id):
            return RepeatedTurn(user_id, first)
        place = _place(user_id, old, from_id=old.pk)
        _cut(place.session, old.pk)
        context = effective_context(request.context, place.session)
        now = moment_of(context)
        constraints = understand_message(
            request.content,
            context=context.for_search(
                request.location_id, settings.TIME_ZONE, more_like_of(context)
            ),
            standing=place.standing(),
            shown=shown_last(place.session),
            now=now,
        )
        message = ChatMessage.objects.create(
            session=place.session,
            user_id=user_id,
            role=Role.USER,
            content=request.content,
            parent_id=place.message.parent_id,
        )
        touch_session(place.session.pk)
        start_generation(ask, message, request)
    return _opened(ask, replace(place, message=message), constraints, request, context)


def open_regeneration(ask: Ask, message_id: int, options: TurnOptions) -> OpenedTurn | RepeatedTurn:
    """Answers a message once more: a sibling of the answer there is.

    The wishes are those of the first answer. `message_id` may be an answer or
    the message that it answers.

    Raises:
        NotFound, GenerationInProgress, IdempotencyMismatch: as their names say.
        InvalidRequest: there is nothing to answer.
    """
    user_id, repeated = _who(ask)
    if repeated:
        return repeated
    chosen = require_message(user_id, message_id)
    with transaction.atomic():
        if first := remember_attempt(user_id, ask.attempt, ask.generation_id):
            return RepeatedTurn(user_id, first)
        _lock(user_id, chosen.session_id)
        _reread(chosen)
        asked = chosen if chosen.role == Role.USER else chosen.parent
        if asked is None or asked.role != Role.USER:
            raise InvalidRequest("There is no message here that could be answered again.")
        place = _place(user_id, asked, from_id=asked.pk)
        answers = ChatMessage.objects.filter(parent=asked, role=Role.ASSISTANT)
        context = effective_context(ChatContext(), place.session)
        constraints = _wishes(list(answers.order_by("pk"))) or understand_message(
            asked.content,
            context=context.for_search(None, settings.TIME_ZONE),
            standing=place.standing(),
            now=timezone.now(),
        )
        _cut(place.session, asked.pk + 1)
        touch_session(place.session.pk)
        start_generation(ask, asked, options)
    return _opened(ask, place, constraints, options, context)


def _who(ask: Ask) -> tuple[int, RepeatedTurn | None]:
    user_id = require_active(ask.user_id)
    first = repeated_generation(user_id, ask.attempt)
    return user_id, RepeatedTurn(user_id, first) if first else None


def _lock(user_id: int, session_id: int) -> ChatSession:
    """The session, locked, with every message linked to the one that it follows."""
    session = lock_session(user_id, session_id)
    if session is None:
        raise NotFound("There is no such message.")
    with connection.cursor() as cursor:
        cursor.execute(_LINK, [session_id])
    return session


def _reread(message: ChatMessage) -> None:
    """The message as it is now that its session is locked; NotFound when it is gone."""
    try:
        message.refresh_from_db()
    except ChatMessage.DoesNotExist:
        raise NotFound("There is no such message.") from None


def _place(user_id: int, message: ChatMessage, from_id: int) -> _Branching:
    session = _lock(user_id, message.session_id)
    refuse_while_running(session.pk)
    _reread(message)
    if not message.is_current:
        _make_current(session, message.pk)
    before = session.messages.current().filter(pk__lt=from_id).order_by("-pk")[:HISTORY_LENGTH]
    return _Branching(session, message, list(before)[::-1])


def _cut(session: ChatSession, from_id: int) -> None:
    """Takes the end of the current branch out of sight, from a message on."""
    session.messages.current().filter(pk__gte=from_id).update(is_current=False)


def _make_current(session: ChatSession, message_id: int) -> None:
    rows = list(session.messages.order_by("pk").values("pk", "parent_id", "variant", "preferred"))
    parents = {row["pk"]: row["parent_id"] for row in rows}
    path: set[int] = set()
    step: int | None = message_id
    while step is not None:
        path.add(step)
        step = parents.get(step)
    # Downwards: the preferred child, else the latest one that is no second model's answer.
    rank = {row["pk"]: (row["preferred"] is True, row["variant"] != "B", row["pk"]) for row in rows}
    children: dict[int, int] = {}
    for pk, parent in parents.items():
        if parent is not None and (parent not in children or rank[pk] > rank[children[parent]]):
            children[parent] = pk
    step = children.get(message_id)
    while step is not None:
        path.add(step)
        step = children.get(step)
    session.messages.current().exclude(pk__in=path).update(is_current=False)
    session.messages.filter(pk__in=path, is_current=False).update(is_current=True)
    wishes = session.messages.current().filter(role=Role.ASSISTANT).order_by("-pk").first()
    session.context = {
        **session.context,
        "constraints": wishes.metadata.get("constraints") if wishes else None,
    }
    session.save(update_fields=["context"])


def _wishes(messages: Sequence[ChatMessage]) -> Constraints | None:
    """The constraints of the last answer among messages."""
    for message in reversed(messages):
        if message.role == Role.ASSISTANT and message.metadata.get("constraints"):
            return constraints_from_json(message.metadata["constraints"])
    return None


def _opened(
    ask: Ask,
    place: _Branching,
    constraints: Constraints,
    options: TurnOptions,
    context: ChatContext,
) -> OpenedTurn:
    message = place.message
    return OpenedTurn(
        user_id=message.user_id,
        session_id=message.session_id,
        user_message_id=message.pk,
        generation_id=ask.generation_id,
        message=message.content,
        history=place.history,
        constraints=constraints,
        now=moment_of(context),
        models=options.models(),
        preferences=context.preferences or {},
        debug=options.debug,
        weights=weights_with(context.ranking_weights),
        stops_without_readers=options.on_disconnect == "stop",
    )
