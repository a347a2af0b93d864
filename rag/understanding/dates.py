"""From the words of a message to one half-open range of time.

First, whatever looks like a day, a period or a time of day is found in the
text, without knowing the zone (`find_dates`); then, once the place and with it
the zone is known, the finds are put on the clock and joined: "between A and B",
"until B", "Friday or Saturday", a weekday with its date, a day with a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from rag.understanding import days, holidays, periods, times_of_day
from rag.understanding.calendar_words import weekday_number
from rag.understanding.clock import DAY, Clock, Period, is_before, not_before_now
from rag.understanding.text import Span, longest_first
from rag.understanding.times_of_day import FoundTime, TimeBound

_RULES = (
    *days.RULES,
    *periods.RULES,
    days.Rule(holidays.PATTERN, holidays.evaluate),
)
# What may stand between two days, times of day left out.
_TO = re.compile(r"(?:to|-|through|thru|until|till|til|up to)(?: the)?")
_AND = re.compile(r",? ?(?:and|or|&|\+|/)(?: also| maybe)?(?: on)?(?: the)?")
_BESIDE = re.compile(r",? ?(?:the|on|on the|at|in the|of|from|\()?")
_BETWEEN_AND = re.compile(r"(?:and|to|-|through|until|till)(?: the)?")
_OPENS_RANGE = re.compile(r"\b(?:between|from) (?:the )?$")
_FROM_NOW_UNTIL = re.compile(
    r"\b(?P<how>(?:from )?(?:now )?(?:until|till|til|through|thru|up to|by)|before|prior to)"
    r" (?:the )?$"
)
_FROM_THEN_ON = re.compile(
    r"\b(?P<how>after|from|since|starting|beginning)(?: on| from)? (?:the )?$"
)
_ONWARDS = re.compile(r" (?:onwards?|and (?:later|after|on)|or later)\b| on(?= ?(?:$|[?!.,;]))")
_LEAD_IN = re.compile(r"\b(?:on|in|for|during|over|at|between|from)(?: the)? $")
_LONGEST_LEAD_IN = 24


@dataclass(frozen=True, slots=True)
class FoundDay:
    """Words that name a day or period, still to be put on a clock."""

    span: Span
    match: re.Match[str]
    evaluate: Callable[[re.Match[str], Clock], Period | None]

    def on(self, clock: Clock) -> Period | None:
        return self.evaluate(self.match, clock)


@dataclass(frozen=True, slots=True)
class FoundDates:
    """Everything in a message that may be a date or a time, in order."""

    low: str
    days: tuple[FoundDay, ...]
    times: tuple[FoundTime, ...]

    def without(self, taken: list[Span]) -> FoundDates:
        """The finds that do not overlap words which turned out to be something else."""
        return replace(
            self,
            days=tuple(d for d in self.days if not any(d.span.overlaps(s) for s in taken)),
            times=tuple(t for t in self.times if not any(t.span.overlaps(s) for s in taken)),
        )

    @property
    def spans(self) -> list[Span]:
        """The words that name days."""
        return [day.span for day in self.days]


def find_dates(low: str) -> FoundDates:
    """Finds the words for days and times in lower-case text; of overlapping ones the longest."""
    found = [
        FoundDay(Span(*match.span()), match, rule.evaluate)
        for rule in _RULES
        for match in rule.pattern.finditer(low)
    ]
    by_span = {(day.span.start, day.span.end): day for day in reversed(found)}
    kept = longest_first(day.span for day in found)
    the_days = tuple(by_span[span.start, span.end] for span in kept)
    times = tuple(
        time
        for time in times_of_day.find_times(low)
        if not any(time.span.overlaps(span) for span in kept)
    )
    return FoundDates(low, the_days, times)


@dataclass(frozen=True, slots=True)
class DateWords:
    """What the date words mean, and which words they are.

    `period` is None when no day was named; `bound` then still holds a time of
    day that may narrow a day known from before.
    """

    period: Period | None
    bound: TimeBound | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Days that belong together, and the words they span."""

    span: Span
    period: Period


def read_dates(found: FoundDates, clock: Clock) -> DateWords:
    """Puts the finds on the clock and joins them into one range."""
    groups = _joined(found, clock)
    bound, time_spans = _bound(found, groups)
    if not groups:
        return DateWords(None, bound, ())
    period = groups[0].period
    if bound is not None:
        period = _bounded(period, bound, clock)
    spans = (*(group.span for group in groups), *time_spans)
    return DateWords(
        not_before_now(period, clock), bound, tuple(_with_lead_in(found.low, s) for s in spans)
    )


def _joined(found: FoundDates, clock: Clock) -> list[_Group]:
    groups: list[_Group] = []
    last: FoundDay | None = None
    for day in found.days:
        period = day.on(clock)
        if period is None:
            continue
        previous = groups[-1] if groups else None
        joined = last and previous and _join(previous, last, day, period, clock, found)
        if joined:
            groups[-1] = joined
        else:
            groups.append(_Group(day.span, period))
        last = day
    return [_open_ended(group, found.low, clock) for group in groups]


def _join(
    before: _Group,
    last: FoundDay,
    day: FoundDay,
    period: Period,
    clock: Clock,
    found: FoundDates,
) -> _Group | None:
    """One group of two neighbours, when the words between them say so."""
    gap = _gap(found, before.span.end, day.span.start)
    span = Span(before.span.start, day.span.end)
    opened = _OPENS_RANGE.search(found.low[max(0, before.span.start - 14) : before.span.start])
    if gap is None:
        return None
    if opened and _BETWEEN_AND.fullmatch(gap):
        start = before.span.start - len(opened.group())
        return _Group(Span(start, span.end), _range(before.period, period, day, clock))
    if _TO.fullmatch(gap):
        return _Group(span, _range(before.period, period, day, clock))
    if _AND.fullmatch(gap):
        return _Group(span, _union(before.period, period))
    if _BESIDE.fullmatch(gap):
        return _Group(span, _narrower(before.period, last, period, day, clock))
    return None


