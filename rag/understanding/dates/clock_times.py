"""Clocks in a text and what the words around them say: "after 6pm", "from 2 to 5", "at 8"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.understanding.dates.calendar_words import NO_MONTH_BEFORE, Canonical
from rag.understanding.dates.clock import MIDNIGHT, NOON
from rag.understanding.numbers import HOURS, Length
from rag.understanding.text import Span

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
    `is_point` is a mere clock, which as the end of a range is the end; `is_part` a
    part of the day without a clock; `lasts` are minutes from the start that other words give.
    """

    span: Span
    bound: TimeBound
    needs_day: bool = False
    is_point: bool = False
    is_part: bool = False
    lasts: int = 0


_NAMED = {"noon": NOON, "midday": NOON, "midnight": MIDNIGHT}
_HALF = r" ?[ap]\.?m\b\.?"
_NAME = rf"(?:{NO_MONTH_BEFORE}12 )?(?:noon|midday|midnight)"
_CLOCK = rf"(?:{_NAME}|[0-9]{{1,2}}(?::[0-9]{{2}})?(?:{_HALF}| ?o'?clock)?)"
# The same, with something that says that it is a time at all.
_SURE = (
    rf"(?:{_NAME}|[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?(?:{_HALF}| ?o'?clock)?"
    rf"|[0-9]{{1,2}}(?:{_HALF}| ?o'?clock))"
)
_TO = r"(?: ?- ?| to | and | until | till | til | through | thru )(?:at )?"
# After a bare hour nothing may follow that would make it a count of something else.
NO_COUNT = (
    r"(?![0-9:%/-]|\.[0-9]|[a-z])(?= ?(?:$|[?!.,;)]| (?:on|in|at|near|around|this|next|tomorrow"
    r"|today|tonight|for|with|and|but|or|please|before|until|mon|tue|wed|thu|fri|sat|sun|dec|nov|oct|sep"
    r"|jan|feb)))"
)
_LATER = r"(?:onwards?|or later|and later|or after|and after|at the earliest|and on)\b"
_EARLIER = r"(?:or earlier|or before|and earlier|at the latest|latest)\b"
_AT_ALL = r"(?:(?:starting|beginning|ending) )?(?:(?:at|from|by|@) ?)?"
# "Nothing before 6pm": who refuses the hours before wants those after.
_REFUSED = (
    r"(?:not|nothing|none|never|(?:do not|don't|dont) want (?:anything|any|to go)?)"
    r"(?: (?:that )?(?:to )?(?:starts?|starting|begins?|beginning))?"
)
_AFTER_WORDS = (
    r"(?:(?:any ?time )?(?:after|from|past|later than|(?:starting|beginning)(?: at| from)?|since)"
    rf"|{_REFUSED} before|(?:no|not|nothing) (?:earlier|sooner) than)"
)
_BEFORE_WORDS = (
    r"(?:before|until|till|til|by|earlier than|up to|ending (?:by|at)|(?:no|not|nothing) later than"
    rf"|{_REFUSED} (?:after|past)"
    r"|at the latest (?:at|by))"
)
_BETWEEN = re.compile(rf"\b(?:(?:between|from) )?({_CLOCK}){_TO}({_SURE})")
_BETWEEN_SURE_FIRST = re.compile(rf"\b(?:between|from) ({_SURE}){_TO}({_CLOCK})(?![0-9/-])")
_SURE_TO_BARE = re.compile(rf"\b({_SURE}){_TO}([0-9]{{1,2}}){NO_COUNT}")
_BETWEEN_BARE = re.compile(rf"\b(?:between|from) ([0-9]{{1,2}}){_TO}([0-9]{{1,2}}){NO_COUNT}")
_BESIDE_DAY = re.compile(
    r"(?<=day |mon |tue |wed |thu |fri |sat |sun )"
    rf"([0-9]{{1,2}})(?: ?- ?| to )([0-9]{{1,2}}){NO_COUNT}"
    r"(?! (?:dec|nov|oct|sep|jan|feb))"
)
_EITHER = re.compile(
    r"\b(?:at |around|about|between|from) ?([0-9]{1,2})(?: ?[ap]m)?"
    rf" or ([0-9]{{1,2}}(?: ?[ap]m)?){NO_COUNT}"
)
_LASTS = re.compile(rf"\bfor (?:about )?(?P<length>{HOURS})")

# No clock and no length of time is written without one of these.
CLOCK_WORDS = re.compile(r"[0-9]|noon|midday|midnight|h(?:ou)?r|min")
_HOUR_MINUTE = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?")


