"""From the words of a message to one half-open range of time.

`recognition.find_dates` has found whatever looks like a day, a period or a time of
day. Once the place, and with it the zone, is known, `read_dates` puts the finds on
the user's clock and joins them (`ranges`): "between A and B", "until B", "Friday or
Saturday", a weekday with its date. A time of day narrows the days that are named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from rag.understanding.dates import recognition as times_of_day
from rag.understanding.dates.calendar_words import DAY_NAME, WEEKDAY
from rag.understanding.dates.clock import DAY, MIDNIGHT, Clock, Period, is_before, not_before_now
from rag.understanding.dates.clock_times import HOUR, FoundTime, TimeBound
from rag.understanding.dates.qualifiers import asks_for_the_next, without_period
from rag.understanding.dates.ranges import Group, join_days, weekday_inside
from rag.understanding.dates.recognition import FoundDates
from rag.understanding.dates.shifts import next_of_kind
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
    if lasting is not None and bound.start and not all(time.is_part for time in clocks):
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
    if _AFTER_WEEKDAY.search(found.low, 0, time.span.start):
        return False
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


_AFTER_WEEKDAY = re.compile(rf"\b{DAY_NAME} $")
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
    day that may narrow a day known from before. `refused` are the days that are
    to be left out. `weekdays` are the days of "Monday or Wednesday";
    `each_day` says that the bound holds on each day of the period.
    """

    period: Period | None
    bound: TimeBound | None
    spans: tuple[Span, ...]
    bound_spans: tuple[Span, ...] = ()
    refused: tuple[Group, ...] = ()
    weekdays: tuple[int, ...] = ()
    each_day: bool = False


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
    if bound is not None and groups[0].is_length and bound.end - bound.start == HOUR:
        ends = clock.moment(period.last + DAY, bound.start)
        period = Period(clock.moment(period.first, bound.start), ends)
    elif bound is not None:
        period = bounded(period, bound, clock)
    spans = (*(group.span for group in (*groups, *refused)), *time_spans)
    return DateWords(
        not_before_now(period, clock),
        bound,
        tuple(_with_lead_in(found.low, s) for s in spans),
        refused=refused,
        weekdays=groups[0].weekdays,
        each_day=_holds_on_each_day(found, groups[0], bound),
    )


def _holds_on_each_day(found: FoundDates, group: Group, bound: TimeBound | None) -> bool:
    """Whether a time of day is one of several days: "this weekend after 8", "Friday or Saturday
    night", and not a clock at which they begin or end: "Friday 6pm to Sunday"."""
    if bound is None or len(found.times) != 1 or bound.end > MIDNIGHT:
        return False
    [time] = found.times
    is_inside = group.span.start < time.span.start < group.span.end
    is_an_end = (group.joint is not None or group.is_length) and time.is_point
    return group.period.first != group.period.last and not is_inside and not is_an_end


def without_refused(period: Period, refused: tuple[Group, ...], clock: Clock) -> Period:
    """The period without the days that the words leave out."""
    for group in refused:
        period = without_period(period, weekday_inside(group, period, clock), clock)
    return period


def weekdays_left(period: Period | None, refused: tuple[Group, ...], clock: Clock) -> list[int]:
    """The ISO weekdays to keep where a refused one lies amid the period; none when none does.

    Without a period the refusal holds for any week.
    """
    out = set()
    for group in refused:
        if not group.is_weekday:
            continue
        day = weekday_inside(group, period, clock) if period is not None else group.period
        if period is None or _lies_amid(day, period):
            out.add(day.first.isoweekday())
    return [day for day in range(1, 8) if day not in out] if out else []


def _lies_amid(day: Period, period: Period) -> bool:
    return period.first <= day.first <= period.last and period.first != period.last


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
