"""Times counted from now: "today", "tomorrow", "in 3 days", "the next two weeks", "in a month"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from rag.understanding.dates.clock import (
    DAY,
    EVENING,
    MIDNIGHT,
    Clock,
    Period,
    Rules,
    days,
    first_of_month,
    months_later,
)
from rag.understanding.numbers import COUNT, number


def _relative_day(found: re.Match[str], clock: Clock) -> Period:
    words = found.group()
    if words.startswith("yesterday") or words == "last night":
        offset = -1
    elif "after" in words:
        offset = 2
    else:
        offset = 1
    day = clock.today + timedelta(days=offset)
    return days(clock, day, day)


def _today(found: re.Match[str], clock: Clock) -> Period:
    return days(clock, clock.today, clock.today)


def _tonight(found: re.Match[str], clock: Clock) -> Period:
    return Period(clock.moment(clock.today, EVENING), clock.moment(clock.today, MIDNIGHT))


def _in_hours(found: re.Match[str], clock: Clock) -> Period:
    """ "in two hours": the two hours from then on."""
    count = number(found["count"]) if found["count"] else 1
    return Period(clock.later(timedelta(hours=count)), clock.later(timedelta(hours=count + 2)))


def _days_from_now(found: re.Match[str], clock: Clock) -> Period:
    is_weeks = "week" in found.group()
    day = clock.today + timedelta(days=number(found["count"]) * (7 if is_weeks else 1))
    return days(clock, day, day)


def _next_while(found: re.Match[str], clock: Clock) -> Period:
    """From now on for so many times 24 hours; months are calendar months."""
    count = number(found["count"]) if found["count"] else 3
    unit = found["unit"]
    if unit.startswith(("month", "year")):
        months = count * (12 if unit.startswith("year") else 1)
        return Period(clock.now, clock.moment(months_later(clock.today, min(months, _MOST_MONTHS))))
    if unit.startswith("weekend"):
        monday = clock.today - timedelta(days=clock.today.weekday())
        friday = monday + timedelta(days=4)
        return Period(
            clock.moment(friday, EVENING), clock.moment(monday + timedelta(days=7 * count))
        )
    hours = {"h": 1, "d": 24, "w": 24 * 7}[unit[0]]
    return Period(clock.now, clock.later(timedelta(hours=hours * count)))


def _from_to(found: re.Match[str], clock: Clock) -> Period:
    """ "in 5 to 10 days", "a week to ten days from now": from the one day to the other."""
    unit = found["unit"]
    first = _ahead(clock.today, number(found["least"]), found["unit2"] or unit)
    return days(clock, first, _ahead(clock.today, number(found["count"]), unit))


def _ahead(day: date, count: int, unit: str) -> date:
    if unit.startswith("month"):
        return months_later(day, count)
    return day + count * DAY * (7 if unit.startswith("week") else 1)


def _next_hour(found: re.Match[str], clock: Clock) -> Period:
    return Period(clock.now, clock.later(timedelta(minutes=30 if "half" in found.group() else 60)))


def _in_weeks(found: re.Match[str], clock: Clock) -> Period:
    """ "in two weeks", "in a month": that calendar week or month."""
    count = number(found["count"])
    if found["unit"].startswith("weekend"):
        monday = clock.today + timedelta(days=7 * count - clock.today.weekday())
        return Period(clock.moment(monday + 4 * DAY, EVENING), clock.moment(monday + 7 * DAY))
    if found["unit"].startswith("week"):
        monday = clock.today + timedelta(days=7 * count - clock.today.weekday())
        return days(clock, monday, monday + timedelta(days=6))
    first = first_of_month(clock.today, count)
    return days(clock, first, first_of_month(first, 1) - DAY)


_MOST_MONTHS = 1200
# "5 to 10 days", "a week to ten days", "4 or 5 days".
_LEAST = rf"(?P<least>{COUNT})(?: (?P<unit2>days?|weeks?|months?))?(?: ?- ?| to | or )"
_SPAN = rf"{_LEAST}(?P<count>{COUNT}) (?P<unit>days?|weeks?|months?)\b"
_UP_TO = rf"(?:(?:{COUNT})(?: ?- ?| to | or ))?"

RULES = Rules.of(
    r"to[dmn]|tm[rw]|2[dmn]|yester|night|now|moment|speak|this |rest of|h(?:ou)?r|day|week|month"
    r"|year",
    (
        r"\b(?:the )?day after (?:tomorrow|tmrw?|tomorow)\b|\b(?:tomorrow|tomorow|tommorow"
        r"|tommorrow|tmrw|tmr|tmw|2morrow|2moro|yesterday)\b(?:'s\b)?|\blast night\b",
        _relative_day,
    ),
    (
        r"\b(?:(?:later|earlier) )?(?:today|2day)\b(?:'s\b)?|\b(?:right now|happening now"
        r"|on now"
        r"|now on|at the moment|as we speak)\b|^now(?= ?[?!.]*$)"
        r"|\bthis (?=(?:(?:early|late) )?(?:morning|afternoon|arvo)\b)"
        r"|\b(?:for )?(?:the )?rest of (?:(?:the|this|my) day|today)\b",
        _today,
    ),
    (
        r"\b(?:later )?(?:tonight|tonite|2nite|2night)\b(?:'s\b)?"
        r"|\bthis (?:evening|night|eve)\b",
        _tonight,
    ),
    (rf"\bin (?:about )?(?P<count>{COUNT}) hours?\b(?! (?:of|from|drive|away))", _in_hours),
    (rf"\bin {_SPAN}", _from_to),
    (rf"\b{_SPAN} (?:from (?:now|today)|ahead)\b", _from_to),
    (rf"\bin (?P<count>{COUNT}) days?\b(?! or)", _days_from_now),
    (
        rf"(?<!\bthe )(?<!\bfor )\b(?P<count>{COUNT}) (?P<unit>days?|weeks?)"
        r" from (?:now|today)\b",
        _days_from_now,
    ),
    (
        rf"\b(?:(?:in|over|during|within|for) )?(?:the )?(?:next|coming|upcoming|following)"
        rf" {_UP_TO}(?P<count>{COUNT})"
        r" (?P<unit>h(?:ou)?rs?|days?|weeks?|weekends?|months?|years?)\b",
        _next_while,
    ),
    (
        r"\b(?:(?:in|over|during|within|for) )?(?:the )?(?:next|coming|upcoming)(?P<count>)"
        r" (?P<unit>hours|days|weeks|weekends|months)\b",
        _next_while,
    ),
    (r"\b(?:in |within )?the (?:next|coming) (?:half[ -](?:an )?)?hour\b", _next_hour),
    (
        rf"\bwithin {_UP_TO}(?P<count>{COUNT})"
        r" (?P<unit>h(?:ou)?rs?|days?|weeks?|months?|years?)\b(?! (?:of|drive|walk|ride|by))",
        _next_while,
    ),
    (rf"\bin (?P<count>{COUNT}) (?P<unit>week(?:end)?s?|months?)\b(?! old)", _in_weeks),
    (rf"\b(?P<count>{COUNT}) (?P<unit>weekends?|months?) from (?:now|today)\b", _in_weeks),
)
