"""Times counted from now: "today", "tomorrow", "in 3 days", "the next two weeks", "in a month"."""

from __future__ import annotations

import re
from datetime import timedelta

from rag.understanding.dates.clock import (
    DAY,
    EVENING,
    MIDNIGHT,
    Clock,
    Period,
    Rules,
    days,
    first_of_month,
    months,
    months_later,
    week,
    weekend,
)
from rag.understanding.numbers import COUNT, LENGTH, Length, number


def _relative_day(found: re.Match[str], clock: Clock) -> Period:
    words = found.group()
    if words.startswith("yesterday") or words == "last night":
        offset = -1
    elif "day after" in words:
        offset = 2
    else:
        offset = 1
    day = clock.today + timedelta(days=offset)
    return days(clock, day, day)


def _today(found: re.Match[str], clock: Clock) -> Period:
    return days(clock, clock.today, clock.today)


def _tonight(found: re.Match[str], clock: Clock) -> Period:
    return Period(clock.moment(clock.today, EVENING), clock.moment(clock.today, MIDNIGHT))


def _from_now(found: re.Match[str], clock: Clock) -> Period:
    """ "in two hours": the two hours from then on; "in 3 days", "2 years 21 days later": that day.

    "More than two weeks from now" begins there, "less than two weeks from now" ends there.
    """
    length, limit = Length.of(found["length"]), found["limit"]
    if limit:
        then = clock.later(length)
        return Period(then, None) if limit == "more than" else Period(clock.now, then)
    if length.minutes % MIDNIGHT:
        then = clock.later(length)
        return Period(then, then + timedelta(hours=2))
    day = months_later(clock.today, length.months) + timedelta(minutes=length.minutes)
    return days(clock, day, day)


def _next_while(found: re.Match[str], clock: Clock) -> Period:
    """From now on for so long: so many times 24 hours, or calendar months."""
    return Period(clock.now, clock.later(Length.of(found["length"])))


def _next_hour(found: re.Match[str], clock: Clock) -> Period:
    return Period(clock.now, clock.later(Length(0, 30 if found["half"] else 60)))


def _next_few(found: re.Match[str], clock: Clock) -> Period:
    """ "the next days": three of them; "the next two weekends"."""
    count = number(found["count"]) if found["count"] else 3
    if found["unit"] != "weekend":
        return Period(clock.now, clock.later(Length.of(f"{count} {found['unit']}s")))
    return Period(weekend(clock, clock.today).start, weekend(clock, clock.today, count - 1).end)


def _from_to(found: re.Match[str], clock: Clock) -> Period:
    """ "in 5 to 10 days", "a week to ten days from now": from the one day to the other."""
    unit = found["unit"]
    first = Length.of(f"{found['least']} {found['unit2'] or unit}")
    last = Length.of(f"{found['count']} {unit}")
    if unit.startswith("hour"):
        return Period(clock.later(first), clock.later(last))
    return days(clock, *(clock.later(length).date() for length in (first, last)))


def _working_days(found: re.Match[str], clock: Clock) -> Period:
    """ "in four business days", Saturdays and Sundays not counted."""
    day = clock.today
    for _ in range(number(found["count"])):
        day += (7 - day.weekday() if day.weekday() > 3 else 1) * DAY
    return days(clock, day, day)


def _in_weeks(found: re.Match[str], clock: Clock) -> Period:
    """ "in two weeks", "in a month": that calendar week or month."""
    count = number(found["count"])
    if found["unit"] == "month":
        return months(clock, first_of_month(clock.today, count))
    return (week if found["unit"] == "week" else weekend)(clock, clock.today, count)


# "5 to 10 days", "a week to ten days", "4 or 5 days".
_UNIT = "hours?|days?|weeks?|months?"
_LEAST = (
    rf"(?P<between>between )?(?P<least>{COUNT})(?: (?P<unit2>{_UNIT}))?"
    r"(?(between)(?: and | to )|(?: ?- ?| to | or ))"
)
_SPAN = rf"{_LEAST}(?P<count>{COUNT}) (?P<unit>{_UNIT})\b"
_UP_TO = rf"(?:(?:{COUNT})(?: ?- ?| to | or ))?"
_NEXT = r"\b(?:(?:in|over|during|within|for) )?(?:the )?(?:next|coming|upcoming|following)"
_LIMIT = r"(?P<limit>more than|less than|within)"

RULES = Rules.of(
    r"to[dmn]|tm[rw]|2[dmn]|yester|night|now|moment|speak|this |rest of|h(?:ou)?r|day|week|month"
    r"|year",
    (
        r"\b(?:the )?day after (?:tomorrow|tmrw?|tomorow)\b|\b(?:tomorrow|tomorow|tommorow"
        r"|tommorrow|tmrw|tmr|tmw|2morrow|2moro|yesterday)\b(?:'s\b)?|\blast night\b"
        r"|(?<!\band )(?<!\bor )\b(?:the )?next(?: day\b|(?= night\b))",
        _relative_day,
    ),
    (
        r"\b(?:(?:later|earlier) )?(?:today|2day)\b(?:'s\b)?|\b(?:right now|happening now"
        r"|on now"
        r"|now on|at the moment|as we speak)\b|^now(?= ?[?!.]*$)"
        r"|\bthis (?=(?:(?:early|late) )?(?:morning|afternoon|arvo)\b)"
        r"|\b(?:for )?(?:the )?rest (?:of )?(?:(?:the |this |my )?(?:current )?day|today)\b"
        r"|\b(?:the )?(?:end of (?:the |my )?(?:(?:business|work(?:ing)?) ?)?day|eod)\b(?! of)"
        r"|\b(?:this|my) day\b(?! off)",
        _today,
    ),
    (
        r"\b(?:later )?(?:tonight|tonite|2nite|2night)\b(?:'s\b)?"
        r"|\bthis (?:evening|night|eve)\b",
        _tonight,
    ),
    (rf"\bin (?P<count>{COUNT}) (?P<unit>week(?:end)?|month)s?\b(?! old)", _in_weeks),
    (rf"\b(?P<count>{COUNT}) (?P<unit>weekend|month)s? from (?:now|today)\b", _in_weeks),
    (rf"\bin {_SPAN}", _from_to),
    (rf"\b{_SPAN} (?:from (?:now|today)|ahead)\b", _from_to),
    (
        rf"(?P<limit>)\bin (?:about )?(?P<length>{LENGTH})(?! (?:of|from|or|old|drive|away)\b)",
        _from_now,
    ),
    (
        rf"(?<!\bthe )(?<!\bfor )\b(?:{_LIMIT} )?(?P<length>{LENGTH})"
        r" (?:from (?:now|today)|hence|later(?! (?:this|today|tonight|in|on)))\b",
        _from_now,
    ),
    (rf"\bin (?P<count>{COUNT}) (?:business|working|work|week) ?days\b", _working_days),
    (rf"{_NEXT} {_UP_TO}(?P<length>{LENGTH})", _next_while),
    (
        rf"{_NEXT}(?: {_UP_TO}(?P<count>{COUNT}))? (?P<unit>hour|day|week|month|weekend)s\b",
        _next_few,
    ),
    (r"\b(?:in |within )?(?:the )?(?:next|coming) (?P<half>half[ -](?:an )?)?hour\b", _next_hour),
    (
        rf"\b(?:within|in less than) {_UP_TO}(?P<length>{LENGTH})"
        r"(?! (?:of|from|drive|walk|ride|by)\b)",
        _next_while,
    ),
)
