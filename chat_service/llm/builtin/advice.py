"""Words what to say next: what is asked back, what a search could change, and the next messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chat_service.llm import wish_wording, wording
from chat_service.llm.phrases import Phrases
from rag.service import in_english
from rag.types import Act, Constraints, EventSummary, RankedEvent, Relaxation, Retrieval

_NEAR_ME = re.compile(r"\b(near|around|close to) me\b|\bnear ?by\b|\baround here\b", re.IGNORECASE)
_ANYWHERE = re.compile(r"\b(?:anywhere|everywhere|wherever|worldwide)\b", re.IGNORECASE)
_WIDEST_MILES = 200.0


def place_notes(message: str, wishes: Constraints, say: Phrases) -> list[str]:
    """A paragraph for a place that is unknown, ambiguous or missing."""
    if wishes.unknown_place:
        return [say("place.unknown", name=wording.plain(wishes.unknown_place))]
    doubtful = wish_wording.likely_alternatives(wishes)
    if wishes.place is not None and doubtful:
        others = say.joined([wording.plain(other.label) for other in doubtful], "or")
        return [say("place.doubtful", taken=wording.plain(wishes.place.label), others=others)]
    if wishes.place is not None or wishes.is_virtual:
        return []
    if wishes.max_distance_miles is not None:
        return [say("place.within_what", distance=wording.miles(wishes.max_distance_miles, say))]
    return [say("place.near_whom")] if _NEAR_ME.search(in_english(message, wishes.language)) else []


def region_question(
    message: str, wishes: Constraints, listed: Sequence[EventSummary], say: Phrases
) -> list[str]:
    """Asks for the town where nobody named any and what is listed lies in several regions.

    Whoever said "anywhere", or asked for something by its name, gets it wherever it is.
    """
    if wishes.place is not None or wishes.is_virtual or wishes.names or wishes.more_like:
        return []
    if place_notes(message, wishes, say) or _ANYWHERE.search(in_english(message, wishes.language)):
        return []
    in_person = [event.venue for event in listed if event.event_attendance_mode != "online"]
    regions = {(venue.get("country"), venue.get("state")) for venue in in_person if venue}
    named = {region for region in regions if any(region)}
    return [say("place.which_town")] if len(named) > 1 else []


def advice(
    wishes: Constraints,
    relaxations: Sequence[Relaxation],
    *,
    nothing: bool,
    now: datetime,
    say: Phrases,
) -> list[str]:
    """A paragraph of what to say next to see more; none when nothing can be loosened.

    Changes that are known to bring events come with their number; without any,
    the changes that could be tried. Every suggestion is a message that the
    service understands.
    """
    if relaxations:
        opening = say("advice.but_there_are" if nothing else "advice.there_are_more")
        counted = [
            say("advice.relaxation", number=each.number, **_told(each, now, say))
            for each in relaxations
        ]
        return ["\n".join([opening, *counted])]
    changes = _changes(wishes, now, say)
    if changes:
        opening = say("advice.try_instead" if nothing else "advice.try_more")
        return ["\n".join([opening, *(f"- {change}" for change in changes)])]
    if nothing and wishes.place is None and not wishes.unknown_place:
        return [say("advice.ask_place")]
    return []


def _told(relaxation: Relaxation, now: datetime, say: Phrases) -> dict[str, str]:
    """A change in words, and the message that asks for it."""
    wishes, name = relaxation.constraints, relaxation.name
    values: dict[str, Any] = {}
    if name == "distance":
        values = {"distance": wording.miles(wishes.max_distance_miles or 0, say)}
    elif name == "dates" and wishes.date_from is not None and wishes.date_to is not None:
        first, last = wishes.date_from.date(), (wishes.date_to - wording.INSTANT).date()
        name = "day" if first == last else "days"
        values = {"first": first.isoformat(), "last": last.isoformat()}
        values["day"] = wording.day_name(first, now.astimezone(wishes.date_from.tzinfo).date(), say)
    said = say.templates
    label, message = said[f"relax.{name}"], said[f"relax.{name}_message"]
    return {"label": label.format(**values), "message": message.format(**values)}


def _changes(wishes: Constraints, now: datetime, say: Phrases) -> list[str]:
    changes = []
    if wish_wording.has_dates(wishes):
        changes.append(say("advice.any_day", dates=wish_wording.bare_dates(wishes, now, say)))
    if wishes.place is not None and not wishes.is_virtual:
        changes.append(_wider(wishes, say))
    if wishes.max_price is not None:
        limit = wording.money(wishes.max_price, wishes.currency, say)
        asked = say("advice.up_to", limit=limit) if wishes.max_price else say("advice.free")
        changes.append(say("advice.any_price", limit=asked))
    if wishes.is_virtual is not None:
        changes.append(say("advice.in_person" if wishes.is_virtual else "advice.online"))
    topic = wish_wording.spoken_topic(wishes)
    if topic:
        changes.append(say("advice.other_words", topic=topic))
    return changes


def _wider(wishes: Constraints, say: Phrases) -> str:
    """A doubled distance in round miles, or no limit at all."""
    near = wishes.max_distance_miles
    if near is None or near * 2 > _WIDEST_MILES:
        return say("advice.anywhere")
    wider = wording.miles(float(round(near * 2) or 1), say)
    return say("advice.wider", wider=wider, near=wording.miles(near, say))


MOST_QUESTIONS = 3


def follow_up_questions(
    constraints: Constraints, events: Sequence[RankedEvent], say: Phrases
) -> list[str]:
    """Up to three next messages: they loosen an empty search and narrow a full one.

    What is already wished for is never proposed again.
    """
    found = [each for each in events if each.tier != "context"]
    questions = _narrowing(constraints, found) if found else _loosening(constraints)
    return [say(f"next.{each}") for each in questions[:MOST_QUESTIONS]]


def follow_ups_of(acts: Sequence[Act], retrieval: Retrieval | None, say: Phrases) -> list[str]:
    """The next messages after what was done: those of the search, where there was one."""
    if retrieval is not None:
        return follow_up_questions(retrieval.constraints, retrieval.events, say)
    kinds = {act.kind for act in acts if act.refers_to or act.kind == "plan"}
    if kinds & {"about", "compare", "plan"} and "calendar" not in kinds:
        several = "plan" in kinds or any(len(act.refers_to) > 1 for act in acts)
        return [say("next.calendar_them" if several else "next.calendar_it"), say("next.alike")]
    return []


def _loosening(wishes: Constraints) -> list[str]:
    questions = []
    if wish_wording.has_dates(wishes):
        questions.append("any_day")
    if wishes.place is not None and not wishes.is_virtual:
        questions.append("anywhere")
    if wishes.is_virtual is not None:
        questions.append("in_person" if wishes.is_virtual else "online")
    if not questions:
        questions.append("online")
    return questions


def _narrowing(wishes: Constraints, found: Sequence[RankedEvent]) -> list[str]:
    questions = []
    if not wish_wording.has_dates(wishes):
        questions.append("weekend")
    if wishes.place is None and not wishes.is_virtual:
        questions.append("near_me")
    if wishes.max_price is None and any(each.event.min_price != 0 for each in found):
        questions.append("free")
    if wishes.audience is None and wishes.age is None:
        questions.append("kids")
    if wishes.is_virtual is None:
        questions.append(_attendance_question(found))
    return questions


def _attendance_question(found: Sequence[RankedEvent]) -> str:
    """The kind of attendance of which the list shows less."""
    online = sum(each.event.event_attendance_mode != "offline" for each in found)
    return "in_person_only" if online * 2 > len(found) else "online"
