"""From the words of a message to one half-open range of time.

`recognition.find_dates` has found whatever looks like a day, a period or a time of
day. Once the place, and with it the zone, is known, `read_dates` puts the finds on
the user's clock and joins them (`ranges`): "between A and B", "until B", "Friday or
Saturday", a weekday with its date, a day with a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.understanding.dates.bounds import bound_to, bounded, time_bound
from rag.understanding.dates.calendar_words import WEEKDAY
from rag.understanding.dates.clock import DAY, Clock, Period, not_before_now
from rag.understanding.dates.exclusions import asks_for_the_next, without_period
from rag.understanding.dates.ranges import Group, join_days, weekday_inside
from rag.understanding.dates.recognition import FoundDates, find_dates
from rag.understanding.dates.shifts import next_of_kind
from rag.understanding.dates.times_of_day import TimeBound
from rag.understanding.text import Span

__all__ = ["DateWords", "FoundDates", "bound_to", "find_dates", "read_dates"]

_LEAD_IN = re.compile(
    r"\b(?:on|in|for|during|over|at|between|from|all day|every|(?:the )?whole)(?: the)? $"
)


# A weekday alone, and the longest range that holds each weekday about once.
_BARE_WEEKDAY = re.compile(rf"(?:the )?{WEEKDAY}")
_LONGEST_WEEK = 10 * DAY


@dataclass(frozen=True, slots=True)
class DateWords:
    """What the date words mean, and which words they are.

    `period` is None when no day was named; `bound` then still holds a time of
    day that may narrow a day known from before, and `refused` the days that are
    to be left out of those known.
    """

    period: Period | None
    bound: TimeBound | None
    spans: tuple[Span, ...]
    bound_spans: tuple[Span, ...] = ()
    refused: tuple[Group, ...] = ()


def read_dates(found: FoundDates, clock: Clock) -> DateWords:
    """Puts the finds on the clock and joins them into one range."""
    every = join_days(found, clock)
    refused = tuple(group for group in every if group.is_refused)
    groups = [group for group in every if not group.is_refused] or _next_instead(
        refused, found, clock
    )
    bound, time_spans = time_bound(found, groups, clock)
    if not groups:
        spans = tuple(group.span for group in refused)
        times = tuple(_with_lead_in(found.low, span) for span in time_spans)
        return DateWords(None, bound, spans, times, refused)
    period = without_refused(groups[0].period, refused, clock)
    if bound is not None:
        period = bounded(period, bound, clock)
    spans = (*(group.span for group in (*groups, *refused)), *time_spans)
    return DateWords(
        not_before_now(period, clock), bound, tuple(_with_lead_in(found.low, s) for s in spans)
    )


def without_refused(period: Period, refused: tuple[Group, ...], clock: Clock) -> Period:
    """The period without the days that the words leave out."""
    for group in refused:
        period = without_period(period, weekday_inside(group, period, clock), clock)
    return period


def _next_instead(refused: tuple[Group, ...], found: FoundDates, clock: Clock) -> list[Group]:
    """The one after what was refused, when the words say so: "not this weekend, the next one"."""
    if not refused or refused[-1].period.end is None:
        return []
    last = refused[-1]
    asked = asks_for_the_next(found.low, last.span.end)
    if asked is None or last.period.end is None:
        return []
    start = not_before_now(last.period, clock).start
    return [Group(Span(*asked), next_of_kind(start, last.period.end, 1, clock))]


def _with_lead_in(low: str, span: Span) -> Span:
    """The span with the little word before it: "on", "in", "for the"."""
    found = _LEAD_IN.search(low[max(0, span.start - 12) : span.start])
    return Span(span.start - len(found.group()), span.end) if found else span


def read_within(found: FoundDates, known: Period | None, clock: Clock) -> DateWords | None:
    """A bare weekday among the days in force: "what about Sunday?" after "next weekend".

    None when it is not one of them.

    Only weekdays without "this" or "next" are looked for there, and only while
    the days in force lie ahead and hold each weekday about once.
    """
    if known is None or known.end is None or known.first <= clock.today:
        return None
    if known.last - known.first > _LONGEST_WEEK or not found.days:
        return None
    if not all(
        _BARE_WEEKDAY.fullmatch(found.low[day.span.start : day.span.end]) for day in found.days
    ):
        return None
    words = read_dates(found, clock.from_day(known.first))
    period = words.period
    if period is None or period.first < known.first or period.last > known.last:
        return None
    return words