def _gap(found: FoundDates, start: int, end: int) -> str | None:
    """What stands between two days, times of day left out; None when one is inside the other."""
    if end < start:
        return None
    text = found.low[start:end]
    for time in found.times:
        if start <= time.span.start and time.span.end <= end:
            text = text.replace(found.low[time.span.start : time.span.end], "", 1)
    return " ".join(text.split())


def _range(first: Period, last: Period, day: FoundDay, clock: Clock) -> Period:
    """From the start of one to the end of the other.

    When the end would come first, a day that repeats tells which: "Dec 5 to
    Jan 3" asked on Dec 20 is going on; "tomorrow to Friday" and "Monday to
    Friday" asked on a Friday end in a week.
    """
    if last.end is not None and not is_before(first.start, last.end):
        ends_today = first.weekly and last.first == clock.today
        if first.repeats and not ends_today:
            return Period(clock.now, last.end)
        again = day.on(clock.from_day(first.first))
        last = again or last
    return Period(first.start, last.end)


def _union(one: Period, other: Period) -> Period:
    start = one.start if is_before(one.start, other.start) else other.start
    if one.end is None or other.end is None:
        return Period(start, None)
    return Period(start, other.end if is_before(one.end, other.end) else one.end)


def _narrower(
    one: Period, one_day: FoundDay, other: Period, other_day: FoundDay, clock: Clock
) -> Period:
    """Of two namings of one time the more exact: "Friday, December 4", "Friday next week"."""
    if one.weekly != other.weekly:
        frame, weekday = (other, one_day) if one.weekly else (one, other_day)
        if frame.last > frame.first:
            wanted = weekday_number(weekday.match["weekday"])
            inside = frame.first + DAY * ((wanted - frame.first.weekday()) % 7)
            if inside <= frame.last:
                return days.days(clock, inside, inside)
        return frame
    if one.end is None or other.end is None:
        return one
    shorter_first = one.end - one.start <= other.end - other.start
    return one if shorter_first else other


def _open_ended(group: _Group, low: str, clock: Clock) -> _Group:
    """Applies "until", "before", "after", "from … on" in front of a group."""
    before = low[max(0, group.span.start - _LONGEST_LEAD_IN) : group.span.start]
    until = _FROM_NOW_UNTIL.search(before)
    if until:
        span = Span(group.span.start - len(until.group()), group.span.end)
        ends_before = until["how"] in ("before", "prior to")
        end = group.period.start if ends_before else group.period.end
        if end is not None and is_before(clock.now, end):
            return _Group(span, Period(clock.now, end))
        return _Group(span, group.period)
    onwards = _ONWARDS.match(low, group.span.end)
    after = _FROM_THEN_ON.search(before)
    if after or onwards:
        start = group.span.start - (len(after.group()) if after else 0)
        span = Span(start, onwards.end() if onwards else group.span.end)
        is_after = after is not None and after["how"] == "after" and not onwards
        begins = (group.period.end if is_after else None) or group.period.start
        return _Group(span, Period(begins, None))
    return group


def _bound(found: FoundDates, groups: list[_Group]) -> tuple[TimeBound | None, list[Span]]:
    """The time of day that the words give, and where they give it.

    Over several days ("Saturday morning to Sunday noon") it runs from the
    first time on the first day to the last time on the last one.
    """
    times = [time for time in found.times if not _is_part_of_a_name(found, time)]
    if not times:
        return None, []
    spans = [time.span for time in times]
    if len(times) > 1 and groups and groups[0].period.last > groups[0].period.first:
        return TimeBound(times[0].bound.start, times[-1].bound.end), spans
    bound = times[0].bound
    for time in times[1:]:
        bound = times_of_day.both(bound, time.bound)
    return bound, spans


def _is_part_of_a_name(found: FoundDates, time: FoundTime) -> bool:
    """Whether "night" belongs to a name ("trivia night") and not to a day ("Friday night")."""
    if not found.low.startswith("night", time.span.start):
        return False
    beside = (found.low[: time.span.start].rstrip(), found.low[time.span.end :].lstrip())
    starts = len(found.low) - len(beside[1])
    return not any(d.span.end == len(beside[0]) or d.span.start == starts for d in found.days)


def _bounded(period: Period, bound: TimeBound, clock: Clock) -> Period:
    """The period from its first day's bound to its last day's; a weekday gone by rolls on."""
    start = clock.moment(period.first, bound.start)
    end = clock.moment(period.last, bound.end) if period.end is not None else None
    if period.weekly and end is not None and not is_before(clock.now, end):
        later = clock.from_day(period.first)
        week = replace(period, start=later.moment(period.first + 7 * DAY))
        return Period(
            clock.moment(week.first, bound.start), clock.moment(week.first, bound.end), repeats=True
        )
    if is_before(start, period.start):
        start = period.start
    if end is not None and not is_before(start, end):
        return period
    return Period(start, end, period.repeats)


def bound_to(period: Period, bound: TimeBound, clock: Clock) -> Period:
    """A day known from before, narrowed by a time of day in these words."""
    return not_before_now(_bounded(period, bound, clock), clock)


def _with_lead_in(low: str, span: Span) -> Span:
    """The span with the little word before it: "on", "in", "for the"."""
    found = _LEAD_IN.search(low[max(0, span.start - 12) : span.start])
    return Span(span.start - len(found.group()), span.end) if found else span
