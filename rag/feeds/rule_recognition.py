"""Recognises the rule behind the dates of a followed search. Pure.

The words are read again as if said on other days. Dates that move with the day are
relative to it ("tomorrow"), dates that move with the week recur weekly ("this weekend",
"Friday"), and dates that stay are fixed. Without words the rule is inferred from the
shape of the dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rag.feeds.date_rules import DateRule, month_on
from rag.types import Constraints
from rag.understanding.dates.clock import DAY, MIDNIGHT, Clock, Period
from rag.understanding.dates.recognition import find_dates
from rag.understanding.dates.resolution import read_dates

_ANY = DateRule("any")
_WEEK_MINUTES = 7 * MIDNIGHT
_FRIDAY_EVENING = 4 * MIDNIGHT + 17 * 60
WEEKEND = DateRule("weekly", _FRIDAY_EVENING, _WEEK_MINUTES)
# A longer span within a week is the week and not a part of it.
_LONGEST_PART = 4 * MIDNIGHT
_A_MOMENT = timedelta(minutes=2)
# Wordings of recurrence that name no single date.
_EACH = re.compile(r"\b(?:every|each)\b(?= (?:week|mon|tues|wednes|thurs|fri|satur|sun))")
_PLURAL = re.compile(r"\b(?:on )?(weekend|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s\b")

Read = Callable[[date], Period | None]


def rule_of(constraints: Constraints, *, now: datetime, words: str = "") -> DateRule:
    """The rule behind the constraints' dates, which were understood at `now`.

    `words` are those in which the dates were named, if they are known.
    """
    return rule_of_words(words, constraints, now=now) or rule_of_dates(constraints, now=now)


def rule_of_dates(constraints: Constraints, *, now: datetime) -> DateRule:
    """The rule that the dates alone suggest."""
    zone = ZoneInfo(constraints.timezone)
    if constraints.date_from is None and constraints.date_to is None:
        return _ANY
    return _by_shape(constraints, now, zone)


def rule_of_words(words: str, constraints: Constraints, *, now: datetime) -> DateRule | None:
    """The rule that words said at `now` state.

    None when they name no dates, or others than the constraints have.
    """
    zone = ZoneInfo(constraints.timezone)
    low = _PLURAL.sub(r"this \1", _EACH.sub("this", words.lower()))
    found = find_dates(low)

    def read(day: date) -> Period | None:
        return read_dates(found, Clock.at(now, zone).from_day(day)).period

    period = read_dates(found, Clock.at(now, zone)).period
    if period is None:
        return None
    is_plain = constraints.date_from is None and constraints.date_to is None
    if not (is_plain and low != words.lower()) and not _is_end(period.end, constraints.date_to):
        return None
    today = now.astimezone(zone).date()
    return _moving(read, today) or (None if is_plain else _fixed(constraints))


def _is_end(one: datetime | None, other: datetime | None) -> bool:
    """Whether two ends are one; a message is saved a moment after it was understood."""
    if one is None or other is None:
        return one is other
    return abs(one.timestamp() - other.timestamp()) <= _A_MOMENT.total_seconds()


def _moving(read: Read, today: date) -> DateRule | None:
    """The rule by which a reading moves with the day on which it is read, if it does."""
    monday = today - DAY * today.weekday()
    one, next_day, next_week = read(monday), read(monday + DAY), read(monday + 7 * DAY)
    if one is None or next_day is None or next_week is None:
        return None
    if None in (one.end, next_day.end, next_week.end):
        return None
    begins, ends = _minutes(one, monday)
    if _shift(one, next_week) == 7 * DAY and _shift(one, next_day) == DAY:
        if begins > 0 and ends <= MIDNIGHT:
            return DateRule("daily", begins, ends)
        return DateRule("window", begins, ends)
    if _shift(one, next_week) == 7 * DAY:
        if ends - begins > _LONGEST_PART:
            return DateRule("week", offset=begins // _WEEK_MINUTES)
        length, begins = ends - begins, begins % _WEEK_MINUTES
        return DateRule("weekly", begins, begins + length)
    return _monthly(read, today)


def _monthly(read: Read, today: date) -> DateRule | None:
    offsets = []
    for first in (month_on(today, 0), month_on(today, 1)):
        period = read(first)
        if period is None or period.end is None or period.start.date().day != 1:
            return None
        start, end = period.start.date(), period.end.date()
        if end != month_on(start, 1):
            return None
        offsets.append((start.year - first.year) * 12 + start.month - first.month)
    return DateRule("month", offset=offsets[0]) if offsets[0] == offsets[1] else None


def _minutes(period: Period, day: date) -> tuple[int, int]:
    """A period's wall times as minutes after a day's midnight."""
    assert period.end is not None, "it was asked for"
    midnight = datetime.combine(day, datetime.min.time())
    times = (each.replace(tzinfo=None) - midnight for each in (period.start, period.end))
    begins, ends = (round(each / timedelta(minutes=1)) for each in times)
    return begins, ends


def _shift(one: Period, other: Period) -> timedelta | None:
    """By how much wall time a period's end moved."""
    if one.end is None or other.end is None:
        return None
    return other.end.replace(tzinfo=None) - one.end.replace(tzinfo=None)


