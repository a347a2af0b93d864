"""Words a search: what was understood, found and left out, and why an event fits. Pure.

The text is Markdown-light: paragraphs, one list, bold titles. Events are cited
as [n], n being their place (from 1) in the retrieval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from chat_service.llm import wish_wording, wording
from chat_service.llm.builtin.advice import advice, place_notes, region_question
from chat_service.llm.phrases import Phrases
from core.text import fold_name
from rag.types import Constraints, EventSummary, RankedEvent, Retrieval

MOST_LISTED = 6
# With fewer matches than this, the answer says what could be changed.
FEW = 3
_TITLE_LENGTH = 120
# A reason that more events share tells nothing of one.
_MOST_REPEATED = 2

_Numbered = tuple[int, RankedEvent]


def builtin_answer(retrieval: Retrieval, message: str, now: datetime, say: Phrases) -> str:
    """The answer to a search; `now` (aware) is what "today" refers to."""
    wishes = retrieval.constraints
    numbered = list(enumerate(retrieval.events, start=1))
    best = [each for each in numbered if each[1].tier == "recommended"][:MOST_LISTED]
    others = [each for each in numbered if each[1].tier in ("near", "additional")]
    # What merely comes close is shown while little fits, and never at length.
    near = others[:FEW] if len(best) < FEW else []
    sections = [*place_notes(message, wishes, say), *_mended(wishes, say)]
    sections.append(_lead(retrieval, len(best), now, say))
    if best:
        sections.append(_list(best, wishes, now, say))
    if near:
        sections.append(f"{_near_heading(near, wishes, say)}\n\n{_list(near, wishes, now, say)}")
    sections += region_question(message, wishes, [found.event for _, found in (*best, *near)], say)
    unlisted = retrieval.matches - len(best) - len(near)
    if len(best) >= FEW and unlisted > 0:
        sections.append(say.counted("find.more", unlisted))
    if wishes.none_of:
        things = say.joined([wording.plain(each) for each in wishes.none_of])
        sections.append(say("find.left_out", things=things))
    if len(best) < FEW:
        nothing = not best and not near
        sections.extend(advice(wishes, retrieval.relaxations, nothing=nothing, now=now, say=say))
    return "\n\n".join(sections)


def _mended(wishes: Constraints, say: Phrases) -> list[str]:
    """That words were read in another spelling."""
    said = [
        say("find.mended", typed=wording.plain(each.typed), read=wording.plain(each.read))
        for each in wishes.mended
    ]
    return [" ".join(said)] if said else []


def _lead(retrieval: Retrieval, best: int, now: datetime, say: Phrases) -> str:
    """The first sentence: whether anything fits, and where nothing does, whether anything else
    takes place there.

    It does not say that every event is just what was asked for: topic and audience rank the
    events, they do not exclude any.
    """
    wishes = retrieval.constraints
    wished = wish_wording.wished_events(wishes, now, say)
    if best:
        if not wished:
            return say.counted("find.upcoming", best)
        return say.counted("find.best", best, wished=wished)
    if not wished:
        return say("find.nothing_at_all")
    where = " ".join(
        part
        for part in (wish_wording.area(wishes, say), wish_wording.dates(wishes, now, say))
        if part
    )
    if retrieval.at_place == 0 and where:
        return say("find.nothing_there", where=where)
    nothing = say("find.nothing", wished=wished)
    if not retrieval.at_place:
        return nothing
    return f"{nothing} {say.counted('find.others_there', retrieval.at_place)}"


def _near_heading(near: Sequence[_Numbered], wishes: Constraints, say: Phrases) -> str:
    """What those are that come close, and whether they only do so online."""
    are_online = all(each.event.event_attendance_mode == "online" for _, each in near)
    if are_online and wishes.is_virtual is None and wishes.place is not None:
        return say("find.near_online")
    return say.counted("find.near", len(near))


def _list(numbered: Sequence[_Numbered], wishes: Constraints, now: datetime, say: Phrases) -> str:
    """A line for each event, with the reasons that tell it from the others."""
    why = [reasons(found, wishes, now, say) for _, found in numbered]
    times = Counter(phrase for phrases in why for phrase in set(phrases))
    lines = []
    for (number, found), phrases in zip(numbered, why, strict=True):
        line = _item(number, found, wishes, now, say)
        own = [phrase for phrase in phrases if times[phrase] <= _MOST_REPEATED]
        lines.append(f"{line}\n  {say('find.why', reasons=say.joined(own))}" if own else line)
    return "\n".join(lines)


def _item(number: int, found: RankedEvent, wishes: Constraints, now: datetime, say: Phrases) -> str:
    event = found.event
    facts = [
        f"- **{wording.shorten(wording.plain(event.title), _TITLE_LENGTH)}** [{number}]",
        wording.when(event, wishes, now, say),
        wording.further_dates(found, now, say),
        _place(found, say),
        wording.price(event, say),
        say("find.postponed") if event.event_status == "postponed" else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def _place(found: RankedEvent, say: Phrases) -> str:
    place = wording.where(found.event, say)
    away = wording.distance(found, say)
    if not place or not away:
        return place or away
    return say("place.with_distance", place=place, away=away)


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
        _topic_reason(event, wish_wording.topic(wishes), say),
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
            return say("reason.for_audience", audience=wish_wording.audience(wishes.audience, say))
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
    return say("reason.within_price", limit=wording.money(wishes.max_price, wishes.currency, say))


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
