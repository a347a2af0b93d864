"""What words beside a day make of it: a day counted from it, or a day left out."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from rag.understanding.dates.clock import (
    DAY,
    Clock,
    Period,
    is_before,
    months_later,
    weekend,
)
from rag.understanding.dates.clock import days as whole_days
from rag.understanding.dates.shifts import next_of_kind
from rag.understanding.numbers import COUNT, HOURS, LENGTH, Length

_WEEK = 7 * DAY
_COUNTED = re.compile(
    rf"\b(?:(?P<limit>more than|less than|within) )?(?:(?:the|(?P<count>{COUNT})) )?"
    r"(?P<unit>day|week|weekend|month)s?"
    r" (?P<way>before|after|from|following|on) (?:the )?$"
)
# "For a week starting …", "the four days from …": a length, not a count up to a day.
_LASTING = re.compile(
    rf"\b(?!\w+ {HOURS})(?:(?:for|the) (?P<length>{LENGTH})(?:,? (?:starting|beginning"
    r"|commencing)|,(?= from))?"
    rf"|(?P<length2>{LENGTH}) (?:starting|beginning|commencing))(?: from| on)? (?:the )?$"
)
_FOR_SO_LONG = re.compile(rf",? for (?:the )?(?!{HOURS})(?P<length>{LENGTH})")
_OR_THE_NEXT = re.compile(
    r",? (?:or|and) (?:the )?(?:(?:next|following)(?: one)?(?= ?(?:$|[?!.,;)]))"
    r"|(?P<unit>week|weekend|month|year) after(?: that)?(?! next))"
)
_AND_THE_DAY_AFTER = re.compile(
    r",? (?:and|or) (?:on )?(?:the )?(?:(?:day|one) after(?: that)?(?! tomorrow)|(?:next|following)"
    r" day)\b"
)
_A_WEEK_LATER = re.compile(
    r" (?P<count>week|two weeks)(?= ?(?:$|[?!.,;)]| (?:in|at|near|for|from|after|please|morning"
    r"|afternoon|evening|night)\b))"
)
# More days than this are no count of days from a day.
_MOST_COUNTED = 370
_YEAR = 364


def counted_from(before: str, period: Period, clock: Clock) -> tuple[int, Period] | None:
    """How long the counting words at the end of `before` are, and the time they mean.

    "The week after" is the seven days that follow, "a week after" the day.
    """
    if found := _LASTING.search(before):
        length = found["length"] or found["length2"]
        return len(found.group()), _so_long(period, length, clock)
    found = _COUNTED.search(before)
    if found is None or (found["way"] == "on" and (found["unit"] != "week" or not found["count"])):
        return None
    way = -1 if found["way"] == "before" else 1
    base = period.first if way < 0 else period.last
    length = len(found.group())
    if found["unit"] == "weekend":
        return length, weekend(clock, base + 2 * DAY if way > 0 else base - 7 * DAY)
    if found["count"] is None and found["unit"] == "week":
        first = base + DAY if way > 0 else base - _WEEK
        return length, whole_days(clock, first, first + _WEEK - DAY)
    ahead = Length.of(f"{found['count'] or 'a'} {found['unit']}")
    day = months_later(base, way * ahead.months) + way * timedelta(minutes=ahead.minutes)
    if abs((day - base).days) > _MOST_COUNTED:
        return None
    if found["limit"] == "more than" and way > 0:
        return length, Period(clock.moment(day), None)
    if found["limit"] and way > 0:
        return length, whole_days(clock, base, day)
    return length, whole_days(clock, day, day)


def counted_on(low: str, end: int, period: Period, clock: Clock) -> tuple[int, Period] | None:
    """Where the counting words after a day end, and the time they mean."""
    if found := _AND_THE_DAY_AFTER.match(low, end):
        return found.end(), Period(period.start, clock.moment(period.last + 2 * DAY))
    if found := _OR_THE_NEXT.match(low, end):
        return found.end(), _with_the_next(period, clock)
    if found := _FOR_SO_LONG.match(low, end):
        return found.end(), _so_long(period, found["length"], clock)
    if (found := _A_WEEK_LATER.match(low, end)) and period.first == period.last:
        day = period.first + _WEEK * (1 if found["count"] == "week" else 2)
        return found.end(), whole_days(clock, day, day)
    return None


def _so_long(period: Period, length: str, clock: Clock) -> Period:
    """So many days, weeks or months from the start of a period."""
    lasts = Length.of(length)
    return Period(
        period.start, clock.moment(months_later(period.first, lasts.months), lasts.minutes)
    )


def _with_the_next(period: Period, clock: Clock) -> Period:
    """A day, weekend, week, month or year together with the one after it."""
    if period.end is None:
        return period
    if period.weekly:
        return Period(period.start, clock.moment(period.last + _WEEK + DAY))
    if (period.last - period.first).days >= _YEAR:
        return Period(
            period.start, clock.moment(period.last.replace(year=period.last.year + 1) + DAY)
        )
    return Period(period.start, next_of_kind(period.start, period.end, 1, clock).end)


_REFUSED = re.compile(
    r"(?<!\bwhy )(?<!\bif )(?<!\bor )\b(?:(?:but )?not|but|except(?:ing)?(?: for)?|excluding"
    r"|apart from|other than|besides|outside of|(?:can'?t|cannot|can not|don'?t)"
    r" (?:do|make|come|go|want))(?: on| in| for)?(?: the| any)? $"
)
_BUT = re.compile(r"\b(?:any ?(?:day|time)|every ?day|anything|all days) but (?:on )?(?:the )?$")
_ONLY_BUT = re.compile(r"(?<!not )\bbut(?: on| in| for)?(?: the| any)? $")
_THE_NEXT_ONE = re.compile(
    r"\b(?:the )?(?:next|following) one\b|\b(?:the )?one after(?: that)?\b|\b(?:the )?next$"
)
# A remainder shorter than this is dropped, so that the rest is still one range.
_SHORT = timedelta(hours=12)


def refusal_before(before: str) -> int:
    """How many characters at the end of a text refuse the day after them; 0 when none do."""
    found = _REFUSED.search(before)
    if found is None or (_ONLY_BUT.search(before) and not _BUT.search(before)):
        return 0
    return len(found.group())


def asks_for_the_next(low: str, after: int) -> tuple[int, int] | None:
    """Where the words ask for the one after what they refused."""
    found = _THE_NEXT_ONE.search(low, after)
    return found.span() if found else None


def without_period(period: Period, refused: Period, clock: Clock) -> Period:
    """The longer side that is left of a period; all of it when the refused days part it in two."""
    end = period.end
    if end is None or refused.end is None:
        return period
    start = clock.now if is_before(period.start, clock.now) else period.start
    if not (is_before(start, refused.end) and is_before(refused.start, end)):
        return period
    left, right = _length(start, refused.start), _length(refused.end, end)
    if max(left, right) <= 0 or min(left, right) > _SHORT.total_seconds():
        return period
    return Period(start, refused.start) if left > right else Period(refused.end, end)


def _length(start: datetime, end: datetime) -> float:
    return end.timestamp() - start.timestamp()