def _by_shape(constraints: Constraints, now: datetime, zone: ZoneInfo) -> DateRule:
    """What dates alone tell; those of one later day are taken for that day."""
    clock = Clock.at(now, zone)
    if constraints.date_to is None or constraints.date_from is None:
        starts_now = constraints.date_from is not None and constraints.date_from <= now
        return _ANY if starts_now and constraints.date_to is None else _fixed(constraints)
    start, end = constraints.date_from.astimezone(zone), constraints.date_to.astimezone(zone)
    is_now = abs(start - clock.now) <= _A_MOMENT
    monday = clock.today - DAY * clock.today.weekday()
    begins, ends = _minutes(Period(start, end), monday)
    if _is_weekend(begins, ends, is_now=is_now):
        return WEEKEND
    is_rest_of_week = is_now and ends == _WEEK_MINUTES
    if is_rest_of_week or (ends % _WEEK_MINUTES == 0 and ends - begins == _WEEK_MINUTES):
        return DateRule("week", offset=ends // _WEEK_MINUTES - 1)
    if end == clock.moment(month_on(clock.today, 1)) and (is_now or start.day == 1):
        return DateRule("month")
    if start == clock.moment(month_on(clock.today, 1)) and end == clock.moment(
        month_on(clock.today, 2)
    ):
        return DateRule("month", offset=1)
    return _near_today(constraints, Period(start, end), clock, is_now=is_now)


def _is_weekend(begins: int, ends: int, *, is_now: bool) -> bool:
    if ends % _WEEK_MINUTES != 0 or ends <= 0:
        return False
    after_monday = begins - (ends - _WEEK_MINUTES)
    return after_monday == _FRIDAY_EVENING or (
        is_now and _FRIDAY_EVENING <= after_monday < 6 * MIDNIGHT
    )


def _near_today(constraints: Constraints, span: Period, clock: Clock, *, is_now: bool) -> DateRule:
    """Today, tonight, tomorrow, so many days from now; else the dates as they are."""
    start, end = span.start, span.end
    assert end is not None, "an open end was dealt with"
    begins, ends = _minutes(span, clock.today)
    if is_now and (ends % MIDNIGHT == 0 or (end - start) % DAY == timedelta(0)):
        return DateRule("window", 0, max(MIDNIGHT, -(-ends // MIDNIGHT) * MIDNIGHT))
    if 0 < begins < ends <= MIDNIGHT:
        return DateRule("daily", begins, ends)
    if MIDNIGHT <= begins < ends <= 2 * MIDNIGHT:
        return DateRule("window", begins, ends)
    return _fixed(constraints)


def _fixed(constraints: Constraints) -> DateRule:
    return DateRule("fixed", start=constraints.date_from, end=constraints.date_to)
