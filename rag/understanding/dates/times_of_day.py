"""Times of day in the words: "evening", "after 6pm", "between 2 and 5pm", "at noon"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.understanding.dates.clock import EVENING, MIDNIGHT, MORNING, NOON
from rag.understanding.text import Span, longest_first

HOUR = 60


@dataclass(frozen=True, slots=True)
class TimeBound:
    """Minutes after the day's midnight, half-open; past 24 × 60 it is the next morning."""

    start: int = 0
    end: int = MIDNIGHT


@dataclass(frozen=True, slots=True)
class FoundTime:
    """A bound and the words that gave it.

    `needs_day` marks words that mean a time only beside a day: a bare "after 6".
    """

    span: Span
    bound: TimeBound
    needs_day: bool = False


_PARTS: dict[str, TimeBound] = {
    "morning": TimeBound(MORNING, NOON),
    "afternoon": TimeBound(NOON, EVENING),
    "arvo": TimeBound(NOON, EVENING),
    "evening": TimeBound(EVENING, MIDNIGHT),
    "night": TimeBound(EVENING, MIDNIGHT),
    "nite": TimeBound(EVENING, MIDNIGHT),
    "early morning": TimeBound(MORNING, 9 * HOUR),
    "late morning": TimeBound(10 * HOUR, NOON),
    "late afternoon": TimeBound(15 * HOUR, EVENING),
    "early afternoon": TimeBound(NOON, 15 * HOUR),
    "early evening": TimeBound(EVENING, 20 * HOUR),
    "late evening": TimeBound(21 * HOUR, MIDNIGHT),
    "late night": TimeBound(21 * HOUR, MIDNIGHT),
    "lunchtime": TimeBound(11 * HOUR, 14 * HOUR),
    "lunch time": TimeBound(11 * HOUR, 14 * HOUR),
    "day time": TimeBound(9 * HOUR, EVENING),
    "midday": TimeBound(11 * HOUR, 14 * HOUR),
    "daytime": TimeBound(9 * HOUR, EVENING),
    "lunch": TimeBound(11 * HOUR, 14 * HOUR),
    "after work": TimeBound(EVENING, MIDNIGHT),
    "after school": TimeBound(15 * HOUR, 19 * HOUR),
    "after dinner": TimeBound(19 * HOUR, MIDNIGHT),
    "after lunch": TimeBound(13 * HOUR, EVENING),
    "after dark": TimeBound(18 * HOUR, MIDNIGHT),
    "early in the day": TimeBound(MORNING, EVENING),
    "earlier in the day": TimeBound(MORNING, EVENING),
    "later in the day": TimeBound(NOON, MIDNIGHT),
    "late in the day": TimeBound(NOON, MIDNIGHT),
}
_NAMED = {"noon": NOON, "midday": NOON, "midnight": MIDNIGHT}

_CLOCK = r"(?:noon|midday|midnight|[0-9]{1,2}(?::[0-9]{2})?(?: ?[ap]\.?m\b\.?| ?o'?clock)?)"
# The same, with something that says that it is a time at all.
_SURE = (
    r"(?:noon|midday|midnight|[0-9]{1,2}:[0-9]{2}(?: ?[ap]\.?m\b\.?)?"
    r"|[0-9]{1,2} ?(?:[ap]\.?m\b\.?|o'?clock))"
)
_TO = r"(?: ?- ?| to | and | until | till | til )"
# After a bare hour nothing may follow that would make it a count of something else.
_NO_COUNT = (
    r"(?![0-9:.%/-]|[a-z])(?= ?(?:$|[?!.,;)]| (?:on|in|at|near|around|this|next|tomorrow|today"
    r"|tonight|for|with|and|please|mon|tue|wed|thu|fri|sat|sun|dec|nov|oct|sep|jan|feb)))"
)

