"""Joins days into ranges: "between A and B", "until B", "Friday or Saturday", "Fri, Dec 4"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.understanding.dates.calendar_words import weekday_number
from rag.understanding.dates.clock import DAY, Clock, Period, is_before, week, weekend
from rag.understanding.dates.clock import days as whole_days
from rag.understanding.dates.qualifiers import counted_from, counted_on, refusal_before
from rag.understanding.dates.recognition import FoundDates, FoundDay
from rag.understanding.text import Span

# What may stand between two days, times of day left out.
_TO = re.compile(r"(?:to|-|through|thru|until|till|til|up to)(?: (?:at|on))?(?: the)?")
_AND = re.compile(r",? ?(?:and|or|&|\+|/)(?: also| maybe)?(?: all day)?(?: on)?(?: the)?")
_BESIDE = re.compile(r"\.?,? ?(?:the|on|on the|at|in|in the|of|from|between|\()?")
_BEFORE_OR_AFTER = re.compile(r"(?P<way>before|after)(?: the)?")
_BETWEEN_AND = re.compile(r"(?:and|to|-|through|until|till)(?: (?:at|on))?(?: the)?")
_OPENS_RANGE = re.compile(
    r"\b(?:between|from) (?:(?:noon|midnight|[0-9:]+ ?(?:[ap]\.?m\.?)?) (?:on )?)?(?:the )?$"
)
# A clock between two days may hold the word that joins them: "Friday until 6pm on Sunday".
_JOINS = re.compile(
    r"(?:until|till|til|to|up to|and|-)(?= |$)|(?<= )(?:-|to|until|till|through)(?= )"
)
_NOTHING = re.compile(r",?(?: ?on)?(?: the)?")
_FROM_NOW_UNTIL = re.compile(
    r"\b(?P<how>(?:from )?(?:now )?(?:until|till|til|through|thru|up to|by)"
    r"|(?:between|from) now (?:and|to)|before|prior to)"
    r" (?:the )?(?P<end>end of (?:the )?)?$"
)
_FROM_THEN_ON = re.compile(
    r"\b(?P<how>not (?:before|until|till)|no (?:earlier|sooner) than|after|from|since|starting"
    r"|beginning)(?: on| from)? (?:the )?$"
)
_YEAR = re.compile(r"20[0-9]{2}")  # "until 2028" is until it begins
_TO_THE_END_OF = re.compile(r"(?:the )?(?:very )?end of ")
_IS_OVER = re.compile(r" (?:is (?:over|out|up)|ends|runs out)\b")
_AROUND = re.compile(
    r"\b(?P<how>w/c|(?:week|weekend) (?:of|around|(?:starting|beginning|commencing)(?: on)?)"
    r"|week-commencing) (?:the )?$"
)
_ONWARDS = re.compile(r" (?:onwards?|and (?:later|after|on)|or later)\b| on(?= ?(?:$|[?!.,;]))")
_LONGEST_LEAD_IN = 40
_HOLDS_RANGE = re.compile(
    r"[0-9a-z.] ?(?:-| to | through | thru | until | till ) ?(?:the )?[0-9a-z]"
)
# Within a longer time than this a weekday is every one of its kind.
_LONGEST_WEEK = 10 * DAY


@dataclass(frozen=True, slots=True)
class Group:
    """Days that belong together, and the words they span; `is_refused` are not wanted.

    `joint` is where the words of a range of two days pass from one to the other, `first`
    the day it begins with; `parts` are days that "or" or "and" joined.
    """

    span: Span
    period: Period
    is_refused: bool = False
    is_weekday: bool = False
    joint: int | None = None
    first: Period | None = None
    parts: tuple[Period, ...] = ()

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The ISO weekdays of single days that leave others out between them, else none."""
        if any(each.first != each.last for each in self.parts):
            return ()
        the_days = {each.first for each in self.parts}
        is_whole = len(the_days) == (self.period.last - self.period.first).days + 1
        return () if is_whole else tuple(sorted({day.isoweekday() for day in the_days}))


@dataclass(frozen=True, slots=True)
class _Named:
    """Words for a day or period, put on the clock."""

    words: FoundDay
    period: Period


def join_days(found: FoundDates, clock: Clock) -> list[Group]:
    """The days of a message as groups that each mean one period, in order."""
    named = [_Named(day, period) for day in found.days if (period := day.on(clock))]
    groups: list[Group] = []
    for index, day in enumerate(named):
        joined = _join(groups[-1], named[index - 1], day, found, clock) if groups else None
        if joined is not None:
            groups[-1] = joined
        else:
            groups.append(_alone(day, found.low))
    return [_open_ended(group, found.low, clock) for group in groups]


