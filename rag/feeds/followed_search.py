"""A followed search: taken from a turn, and the events that match it at some moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from core.errors import InvalidRequest, NotFound
from events.models import ChatMessage
from rag.feeds.date_rules import DateRule, windows_of
from rag.feeds.rule_recognition import rule_of_dates, rule_of_words
from rag.retrieval.queries import search_filter
from rag.retrieval.whole import MOST_DATES, match_events
from rag.search.listing import Listing, list_rows
from rag.types import Constraints
from rag.understanding import constraints_from_json

# Dates carry over from turn to turn, so their words may stand some turns back.
_MOST_TURNS_BACK = 30


@dataclass(frozen=True, slots=True)
class FollowedSearch:
    """What a turn searched for, and when it looked, as a rule."""

    constraints: Constraints
    rule: DateRule


def search_of_message(user_id: int, message_id: int) -> FollowedSearch:
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
    return FollowedSearch(constraints, _rule(constraints, message))


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


def followed_ids(constraints: Constraints, rule: DateRule, *, now: datetime) -> list[int]:
    """The events that match, soonest first, at most `MOST_DATES`.

    Around a place only what takes place there, unless online events are wished for.

    Raises:
        RetrievalError: the events could not be searched.
    """
    windows = windows_of(rule, now=now, zone=ZoneInfo(constraints.timezone))
    if not windows:
        return []
    dated = replace(constraints, date_from=windows[0][0], date_to=windows[-1][1])
    wanted = search_filter(dated, now=now)
    wanted = replace(
        wanted,
        is_virtual=False if wanted.circle and wanted.is_virtual is None else wanted.is_virtual,
        during=windows if len(windows) > 1 else (),
    )
    if not (constraints.query or constraints.audience or constraints.more_like):
        return [row.event_id for row in list_rows(Listing(wanted), limit=MOST_DATES)]
    found = match_events(dated, wanted, now=now, strictly=True)
    return [one.event_id for one in sorted(found, key=lambda one: (one.starts_at, one.event_id))]
