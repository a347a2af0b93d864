"""What the built-in answerer asks back, and what it suggests to change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from chat_service.llm import wording
from rag.types import Constraints, Relaxation

_NEAR_ME = re.compile(r"\b(near|around|close to) me\b|\bnear ?by\b|\baround here\b", re.IGNORECASE)
_WIDEST_MILES = 200.0


def place_notes(message: str, wishes: Constraints) -> list[str]:
    """A paragraph for a place that is unknown, ambiguous or missing."""
    if wishes.unknown_place:
        name = wording.plain(wishes.unknown_place)
        return [
            f"I do not know a place called “{name}”. "
            "Tell me the nearest larger town or a postal code, and I will look around it."
        ]
    doubtful = wording.likely_alternatives(wishes)
    if wishes.place is not None and doubtful:
        others = [wording.plain(other.label) for other in doubtful]
        taken = wording.plain(wishes.place.label)
        return [f"I took {taken}; did you mean {wording.join_words(others, 'or')}?"]
    if wishes.place is not None or wishes.is_virtual:
        return []
    if wishes.max_distance_miles is not None:
        distance = wording.miles(wishes.max_distance_miles)
        return [
            f"Within {distance} of where? Tell me a town or a postal code, and I will measure "
            "from there. Until then, I am looking everywhere."
        ]
    if _NEAR_ME.search(message):
        return [
            "I do not know where you are. Tell me a town or a postal code, and I will look "
            "around it. Until then, I am looking everywhere."
        ]
    return []


def advice(
    wishes: Constraints, relaxations: Sequence[Relaxation], *, nothing: bool, now: datetime
) -> list[str]:
    """A paragraph of what to say next to see more; none when nothing can be loosened.

    Changes that are known to bring events come with their number; without any,
    the changes that could be tried. Every suggestion is a message that the
    service understands.
    """
    if relaxations:
        opening = "But there are:" if nothing else "There are more:"
        counted = [f"- {each.number} {each.label} (say “{each.message}”)" for each in relaxations]
        return ["\n".join([opening, *counted])]
    changes = _changes(wishes, now)
    if changes:
        opening = "You could try:" if nothing else "To see more, you could try:"
        return ["\n".join([opening, *(f"- {change}" for change in changes)])]
    if nothing and wishes.place is None and not wishes.unknown_place:
        return ["Tell me a town and what you like, such as “live music near Asheville, NC”."]
    return []


def _changes(wishes: Constraints, now: datetime) -> list[str]:
    changes = []
    if wording.has_dates(wishes):
        changes.append(f"“any day” instead of {_dates_asked(wishes, now)}")
    if wishes.place is not None and not wishes.is_virtual:
        changes.append(_wider(wishes))
    if wishes.max_price is not None:
        limit = wording.money(wishes.max_price, wishes.currency)
        asked = f"up to {limit}" if wishes.max_price else "free"
        changes.append(f"“any price” instead of {asked}")
    if wishes.is_virtual is not None:
        changes.append(
            "“in person” instead of online"
            if wishes.is_virtual
            else "“online” instead of in person"
        )
    topic = wording.topic(wishes)
    if topic:
        changes.append(f"other words than “{topic}”")
    return changes


def _dates_asked(wishes: Constraints, now: datetime) -> str:
    return wording.dates(wishes, now).removeprefix("on ")


def _wider(wishes: Constraints) -> str:
    """A doubled distance in round miles, or no limit at all."""
    near = wishes.max_distance_miles
    if near is None or near * 2 > _WIDEST_MILES:
        return "“anywhere” instead of one place"
    return f"“within {wording.miles(float(round(near * 2) or 1))}” instead of {wording.miles(near)}"
