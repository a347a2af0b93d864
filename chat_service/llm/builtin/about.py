"""Answers a question about events: what was asked first, and what the listing does not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from chat_service.llm import wording
from chat_service.llm.builtin import quotes
from chat_service.llm.builtin.briefs import Brief, Teller, quoted, summary_of
from chat_service.llm.phrases import Phrases
from chat_service.llm.types import ActOutcome
from rag.types import RankedEvent

_DESCRIPTION_LENGTH = 600
_ASKS_FREE = re.compile(r"\b(?:free|no charge|cost anything|cost (?:any )?money)\b", re.IGNORECASE)
_ASKS_YES = re.compile(r"^\W*(?:(?:and|so|but|ok(?:ay)?) )*(?:is|are|does|do)\b", re.IGNORECASE)
_ASKS_LAST = re.compile(
    r"\b(?:last|final) (?!one\b|of\b)|\bthe last one of (?:it|them)\b", re.IGNORECASE
)
_ASKS_NEXT = re.compile(
    r"\b(?:next|again|following|after (?:that|this|it)|(?:other|more|another|further|later) "
    r"(?:dates?|days?|times?|nights?|showings?))\b",
    re.IGNORECASE,
)


def about_events(outcome: ActOutcome, tell: Teller) -> list[str]:
    """A paragraph for each event asked about; what is not there is said to be so."""
    say, act = tell.say, outcome.act
    paragraphs = [_about(brief, act.about or "other", act.question, tell) for brief in outcome.data]
    if act.missing and not act.refers_to:
        paragraphs.append(missing(outcome, tell))
    elif outcome.error is not None:
        paragraphs.append(say("about.failed", error=outcome.error))
    return paragraphs


def missing(outcome: ActOutcome, tell: Teller) -> str:
    """That what was meant is not there, and what comes close."""
    act, say = outcome.act, tell.say
    if outcome.closest:
        briefs = [_brief_of_found(found, say) for found in outcome.closest]
        known = say("about.not_known", missing=wording.plain(act.missing or ""))
        return "\n".join([known, "", say("about.closest"), *map(tell.line, briefs)])
    if act.subject:
        return say("about.not_known", missing=wording.plain(act.subject))
    if act.missing in ("it", "that", "this", "they", "them", "there", None):
        return say("about.nothing_shown")
    return say("about.not_shown", missing=wording.plain(act.missing or ""))


def _brief_of_found(found: RankedEvent, say: Phrases) -> Brief:
    event = found.event
    return {
        "id": event.id,
        "title": event.title,
        "start_time": event.start_time.isoformat(),
        "end_time": event.end_time.isoformat() if event.end_time else None,
        "timezone": event.timezone,
        "all_day": event.all_day,
        "place": wording.where(event, say),
        "price": event.price,
        "min_price": event.min_price,
        "currency": event.currency,
        "is_virtual": event.is_virtual,
        "attendance": event.event_attendance_mode,
    }


def _about(brief: Brief, asked: str, question: str, tell: Teller) -> str:
    """What was asked, then the state of the event, then its other facts."""
    answer = _from_text(brief, asked, tell) or _ANSWERS.get(asked, _other)(brief, question, tell)
    state = _state(brief, tell)
    facts = tell.facts(brief, leave_out=asked)
    rest = tell.say("about.facts", facts=facts) if facts and asked != "time" else facts
    if asked == "time":
        rest = tell.facts(brief, leave_out="time")
        rest = f"{rest}." if rest else ""
    url = brief.get("url") or ""
    more = tell.say("about.more_at", url=url) if url and asked in _POINTS_ON else ""
    return " ".join(part for part in (answer, state, rest, more) if part)


def _from_text(brief: Brief, asked: str, tell: Teller) -> str:
    """What only the description tells, such as the parking; "" for what a field may tell."""
    asks = brief.get("asks")
    if asks == "online" and asked in ("other", "place"):
        return _attendance(brief, tell)
    if not asks or asks not in _TOLD_BY_TEXT.get(asked, ()):
        return ""
    unknown = tell.say("about.unknown", event=tell.event(brief)) if asks in _NO_FIELD else ""
    return quotes.quote(brief, tell) or unknown


# The kinds of questions that go to the description though a field is asked for, by that field: the
# words of others may only name the event, as in "how much is the beer tasting". Those to which
# no field comes near are unknown where the description is silent.
_TOLD_BY_TEXT: Mapping[str, frozenset[str]] = {
    "description": frozenset({"work"}),
    "ages": frozenset({"level", "experience"}),
    "organizer": frozenset({"phone", "email", "contact"}),
    "place": frozenset({"route", "parking"}),
    "price": frozenset({"parking"}),
    "time": frozenset({"doors"}),
    "end": frozenset({"route"}),
    "registration": frozenset({"seats"}),
}
_NO_FIELD = frozenset({"phone", "email", "seats", "route", "doors", "parking"})


def _attendance(brief: Brief, tell: Teller) -> str:
    """Whether it is online, in person or both; a place alone leaves it to the description."""
    event = tell.event(brief)
    match brief.get("attendance"):
        case "online":
            return tell.say("about.online", event=event)
        case "mixed":
            return tell.say("about.mixed", event=event)
    return quotes.quote(brief, tell) or tell.say("about.in_person", event=event)


_POINTS_ON = frozenset({"registration", "description", "other", "price"})


def _state(brief: Brief, tell: Teller) -> str:
    if brief.get("event_status") == "cancelled":
        return tell.say("about.cancelled")
    if brief.get("gone"):
        return tell.say("about.gone")
    return tell.say("about.past") if brief.get("is_past") else ""


def _time(brief: Brief, question: str, tell: Teller) -> str:
    """When it takes place; of several dates also the last or the next ones, where that is asked."""
    event, last = tell.event(brief), brief.get("last_date")
    time = tell.say("about.time", when=tell.when(brief), event=event)
    if _ASKS_LAST.search(question):
        when = tell.moment(last, brief) if last else ""
        alone = f"{time} {tell.say('about.no_later_date')}"
        return tell.say("about.last_date", when=when, event=event) if when else alone
    if not _ASKS_NEXT.search(question):
        return time
    dates = [tell.moment(each, brief) for each in brief.get("next_dates") or ()]
    later = tell.say("about.later_dates", dates=tell.say.joined(dates)) if dates else ""
    return f"{time} {later or tell.say('about.no_later_date')}"


def _end(brief: Brief, _question: str, tell: Teller) -> str:
    event, when, end = tell.event(brief), tell.when(brief), tell.end(brief)
    if end:
        name = "about.end_day" if brief.get("all_day") else "about.end"
        return tell.say(name, end=end, event=event, when=when)
    quote = quotes.quote(brief, tell, quotes.ENDING) or quotes.sentence(brief, tell, quotes.HOURS)
    return quote or tell.say("about.end_unknown", event=event, when=when)


def _place(brief: Brief, _question: str, tell: Teller) -> str:
    event, place = tell.event(brief), tell.place(brief)
    if brief.get("attendance") == "online":
        return tell.say("about.online", event=event)
    address = wording.plain(brief.get("address") or "")
    if place and address and address not in place and address.count(", ") > 1:
        named = wording.plain(brief.get("place") or "")
        place = f"{named}, {address}" if named else address
    if not place:
        return tell.say("about.place_unknown", event=event)
    return tell.say("about.place", place=place, event=event)


def _address(brief: Brief, question: str, tell: Teller) -> str:
    address = wording.plain(brief.get("address") or "")
    place = wording.plain(brief.get("place") or "")
    if brief.get("attendance") == "online":
        return tell.say("about.online", event=tell.event(brief))
    if any(character.isdigit() for character in address):
        whole = f"{place}, {address}" if place and place not in address else address
        return tell.say("about.address", address=whole, event=tell.event(brief))
    if any(character.isdigit() for character in place):
        return tell.say("about.address", address=place, event=tell.event(brief))
    if not place and not address:
        return _place(brief, question, tell)
    where = place or address
    return tell.say("about.address_unknown", event=tell.event(brief), place=where)


def _price(brief: Brief, question: str, tell: Teller) -> str:
    event, price = tell.event(brief), wording.price(summary_of(brief), tell.say)
    asks_free = _ASKS_FREE.search(question) is not None and _ASKS_YES.match(question) is not None
    if price == "free":
        return tell.say("about.yes_free" if asks_free else "about.free", event=event)
    if price:
        is_dear = asks_free and (brief.get("min_price") or 0) > 0
        return tell.say("about.not_free" if is_dear else "about.price", event=event, price=price)
    quote = quotes.quote(brief, tell, quotes.MONEY) or quotes.sentence(brief, tell, quotes.AMOUNT)
    return quote or tell.say("about.price_unknown", event=event)


def _ages(brief: Brief, _question: str, tell: Teller) -> str:
    event = tell.event(brief)
    if ages := wording.plain(brief.get("age_range") or ""):
        return tell.say("about.ages", ages=ages, event=event)
    if quote := quotes.quote(brief, tell, quotes.WHO):
        return quote
    if audience := brief.get("audience"):
        named = tell.say.joined([wording.plain(each) for each in audience])
        return tell.say("about.audience", audience=named, event=event)
    return tell.say("about.ages_unknown", event=event)


def _organizer(brief: Brief, _question: str, tell: Teller) -> str:
    event = tell.event(brief)
    if organizer := wording.plain(brief.get("organizer") or ""):
        return tell.say("about.organizer", organizer=organizer, event=event)
    return quotes.quote(brief, tell, quotes.BY_WHOM) or tell.say(
        "about.organizer_unknown", event=event
    )


def _link(brief: Brief, _question: str, tell: Teller) -> str:
    event, url = tell.event(brief), brief.get("url") or ""
    if url:
        return tell.say("about.link", url=url, event=event)
    return tell.say("about.link_unknown", event=event)


def _registration(brief: Brief, _question: str, tell: Teller) -> str:
    event, needed = tell.event(brief), brief.get("registration_required")
    if quote := quotes.quote(brief, tell, quotes.BOOKING) or quotes.sentence(
        brief, tell, quotes.BOOKED
    ):
        return quote
    if needed is not None:
        return tell.say("about.registration" if needed else "about.no_registration", event=event)
    return tell.say("about.registration_unknown", event=event)


def _description(brief: Brief, _question: str, tell: Teller) -> str:
    event = tell.event(brief)
    if words := quoted(brief.get("description") or "", _DESCRIPTION_LENGTH):
        return tell.say("about.description", event=event, description=words)
    return tell.say("about.description_unknown", event=event)


def _other(brief: Brief, _question: str, tell: Teller) -> str:
    return quotes.quote(brief, tell) or tell.say("about.unknown", event=tell.event(brief))


_ANSWERS: Mapping[str, Callable[[Brief, str, Teller], str]] = {
    "time": _time,
    "end": _end,
    "place": _place,
    "address": _address,
    "price": _price,
    "ages": _ages,
    "organizer": _organizer,
    "link": _link,
    "registration": _registration,
    "description": _description,
}
