"""Why an event fits what was asked: pure phrases, only from what is known of it."""

from __future__ import annotations

from datetime import datetime

from chat_service.llm import wording
from chat_service.llm.builtin.phrases import Phrases
from core.text import fold_name
from rag.types import Constraints, EventSummary, RankedEvent

_CLOSE_MILES = 2.0
_MOST_TAGS = 2
# Words of a query that say nothing of its topic.
_FILLERS = (
    "a an and any anything are at do event events find for fun happening in is me near of on or "
    "please show some something the there thing things to up what whats with"
)


def reasons(found: RankedEvent, wishes: Constraints, now: datetime, say: Phrases) -> list[str]:
    """Short phrases that finish "Why: …", each true of this event; empty where there is none.

    What holds for all that is listed, such as the time asked for, is no reason for one.
    """
    event = found.event
    phrases = [
        _company_reason(event, wishes, say),
        _topic_reason(event, wording.topic(wishes), say),
        _price_reason(event, wishes, say),
        say("reason.join_online") if wishes.is_virtual else "",
        _distance_reason(found, wishes, say),
        say("reason.under_way") if event.start_time < now else "",
    ]
    return [phrase for phrase in phrases if phrase]


def _company_reason(event: EventSummary, wishes: Constraints, say: Phrases) -> str:
    if wishes.audience:
        wanted = _stem(fold_name(wishes.audience))
        if any(_stem(fold_name(tag)) == wanted for tag in event.audience_tags):
            return say("reason.for_audience", audience=wording.plain(wishes.audience))
    ages = wording.plain(event.age_range)
    if wishes.age is not None and ages:
        return say("reason.ages", ages=ages) if ages[0].isdigit() else ages
    return ""


def _topic_reason(event: EventSummary, topic: str, say: Phrases) -> str:
    wanted = {
        _stem(word): word for word in fold_name(topic).split() if word not in _FILLERS.split()
    }
    if not wanted:
        return ""
    tags = [tag for tag in event.metadata_tags if wanted.keys() & _stems(tag)]
    if tags:
        named = [f"“{wording.plain(tag)}”" for tag in tags[:_MOST_TAGS]]
        return say("reason.tagged", tags=say.joined(named))
    for text, key in (
        (event.title, "reason.in_title"),
        (event.description, "reason.in_description"),
    ):
        met = [word for stem, word in wanted.items() if stem in _stems(text)]
        if met:
            return say(key, word=met[0])
    return ""


def _price_reason(event: EventSummary, wishes: Constraints, say: Phrases) -> str:
    if wishes.max_price is None or event.min_price is None or event.min_price > wishes.max_price:
        return ""
    if event.min_price == 0:
        return say("reason.free")
    return say("reason.within_price", limit=wording.money(wishes.max_price, wishes.currency))


def _distance_reason(found: RankedEvent, wishes: Constraints, say: Phrases) -> str:
    if wishes.place is None or found.distance_miles is None:
        return ""
    if found.event.event_attendance_mode == "online" or found.distance_miles > _CLOSE_MILES:
        return ""
    if wording.is_only_a_town(found.event):
        return say("reason.in_town", place=wording.plain(wishes.place.label))
    return say("reason.close_by")


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in fold_name(text).split()}


def _stem(word: str) -> str:
    """Singular and plural meet: "crafts" and "craft"."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word
