"""Joining days: "between A and B", "until B", "Friday or Saturday", a weekday with its date."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.understanding.calendar_words import weekday_number
from rag.understanding.clock import DAY, EVENING, Clock, Period, is_before
from rag.understanding.clock import days as whole_days
from rag.understanding.found_dates import FoundDates, FoundDay
from rag.understanding.text import Span

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
_AROUND = re.compile(r"\b(?P<how>week|weekend) (?:of|around) (?:the )?$")
_ONWARDS = re.compile(r" (?:onwards?|and (?:later|after|on)|or later)\b| on(?= ?(?:$|[?!.,;]))")
_LONGEST_LEAD_IN = 24


@dataclass(frozen=True, slots=True)
class Group:
    """Days that belong together, and the words they span."""

    span: Span
    period: Period


def join_days(found: FoundDates, clock: Clock) -> list[Group]:
    groups: list[Group] = []
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
            groups.append(Group(day.span, period))
        last = day
    return [_open_ended(group, found.low, clock) for group in groups]


def _join(
    before: Group,
    last: FoundDay,
    day: FoundDay,
    period: Period,
    clock: Clock,
    found: FoundDates,
) -> Group | None:
    """One group of two neighbours, when the words between them say so."""
    gap = _gap(found, before.span.end, day.span.start)
    span = Span(before.span.start, day.span.end)
    opened = _OPENS_RANGE.search(found.low[max(0, before.span.start - 14) : before.span.start])
    if gap is None:
        return None
    if opened and _BETWEEN_AND.fullmatch(gap):
        start = before.span.start - len(opened.group())
        return Group(Span(start, span.end), _range(before.period, period, day, clock))
    if _TO.fullmatch(gap):
        return Group(span, _range(before.period, period, day, clock))
    if _AND.fullmatch(gap):
        return Group(span, _union(before.period, period))
    if _BESIDE.fullmatch(gap):
        return Group(span, _narrower(before.period, last, period, day, clock))
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
                return whole_days(clock, inside, inside)
        return frame
    if one.end is None or other.end is None:
        return one
    shorter_first = one.end - one.start <= other.end - other.start
    return one if shorter_first else other


def _open_ended(group: Group, low: str, clock: Clock) -> Group:
    """Applies "until", "before", "after", "from … on" in front of a group."""
    before = low[max(0, group.span.start - _LONGEST_LEAD_IN) : group.span.start]
    until = _FROM_NOW_UNTIL.search(before)
    if until:
        span = Span(group.span.start - len(until.group()), group.span.end)
        ends_before = until["how"] in ("before", "prior to")
        end = group.period.start if ends_before else group.period.end
        if end is not None and is_before(clock.now, end):
            return Group(span, Period(clock.now, end))
        return Group(span, group.period)
    around = _AROUND.search(before)
    if around and group.period.end is not None:
        monday = group.period.first - DAY * group.period.first.weekday()
        week = whole_days(clock, monday, monday + 6 * DAY)
        if around["how"] == "weekend":
            week = replace(week, start=clock.moment(monday + 4 * DAY, EVENING))
        return Group(Span(group.span.start - len(around.group()), group.span.end), week)
    onwards = _ONWARDS.match(low, group.span.end)
    after = _FROM_THEN_ON.search(before)
    if after or onwards:
        start = group.span.start - (len(after.group()) if after else 0)
        span = Span(start, onwards.end() if onwards else group.span.end)
        is_after = after is not None and after["how"] == "after" and not onwards
        begins = (group.period.end if is_after else None) or group.period.start
        return Group(span, Period(begins, None))
    return group
