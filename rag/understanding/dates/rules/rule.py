"""What a rule of the calendar is, and the date arithmetic that the rules share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from rag.understanding.dates.clock import Clock, Period, days, is_before

# "Next", "this coming", "the rest of": which of several weeks, months or years.
WHICH = (
    r"(?:the )?(?P<which>all of this |all this |all of the |all |the whole "
    r"|this coming |this upcoming |this past |this |next |coming |upcoming "
    r"|following |last |past |current |later this "
    r"|(?:the )?rest of (?:(?:the|this|my) )?(?:current )?)"
)

AFTER_NEXT = r"(?P<after> after (?:the )?next)?"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern over lower-case text and what a match of it means; None is no date after all."""

    pattern: re.Pattern[str]
    evaluate: Callable[[re.Match[str], Clock], Period | None]


def in_year(year: int, month: int, day: int) -> date | None:
    """The date, or None when there is none such (31 June, 29 February of most years)."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def dated(clock: Clock, year: str | None, month: int, numbers: list[int]) -> Period | None:
    """The days of a month, in the year given or the nearest one whose end is ahead."""
    for candidate in [int(year)] if year else range(clock.today.year, clock.today.year + 9):
        first = in_year(candidate, month, min(numbers))
        last = in_year(candidate, month, max(numbers))
        if first is None or last is None:
            continue
        period = days(clock, first, last, repeats=year is None)
        if year or (period.end and is_before(clock.now, period.end)):
            return period
    return None


def first_of_month(day: date, ahead: int = 0) -> date:
    months = day.month - 1 + ahead
    return date(day.year + months // 12, months % 12 + 1, 1)


def months_later(day: date, count: int) -> date:
    """The same day so many months on, the month's last one where it has no such day."""
    first = first_of_month(day, count)
    return first.replace(day=min(day.day, (first_of_month(first, 1) - first).days))


def offset_of(which: str | None) -> int:
    """0 for this one, 1 for the following, -1 for the one before."""
    if not which:
        return 0
    if "next" in which or "following" in which:
        return 1
    return -1 if "last" in which or "past" in which else 0