def _minutes(words: str, half: str = "") -> int | None:
    """Minutes after midnight of a match of `_CLOCK`; None when there is no such time.

    `half` ("a" or "p") is what a bare hour takes over from its neighbour;
    without one, 1 to 8 are in the afternoon, as hours of events mostly are ("08:00" is not).
    """
    name = words.removeprefix("12 ")
    if name in _NAMED:
        return _NAMED[name]
    found = _HOUR_MINUTE.match(words)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    half = half_of(words) or half
    if hour > 24 or minute > 59 or (half_of(words) and hour > 12):
        return None
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif 1 <= hour <= 8 and not words.startswith("0"):
        hour += 12
    return min(hour * HOUR + minute, MIDNIGHT)


def half_of(words: str) -> str:
    """ "a" of "5 a.m.", "p" of "5pm", else nothing."""
    letters = words.lstrip("0123456789: ")
    return letters[0] if letters[:2] in ("am", "pm", "a.", "p.") else ""


def _range(first: str, last: str) -> TimeBound | None:
    """ "2 and 5pm" is 14 to 17, "10 and 2pm" 10 to 14, "10pm to 2am" ends the next day."""
    end = _minutes(last, half_of(first) if half_of(first) == "p" else "")
    if half_of(first) == "a" and not half_of(last):
        end = _first_after(_minutes(first) or 0, _minutes(last, "a"), end)
    start = _minutes(first, half_of(last))
    if start is None or end is None:
        return None
    start %= MIDNIGHT
    if start >= end and not (half_of(first) or half_of(last)) and 9 * HOUR <= end < NOON:
        end += NOON  # "between 6 and 9" is in the evening
    if start >= end and not half_of(first):
        start = _minutes(first, "p" if half_of(last) == "a" else "a") or 0
    if start >= end:
        end += MIDNIGHT if end < NOON else NOON
    return TimeBound(start, end) if start < end else None


def _first_after(start: int, *ends: int | None) -> int | None:
    """The first end behind the start; of "11:01 am to 11" it is half a day later."""
    later = (end + half for end in ends if end for half in (0, NOON))
    return next((end for end in later if start < end <= MIDNIGHT), ends[-1])


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


_OneTime = tuple[re.Pattern[str], Callable[[str], TimeBound | None], bool]


def _one_time(clock: str, ends: str, *, needs_day: bool) -> Iterator[_OneTime]:
    """The words around one clock, and the bound that they make of it."""
    at = r"\b(?:at|@) ?" if needs_day else r"(?<![:.0-9/-])(?:\b(?:at|@) ?|\b)"
    meanings: tuple[tuple[str, Callable[[str], TimeBound | None]], ...] = (
        (
            rf"\b{_AFTER_WORDS} ({clock}){ends}"
            r"(?: on(?:wards?)?(?= |$)(?! (?:[a-z]+day|the|[0-9])))?",
            _from,
        ),
        (rf"\b{_AT_ALL}({clock}) {_LATER}", _from),
        (rf"\b{_BEFORE_WORDS} ({clock}){ends}", _until),
        (rf"\b{_AT_ALL}({clock}) {_EARLIER}", _until),
        (rf"\b(?:around|about|circa|~) ?({clock}){ends}(?:ish)?|\b({clock})ish\b", _around),
        (rf"{at}({clock}){ends}(?![0-9])", _during),
    )
    for pattern, bound_of in meanings:
        yield re.compile(pattern), bound_of, needs_day


_ONE_TIME = (
    *_one_time(_SURE, "", needs_day=False),
    *_one_time(r"[0-9]{1,2}", NO_COUNT, needs_day=True),
)
_TWO_TIMES = (
    (_BETWEEN, False),
    (_BETWEEN_SURE_FIRST, False),
    (_SURE_TO_BARE, False),
    (_BETWEEN_BARE, True),
    (_BESIDE_DAY, True),
)


def clock_times(text: Canonical) -> Iterator[FoundTime]:
    """Every clock with the words around it, and every length of time, overlapping ones too."""
    for pattern, needs_day in _TWO_TIMES:
        for found in pattern.finditer(text.low):
            if bound := _range(found[1], found[2]):
                yield FoundTime(text.span(found), bound, needs_day)
    for pattern, bound_of, needs_day in _ONE_TIME:
        for found in pattern.finditer(text.low):
            if bound := bound_of(next(group for group in found.groups() if group)):
                yield FoundTime(text.span(found), bound, needs_day, bound_of is _during)
    for found in _EITHER.finditer(text.low):
        if bound := _range(found[1], found[2]):
            wider = TimeBound(bound.start - HOUR // 2, min(bound.end + HOUR, MIDNIGHT))
            yield FoundTime(text.span(found), wider, needs_day=True)
    for found in _LASTS.finditer(text.low):
        yield FoundTime(
            text.span(found), TimeBound(), True, lasts=Length.of(found["length"]).minutes
        )