def _alone(day: _Named, low: str) -> Group:
    span = day.words.span
    refusal = refusal_before(low[max(0, span.start - _LONGEST_LEAD_IN) : span.start])
    span = Span(span.start - refusal, span.end)
    return Group(span, day.period, is_refused=refusal > 0, is_weekday=day.period.weekly)


def _join(
    before: Group, last: _Named, new: _Named, found: FoundDates, clock: Clock
) -> Group | None:
    """One group of a group and the next day, when the words between them say so."""
    gap = _gap(found, before.span.end, new.words.span.start)
    if gap is None:
        return None
    span = Span(before.span.start, new.words.span.end)
    if before.is_refused:
        union = _union(before.period, new.period)
        return replace(before, span=span, period=union) if _AND.fullmatch(gap) else None
    opened = _OPENS_RANGE.search(found.low[max(0, span.start - _LONGEST_LEAD_IN) : span.start])
    within = _OPENS_RANGE.search(found.low, before.span.start, last.words.span.start)
    if opened and _BETWEEN_AND.fullmatch(gap):
        span = Span(span.start - len(opened.group()), span.end)
    if _TO.fullmatch(gap) or ((opened or within) and _BETWEEN_AND.fullmatch(gap)):
        joint = _joint(found.low, before.span.end, new.words.span.start)
        period = _range(before.period, new, clock)
        return Group(span, period, joint=joint, first=before.period)
    is_list = gap == "," and last.period.weekly and new.period.weekly
    if is_list or _AND.fullmatch(gap):
        parts = (*(before.parts or (before.period,)), new.period)
        return Group(span, _union(before.period, new.period), parts=parts)
    beside = _BEFORE_OR_AFTER.fullmatch(gap)
    if beside and last.period.weekly and before.is_weekday and not new.period.weekly:
        return Group(span, _weekday_beside(last, new.period, beside["way"], clock))
    if _BESIDE.fullmatch(gap) and before.first is not None:  # "Friday to Sunday, Dec 6"
        exact = _Named(new.words, _narrower(last, new, clock))
        return replace(before, span=span, period=_range(before.first, exact, clock))
    if _BESIDE.fullmatch(gap):
        return Group(span, _narrower(_Named(last.words, before.period), new, clock))
    return None


def _gap(found: FoundDates, start: int, end: int) -> str | None:
    """What stands between two days, times of day left out; None when one is inside the other."""
    if end < start:
        return None
    text = found.low[start:end]
    for time in found.times:
        if start <= time.span.start and time.span.end <= end:
            words = found.low[time.span.start : time.span.end]
            joins = _JOINS.match(words)
            text = text.replace(words, joins.group() if joins else "", 1)
            if not joins and _JOINS.search(words) and _NOTHING.fullmatch(" ".join(text.split())):
                text = "to"  # "Dec 5 6pm to 8pm Dec 7"
    return " ".join(text.split())


def _joint(low: str, start: int, end: int) -> int:
    """Where the word that joins two days stands between them."""
    found = _JOINS.search(low, start, end)
    return found.start() if found else start


def _range(first: Period, last: _Named, clock: Clock) -> Period:
    """From the start of one to the end of the other.

    When the end would come first, a day that repeats tells which: "Dec 5 to
    Jan 3" asked on Dec 20 is going on; "tomorrow to Friday" and "Monday to
    Friday" asked on a Friday end in a week.
    """
    end = last.period.end
    if end is None or is_before(first.start, end):
        return Period(first.start, end)
    ends_today = first.weekly and last.period.first == clock.today
    if first.repeats and not ends_today:
        return Period(clock.now, end)
    again = last.words.on(clock.from_day(first.first)) or last.period
    return Period(first.start, again.end)


def _union(one: Period, other: Period) -> Period:
    start = one.start if is_before(one.start, other.start) else other.start
    if one.end is None or other.end is None:
        return Period(start, None)
    return Period(start, other.end if is_before(one.end, other.end) else one.end)


def _narrower(one: _Named, other: _Named, clock: Clock) -> Period:
    """Of two namings of one time the more exact: "Friday, December 4", "Friday next week"."""
    if one.period.weekly != other.period.weekly:
        weekday, frame = (one, other) if one.period.weekly else (other, one)
        return _weekday_within(weekday, frame.period, clock)
    if one.period.end is None or other.period.end is None:
        return one.period
    return min(one.period, other.period, key=_seconds)


