"""Why an event fits what was asked: pure phrases, only from what is known of it."""

from __future__ import annotations

from datetime import datetime

from chat_service.llm import wording
from core.text import fold_name
from rag.types import Constraints, EventSummary, RankedEvent

_CLOSE_MILES = 2.0
_MOST_TAGS = 2
# Words of a query that say nothing of its topic.
_FILLERS = (
    "a an and any anything are at do event events find for fun happening in is me near of on or "
    "please show some something the there thing things to up what whats with"
)


def reasons(found: RankedEvent, wishes: Constraints, now: datetime) -> list[str]:
    """Short phrases that finish "Why: …"; empty when nothing was wished for."""
    event = found.event
    phrases = [
        _company_reason(event, wishes),
        _topic_reason(event, wording.topic(wishes)),
        _price_reason(event, wishes),
        "you can join online" if wishes.is_virtual else "",
        _distance_reason(found, wishes),
        "already under way" if event.start_time < now else "",
    ]
    known = [phrase for phrase in phrases if phrase]
    if not known and wording.has_dates(wishes):
        return ["it is in the time you asked for"]
    return known


def _company_reason(event: EventSummary, wishes: Constraints) -> str:
    if wishes.audience:
        wanted = _stem(fold_name(wishes.audience))
        if any(_stem(fold_name(tag)) == wanted for tag in event.audience_tags):
            return f"for {wording.plain(wishes.audience)}"
    ages = wording.plain(event.age_range)
    if wishes.age is not None and ages:
        return f"ages {ages}" if ages[0].isdigit() else ages
    return ""


def _topic_reason(event: EventSummary, topic: str) -> str:
    wanted = {
        _stem(word): word for word in fold_name(topic).split() if word not in _FILLERS.split()
    }
    if not wanted:
        return ""
    tags = [tag for tag in event.metadata_tags if wanted.keys() & _stems(tag)]
    if tags:
        named = [f"“{wording.plain(tag)}”" for tag in tags[:_MOST_TAGS]]
        return f"tagged {wording.join_words(named)}"
    for text, phrase in ((event.title, "in its title"), (event.description, "in its description")):
        met = [word for stem, word in wanted.items() if stem in _stems(text)]
        if met:
            return f"“{met[0]}” is {phrase}"
    return ""


def _price_reason(event: EventSummary, wishes: Constraints) -> str:
    if wishes.max_price is None or event.min_price is None or event.min_price > wishes.max_price:
        return ""
    if event.min_price == 0:
        return "free"
    return f"within your {wording.money(wishes.max_price, wishes.currency)}"


def _distance_reason(found: RankedEvent, wishes: Constraints) -> str:
    if wishes.place is None or found.distance_miles is None:
        return ""
    if found.event.event_attendance_mode == "online" or found.distance_miles > _CLOSE_MILES:
        return ""
    if wording.is_only_a_town(found.event):
        return f"in {wording.plain(wishes.place.label)}"
    return "close by"


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in fold_name(text).split()}


def _stem(word: str) -> str:
    """Singular and plural meet: "crafts" and "craft"."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word
