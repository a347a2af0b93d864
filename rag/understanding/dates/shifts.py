"""Dates relative to those in force: "later", "anything earlier?", "the week after"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from rag.understanding.dates.calendar_words import WEEKDAY, weekday_number
from rag.understanding.dates.clock import (
    DAY,
    EVENING,
    MIDNIGHT,
    Clock,
    Period,
    first_of_month,
    is_before,
    months,
    not_before_now,
    week,
    weekend,
)
from rag.understanding.dates.clock import days as whole_days
from rag.understanding.numbers import COUNT, number
from rag.understanding.text import Span

_POLITE = (
    r"(?:(?:ok(?:ay)?|and|hm+|well|no|or|maybe|please|what about|how about|is there|are there)"
    r",? )*"
)
_WHAT = (
    r"(?:(?:any(?:thing)?|something|some|show me|find me|a (?:bit|little)|things?|events?|ones?"
    r"|(?:that|which) (?:is|are)|that's) )*"
)
_AFTER = r"(?: (?:ones?|dates?|days?|events?|options?|times?|on|instead|please|then|though|maybe))*"
_SHIFT = re.compile(
    rf"^{_POLITE}{_WHAT}(?:(?:that|this|it|those|these|they)(?:'s| is| are|'re) )?"
    r"(?:(?P<later>later|the (?:next )?one after(?: that| this)?"
    r"|too (?:early|soon)|not (?:so|that) (?:early|soon))"
    r"|(?P<earlier>earlier|sooner|too late|too far (?:off|ahead)|not (?:so|that) late))"
    r"(?P<inside> (?:in|on|that) (?:the |that )?(?:same )?(?:day|evening|week|month|weekend))?"
    rf"{_AFTER}[ ?!.]*$"
)
_NEXT = re.compile(
    rf"^{_POLITE}(?:the )?"
    r"(?:(?P<unit>day|week|weekend|month) (?P<way>after|before)(?: that| this| then)?"
    rf"|(?P<following>following|previous) (?P<unit2>day|week|weekend|month)"
    rf"|(?P<next>next day)){_AFTER}[ ?!.]*$"
)
# "a week later", "two days earlier", "the Saturday after".
_COUNTED = re.compile(
    rf"^{_POLITE}(?P<count>{COUNT}) (?P<unit>day|week)s?"
    rf" (?P<way>later|after(?: that| then)?|earlier|before(?: that| then)?|sooner){_AFTER}[ ?!.]*$"
)
_WEEKDAY_AFTER = re.compile(
    rf"^{_POLITE}(?:the )?(?:(?P<weekday>{WEEKDAY}) (?P<way>after|before)(?: that| this| then)?"
    rf"|following (?P<weekday2>{WEEKDAY})){_AFTER}[ ?!.]*$"
)
# No words move from the dates in force without one of these.
MOVES = re.compile(r"later|earlier|sooner|too |so |that |after|before|following|previous|next")
_FORWARD = ("after", "following")
_WEEK = 7 * DAY
_MOST_DAYS = 370
_LONGEST_DAY = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Shift:
    """A move from the dates in force: `way` 1 is later, -1 earlier.

    `unit` is the day, week, weekend or month to go to, or None when the words
    leave it open. `inside` says that the day in force stays; `days` that the
    dates move by so many; `weekday` (0 is Monday) which day to go to.
    """

    way: int
    unit: str | None
    inside: bool
    span: Span
    days: int = 0
    weekday: int | None = None


def read_shift(low: str) -> Shift | None:
    """The move that a whole message asks for."""
    if found := _SHIFT.match(low):
        way = 1 if found["later"] else -1
        return Shift(way, None, found["inside"] is not None, Span(*found.span()))
    if found := _NEXT.match(low):
        way = 1 if (found["way"] or found["following"] or "after") in _FORWARD else -1
        unit = found["unit"] or found["unit2"] or "day"
        return Shift(way, unit, False, Span(*found.span()))
    if found := _COUNTED.match(low):
        way = 1 if found["way"].startswith(("later", "after")) else -1
        count = number(found["count"]) * (1 if found["unit"] == "day" else _WEEK.days)
        return Shift(way, None, False, Span(*found.span()), days=min(count, _MOST_DAYS))
    if found := _WEEKDAY_AFTER.match(low):
        weekday = weekday_number(found["weekday"] or found["weekday2"])
        way = -1 if found["way"] == "before" else 1
        return Shift(way, None, False, Span(*found.span()), weekday=weekday)
    return None


def shifted(known: Period | None, shift: Shift, clock: Clock) -> Period | None:
    """The dates that the words move to; None when there is nothing earlier than now.

    On one day, what is left of that day before or after the time in force;
    else the next span of the same kind: a day, a weekend, a week, a month, or
    as many days as before. Nothing begins before now.
    """
    known = known or whole_days(clock, clock.today, clock.today + _WEEK - DAY)
    end = known.end or clock.moment(known.first + _WEEK)
    if shift.days or shift.weekday is not None:
        return _by_days(known, end, shift, clock)
    if shift.unit:
        return _next(shift.unit, known, shift.way, clock)
    if shift.inside or _is_part_of_a_day(known, end, clock):
        return _same_day(known, end, shift, clock)
    return _moved(known.start, end, shift.way, clock)


def _is_part_of_a_day(known: Period, end: datetime, clock: Clock) -> bool:
    """Whether hours are in force, of one day."""
    if end.astimezone(UTC) - known.start.astimezone(UTC) > _LONGEST_DAY / 2:
        return False
    return known.start > clock.moment(known.first) and not _starts_now(known.start, clock)


def _same_day(known: Period, end: datetime, shift: Shift, clock: Clock) -> Period | None:
    """The hours before or after those in force; within a whole day its first or second part."""
    midnight, dawn = clock.moment(known.last, MIDNIGHT), clock.moment(known.first)
    is_whole = not is_before(end, midnight) and (
        not is_before(dawn, known.start) or _starts_now(known.start, clock)
    )
    if is_whole:
        evening = clock.moment(known.last, EVENING)
        later, earlier = Period(evening, midnight), Period(known.start, evening)
        return later if shift.way > 0 else earlier
    if shift.way > 0:
        if is_before(end, midnight):
            return Period(end, midnight)
        return _moved(known.start, end, 1, clock)
    begin = dawn if is_before(clock.now, dawn) else clock.now
    return Period(begin, known.start) if is_before(begin, known.start) else None


def _moved(start: datetime, end: datetime, way: int, clock: Clock) -> Period | None:
    """The span of the same kind after or before; a part of it when it would begin before now."""
    period = next_of_kind(start, end, way, clock)
    if not is_before(period.start, clock.now):
        return period
    until = period.end if period.end and is_before(clock.now, period.end) else start
    return Period(clock.now, until) if is_before(clock.now, until) else None


def next_of_kind(start: datetime, end: datetime, way: int, clock: Clock) -> Period:
    """The day, weekend, week or month after (`way` 1) or before one, or as many days."""
    first, last = start.date(), Period(start, end).last
    if first == last:
        midnight = end == clock.moment(last, MIDNIGHT)
        begin = 0 if _starts_now(start, clock) else start.hour * 60 + start.minute
        finish = MIDNIGHT if midnight else end.hour * 60 + end.minute
        day = first + way * DAY
        return Period(clock.moment(day, begin), clock.moment(day, finish))
    count = (last - first).days + 1
    ends_week = last.weekday() == 6 and end == clock.moment(last, MIDNIGHT)
    if ends_week and count <= 3:
        return weekend(clock, last, way)
    if ends_week and count <= 7:
        return week(clock, last, way)
    if (last + DAY).day == 1 and (first.day == 1 or _starts_now(start, clock)):
        return _month(last, way, clock)
    if way > 0:
        return Period(end, clock.moment(end.date() + count * DAY))
    return Period(clock.moment(first - count * DAY), start)


def _by_days(known: Period, end: datetime, shift: Shift, clock: Clock) -> Period | None:
    """The same hours so many days on, or the nearest such weekday past the dates in force."""
    if shift.weekday is not None:
        base = known.last if shift.way > 0 else known.first
        apart = ((shift.weekday - base.weekday()) * shift.way - 1) % 7 + 1
        day = base + shift.way * apart * DAY
        period = whole_days(clock, day, day)
    else:
        by = shift.way * shift.days * DAY
        begins = clock.moment(known.first + by, known.start.hour * 60 + known.start.minute)
        if _starts_now(known.start, clock):
            begins = clock.moment(known.first + by)
        last_midnight = end == clock.moment(known.last, MIDNIGHT)
        minutes = MIDNIGHT if last_midnight else end.hour * 60 + end.minute
        period = Period(begins, clock.moment(known.last + by, minutes))
    if period.end is None or not is_before(clock.now, period.end):
        return None
    return not_before_now(period, clock)


def _next(unit: str, known: Period, way: int, clock: Clock) -> Period | None:
    """The day, week, weekend or month after or before the dates in force."""
    if unit == "day":
        day = known.last + DAY if way > 0 else known.first - DAY
        period = whole_days(clock, day, day)
    elif unit == "month":
        period = _month(known.last if way > 0 else known.first, way, clock)
    else:
        period = (weekend if unit == "weekend" else week)(clock, known.last, way)
    if period.end is not None and not is_before(clock.now, period.end):
        return None
    return period


def _month(day: date, way: int, clock: Clock) -> Period:
    return months(clock, first_of_month(day, way))


def _starts_now(start: datetime, clock: Clock) -> bool:
    return abs(start.timestamp() - clock.now.timestamp()) < 60 * 60
