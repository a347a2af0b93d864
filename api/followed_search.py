"""The search of a turn, to be followed from now on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import InvalidRequest, NotFound
from events.models import ChatMessage
from rag.feeds import DateRule, rule_of_dates, rule_of_words
from rag.types import Constraints
from rag.understanding import constraints_from_json

# Dates may have been named some turns ago and carried over since.
_MOST_TURNS_BACK = 30


@dataclass(frozen=True, slots=True)
class Followed:
    """What a turn searched for, and when it looked, as a rule."""

    constraints: Constraints
    rule: DateRule


def search_of_message(user_id: int, message_id: int) -> Followed:
    """The search behind one's own message: an answer's, or that of the answer to a question.

    Raises:
        NotFound: there is no such message, or it is somebody else's.
        InvalidRequest: nothing was searched for it.
    """
    message = ChatMessage.objects.owned_by(user_id).filter(pk=message_id).first()
    if message is None:
        raise NotFound("There is no such message.")
    constraints = _constraints(message)
    if constraints is None:
        raise InvalidRequest(
            "Nothing was searched for this message.",
            fields={"message_id": "must be an answer with a search, or its question"},
        )
    return Followed(constraints, _rule(constraints, message))


def _constraints(message: ChatMessage) -> Constraints | None:
    answers: Iterable[ChatMessage] = [message]
    if message.role == ChatMessage.Role.USER:
        answers = message.children.filter(role=ChatMessage.Role.ASSISTANT).order_by("-pk")
    found = (constraints_from_json(answer.metadata.get("constraints")) for answer in answers)
    return next((each for each in found if each is not None), None)


def _rule(constraints: Constraints, message: ChatMessage) -> DateRule:
    """By the words of the nearest question that named the dates in force, else by these alone."""
    said = ChatMessage.objects.filter(
        session_id=message.session_id, role=ChatMessage.Role.USER, pk__lte=message.pk
    ).order_by("-pk")[:_MOST_TURNS_BACK]
    has_dates = constraints.date_from is not None or constraints.date_to is not None
    for question in said if has_dates else said[:1]:
        rule = rule_of_words(question.content, constraints, now=question.created_at)
        if rule is not None:
            return rule
    return rule_of_dates(constraints, now=message.created_at)
