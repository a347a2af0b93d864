"""The tree of a conversation's messages: siblings, the current branch, and where a new one grows.

`parent` makes the messages a tree, `is_current` marks the one branch that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from chat_service.stores.conversations import HISTORY_LENGTH, lock_session, touch_session
from chat_service.stores.generations import refuse_while_running
from core.errors import InvalidRequest, NotFound
from events.models import ChatMessage, ChatSession, Generation

Role = ChatMessage.Role
_NO_MESSAGE = "There is no such message."
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
        raise NotFound(_NO_MESSAGE)
    return message


def siblings_of(user_id: int, message_id: int) -> list[int]:
    """The ids of a message and its alternatives, oldest first."""
    message = require_message(user_id, message_id)
    with transaction.atomic():
        _lock(user_id, message)
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
        session = _lock(user_id, message)
        refuse_while_running(session.pk)
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
        session = _lock(user_id, message)
        refuse_while_running(session.pk)
        answers = session.messages.filter(parent_id=message.parent_id, role=Role.ASSISTANT)
        answers.exclude(pk=message.pk).update(preferred=False)
        answers.filter(pk=message.pk).update(preferred=True)
        _make_current(session, message.pk)
        touch_session(session.pk)


@dataclass(frozen=True, slots=True)
class BranchPoint:
    """The message at which a new branch grows, in its locked session.

    `before` are the latest messages before it, oldest first.
    """

    session: ChatSession
    message: ChatMessage
    before: Sequence[ChatMessage]

    def history(self) -> list[dict[str, str]]:
        """What was said before, as the model sees it."""
        return [{"role": each.role, "content": each.content} for each in self.before]

    def standing_constraints(self) -> Mapping[str, Any] | None:
        """The stored constraints that held before this message."""
        return last_constraints(self.before)

    def act_before(self) -> Mapping[str, Any] | None:
        """The stored act of the answer before this message."""
        answers = (each for each in reversed(self.before) if each.role == Role.ASSISTANT)
        latest = next(answers, None)
        return first_act(latest.metadata) if latest else None

    def latest_answer(self) -> Mapping[str, Any]:
        """The metadata of the latest answer to this message that has constraints; else empty."""
        answers = ChatMessage.objects.filter(parent=self.message, role=Role.ASSISTANT)
        stored = answers.order_by("-pk").values_list("metadata", flat=True)
        return next((each for each in stored if each.get("constraints")), {})

    def hide_from(self, message_id: int) -> None:
        """Takes the end of the current branch out of sight, from a message on."""
        current = self.session.messages.current()
        current.filter(pk__gte=message_id).update(is_current=False)


def question_of(message: ChatMessage) -> ChatMessage:
    """The user's message that a message is, or answers.

    Raises:
        InvalidRequest: there is none.
    """
    asked = message if message.role == Role.USER else message.parent
    if asked is None or asked.role != Role.USER:
        raise InvalidRequest("There is no message here that could be answered again.")
    return asked


def last_constraints(messages: Sequence[ChatMessage]) -> Mapping[str, Any] | None:
    """The stored constraints of the last answer among messages."""
    for message in reversed(messages):
        if message.role == Role.ASSISTANT and (stored := message.metadata.get("constraints")):
            constraints: Mapping[str, Any] = stored
            return constraints
    return None


def first_act(metadata: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The stored form of the first act that an answer did."""
    acts: Sequence[Mapping[str, Any]] = metadata.get("acts") or ()
    return acts[0] if acts else None


def lock_edited(user_id: int, message: ChatMessage) -> BranchPoint:
    """Locks the place of a user's message that is to be said in other words.

    Call it within the transaction that grows the branch.

    Raises:
        NotFound, GenerationInProgress: as in `switch_branch`.
    """
    session = _lock(user_id, message)
    return _branch_point(session, message)


def lock_answered(user_id: int, message: ChatMessage) -> BranchPoint:
    """Locks the place of the user's message that is to be answered again.

    `message` is it, or one of its answers. Call it within the transaction that grows the branch.

    Raises:
        NotFound, GenerationInProgress: as in `switch_branch`.
        InvalidRequest: there is nothing to answer.
    """
    session = _lock(user_id, message)
    return _branch_point(session, question_of(message))


def save_edit(point: BranchPoint, content: str) -> ChatMessage:
    """Adds a user's message beside the one of the branch point."""
    return ChatMessage.objects.create(
        session=point.session,
        user_id=point.message.user_id,
        role=Role.USER,
        content=content,
        parent_id=point.message.parent_id,
    )


def start_generation(
    message: ChatMessage, *, generation_id: UUID, worker_id: UUID, on_disconnect: str
) -> None:
    """Notes that a worker begins to answer a message, and moves the session to the top."""
    Generation.objects.create(
        pk=generation_id,
        session_id=message.session_id,
        user_id=message.user_id,
        user_message=message,
        worker_id=worker_id,
        on_disconnect=on_disconnect,
    )
    touch_session(message.session_id)


def _lock(user_id: int, message: ChatMessage) -> ChatSession:
    """Locks a message's session, links every message to the one it follows, reads it again."""
    session = lock_session(user_id, message.session_id)
    if session is None:
        raise NotFound(_NO_MESSAGE)
    with connection.cursor() as cursor:
        cursor.execute(_LINK, [session.pk])
    try:
        message.refresh_from_db()
    except ChatMessage.DoesNotExist:
        raise NotFound(_NO_MESSAGE) from None
    return session


def _branch_point(session: ChatSession, message: ChatMessage) -> BranchPoint:
    refuse_while_running(session.pk)
    if not message.is_current:
        _make_current(session, message.pk)
    before = session.messages.current().filter(pk__lt=message.pk).order_by("-pk")[:HISTORY_LENGTH]
    return BranchPoint(session, message, list(before)[::-1])


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
    latest = session.messages.current().filter(role=Role.ASSISTANT).order_by("-pk").first()
    session.context = {
        **session.context,
        "constraints": latest.metadata.get("constraints") if latest else None,
        "act": first_act(latest.metadata) if latest else None,
    }
    session.save(update_fields=["context"])
