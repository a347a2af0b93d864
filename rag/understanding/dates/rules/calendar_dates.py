"""Days by their date: "Dec 5–7", "12/5", "2026-12-05", "the 30th", "Friday the 13th"."""

from __future__ import annotations

import re

from rag.understanding.dates.calendar_words import DAY as DAY_NUMBER
from rag.understanding.dates.calendar_words import (
    MONTH,
    NO_MONTH_BEFORE,
    WEEKDAY,
    YEAR,
    day_numbers,
    month_number,
    weekday_number,
)
from rag.understanding.dates.clock import (
    Clock,
    Period,
    Rules,
    coming_months,
    dated,
    days,
    first_of_month,
    in_year,
    offset_of,
)
from rag.understanding.numbers import WRITTEN_ORDINAL, ordinal

_DAYS = (
    rf"(?P<days>{DAY_NUMBER}(?:(?:, ?| ?- ?| ?/ ?| ?& ?|,? (?:to|and|or|through|thru|until|till) )"
    rf"(?:the )?{DAY_NUMBER}){{0,6}})"
)

# A second day that belongs to another month stays for that month: "Dec 5 to 7 January".
_OWN_MONTH = rf"(?! (?:of )?{MONTH})"

_NOT_A_DATE = r"(?! (?:i|we|you|be|not|have|need)\b)"

_NTH = r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)"

# "the 5th annual", "the 2nd grade": an ordinal is a date only where its phrase ends.
_PHRASE_ENDS = (
    r"(?= ?(?:$|[?!.,;)-])| (?:in|at|near|with|for|and|to|or|from|after|before|until|till|through"
    r"|please|morning|evening|night|afternoon|around|by|of (?:this|next|the) month)\b)"
)


def _iso(found: re.Match[str], clock: Clock) -> Period | None:
    day = in_year(int(found[1]), int(found[2]), int(found[3]))
    return days(clock, day, day) if day else None


def _numeric(found: re.Match[str], clock: Clock) -> Period | None:
    """12/5: month first or day first as the country has it, the other way if only that fits."""
    one, other = int(found[1]), int(found[2])
    month, day = (other, one) if clock.day_first else (one, other)
    if month > 12:
        month, day = day, month
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    year = found[3]
    return dated(clock, f"20{year[-2:]}" if year else None, month, [day])


def _numeric_range(found: re.Match[str], clock: Clock) -> Period | None:
    """27-29/11 is day first, 11/27-29 month first."""
    if found["first"]:
        numbers, month = [int(found["first"]), int(found["last"])], int(found["month"])
    else:
        numbers, month = [int(found["first2"]), int(found["last2"])], int(found["month2"])
    if not 1 <= month <= 12 or numbers[0] > numbers[1] or not 1 <= numbers[0] <= 31:
        return None
    return dated(clock, None, month, numbers)


def _dotted(found: re.Match[str], clock: Clock) -> Period | None:
    """5.12. and 5.12.2026 are always day first."""
    day, month = int(found[1]), int(found[2])
    return dated(clock, found[3], month, [day]) if 1 <= month <= 12 else None


def _written_day(found: re.Match[str], clock: Clock) -> Period | None:
    """ "the first of December", "December third"."""
    return dated(clock, None, month_number(found["month"]), [ordinal(found["word"])])


def _month_day(found: re.Match[str], clock: Clock) -> Period | None:
    return dated(clock, found["year"], month_number(found["month"]), day_numbers(found["days"]))


def _day_of_month(found: re.Match[str], clock: Clock) -> Period | None:
    """ "the 30th": the next month that has one still ahead."""
    return _next_with(day_numbers(found["days"]), 1 if found["which"] == "next" else 0, clock)


def _on_day(found: re.Match[str], clock: Clock) -> Period | None:
    """ "on 15 at 8", "5th at 4 pm"."""
    return _next_with(day_numbers(found["days"] or found["at"]), 0, clock)


def _next_with(numbers: list[int], skip: int, clock: Clock) -> Period | None:
    for month in coming_months(clock, None, skip=skip):
        first, last = (in_year(month.year, month.month, of(numbers)) for of in (min, max))
        if first and last and last >= clock.today:
            return days(clock, first, last, repeats=True)
    return None


