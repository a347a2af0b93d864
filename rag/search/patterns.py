"""Turns patterns of time into rows of half-open bounds. Pure.

"Weekday evenings" between two instants becomes one span an evening, each computed on the
wall clock of the search's zone: so an evening is an evening on both sides of a change of the
clocks. Search compares the spans with the start of an event (`rag.search.filters`).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rag.types import TimePattern

Span = tuple[datetime, datetime]

_MIDNIGHT = time()
_DAY = timedelta(days=1)
# Patterns are laid out no further than this beyond the first day: later ones fit none.
_MOST_DAYS = 3 * 366


def spans_of(
    patterns: Iterable[TimePattern], date_from: datetime, date_to: datetime, timezone: str
) -> tuple[Span, ...]:
    """The spans of all patterns between two instants, in order, disjoint, in UTC.

    Spans that meet or overlap are one. Nothing reaches beyond the two instants.
    """
    zone = ZoneInfo(timezone)
    # An evening of the day before may still go on, past midnight.
    first = date_from.astimezone(zone).date() - _DAY
    last = min(date_to.astimezone(zone).date(), first + timedelta(days=_MOST_DAYS))
    spans = (
        (max(since, date_from.astimezone(UTC)), min(until, date_to.astimezone(UTC)))
        for pattern in patterns
        for day in _days(pattern, first, last)
        for since, until in [_span(pattern, day, zone)]
    )
    return _joined(sorted(span for span in spans if span[0] < span[1]))


def _days(pattern: TimePattern, first: date, last: date) -> Iterator[date]:
    """The days on which the pattern's hours begin."""
    day = first
    while day <= last:
        is_weekday = not pattern.weekdays or day.isoweekday() in pattern.weekdays
        positions = {_nth(day), _nth_from_end(day)}
        if is_weekday and (not pattern.nth or not positions.isdisjoint(pattern.nth)):
            yield day
        day += _DAY


def _nth(day: date) -> int:
    """Which one of its weekday a day is in its month, from 1."""
    return (day.day - 1) // 7 + 1


def _nth_from_end(day: date) -> int:
    """The same from the end of the month: -1 is the last one."""
    days = calendar.monthrange(day.year, day.month)[1]
    return -((days - day.day) // 7 + 1)


def _span(pattern: TimePattern, day: date, zone: ZoneInfo) -> Span:
    """The hours that begin on a day; an end that is not after the start is on the next day."""
    starts, ends = pattern.starts or _MIDNIGHT, pattern.ends or _MIDNIGHT
    end_day = day + _DAY if ends <= starts else day
    return (
        datetime.combine(day, starts, zone).astimezone(UTC),
        datetime.combine(end_day, ends, zone).astimezone(UTC),
    )


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for since, until in spans:
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((since, until))
    return tuple(joined)
