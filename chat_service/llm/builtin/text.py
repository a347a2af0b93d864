"""What the built-in answerer says: pure text from what was understood and found.

The text is Markdown-light: paragraphs, one list, bold titles. Events are cited
as [n], n being their place (from 1) in the retrieval.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chat_service.llm import wording
from chat_service.llm.builtin.advice import advice, place_notes
from chat_service.llm.builtin.reasons import reasons
from chat_service.llm.builtin.small_talk import small_talk_answer
from chat_service.llm.wording import further_dates
from rag.types import Constraints, RankedEvent, Retrieval

MOST_LISTED = 6
# With fewer matches than this, the answer says what could be changed.
FEW = 3
_TITLE_LENGTH = 120

_Numbered = tuple[int, RankedEvent]


def builtin_answer(message: str, retrieval: Retrieval, now: datetime) -> str:
    """The whole answer to one message; `now` (aware) is what "today" refers to."""
    small_talk = small_talk_answer(message, retrieval.constraints)
    if small_talk:
        return small_talk
    wishes = retrieval.constraints
    numbered = list(enumerate(retrieval.events, start=1))
    best = [each for each in numbered if each[1].tier == "recommended"][:MOST_LISTED]
    others = [each for each in numbered if each[1].tier in ("near", "additional")]
    # What merely comes close is shown while little fits, and never at length.
    second = others[:FEW] if len(best) < FEW else []
    sections = [*place_notes(message, wishes), _lead(wishes, len(best), len(second), now)]
    if best:
        sections.append(_list(best, wishes, now))
    if best and second:
        sections.append("Also possible:")
    if second:
        sections.append(_list(second, wishes, now))
    shown = len(best) + len(second)
    unlisted = sum(each[1].tier != "context" for each in numbered) - shown
    if best and unlisted:
        sections.append(f"Beyond these, I found {_count(unlisted, 'more event')}.")
    if len(best) < FEW:
        sections.extend(advice(wishes, retrieval.relaxations, nothing=not shown, now=now))
    return "\n\n".join(sections)


def wished_events(constraints: Constraints, now: datetime) -> str:
    """The events wished for, such as "free events for kids near Newton, MA"; "" without a wish."""
    kinds = []
    if constraints.max_price == 0:
        kinds.append("free")
    if constraints.is_virtual is not None:
        kinds.append("online" if constraints.is_virtual else "in-person")
    topic = wording.topic(constraints)
    details = [
        wording.company(constraints),
        f"about “{topic}”" if topic else "",
        wording.likeness(constraints),
        _price_limit(constraints),
        wording.area(constraints),
        wording.dates(constraints, now),
    ]
    said = [detail for detail in details if detail]
    return " ".join([*kinds, "events", *said]) if kinds or said else ""


def _price_limit(wishes: Constraints) -> str:
    """ "costing up to €15", or "" without a limit, or when it must be free."""
    if not wishes.max_price:
        return ""
    return f"costing up to {wording.money(wishes.max_price, wishes.currency)}"


def _lead(wishes: Constraints, best: int, second: int, now: datetime) -> str:
    """The first sentence. It says what was looked for, not that every event is just that:
    topic and audience rank the events, they do not exclude any.
    """
    wished = wished_events(wishes, now)
    if not best and not second:
        return f"I found no {wished or 'upcoming events'}."
    if not wished:
        count = best or second
        return "Here is one upcoming event:" if count == 1 else f"Here are {count} upcoming events:"
    if not best:
        closest = "This comes closest:" if second == 1 else "These come closest:"
        return f"I looked for {wished}, and none fits well. {closest}"
    return f"I looked for {wished}. {'The best match:' if best == 1 else 'The best matches:'}"


def _list(numbered: Sequence[_Numbered], wishes: Constraints, now: datetime) -> str:
    return "\n".join(_item(number, found, wishes, now) for number, found in numbered)


def _item(number: int, found: RankedEvent, wishes: Constraints, now: datetime) -> str:
    event = found.event
    facts = [
        f"- **{wording.shorten(wording.plain(event.title), _TITLE_LENGTH)}** [{number}]",
        wording.when(event, wishes, now),
        further_dates(found, now),
        _place(found),
        wording.price(event),
        "postponed" if event.event_status == "postponed" else "",
    ]
    line = " · ".join(fact for fact in facts if fact)
    why = reasons(found, wishes, now)
    return f"{line}\n  Why: {wording.join_words(why)}." if why else line


def _place(found: RankedEvent) -> str:
    place = wording.where(found.event)
    away = wording.distance(found)
    if not place or not away:
        return place or away
    return f"{place} ({away})"


def _count(number: int, noun: str) -> str:
    return f"one {noun}" if number == 1 else f"{number} {noun}s"
