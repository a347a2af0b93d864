"""When a followed search looks: a rule, and the times that it means at some moment. Pure.

A rule is kept; the times are worked out anew each time, in the search's zone, so that
"this weekend" is each coming one and wall times survive a change of the clocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from rag.understanding.dates.clock import DAY, MIDNIGHT, Clock

Kind = Literal["any", "weekly", "daily", "window", "week", "month", "fixed"]
_KINDS = get_args(Kind)
Window = tuple[datetime, datetime]

# How far ahead recurring dates are looked for.
HORIZON = timedelta(days=92)
_WEEK_MINUTES = 7 * MIDNIGHT
# The longest reach of a rule from its day; a longer one is not sound.
_MOST_MINUTES = 400 * MIDNIGHT


@dataclass(frozen=True, slots=True)
class DateRule:
    """A rule for dates.

    `begins` and `ends` are minutes of wall time, half-open:

    - any: no dates were named; all that lies within the horizon
    - weekly: after Monday's midnight, each week ("this weekend", "Friday night")
    - daily: after midnight, each day ("tonight")
    - window: after today's midnight, moving with today ("tomorrow", "the next 3 days")
    - week: the calendar week, `offset` weeks on ("next week")
    - month: the calendar month, `offset` months on ("this month")
    - fixed: `start` to `end`, dates that stay as they were named; an end may be open
    """

    kind: Kind
    begins: int = 0
    ends: int = MIDNIGHT
    offset: int = 0
    start: datetime | None = None
    end: datetime | None = None


def windows_of(rule: DateRule, *, now: datetime, zone: ZoneInfo) -> tuple[Window, ...]:
    """The half-open times that a rule means, in UTC and in order; none once fixed dates are over.

    Today counts from its midnight, so that nothing vanishes from a calendar on its own day.
    """
    clock = Clock.at(now, zone)
    today = clock.moment(clock.today)
    windows = _windows(rule, clock)
    kept = ((max(_utc(since), _utc(today)), _utc(until)) for since, until in windows)
    return tuple((since, until) for since, until in kept if since < until)


def _windows(rule: DateRule, clock: Clock) -> list[Window]:
    today = clock.today
    monday = today - DAY * today.weekday()
    if rule.kind == "any":
        return [(clock.moment(today), clock.moment(today + timedelta(days=365)))]
    if rule.kind == "weekly":
        weeks = range(-1, HORIZON.days // 7 + 1)
        return [_span(rule, monday + 7 * DAY * week, clock) for week in weeks]
    if rule.kind == "daily":
        return [_span(rule, today + DAY * day, clock) for day in range(-1, HORIZON.days)]
    if rule.kind == "window":
        return [_span(rule, today, clock)]
    if rule.kind == "week":
        first = monday + 7 * DAY * rule.offset
        return [(clock.moment(first), clock.moment(first + 7 * DAY))]
    if rule.kind == "month":
        first, after = month_on(today, rule.offset), month_on(today, rule.offset + 1)
        return [(clock.moment(first), clock.moment(after))]
    start = rule.start or clock.moment(today)
    return [(start, rule.end or _utc(start) + timedelta(days=365))]


def month_on(day: date, months: int) -> date:
    """The first day of the month that is so many months after a day's."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _span(rule: DateRule, day: date, clock: Clock) -> Window:
    return clock.moment(day, rule.begins), clock.moment(day, rule.ends)


def _utc(moment: datetime) -> datetime:
    """Python compares wall times within one zone, which go back in autumn."""
    return moment.astimezone(UTC)


def rule_to_json(rule: DateRule) -> dict[str, Any]:
    """The rule as a JSON object, without what its kind does not use."""
    told: dict[str, Any] = {"kind": rule.kind}
    if rule.kind in ("weekly", "daily", "window"):
        told |= {"begins": rule.begins, "ends": rule.ends}
    if rule.kind in ("week", "month"):
        told["offset"] = rule.offset
    if rule.kind == "fixed":
        told["start"] = rule.start.isoformat() if rule.start else None
        told["end"] = rule.end.isoformat() if rule.end else None
    return told


def rule_from_json(stored: Mapping[str, Any]) -> DateRule:
    """The rule of a stored object.

    Raises:
        ValueError, TypeError, KeyError: it is none.
    """
    kind = stored["kind"]
    begins, ends = int(stored.get("begins", 0)), int(stored.get("ends", MIDNIGHT))
    offset = int(stored.get("offset", 0))
    if kind not in _KINDS or not 0 <= begins < ends <= _MOST_MINUTES or abs(offset) > 120:
        raise ValueError("no rule")
    moments = (stored.get("start"), stored.get("end"))
    start, end = (datetime.fromisoformat(each) if each else None for each in moments)
    return DateRule(kind, begins, ends, offset, start, end)
