"""Words that name single days: "Dec 5–7", "12/5", "the 30th", "next Friday", "tomorrow"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from rag.understanding.dates.calendar_words import (
    DAY,
    MONTH,
    WEEKDAY,
    YEAR,
    day_numbers,
    month_number,
    weekday_number,
)
from rag.understanding.dates.clock import EVENING, MIDNIGHT, Clock, Period, days, is_before
from rag.understanding.numbers import COUNT, WRITTEN_ORDINAL, number, ordinal


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern over lower-case text and what a match of it means; None is no date after all."""

    pattern: re.Pattern[str]
    evaluate: Callable[[re.Match[str], Clock], Period | None]


def in_year(year: int, month: int, day: int) -> date | None:
    """The date, or None when there is none such (31 June, 29 February of most years)."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def dated(clock: Clock, year: str | None, month: int, numbers: list[int]) -> Period | None:
    """The days of a month, in the year given or the nearest one whose end is ahead."""
    for candidate in [int(year)] if year else range(clock.today.year, clock.today.year + 9):
        first = in_year(candidate, month, min(numbers))
        last = in_year(candidate, month, max(numbers))
        if first is None or last is None:
            continue
        period = days(clock, first, last, repeats=year is None)
        if year or (period.end and is_before(clock.now, period.end)):
            return period
    return None


def _written_day(found: re.Match[str], clock: Clock) -> Period | None:
    """ "the first of December", "December third"."""
    return dated(clock, None, month_number(found["month"]), [ordinal(found["word"])])


def _month_day(found: re.Match[str], clock: Clock) -> Period | None:
    return dated(clock, found["year"], month_number(found["month"]), day_numbers(found["days"]))


def _day_of_month(found: re.Match[str], clock: Clock) -> Period | None:
    """ "the 30th": the next month that has one still ahead."""
    numbers = day_numbers(found["days"])
    skip = 1 if found["which"] == "next" else 0
    for ahead in range(skip, skip + 13):
        months = clock.today.month - 1 + ahead
        year, month = clock.today.year + months // 12, months % 12 + 1
        first, last = in_year(year, month, min(numbers)), in_year(year, month, max(numbers))
        if first and last and last >= clock.today:
            return days(clock, first, last, repeats=True)
    return None


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


_DAYS = (
    rf"(?P<days>{DAY}(?:(?:, ?| ?- ?| ?/ ?| ?& ?|,? (?:to|and|or|through|thru|until|till) )"
    rf"(?:the )?{DAY}){{0,6}})"
)
# A second day that belongs to another month stays for that month: "Dec 5 to 7 January".
_OWN_MONTH = rf"(?! (?:of )?{MONTH})"
_NO_MONTH_BEFORE = "".join(
    rf"(?<!{end} )"
    for end in (
        *("ary", "jan", "feb", "mar", "rch", "apr", "ril", "may", "une", "uly"),
        *("aug", "ust", "sep", "ept", "oct", "nov", "dec", "ber"),
    )
)
_NOT_A_DATE = r"(?! (?:i|we|you|be|not|have|need)\b)"
NTH = r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)"
# "the 5th annual", "the 2nd grade": an ordinal is a date only where its phrase ends.
_PHRASE_ENDS = (
    r"(?= ?(?:$|[?!.,;)-])| (?:in|at|near|with|for|and|to|or|from|after|before|until|till|through"
    r"|please|morning|evening|night|afternoon|around|by|of (?:this|next|the) month)\b)"
)
_TITLES = (
    r"(?! (?:school|night live|night fever|night lights|addams|funday|salutations?|sets? (?:in|on)"
    r"|bear|valley|city|the musical|prayer|sermon)\b)"
)
_WEEKDAY_SHORT_ONLY_IF = (
    r"(?:(?<=\bon )|(?<=\bthis )|(?<=\bnext )|(?<=\bby )|(?<=\bfor )|(?<=\buntil )|(?<=\bevery )"
    r"|(?<=[a-z]-)|(?<=- )|(?<=/)|(?<=\bor )|(?<=\band )|(?<=\bto )|(?<=, )|^)"
)

RULES: tuple[Rule, ...] = (
    Rule(
        re.compile(rf"\b(?:the )?(?P<word>{WRITTEN_ORDINAL}) of (?P<month>{MONTH})"),
        _written_day,
    ),
    Rule(
        re.compile(
            rf"\b(?P<month>{MONTH}) (?:the )?(?P<word>{WRITTEN_ORDINAL})"
            r"\b(?! (?:mon|tue|wed|thu|fri|sat|sun|week|friday|saturday|sunday))"
        ),
        _written_day,
    ),
    Rule(
        re.compile(rf"\b(?P<month>{MONTH})(?: (?:the )?|-){_DAYS}{_OWN_MONTH}{YEAR}?"),
        _month_day,
    ),
    Rule(
        re.compile(
            rf"\b(?<![$/:.-]){_NO_MONTH_BEFORE}(?:the )?{_DAYS}\.?[ -](?:of )?(?P<month>{MONTH})"
            rf"{_NOT_A_DATE}(?! [0-9]{{1,2}}\b){YEAR}?"
        ),
        _month_day,
    ),
    Rule(
        re.compile(
            rf"(?:\bthe |\bon |^)(?P<days>{NTH}(?:(?: ?- ?| to | or | and | & )(?:the )?{NTH})*)"
            rf"{_PHRASE_ENDS}"
            r"(?: of (?P<which>this|next|the) month)?"
        ),
        _day_of_month,
    ),
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
    Rule(
        re.compile(
            r"\b(?:the )?day after (?:tomorrow|tmrw?|tomorow)\b|\b(?:tomorrow|tomorow|tommorow"
            r"|tommorrow|tmrw|tmr|tmw|2morrow|2moro|yesterday)\b(?:'s\b)?|\blast night\b"
        ),
        _relative_day,
    ),
    Rule(
        re.compile(
            r"\b(?:(?:later|earlier) )?(?:today|2day)\b(?:'s\b)?|\b(?:right now|happening now"
            r"|on now"
            r"|now on|at the moment|as we speak)\b|^now(?= ?[?!.]*$)"
            r"|\bthis (?=(?:(?:early|late) )?(?:morning|afternoon|arvo)\b)"
            r"|\b(?:for )?the rest of (?:the day|today)\b"
        ),
        _today,
    ),
    Rule(
        re.compile(
            r"\b(?:later )?(?:tonight|tonite|2nite|2night)\b(?:'s\b)?"
            r"|\bthis (?:evening|night|eve)\b"
        ),
        _tonight,
    ),
    Rule(
        re.compile(rf"\bin (?:about )?(?P<count>{COUNT}) hours?\b(?! (?:of|from|drive|away))"),
        _in_hours,
    ),
    Rule(re.compile(rf"\bin (?P<count>{COUNT}) days?\b(?! or)"), _days_from_now),
    Rule(
        re.compile(rf"\b(?P<count>{COUNT}) (?P<unit>days?|weeks?) from (?:now|today)\b"),
        _days_from_now,
    ),
)
