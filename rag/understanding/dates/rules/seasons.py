"""Words that name seasons and years: "this winter", "summer 2027", "over the holidays"."""

from __future__ import annotations

import re
from datetime import date

from rag.understanding.dates.clock import (
    DAY,
    WHICH,
    Clock,
    Period,
    Rules,
    days,
    first_of_month,
    offset_of,
)

_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
# Where summer is December to February.
_SOUTHERN_TEXT = "AU NZ ZA AR CL UY PY BO PE BR NA BW ZW LS SZ MZ MG FJ"
_SOUTHERN = frozenset(_SOUTHERN_TEXT.split())


def _season(found: re.Match[str], clock: Clock) -> Period:
    """Three whole months; winter is December to February, in the south June to August."""
    month = _SEASONS[found["season"]]
    if clock.country_code in _SOUTHERN:
        month = (month + 5) % 12 + 1
    if found["year"]:
        given = date(int(found["year"]), month, 1)
        return days(clock, given, first_of_month(given, 3) - DAY)
    offset = offset_of(found["which"])
    year = clock.today.year - 1
    while (after := first_of_month(date(year, month, 1), 3)) <= clock.today:
        year += 1
    first = date(year + (1 if offset == 1 and date(year, month, 1) <= clock.today else 0), month, 1)
    return days(clock, first, first_of_month(first, 3) - DAY if offset == 1 else after - DAY)


def _the_holidays(found: re.Match[str], clock: Clock) -> Period:
    """The days around Christmas and New Year, 20 December to 1 January."""
    year = clock.today.year if clock.today > date(clock.today.year, 1, 1) else clock.today.year - 1
    return days(clock, date(year, 12, 20), date(year + 1, 1, 1), repeats=True)


def _year(found: re.Match[str], clock: Clock) -> Period:
    year = int(found["year"]) if found["year"] else clock.today.year + offset_of(found["which"])
    return days(clock, date(year, 1, 1), date(year, 12, 31))


def _end_of_year(found: re.Match[str], clock: Clock) -> Period:
    return days(clock, date(clock.today.year, 12, 1), date(clock.today.year, 12, 31))


def _last_of_year(found: re.Match[str], clock: Clock) -> Period:
    """ "the last week of the year", "the last few days of the year"."""
    last = date(clock.today.year, 12, 31)
    count = 7 if found["unit"] == "week" else 3
    return days(clock, last - (count - 1) * DAY, last)


RULES = Rules.of(
    r"year|20[2-9]|spring|summer|fall|autumn|winter|holidays",
    (
        r"\b(?:the )?last (?:few |couple of )?(?P<unit>week|days) of (?:the|this) year\b",
        _last_of_year,
    ),
    (r"\b(?:the )?end of (?:the|this) year\b", _end_of_year),
    (rf"\b(?:{WHICH})year\b(?:'s\b(?! eve| day))?(?P<year>)(?!')", _year),
    (
        r"(?P<which>)(?:\bin |(?<=\bbefore )|(?<=\bafter )|(?<=\buntil )|(?<=\bby )"
        r"|(?<=\bsince )|(?<=\btill )|(?<=\bthrough )|(?<=\bend of )|(?<=\bfrom )"
        r"|(?<=20[2-9][0-9] to )|\bthroughout |\bduring )"
        r"(?P<year>20[2-9][0-9])\b(?![-/.:][0-9])",
        _year,
    ),
    (
        r"\b(?:(?:in|during|over|for) )?(?:the )?(?P<which>this coming |this |next |coming "
        r"|upcoming )"
        r"(?P<season>spring|summer|fall|autumn|winter)\b(?! (?:street|st|park|hill|valley))"
        r"(?P<year>)",
        _season,
    ),
    (
        r"\b(?:in|during|over) (?:the )?(?P<which>)(?P<season>spring|summer|fall|autumn|winter)"
        r"\b(?! (?:street|st|park|hill|valley|green|lake|branch|texas|tx|20[0-9])|,)(?P<year>)",
        _season,
    ),
    (
        r"\b(?:in |during )?(?:the )?(?P<which>)(?P<season>spring|summer|fall|autumn|winter)"
        r"(?: of)? (?P<year>20[0-9]{2})\b",
        _season,
    ),
    (r"\b(?:over|during|for) the (?:winter )?holidays\b", _the_holidays),
)
