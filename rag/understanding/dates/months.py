"""Parts of months and runs of them: "the 2nd weekend of December", "the first half of May"."""

from __future__ import annotations

import re
from datetime import date

from rag.understanding.dates.calendar_words import MONTH, month_number
from rag.understanding.dates.clock import DAY, EVENING, Clock, Period, days, is_before
from rag.understanding.dates.days import Rule
from rag.understanding.dates.periods import NO_DAY, NO_VERB, PART, first_of_month, offset_of, third
from rag.understanding.numbers import number, ordinal


def _part_of_month(found: re.Match[str], clock: Clock) -> Period:
    """ "the end of next month": days 1–10, 11–20 or from the 21st."""
    first = first_of_month(clock.today, offset_of(found["which"]))
    return third(clock, first, found["part"])


def _week_of_month(found: re.Match[str], clock: Clock) -> Period | None:
    """ "the first week of January": days 1 to 7, 8 to 14 …; weekends go by their Saturday."""
    for ahead in range(1 if found["which"] == "next" else 0, 13):
        first = first_of_month(clock.today, ahead)
        if found["month"] and first.month != month_number(found["month"]):
            continue
        following = first_of_month(first, 1)
        start = following - 7 * DAY
        if found["nth"] != "last":
            start = first + 7 * DAY * (ordinal(found["nth"]) - 1)
        period = days(clock, start, start + 6 * DAY, repeats=True)
        if found["unit"] == "weekend":
            saturday = start + DAY * ((5 - start.weekday()) % 7)
            monday = clock.moment(saturday + 2 * DAY)
            period = Period(clock.moment(saturday - DAY, EVENING), monday, repeats=True)
        if period.end and is_before(clock.now, period.end):
            return period
    return None


def _part_of_named_month(found: re.Match[str], clock: Clock) -> Period | None:
    """ "the first half of December", "the last two weeks of January", "the last day of May"."""
    for ahead in range(1 if found["which"] == "next" else 0, 13):
        first = first_of_month(clock.today, ahead)
        if found["month"] and first.month != month_number(found["month"]):
            continue
        last = first_of_month(first, 1) - DAY
        if found["unit"] == "half":
            length = 15 if found["nth"] == "first" else last.day - 15
        else:
            count = number(found["count"]) if found["count"] else 1
            length = min(count * (7 if found["unit"].startswith("week") else 1), last.day)
        is_first = found["nth"] == "first"
        begin, end = (
            (first, first + (length - 1) * DAY) if is_first else (last - (length - 1) * DAY, last)
        )
        if end >= clock.today:
            return days(clock, begin, end, repeats=True)
    return None


def _months(found: re.Match[str], clock: Clock) -> Period:
    """ "between March and May", "June to August": the nearest whose end is ahead."""
    first_month, last_month = month_number(found["month"]), month_number(found["until"])
    year = clock.today.year - 1
    while True:
        first = date(year, first_month, 1)
        after = first_of_month(first, (last_month - first_month) % 12 + 1)
        if after > clock.today:
            return days(clock, first, after - DAY, repeats=True)
        year += 1


RULES: tuple[Rule, ...] = (
    Rule(
        re.compile(rf"\b(?:the )?{PART} of (?P<which>the|this|next) month\b"),
        _part_of_month,
    ),
    Rule(re.compile(rf"\b{PART} (?P<which>this|next) month\b"), _part_of_month),
    Rule(
        re.compile(
            r"\b(?:the )?(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th|last)"
            r" (?P<unit>week|weekend) (?:of|in)"
            rf" (?:(?P<which>this|next|the) month|(?P<month>{MONTH}))"
        ),
        _week_of_month,
    ),
    Rule(
        re.compile(
            rf"\b(?P<month>{MONTH})(?: ?- ?| to | through | and | until | or )(?P<until>{MONTH})"
            rf"{NO_DAY}{NO_VERB}"
        ),
        _months,
    ),
    Rule(
        re.compile(
            r"\b(?:the )?(?P<nth>first|second|last) (?:(?P<count>few|couple of|two|three|[2-9]|ten)"
            r" )?(?P<unit>half|weeks|days?)"
            rf" (?:of|in) (?:(?P<which>this|next|the) month|(?P<month>{MONTH}))"
        ),
        _part_of_named_month,
    ),
)
