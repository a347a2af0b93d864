"""A bare weekday, asked of the dates in force: "what about Sunday?" after "next weekend"."""

from __future__ import annotations

import re

from rag.understanding.dates.calendar_words import WEEKDAY
from rag.understanding.dates.clock import DAY, Clock, Period
from rag.understanding.dates.reading import DateWords, FoundDates, read_dates

_BARE = re.compile(rf"(?:the )?{WEEKDAY}")
_LONGEST = 10 * DAY


def read_within(found: FoundDates, known: Period | None, clock: Clock) -> DateWords | None:
    """The words' day among the days in force; None when it is not one of them.

    Only weekdays without "this" or "next" are looked for there, and only while
    the days in force lie ahead and hold each weekday about once.
    """
    if known is None or known.end is None or known.first <= clock.today:
        return None
    if known.last - known.first > _LONGEST or not found.days:
        return None
    if not all(_BARE.fullmatch(found.low[day.span.start : day.span.end]) for day in found.days):
        return None
    words = read_dates(found, clock.from_day(known.first))
    period = words.period
    if period is None or period.first < known.first or period.last > known.last:
        return None
    return words
