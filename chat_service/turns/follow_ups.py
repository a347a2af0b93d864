"""Proposes next messages; alone, since these sentences are tuned apart from what carries them."""

from __future__ import annotations

from collections.abc import Sequence

from chat_service.llm import wording
from rag.types import Act, Constraints, RankedEvent, Retrieval

MOST_QUESTIONS = 3


def follow_up_questions(constraints: Constraints, events: Sequence[RankedEvent]) -> list[str]:
    """Up to three next messages: they loosen an empty search and narrow a full one.

    What is already wished for is never proposed again.
    """
    found = [each for each in events if each.tier != "context"]
    questions = _narrowing(constraints, found) if found else _loosening(constraints)
    return questions[:MOST_QUESTIONS]


def follow_ups_of(
    acts: Sequence[Act], constraints: Constraints, retrieval: Retrieval | None
) -> list[str]:
    """The next messages after what was done: those of the search, where there was one."""
    if retrieval is not None:
        return follow_up_questions(retrieval.constraints, retrieval.events)
    kinds = {act.kind for act in acts if act.refers_to or act.kind == "plan"}
    if kinds & {"about", "compare", "plan"} and "calendar" not in kinds:
        several = "plan" in kinds or any(len(act.refers_to) > 1 for act in acts)
        return [f"Add {'them' if several else 'it'} to my calendar", "More like this"]
    return []


def _loosening(wishes: Constraints) -> list[str]:
    questions = []
    if wording.has_dates(wishes):
        questions.append("What about any day?")
    if wishes.place is not None and not wishes.is_virtual:
        questions.append("What about anywhere?")
    if wishes.is_virtual is not None:
        questions.append("Any in-person events?" if wishes.is_virtual else "Any online events?")
    if not questions:
        questions.append("Any online events?")
    return questions


def _narrowing(wishes: Constraints, found: Sequence[RankedEvent]) -> list[str]:
    questions = []
    if not wording.has_dates(wishes):
        questions.append("What about this weekend?")
    if wishes.place is None and not wishes.is_virtual:
        questions.append("What's on near me?")
    if wishes.max_price is None and any(each.event.min_price != 0 for each in found):
        questions.append("Only free ones?")
    if wishes.audience is None and wishes.age is None:
        questions.append("Anything for kids?")
    if wishes.is_virtual is None:
        questions.append(_attendance_question(found))
    return questions


def _attendance_question(found: Sequence[RankedEvent]) -> str:
    """The kind of attendance of which the list shows less."""
    online = sum(each.event.event_attendance_mode != "offline" for each in found)
    return "In-person only, please" if online * 2 > len(found) else "Any online events?"