_PART = re.compile(
    r"\b(?:(?:in|during) the |at |in )?(?:(?P<when>early|late) (?:in the )?)?"
    r"(?P<part>morning|afternoon|arvo|evening|night|nite|lunch ?time|midday|day ?time)s?\b"
    r"(?!'|s?(?: (?:market|fever|lights)))"
)
_LUNCH = re.compile(
    r"\b(?:at|around|over|during|for) lunch(?: hours?)?\b(?! (?:and|with|at|in)\b)"
    r"|(?<=weekday |eekdays )lunch(?:es)?\b"
)
_AROUND_TWO = re.compile(
    r"\b(?:at |around|about|between|from) ?([0-9]{1,2})(?: ?[ap]m)?"
    rf" or ([0-9]{{1,2}}(?: ?[ap]m)?){_NO_COUNT}"
)
_AFTER_SOMETHING = re.compile(
    r"\bafter (?:work|school|dinner|lunch|dark)\b(?! (?:care|program))"
    r"|\b(?:earl(?:y|ier)|later?) in the day\b"
)
# "Not in the evening" leaves the rest of the day.
_NOT_BEFORE = re.compile(r"\b(?:not|no|except|but not)(?: in the| at| the)? $")
_BETWEEN = re.compile(rf"\b(?:(?:between|from) )?({_CLOCK}){_TO}({_SURE})")
_BETWEEN_SURE_FIRST = re.compile(rf"\b(?:between|from) ({_SURE}){_TO}({_CLOCK})(?![0-9/])")
_SURE_TO_BARE = re.compile(rf"\b({_SURE}){_TO}([0-9]{{1,2}}){_NO_COUNT}")
_BETWEEN_BARE = re.compile(rf"\b(?:between|from) ([0-9]{{1,2}}){_TO}([0-9]{{1,2}}){_NO_COUNT}")
_AFTER = re.compile(
    rf"\b(?:(?:any ?time )?(?:after|from|past|later than|starting (?:at|from)|since)"
    rf"|not before|no earlier than) ({_SURE})(?: on(?:wards?)?(?= |$)(?! [a-z]+day))?"
)
_ONWARDS = re.compile(rf"\b({_SURE}) (?:onwards?|or later|and later|or after)\b")
_BEFORE = re.compile(
    rf"\b(?:before|until|till|til|by|earlier than|up to|ending by|no later than) ({_SURE})"
)
_OR_EARLIER = re.compile(rf"\b({_SURE}) or earlier\b")
_AROUND = re.compile(rf"\b(?:around|about|circa|~) ?({_SURE})(?:ish)?|\b({_SURE})ish\b")
_AROUND_BARE = re.compile(
    rf"\b(?:around|about|circa|~) ?([0-9]{{1,2}}){_NO_COUNT}|\b([0-9]{{1,2}})ish\b"
)
_AT = re.compile(rf"(?<![:.0-9])(?:\b(?:at|@) ?|\b)({_SURE})(?![0-9])")
_AFTER_BARE = re.compile(rf"\b(?:after|from|past) ([0-9]{{1,2}}){_NO_COUNT}")
_BEFORE_BARE = re.compile(rf"\b(?:before|until|till|by) ([0-9]{{1,2}}){_NO_COUNT}")
_AT_BARE = re.compile(rf"\bat ([0-9]{{1,2}}){_NO_COUNT}")

_HOUR_MINUTE = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?")


def _minutes(words: str, half: str = "") -> int | None:
    """Minutes after midnight of a match of `_CLOCK`; None when there is no such time.

    `half` ("a" or "p") is what a bare hour takes over from its neighbour;
    without one, 1 to 8 are in the afternoon, as hours of events mostly are.
    """
    if words in _NAMED:
        return _NAMED[words]
    found = _HOUR_MINUTE.match(words)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    half = half_of(words) or half
    if hour > 24 or minute > 59 or (half and not 1 <= hour <= 12):
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif found[2] is None and 1 <= hour <= 8:
        hour += 12
    return min(hour * HOUR + minute, MIDNIGHT)


def half_of(words: str) -> str:
    """ "a" of "5 a.m.", "p" of "5pm", else nothing."""
    letters = words.lstrip("0123456789: ")
    return letters[0] if letters[:2] in ("am", "pm", "a.", "p.") else ""


def _range(first: str, last: str) -> TimeBound | None:
    """ "2 and 5pm" is 14 to 17, "10 and 2pm" 10 to 14, "10pm to 2am" ends the next day."""
    end = _minutes(last, half_of(first) if half_of(first) == "p" else "")
    start = _minutes(first, half_of(last))
    if start is None or end is None:
        return None
    if start >= end and not (half_of(first) or half_of(last)) and 9 * HOUR <= end < NOON:
        end += NOON  # "between 6 and 9" is in the evening
    if start >= end and not half_of(first):
        start = _minutes(first, "a") or 0
    if start >= end:
        end += MIDNIGHT if end < NOON else NOON
    return TimeBound(start, end) if start < end else None


