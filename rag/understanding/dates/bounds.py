"""The time of day in the words, and how it narrows the days that they name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from rag.understanding.dates import times_of_day
from rag.understanding.dates.clock import DAY, MIDNIGHT, Clock, Period, is_before, not_before_now
from rag.understanding.dates.clock_times import HOUR
from rag.understanding.dates.ranges import Group
from rag.understanding.dates.recognition import FoundDates
from rag.understanding.dates.times_of_day import FoundTime, TimeBound
from rag.understanding.text import Span

_HALF = re.compile(r"\bhalf (?!past|after|an? )")
# Where the half hour is counted towards the hour: "halb sieben", "half zeven", "halv syv".
_HALF_BEFORE = frozenset(("AT", "CH", "CZ", "DE", "DK", "FI", "HU", "LI", "NL", "NO", "PL", "SE"))


def time_bound(
    found: FoundDates, groups: list[Group], clock: Clock
) -> tuple[TimeBound | None, list[Span]]:
    """The time of day that the words give, and where they give it.

    Over several days ("Saturday morning to Sunday noon") it runs from the
    first time on the first day to the last time on the last one.
    """
    times = [time for time in found.times if not _is_part_of_a_name(found, time)]
    if len(groups) > 1:  # "Thursday at noon … Sunday evening": what is said of another day
        first = [time for time in times if time.span.start < groups[1].span.start]
        times = first or times
    lasting = next((time for time in times if time.lasts), None)
    clocks = [_as_said_here(time, found.low, clock) for time in times if not time.lasts]
    if not clocks:
        return None, []
    spans = [time.span for time in clocks]
    joint = groups[0].joint if groups else None
    if joint is not None:
        return _from_day_to_day(clocks, joint), spans
    if len(clocks) > 1 and groups and groups[0].period.last > groups[0].period.first:
        return TimeBound(clocks[0].bound.start, clocks[-1].bound.end), spans
    bound = _together(clocks)
    if lasting is not None and bound.start:
        return TimeBound(bound.start, bound.start + lasting.lasts), [*spans, lasting.span]
    return bound, spans


def _together(times: list[FoundTime]) -> TimeBound:
    bound = times[0].bound
    for time in times[1:]:
        bound = times_of_day.both(bound, time.bound)
    return bound


def _from_day_to_day(times: list[FoundTime], joint: int) -> TimeBound:
    """From what is said of the first day of a range to what is said of its last."""
    first = [time for time in times if time.span.start < joint]
    last = [time for time in times if time.span.end > joint]
    start = _together(first).start if first else 0
    if not last:
        is_hour = first[-1].is_point or first[-1].bound.end == MIDNIGHT
        return TimeBound(start, MIDNIGHT if is_hour else first[-1].bound.end)
    bound = _together(last)
    if not first and not last[-1].is_point:  # "Monday to Friday evenings"
        start = bound.start
    end = bound.start if last[-1].is_point else bound.end
    return TimeBound(start, end - MIDNIGHT if end > MIDNIGHT else end)


def _as_said_here(time: FoundTime, low: str, clock: Clock) -> FoundTime:
    """ "Half seven" is half past six where people count the half before the hour."""
    if clock.country_code not in _HALF_BEFORE or not _HALF.search(
        low, time.span.start, time.span.end
    ):
        return time
    start, end = time.bound.start, time.bound.end
    earlier = TimeBound(start - HOUR if start else 0, end - HOUR if end < MIDNIGHT else end)
    return replace(time, bound=earlier)


def _is_part_of_a_name(found: FoundDates, time: FoundTime) -> bool:
    """Whether "night" belongs to a name ("trivia night") and not to a day ("Friday night")."""
    if not found.low.startswith(("night", "nite"), time.span.start):
        return False
    if found.low.startswith(("nights", "nites"), time.span.start):
        return not any(d.span.end == time.span.start - 1 for d in found.days)
    beside = (found.low[: time.span.start].rstrip(), found.low[time.span.end :].lstrip())
    starts = len(found.low) - len(beside[1])
    return not any(d.span.end == len(beside[0]) or d.span.start == starts for d in found.days)


def bounded(period: Period, bound: TimeBound, clock: Clock) -> Period:
    """The period from its first day's bound to its last day's; a weekday gone by rolls on."""
    start = clock.moment(period.first, bound.start)
    end = clock.moment(period.last, bound.end) if period.end is not None else None
    if period.weekly and end is not None and not is_before(clock.now, end):
        day = period.first + 7 * DAY
        return Period(clock.moment(day, bound.start), clock.moment(day, bound.end), repeats=True)
    if is_before(start, period.start):
        start = period.start
    if end is not None and not is_before(start, end):
        return period
    return Period(start, end, period.repeats)


def bound_to(period: Period, bound: TimeBound, clock: Clock) -> Period:
    """A day known from before, at the time of day in these words.

    The words narrow the hours in force ("after 6pm", then "before 9pm");
    where they point elsewhere or wider ("in the morning instead") they replace them.
    """
    begin, end = clock.moment(period.first, bound.start), clock.moment(period.last, bound.end)
    if period.end is None:
        return not_before_now(bounded(period, bound, clock), clock)
    is_wider = not is_before(period.start, begin) and not is_before(end, period.end)
    is_elsewhere = not is_before(begin, period.end) or not is_before(period.start, end)
    if not (is_wider or is_elsewhere):
        begin = max(begin, period.start, key=datetime.timestamp)
        end = min(end, period.end, key=datetime.timestamp)
    return not_before_now(Period(begin, end), clock)
