"""Days by their weekday: "next Friday", "the first Friday of May", "a week from Friday"."""

from __future__ import annotations

import re
from datetime import timedelta

from rag.understanding.dates.calendar_words import (
    MONTH,
    WEEKDAY,
    month_number,
    weekday_number,
)
from rag.understanding.dates.clock import Clock, Period, days
from rag.understanding.dates.rules.rule import Rule, in_year
from rag.understanding.numbers import COUNT, number, ordinal

_TITLES = (
    r"(?! (?:school|night live|night fever|night lights|addams|funday|salutations?|sets? (?:in|on)"
    r"|bear|valley|city|the musical|prayer|sermon)\b)"
)

_WEEKDAY_SHORT_ONLY_IF = (
    r"(?:(?<=\bon )|(?<=\bthis )|(?<=\bnext )|(?<=\bby )|(?<=\bfor )|(?<=\buntil )|(?<=\bevery )"
    r"|(?<=[a-z]-)|(?<=- )|(?<=/)|(?<=\bor )|(?<=\band )|(?<=\bto )|(?<=, )|^)"
)


def _weekday(found: re.Match[str], clock: Clock) -> Period:
    """The nearest such day, today included; "next" is that of the following week."""
    ahead = (weekday_number(found["weekday"]) - clock.today.weekday()) % 7
    which = found["which"] or ""
    if found["after"] or ("next" in which and "this" not in which):
        weeks = 2 if found["after"] else 1
        monday = clock.today + timedelta(days=7 * weeks - clock.today.weekday())
        day = monday + timedelta(days=weekday_number(found["weekday"]))
        return days(clock, day, day)
    if "last" in which or "past" in which:
        day = clock.today - timedelta(days=7 - ahead)
        return days(clock, day, day)
    day = clock.today + timedelta(days=ahead)
    return days(clock, day, day, repeats=True, weekly=True)


def _nth_weekday(found: re.Match[str], clock: Clock) -> Period | None:
    """ "the first Friday of December", "the last Sunday of the month"."""
    nth = ordinal(found["nth"])
    weekday = weekday_number(found["weekday"])
    for ahead in range(13):
        months = clock.today.month - 1 + ahead
        year, month = clock.today.year + months // 12, months % 12 + 1
        if found["month"] and month != month_number(found["month"]):
            continue
        if found["which"] == "next" and ahead == 0:
            continue
        such = [
            d for n in range(1, 32) if (d := in_year(year, month, n)) and d.weekday() == weekday
        ]
        day = such[nth - 1 if nth > 0 else nth]
        if day >= clock.today:
            return days(clock, day, day, repeats=True)
    return None


def _weekday_in_weeks(found: re.Match[str], clock: Clock) -> Period:
    """ "a week from Friday", "two weeks from Saturday"."""
    ahead = (weekday_number(found["weekday"]) - clock.today.weekday()) % 7
    day = clock.today + timedelta(days=ahead + 7 * number(found["count"]))
    return days(clock, day, day)


RULES: tuple[Rule, ...] = (
    Rule(
        re.compile(
            r"(?<!\bblack )(?<!\bgood )(?<!\bcasual )(?<!\bfreaky )(?<!\bruby )(?<!\bthe last )"
            r"(?<!\bfirst )(?<!\b1st )(?<!\bsecond )(?<!\b2nd )(?<!\bthird )(?<!\b3rd )"
            r"(?<!\bevery )(?<!\beach )"
            r"\b(?P<which>this coming |this next |this upcoming |this past |this |next |last |past "
            r"|coming |upcoming )?(?P<weekday>monday|tuesday|wednesday|thursday|friday"
            r"|saturday|sunday|tues|thurs|thur|thu|tue"
            r"|fri)\b(?:\.(?= [a-z0-9]))?(?:'s\b(?! (?:child|restaurant)))?"
            rf"(?P<after> after next)?{_TITLES}"
        ),
        _weekday,
    ),
    Rule(
        re.compile(
            rf"(?:\b(?P<which>this |next )|{_WEEKDAY_SHORT_ONLY_IF})(?P<weekday>mon|wed|sat|sun)\b"
            r"(?P<after> after next)?(?! (?:salutations?|valley|city|dance|in the)\b)"
        ),
        _weekday,
    ),
    Rule(
        re.compile(
            r"(?<!\bthe )(?<!\bin )\b(?P<which>)(?P<weekday>mon|wed|sat|sun)(?P<after>)\.?"
            r"(?= ?(?:$|[?!.,;]| ?- ?[a-z]| (?:morning|afternoon|evening|night|and|or|through|to"
            r"|after|before|at) ?))(?! salut)"
        ),
        _weekday,
    ),
    Rule(
        re.compile(
            r"\b(?:the )?(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th|last) "
            rf"(?P<weekday>{WEEKDAY}) (?:of|in) (?:(?P<which>this|next|the) month"
            rf"|(?P<month>{MONTH}))"
        ),
        _nth_weekday,
    ),
    Rule(
        re.compile(rf"\b(?P<count>{COUNT}) weeks? (?:from|after) (?:this )?(?P<weekday>{WEEKDAY})"),
        _weekday_in_weeks,
    ),
)