def _from(words: str) -> TimeBound | None:
    start = _minutes(words)
    return None if start is None or start >= MIDNIGHT else TimeBound(start, MIDNIGHT)


def _until(words: str) -> TimeBound | None:
    end = _minutes(words)
    return None if not end else TimeBound(0, end)


def _around(words: str) -> TimeBound | None:
    at = _minutes(words)
    return None if at is None else TimeBound(max(0, at - HOUR), min(MIDNIGHT, at + HOUR))


def _during(words: str) -> TimeBound | None:
    """At seven: whatever is on in the hour from seven."""
    at = _minutes(words)
    return None if at is None or at >= MIDNIGHT else TimeBound(at, min(at + HOUR, MIDNIGHT))


_ONE_TIME: tuple[tuple[re.Pattern[str], Callable[[str], TimeBound | None], bool], ...] = (
    (_AFTER, _from, False),
    (_ONWARDS, _from, False),
    (_BEFORE, _until, False),
    (_OR_EARLIER, _until, False),
    (_AROUND, _around, False),
    (_AROUND_BARE, _around, True),
    (_AT, _during, False),
    (_AFTER_BARE, _from, True),
    (_BEFORE_BARE, _until, True),
    (_AT_BARE, _during, True),
)
_TWO_TIMES = (
    (_BETWEEN, False),
    (_BETWEEN_SURE_FIRST, False),
    (_SURE_TO_BARE, False),
    (_BETWEEN_BARE, True),
)


def find_times(low: str) -> list[FoundTime]:
    """Every time of day in lower-case text, in order; of overlapping ones the longest."""
    found = [*_parts(low), *_two_times(low), *_one_time(low)]
    kept = {(span.start, span.end) for span in longest_first(f.span for f in found)}
    unique = {(f.span.start, f.span.end): f for f in reversed(found)}
    return [unique[key] for key in sorted(kept)]


def _parts(low: str) -> list[FoundTime]:
    found = []
    for match in _PART.finditer(low):
        name = f"{match['when']} {match['part']}" if match["when"] else match["part"]
        bound = _PARTS.get(name) or _PARTS[match["part"]]
        start = match.start()
        if refused := _NOT_BEFORE.search(low[max(0, start - 16) : start]):
            start -= len(refused.group())
            bound = _rest_of_day(bound)
        found.append(FoundTime(Span(start, match.end()), bound, needs_day=True))
    lunches = _LUNCH.finditer(low)
    found.extend(FoundTime(Span(*m.span()), _PARTS["lunch"], needs_day=True) for m in lunches)
    for match in _AROUND_TWO.finditer(low):
        if bound_of := _range(match[1], match[2]):
            wider = TimeBound(bound_of.start - HOUR // 2, min(bound_of.end + HOUR, MIDNIGHT))
            found.append(FoundTime(Span(*match.span()), wider, needs_day=True))
    found.extend(
        FoundTime(Span(*match.span()), _PARTS[match.group()], needs_day=True)
        for match in _AFTER_SOMETHING.finditer(low)
    )
    return found


def _rest_of_day(bound: TimeBound) -> TimeBound:
    """The day without one of its ends; all of it when both ends stay."""
    if bound.end == MIDNIGHT:
        return TimeBound(0, bound.start)
    return TimeBound(bound.end, MIDNIGHT) if bound.start <= MORNING else TimeBound()


def _two_times(low: str) -> list[FoundTime]:
    found = []
    for pattern, needs_day in _TWO_TIMES:
        for match in pattern.finditer(low):
            bound = _range(match[1], match[2])
            if bound is not None:
                found.append(FoundTime(Span(*match.span()), bound, needs_day))
    return found


def _one_time(low: str) -> list[FoundTime]:
    found = []
    for pattern, bound_of, needs_day in _ONE_TIME:
        for match in pattern.finditer(low):
            bound = bound_of(next(group for group in match.groups() if group))
            if bound is not None:
                found.append(FoundTime(Span(*match.span()), bound, needs_day))
    return found


def both(one: TimeBound, other: TimeBound) -> TimeBound:
    """What two bounds leave together; the latter alone when they exclude each other.

    A morning hour beside an evening is one of the evening: "Friday night after 9".
    """
    if one.start >= EVENING and NOON - 4 * HOUR < other.start < NOON:
        other = TimeBound(other.start + NOON, other.end)
    start, end = max(one.start, other.start), min(one.end, other.end)
    return TimeBound(start, end) if start < end else other
