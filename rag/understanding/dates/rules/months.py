"""Months and parts of them: "next month", "early March", "the 2nd weekend of December"."""

from __future__ import annotations

import re
from datetime import date

from rag.understanding.dates.calendar_words import MONTH, month_number
from rag.understanding.dates.clock import (
    AFTER_NEXT,
    DAY,
    WHICH,
    Clock,
    Period,
    Rules,
    coming_months,
    days,
    first_of_month,
    is_before,
    months,
    offset_of,
    weekend,
)
from rag.understanding.dates.rules.weeks import PART
from rag.understanding.numbers import number, ordinal

_THIRDS = {"early": (1, 10), "beginning": (1, 10), "start": (1, 10), "mid": (11, 20)}
_THIRDS |= {"middle": (11, 20), "late": (21, 31), "end": (21, 31)}

_MONTH_CLEAR = (
    r"(?:january|february|july|september|october|november|december|feb|sept?|oct|nov|dec)\b\.?"
)

# Before these, "march", "may", "april", "june", "august" and "jan" are months.
_MONTH_COMES = "|".join(
    rf"(?<=\b{word} )"
    for word in "in during until till through by since before after throughout of".split()  # noqa: SIM905
)
_OF_MONTH = (
    r"(?:(?P<which>this|next|early|mid|late|(?:the )?(?:beginning|start|middle|end) of)[ -])"
)

_YEAR = r"(?:,? (?P<year>20[0-9]{2})\b| (?:of )?(?P<of>this|next) year\b)"

_NO_DAY = r"(?! ?(?:[0-9]{1,2}(?:st|nd|rd|th)?\b(?!:)|the [0-9]))"

_NO_VERB = r"(?! (?:i|we|you|be|not|have|need|of (?!20)|madness|for (?:life|our)|against|on wash))"


def _month(found: re.Match[str], clock: Clock) -> Period:
    """The month asked for; the coming one is the next."""
    is_coming = re.search("coming|upcoming", found["which"]) is not None
    ahead = 2 if found["after"] else offset_of(found["which"]) or is_coming
    return months(clock, first_of_month(clock.today, ahead))


def _named_month(found: re.Match[str], clock: Clock) -> Period | None:
    """ "in December", "early March", "next May": the nearest whose end is ahead."""
    month, which = month_number(found["month"]), found["which"] or ""
    given = found["year"]
    if found["of"]:
        given = str(clock.today.year + offset_of(found["of"]))
    years = [int(given)] if given else [clock.today.year, clock.today.year + 1]
    for year in years:
        first = date(year, month, 1)
        part = next((part for part in _THIRDS if part in which), None)
        period = (
            _third(clock, first, part, repeats=not given)
            if part
            else months(clock, first, repeats=not given)
        )
        is_current = "next" in which and first == first_of_month(clock.today)
        if given or (period.end and is_before(clock.now, period.end) and not is_current):
            return period
    return None


def _numeric_month(found: re.Match[str], clock: Clock) -> Period:
    """ "2027-05", "05/2027"."""
    first = date(int(found["year"] or found["year2"]), int(found["month"] or found["month2"]), 1)
    return months(clock, first)


def _part_of_month(found: re.Match[str], clock: Clock) -> Period:
    """ "the end of next month": days 1–10, 11–20 or from the 21st."""
    first = first_of_month(clock.today, offset_of(found["which"]))
    return _third(clock, first, found["part"])


def _week_of_month(found: re.Match[str], clock: Clock) -> Period | None:
    """ "the first week of January": days 1 to 7, 8 to 14 …; weekends go by their Saturday."""
    for first in coming_months(clock, found["month"], skip=found["which"] == "next"):
        start = first_of_month(first, 1) - 7 * DAY
        if found["nth"] != "last":
            start = first + 7 * DAY * (ordinal(found["nth"]) - 1)
        period = days(clock, start, start + 6 * DAY, repeats=True)
        if found["unit"] == "weekend":
            saturday = start + DAY * ((5 - start.weekday()) % 7)
            period = weekend(clock, saturday, repeats=True)
        if period.end and is_before(clock.now, period.end):
            return period
    return None


def _part_of_named_month(found: re.Match[str], clock: Clock) -> Period | None:
    """ "the first half of December", "the last two weeks of January", "the last day of May"."""
    for first in coming_months(clock, found["month"], skip=found["which"] == "next"):
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
    count = (last_month - first_month) % 12 + 1
    first = date(clock.today.year - 1, first_month, 1)
    while first_of_month(first, count) <= clock.today:
        first = first_of_month(first, 12)
    return months(clock, first, count, repeats=True)


def _third(clock: Clock, first: date, part: str, *, repeats: bool = False) -> Period:
    length = (first_of_month(first, 1) - first).days
    begin, end = _THIRDS[part]
    return days(
        clock, first.replace(day=begin), first.replace(day=min(end, length)), repeats=repeats
    )


_NUMBER = r"(?:0?[1-9]|1[0-2])"
_NUMERIC = re.compile(
    rf"(?<![0-9/.:-])(?:(?P<year>20[0-9]{{2}}) ?[-/] ?(?P<month>{_NUMBER})"
    rf"|(?P<month2>{_NUMBER}) ?[-/] ?(?P<year2>20[0-9]{{2}}))(?![0-9]|[-/.:][0-9])"
)

RULES = Rules.of(
    r"jan|feb|mar|apr|may|ju[nl]|aug|sep|oct|nov|dec|month|20[0-9]{2}",
    (_NUMERIC.pattern, _numeric_month),
    (r"\b(?P<which>)(?:the )?month(?P<after> after (?:the )?next)\b", _month),
    (rf"\b(?:{WHICH})month\b(?:'s\b)?{AFTER_NEXT}", _month),
    (rf"\b{_OF_MONTH}?(?P<month>{_MONTH_CLEAR}){_NO_DAY}{_YEAR}?", _named_month),
    (
        rf"\b(?:{_OF_MONTH}|{_MONTH_COMES})(?P<month>{MONTH}){_NO_DAY}{_NO_VERB}{_YEAR}?",
        _named_month,
    ),
    (rf"\b(?P<which>)(?P<month>{MONTH}){_YEAR}", _named_month),
    (rf"\b(?P<which>)(?P<of>)(?P<year>20[0-9]{{2}}),? (?P<month>{MONTH}){_NO_DAY}", _named_month),
    (r"\b(?P<which>)(?P<month>april|june|august)(?P<year>)(?P<of>)(?= ?[?!.]?$)", _named_month),
    (rf"\b(?:the )?{PART} of (?P<which>the|this|next) month\b", _part_of_month),
    (rf"\b{PART} (?P<which>this|next) month\b", _part_of_month),
    (
        r"\b(?:the )?(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th|last)"
        r" (?P<unit>week|weekend) (?:of|in)"
        rf" (?:(?P<which>this|next|the) month|(?P<month>{MONTH}))",
        _week_of_month,
    ),
    (
        rf"\b(?P<month>{MONTH})(?: ?- ?| to | through | and | until | or )(?P<until>{MONTH})"
        rf"{_NO_DAY}{_NO_VERB}",
        _months,
    ),
    (
        r"\b(?:the )?(?P<nth>first|second|last) (?:(?P<count>few|couple of|two|three|[2-9]|ten)"
        r" )?(?P<unit>half|weeks|days?)"
        rf" (?:of|in) (?:(?P<which>this|next|the) month|(?P<month>{MONTH}))",
        _part_of_named_month,
    ),
)
