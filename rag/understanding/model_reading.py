"""A language model's reading of a message: the JSON that it fills in, and what of it is believed.

Places are looked up in the gazetteer, dates have to be days of the calendar that are not over, ids
have to be those of events that the conversation showed, and amounts have to stand in the message.
What does not hold is left out, or is as the rules read it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from rag.types import (
    Act,
    ActKind,
    AgeRange,
    Constraints,
    Order,
    Reading,
    Slot,
    Source,
    TimePattern,
)
from rag.understanding.read import Turn

_SEARCHES = frozenset({"find", "count", "plan"})
_OF_EVENTS = frozenset({"about", "compare", "calendar", "explain"})
_ABOUT = tuple(
    "time end place address price ages organizer link registration description other".split()  # noqa: SIM905
)
_BY = ("price", "distance", "start", "duration")
_TOPICS = {
    "talk": ("greeting", "thanks", "farewell", "praise", "about", "towns", "data", "privacy"),
    "decline": ("off_topic", "insult", "nonsense"),
}
_AUDIENCES = tuple(
    "babies toddlers kids tweens teens students adults seniors families parents".split()  # noqa: SIM905
)
_MOST_ACTS, _MOST_SLOTS, _MOST_TOPICS, _MOST_PATTERNS = 3, 6, 5, 7
_LONGEST = 120
_FURTHEST = timedelta(days=3 * 366)
_SURE = 0.8  # of what was checked
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def _text(about: str) -> dict[str, Any]:
    return {"type": "string", "description": about}


def _choice(values: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


_SLOT = {
    "type": "object",
    "properties": {
        "wish": _text("in English"),
        "from": _text("HH:MM, or empty"),
        "to": _text("HH:MM, or empty"),
    },
    "required": ["wish"],
}
_ACT = {
    "type": "object",
    "properties": {
        "kind": _choice(get_args(ActKind)),
        "refers_to": {"type": "array", "items": {"type": "integer"}},
        "subject": _text("the name of an event that is not among those shown, or empty"),
        "about": _choice(_ABOUT),
        "by": _choice(_BY),
        "slots": {"type": "array", "items": _SLOT},
        "topic": _choice([*_TOPICS["talk"], *_TOPICS["decline"]]),
    },
    "required": ["kind"],
}
_TIMES = {
    "type": "object",
    "properties": {
        "weekdays": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 7}},
        "from": _text("HH:MM"),
        "to": _text("HH:MM"),
    },
    "required": ["weekdays", "from", "to"],
}
READING_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "acts": {"type": "array", "items": _ACT},
        "query": _text("the topic in a few English words, without place, dates, price; or empty"),
        "place": _text('a town, such as "Newton, MA", or empty'),
        "date_from": _text("first day, YYYY-MM-DD, or empty"),
        "date_to": _text("last day, included, YYYY-MM-DD, or empty"),
        "times": {"type": "array", "items": _TIMES},
        "online": _choice(["yes", "no", "either"]),
        "max_miles": {"type": "number"},
        "max_price": {"type": "number", "description": "0 for free"},
        "age": {"type": "integer"},
        "audience": _choice(_AUDIENCES),
        "any_of": {"type": "array", "items": _text("a topic in English")},
        "none_of": {"type": "array", "items": _text("what is not wanted, in English")},
        "order": _choice(get_args(Order)),
    },
    "required": ["acts", "query", "place", "date_from", "date_to"],
}


def believed(said: object, message: str, rules: Reading, turn: Turn) -> Reading | None:
    """The reading that a model's JSON comes to; None where nothing of it can be believed.

    Args:
        said: any JSON.
        rules: how the rules read the same message.
    """
    if not isinstance(said, Mapping):
        return None
    acts = _acts(said, message, rules, turn)
    if not acts:
        return None
    if any(act.kind in _SEARCHES or act.subject for act in acts):
        return Reading(acts, _wishes(said, message, rules, turn))
    return Reading(acts, turn.understand(""))


def _acts(said: Mapping[str, Any], message: str, rules: Reading, turn: Turn) -> tuple[Act, ...]:
    shown = {event.event_id for event in turn.shown}
    wished = {name for name, source in rules.constraints.sources.items() if source == "message"}
    acts = []
    for each in _list(said.get("acts"), _MOST_ACTS):
        act = _act(each, message, shown) if isinstance(each, Mapping) else None
        # What holds a place or a date asks for events, whatever a model calls it.
        if act is not None and not (act.kind in _TOPICS and wished - {"query"}):
            acts.append(act)
    return tuple(acts)


def _act(said: Mapping[str, Any], message: str, shown: set[int]) -> Act | None:
    kind: ActKind | None = _one_of(get_args(ActKind), said.get("kind"))
    if kind is None:
        return None
    given = [each for each in _list(said.get("refers_to"), 20) if type(each) is int]
    refers_to = tuple(dict.fromkeys(each for each in given if each in shown))
    subject = _words(said.get("subject"))
    if kind in _OF_EVENTS and not refers_to and not subject:
        return None
    act = Act(kind, refers_to, confidence=_SURE, read_by="model")
    if kind in _TOPICS:
        return replace(act, topic=_one_of(_TOPICS[kind], said.get("topic")))
    if kind == "about":
        about = _one_of(_ABOUT, said.get("about")) or "other"
        act = replace(act, about=about, question=message.strip().lower())
    if kind == "compare":
        act = replace(act, by=_one_of(_BY, said.get("by")))
    if kind in ("plan", "compare"):
        slots = (_slot(each) for each in _list(said.get("slots"), _MOST_SLOTS))
        act = replace(act, slots=tuple(slot for slot in slots if slot is not None))
    return replace(act, subject="" if refers_to or kind == "find" else subject)


def _slot(said: object) -> Slot | None:
    if not isinstance(said, Mapping) or not (wish := _words(said.get("wish"))):
        return None
    return Slot(wish, _wall(said.get("from")), _wall(said.get("to")))


def _wishes(said: Mapping[str, Any], message: str, rules: Reading, turn: Turn) -> Constraints:
    """The wishes in force: a topic and a place as the rules read them, then what was checked."""
    query = _words(said.get("query"))
    found = _located(query, _words(said.get("place")), rules.constraints, turn)
    zone = ZoneInfo(found.timezone)
    wishes: dict[str, Any] = {
        **_dates(said, rules.constraints, turn.now.astimezone(zone)),
        "times": tuple(
            pattern
            for each in _list(said.get("times"), _MOST_PATTERNS)
            if (pattern := _pattern(each)) is not None
        ),
        "is_virtual": {"yes": True, "no": False}.get(str(said.get("online"))),
        "max_distance_miles": _amount(said.get("max_miles"), message, most=12_500),
        "max_price": _amount(said.get("max_price"), message, most=1_000_000, free=True),
        "age": _age(said.get("age"), message),
        "audience": _one_of(_AUDIENCES, said.get("audience")),
        "any_of": _topics(said.get("any_of")),
        "none_of": _topics(said.get("none_of")),
        "order": _one_of(get_args(Order), said.get("order")),
    }
    given = {name: value for name, value in wishes.items() if value not in (None, ())}
    if given.get("max_distance_miles") == 0:
        del given["max_distance_miles"]
    sources: dict[str, Source] = dict.fromkeys(given, "message")
    return replace(found, **given, sources={**found.sources, **sources})


def _located(query: str, place: str, rules: Constraints, turn: Turn) -> Constraints:
    """The wishes of a topic and a place that is known, else that of the rules."""
    read_place = rules.place if rules.sources.get("place") == "message" else None
    found = turn.understand(query)
    for name in filter(None, (place, read_place.label if read_place else "")):
        found = turn.understand(f"{query} in {name}")
        if found.sources.get("place") == "message":
            break
    return replace(found, unknown_place=None if found.place else found.unknown_place)


def _dates(said: Mapping[str, Any], rules: Constraints, now: datetime) -> dict[str, Any]:
    """The range of dates, aware and half-open; what the rules read where it is none, or denies it.

    The rules' days are exact: a model that names others, beside them, is wrong.
    """
    by_rules = "message" in (rules.sources.get("date_from"), rules.sources.get("date_to"))
    exact = {"date_from": rules.date_from, "date_to": rules.date_to} if by_rules else {}
    first, last = _day(said.get("date_from"), now), _day(said.get("date_to"), now)
    first, last = first or last, last or first
    if first is None or last is None or last < first or last < now.date():
        return exact
    start = max(datetime.combine(first, time(), now.tzinfo), now)
    end = datetime.combine(last + timedelta(days=1), time(), now.tzinfo)
    is_beside = (rules.date_to is not None and start >= rules.date_to) or (
        rules.date_from is not None and end <= rules.date_from
    )
    return exact if exact and is_beside else {"date_from": start, "date_to": end}


def _day(said: object, now: datetime) -> date | None:
    """A day of the calendar within a few years."""
    try:
        day = date.fromisoformat(said if isinstance(said, str) else "")
    except ValueError:
        return None
    return day if abs(day - now.date()) <= _FURTHEST else None


def _pattern(said: object) -> TimePattern | None:
    if not isinstance(said, Mapping):
        return None
    days = {each for each in _list(said.get("weekdays"), 7) if type(each) is int}
    starts, ends = _wall(said.get("from")), _wall(said.get("to"))
    if not days <= set(range(1, 8)) or (starts is None) != (ends is None):
        return None
    if starts is None and not days:
        return None
    return TimePattern(tuple(sorted(days)), (), starts, ends)


def _wall(said: object) -> time | None:
    found = re.fullmatch(r"([01]?\d|2[0-4]):([0-5]\d)", said) if isinstance(said, str) else None
    return time(int(found[1]) % 24, int(found[2])) if found else None


def _amount(said: object, message: str, *, most: float, free: bool = False) -> float | None:
    """An amount that the message names; nothing names "free" in all languages."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    named = [float(each.replace(",", ".")) for each in _NUMBER.findall(message)]
    is_named = (free and said == 0) or any(abs(each - said) < 0.005 for each in named)
    return float(said) if is_named and 0 <= said <= most else None


def _age(said: object, message: str) -> AgeRange | None:
    age = _amount(said, message, most=130)
    return AgeRange(int(age), int(age)) if age is not None else None


def _topics(said: object) -> tuple[str, ...]:
    return tuple(words for each in _list(said, _MOST_TOPICS) if (words := _words(each)))


def _words(said: object) -> str:
    """One short line of text."""
    words = " ".join(said.replace("\x00", " ").split()) if isinstance(said, str) else ""
    return words if len(words) <= _LONGEST else ""


def _list(said: object, most: int) -> list[Any]:
    return said[:most] if isinstance(said, list) else []


def _one_of(values: Sequence[str], said: object) -> Any:
    return said if said in values else None