def _weekday_the_nth(found: re.Match[str], clock: Clock) -> Period | None:
    """The next such day of a month that is that weekday."""
    wanted, [number] = weekday_number(found["weekday"]), day_numbers(found["nth"])
    for month in coming_months(clock, None):
        day = in_year(month.year, month.month, number)
        if day and day >= clock.today and day.weekday() == wanted:
            return days(clock, day, day, repeats=True)
    return None


def _days_of_month(found: re.Match[str], clock: Clock) -> Period | None:
    """ "from 4 to 22 next month"."""
    first = first_of_month(clock.today, offset_of(found["which"]))
    return dated(clock, str(first.year), first.month, day_numbers(found["days"]))


RULES = Rules.of(
    rf"[0-9]|{WRITTEN_ORDINAL}",
    (r"(?<![0-9])(20[0-9]{2})[-/.]([01]?[0-9])[-/.]([0-3]?[0-9])(?![0-9])", _iso),
    (
        r"(?<![0-9/$.])(?!24/7|9/11 (?:memorial|museum)|50/50)"
        r"([0-9]{1,2})(?:-(?=[0-9]{1,2}-)|/)([0-9]{1,2})(?:[/-]((?:20)?[0-9]{2})(?![0-9/]))?"
        r"(?![0-9/%]| (?:price|off|marathon|hours?|cups?|miles?|days?|pints?|pounds?|times?"
        r"|time)\b)",
        _numeric,
    ),
    (r"\bon ([0-9]{1,2})[.-]([0-9]{1,2})()(?![0-9]|[.:/%-][0-9]| ?[ap]\.?m\b)", _numeric),
    (
        r"(?<![0-9/$.])(?:(?P<first>[0-9]{1,2}) ?- ?(?P<last>[0-9]{1,2})/(?P<month>[0-9]{1,2})"
        r"|(?P<month2>[0-9]{1,2})/(?P<first2>[0-9]{1,2}) ?- ?(?P<last2>[0-9]{1,2}))(?![0-9/%:])",
        _numeric_range,
    ),
    (r"(?<![0-9.])([0-3]?[0-9])\.([01]?[0-9])\.(20[0-9]{2})?(?![0-9])", _dotted),
    (rf"\b(?:the )?(?P<word>{WRITTEN_ORDINAL}) of (?P<month>{MONTH})", _written_day),
    (
        rf"\b(?P<month>{MONTH}) (?:the )?(?P<word>{WRITTEN_ORDINAL})"
        r"\b(?! (?:mon|tue|wed|thu|fri|sat|sun|week|friday|saturday|sunday))",
        _written_day,
    ),
    (
        rf"\b(?P<month>{MONTH})(?: (?:the |between |from )?|-|(?<=\.)){_DAYS}{_OWN_MONTH}"
        rf"{YEAR}?",
        _month_day,
    ),
    (
        rf"\b(?<![$/:.-]){NO_MONTH_BEFORE}(?:the )?{_DAYS}\.?[ -](?:of )?(?P<month>{MONTH})"
        rf"{_NOT_A_DATE}(?! [0-9]{{1,2}}\b(?!:| ?[ap]\.?m)){YEAR}?",
        _month_day,
    ),
    (
        rf"(?:\bthe |\bon |^)(?P<days>{_NTH}(?:(?: ?- ?| to | or | and | & )(?:the )?{_NTH})*)"
        rf"{_PHRASE_ENDS}"
        r"(?: of (?P<which>this|next|the) month)?",
        _day_of_month,
    ),
    (
        rf"\b(?:from |between |the )?{_DAYS} (?:of |in )?(?P<which>this|next|the) month\b",
        _days_of_month,
    ),
    (
        rf"\b(?:(?:on (?:the )?|for the )(?P<days>{DAY_NUMBER})(?=,?(?: at)? [0-9]| ?[?!.]?$)"
        rf"|(?:the )?(?P<at>{_NTH}) (?=at [0-9]))",
        _on_day,
    ),
    (rf"\b(?P<weekday>{WEEKDAY}),? the (?P<nth>{_NTH})(?!\w)(?! (?:of|week)\b)", _weekday_the_nth),
)
