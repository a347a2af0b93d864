"""How wishes are put into words: what was asked for, where, when and for whom. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chat_service.llm.phrases import Phrases
from chat_service.llm.wording import (
    INSTANT,
    clock_span,
    clock_time,
    day_name,
    miles,
    moment,
    money,
    plain,
    shorten,
)
from rag.service import in_language, read_audience
from rag.types import Centre, Constraints

# What introduced the audience says nothing without it.
_LEFT_HANGING = frozenset({"for", "with", "and", "the", "my", "our"})
_TOPIC_LENGTH = 60
# An alternative with less than this share of the chosen place's people is not spoken of.
_LIKELY_SHARE = 0.2
_MOST_ALTERNATIVES = 3


def likely_alternatives(wishes: Constraints) -> list[Centre]:
    """Other places that the name may well have meant; nobody means Boston, GA, by Boston."""
    if wishes.place is None:
        return []
    least = _LIKELY_SHARE * (wishes.place.population or 0)
    likely = [other for other in wishes.alternatives if (other.population or 0) >= least]
    return likely[:_MOST_ALTERNATIVES]


def is_wished(constraints: Constraints, name: str) -> bool:
    """Whether a wish is set by someone, not filled in by a default."""
    return getattr(constraints, name) is not None and constraints.sources.get(name) != "default"


def has_dates(constraints: Constraints) -> bool:
    """Whether someone named a date."""
    return is_wished(constraints, "date_from") or is_wished(constraints, "date_to")


def wished_events(constraints: Constraints, now: datetime, say: Phrases) -> str:
    """The events wished for, such as "free events for kids near Newton, MA"; "" without a wish."""
    kinds = []
    if constraints.max_price == 0:
        kinds.append(say("wished.free"))
    if constraints.is_virtual is not None:
        kinds.append(say("wished.online" if constraints.is_virtual else "wished.in_person"))
    about = spoken_topic(constraints)
    details = [
        company(constraints, say),
        say("wished.about", topic=about) if about else "",
        likeness(constraints, say),
        _price_limit(constraints, say),
        area(constraints, say),
        dates(constraints, now, say),
    ]
    said = [detail for detail in details if detail]
    if not kinds and not said:
        return ""
    if not kinds:
        return " ".join([say("wished.events"), *said])
    return " ".join([say("wished.kinds", kinds=" ".join(kinds)), *said])


def _price_limit(wishes: Constraints, say: Phrases) -> str:
    """ "costing up to €15", or "" without a limit, or when it must be free."""
    if not wishes.max_price:
        return ""
    return say("wished.costing", limit=money(wishes.max_price, wishes.currency, say))


def dates(constraints: Constraints, now: datetime, say: Phrases) -> str:
    """The wished range in words that follow a noun, such as "on Sat 21 Nov"; "" without one."""
    return _dates(constraints, now, say, on="dates.on")


def bare_dates(constraints: Constraints, now: datetime, say: Phrases) -> str:
    """The same by itself, such as "Sat 21 Nov"."""
    return _dates(constraints, now, say, on="dates.day")


def _dates(constraints: Constraints, now: datetime, say: Phrases, *, on: str) -> str:
    if not has_dates(constraints):
        return ""
    zone = ZoneInfo(constraints.timezone)
    here = now.astimezone(zone)
    start = constraints.date_from.astimezone(zone) if constraints.date_from else None
    end = constraints.date_to.astimezone(zone) if constraints.date_to else None
    # A range that begins now begins with no hour worth naming.
    if start and start <= here + timedelta(minutes=1):
        start = None
    if end is None:
        if start is None:
            return say("dates.from_now")
        return say("dates.from", first=_moment(start, here, say))
    last_day = (end - INSTANT).date()
    if start is None:
        return _until(end, last_day, here, say, on=on)
    if start.date() == last_day:
        day = _spoken_day(last_day, here.date(), say, on=on)
        if _is_midnight(start) and _is_midnight(end):
            return day
        return say("date.at", day=day, time=clock_span(start, end, say))
    last = day_name(last_day, here.date(), say)
    if not _is_midnight(end):
        last = say("date.at", day=last, time=clock_time(end, say))
    return say("dates.range", first=_moment(start, here, say), last=last)


def _until(end: datetime, last_day: date, here: datetime, say: Phrases, *, on: str) -> str:
    if last_day != here.date():
        return say("dates.until_day", last=day_name(last_day, here.date(), say))
    day = _spoken_day(last_day, here.date(), say, on=on)
    if _is_midnight(end):
        return day
    return say("dates.until_time", day=day, time=clock_time(end, say))


def _spoken_day(day: date, today: date, say: Phrases, *, on: str) -> str:
    name = day_name(day, today, say)
    if day == today:
        return say("dates.today", day=name)
    return say("dates.tomorrow" if day == today + timedelta(days=1) else on, day=name)


def _moment(at: datetime, here: datetime, say: Phrases) -> str:
    if _is_midnight(at):
        return day_name(at.date(), here.date(), say)
    return moment(at, here.date(), say)


def _is_midnight(moment: datetime) -> bool:
    return moment.hour == moment.minute == moment.second == 0


def area(constraints: Constraints, say: Phrases) -> str:
    """ "within 5 miles of Newton, MA", "near Newton, MA", or ""."""
    if constraints.place is None or constraints.is_virtual:
        return ""
    label = plain(constraints.place.label)
    if constraints.max_distance_miles is not None and is_wished(constraints, "max_distance_miles"):
        within = miles(constraints.max_distance_miles, say)
        return say("wished.within", distance=within, place=label)
    return say("wished.near", place=label)


def company(constraints: Constraints, say: Phrases) -> str:
    """ "for kids", "for a 4-year-old", "for kids (age 4)", or ""."""
    who = audience(constraints.audience or "", say)
    if constraints.age is None:
        return say("wished.for_whom", who=who) if who else ""
    if who:
        return say("wished.for_whom_aged", who=who, age=constraints.age)
    age = constraints.age.one
    if age is None:
        return say("wished.for_ages", ages=constraints.age)
    # An 8-, 11-, 18- or 80-year-old begins with a vowel.
    is_vowel = age in {8, 11, 18} or 80 <= age <= 89
    return say("wished.for_age_an" if is_vowel else "wished.for_age_a", age=age)


def audience(name: str, say: Phrases) -> str:
    """An audience in the language of the answer; one that has no word stays as it is."""
    return say.templates.get(f"audience.{name}", plain(name))


def topic(constraints: Constraints) -> str:
    """What it is to be about: the query without the words that name the audience."""
    words = plain(constraints.query).split()
    if constraints.audience:
        words = _without_audience(words, constraints.audience)
        while words and words[-1].casefold() in _LEFT_HANGING:
            words.pop()
    return shorten(" ".join(words), _TOPIC_LENGTH)


def spoken_topic(constraints: Constraints) -> str:
    """The same in the language of the message, as far as its words are known."""
    return in_language(topic(constraints), constraints.language)


def likeness(constraints: Constraints, say: Phrases) -> str:
    """ "like “Jazz Night”", "other than those shown", both, or ""."""
    model = constraints.more_like
    said = []
    if model:
        said.append(say("wished.like", title=shorten(plain(model.title), _TOPIC_LENGTH)))
    if constraints.not_event_ids:
        said.append(say("wished.others"))
    return ", ".join(said)


def _without_audience(words: Sequence[str], audience: str) -> list[str]:
    """Drops "children" for kids, and "family friendly" for families."""
    kept: list[str] = []
    rest = list(words)
    while rest:
        if _names(rest[0], audience):
            rest = rest[1:]
        elif (
            len(rest) > 1 and not _names(rest[1], audience) and _names(" ".join(rest[:2]), audience)
        ):
            rest = rest[2:]
        else:
            kept.append(rest[0])
            rest = rest[1:]
    return kept


def _names(text: str, audience: str) -> bool:
    return read_audience(text.lower()).value == audience