def _weekday_within(weekday: _Named, frame: Period, clock: Clock) -> Period:
    """The weekday of a week or month; the frame itself when it is the day, or has no such day."""
    wanted = weekday_number(weekday.words.match["weekday"])
    begin = frame.first
    is_long = frame.last - frame.first > _LONGEST_WEEK
    if is_long:
        begin = max(begin, clock.today)
    inside = begin + DAY * ((wanted - begin.weekday()) % 7)
    if frame.first == frame.last or inside > frame.last:
        return frame
    if is_long:  # "a Saturday in December": from the first to the last of them
        return whole_days(clock, inside, frame.last - DAY * ((frame.last.weekday() - wanted) % 7))
    return whole_days(clock, inside, inside)


def weekday_inside(weekday: Group, frame: Period, clock: Clock) -> Period:
    """The day of a group that is a mere weekday, taken for that of a period of about a week."""
    shift = DAY * ((weekday.period.first - frame.first).days % 7)
    inside = frame.first + shift
    if not weekday.is_weekday or inside > frame.last:
        return weekday.period
    return whole_days(clock, inside, inside)


def _weekday_beside(weekday: _Named, period: Period, way: str, clock: Clock) -> Period:
    """ "the Saturday before Christmas", "the Sunday after Thanksgiving"."""
    wanted = weekday_number(weekday.words.match["weekday"])
    if way == "after":
        day = period.last + DAY * ((wanted - period.last.weekday() - 1) % 7 + 1)
    else:
        day = period.first - DAY * ((period.first.weekday() - wanted - 1) % 7 + 1)
    return whole_days(clock, day, day)


def _seconds(period: Period) -> float:
    return period.end.timestamp() - period.start.timestamp() if period.end else float("inf")


def _open_ended(group: Group, low: str, clock: Clock) -> Group:
    """Applies "the day after", "until", "before", "from … on", "the week of" around a group."""
    if group.is_refused:
        return group
    before = low[max(0, group.span.start - _LONGEST_LEAD_IN) : group.span.start]
    if on := counted_on(low, group.span.end, group.period, clock):
        return Group(Span(group.span.start, on[0]), on[1])
    if counted := counted_from(before, group.period, clock):
        return Group(Span(group.span.start - counted[0], group.span.end), counted[1])
    until, around, after = (p.search(before) for p in (_FROM_NOW_UNTIL, _AROUND, _FROM_THEN_ON))
    onwards = _ONWARDS.match(low, group.span.end)
    over = _IS_OVER.match(low, group.span.end) if until else None
    if until and not (after and after["how"].startswith("no")):
        to_end = over or until["end"] or _TO_THE_END_OF.match(low, group.span.start)
        is_year = _YEAR.fullmatch(low, group.span.start, group.span.end)
        how = "until" if to_end else until["how"]
        how = "before" if is_year and not to_end and "thr" not in how else how
        period = _until(group.period, how, clock)
    elif around:
        period = _week_around(group.period, around["how"], clock)
    elif after and not onwards and after["how"] != "after" and _is_range(group, low):
        period = group.period
    elif after or onwards:
        is_after = after is not None and after["how"] == "after" and not onwards
        period = Period((group.period.end if is_after else None) or group.period.start, None)
    else:
        return group
    lead_in = after if after and after["how"].startswith("no") else until or around or after
    start = group.span.start - (len(lead_in.group()) if lead_in else 0)
    end = onwards or over
    return Group(Span(start, end.end() if end else group.span.end), period)


def _is_range(group: Group, low: str) -> bool:
    """Whether the words name both ends themselves: "from 5 to 7 December"."""
    is_longer = group.period.first != group.period.last
    return is_longer and _HOLDS_RANGE.search(low, group.span.start, group.span.end) is not None


def _until(period: Period, how: str, clock: Clock) -> Period:
    """From now to the end of the period, or to its start after "before"."""
    end = period.start if how in ("before", "prior to") else period.end
    return Period(clock.now, end) if end and is_before(clock.now, end) else period


def _week_around(period: Period, how: str, clock: Clock) -> Period:
    """ "the week of Dec 7", "the weekend of Dec 12"."""
    if how.startswith("weekend"):
        return weekend(clock, period.first)
    return week(clock, period.first)
