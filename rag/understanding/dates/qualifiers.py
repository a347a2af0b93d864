"""What words beside a day make of it: a day counted from it, or a day left out."""

from __future__ import annotations

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
from rag.understanding.word_lists import compile_patterns

_PATTERNS = compile_patterns(
    __file__, "patterns.toml", "qualifiers", count=COUNT, hours=HOURS, length=LENGTH
)

_WEEK = 7 * DAY
# More days than this are no count of days from a day.
_MOST_COUNTED = 370
_YEAR = 364


def counted_from(before: str, period: Period, clock: Clock) -> tuple[int, Period] | None:
    """How long the counting words at the end of `before` are, and the time they mean.

    "The week after" is the seven days that follow, "a week after" the day.
    """
    if found := _PATTERNS["lasting"].search(before):
        length = found["length"] or found["length2"]
        return len(found.group()), _so_long(period, length, clock)
    found = _PATTERNS["counted"].search(before)
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
    if found["the"] and found["count"]:  # "the three days after Christmas"
        return length, whole_days(clock, min(base + way * DAY, day), max(base + way * DAY, day))
    return length, whole_days(clock, day, day)


def counted_on(low: str, end: int, period: Period, clock: Clock) -> tuple[int, Period] | None:
    """Where the counting words after a day end, and the time they mean."""
    if found := _PATTERNS["and_the_day_after"].match(low, end):
        return found.end(), Period(period.start, clock.moment(period.last + 2 * DAY))
    if found := _PATTERNS["or_the_next"].match(low, end):
        return found.end(), _with_the_next(period, clock)
    if found := _PATTERNS["for_so_long"].match(low, end):
        return found.end(), _so_long(period, found["length"], clock)
    if (found := _PATTERNS["a_week_later"].match(low, end)) and period.first == period.last:
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


# A remainder shorter than this is dropped, so that the rest is still one range.
_SHORT = timedelta(hours=12)


def refusal_before(before: str) -> int:
    """How many characters at the end of a text refuse the day after them; 0 when none do."""
    found = _PATTERNS["refused"].search(before)
    if found is None or (
        _PATTERNS["only_but"].search(before) and not _PATTERNS["but"].search(before)
    ):
        return 0
    return len(found.group())


def asks_for_the_next(low: str, after: int) -> tuple[int, int] | None:
    """Where the words ask for the one after what they refused."""
    found = _PATTERNS["the_next_one"].search(low, after)
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
