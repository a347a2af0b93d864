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
    months,
    offset_of,
    week,
    weekend,
)
from rag.understanding.dates.rules.weeks import PART
from rag.understanding.numbers import COUNT, WRITTEN_ORDINAL, number, ordinal

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
        return months(clock, date(int(found["year"]), month, 1), 3)
    first = date(clock.today.year - 1, month, 1)
    while first_of_month(first, 3) <= clock.today:
        first = first_of_month(first, 12)
    is_later = offset_of(found["which"]) == 1 and first <= clock.today
    return months(clock, first_of_month(first, 12 if is_later else 0), 3)


def _the_holidays(found: re.Match[str], clock: Clock) -> Period:
    """The days around Christmas and New Year, 20 December to 1 January."""
    year = clock.today.year if clock.today > date(clock.today.year, 1, 1) else clock.today.year - 1
    return days(clock, date(year, 12, 20), date(year + 1, 1, 1), repeats=True)


def _year(found: re.Match[str], clock: Clock) -> Period:
    year = _named_year(found, clock) + ("after" in found["which"])
    return days(clock, date(year, 1, 1), date(year, 12, 31))


def _named_year(found: re.Match[str], clock: Clock) -> int:
    return int(found["year"] or clock.today.year + offset_of(found["which"]))


def _part_of_year(found: re.Match[str], clock: Clock) -> Period:
    """ "early next year" is its first half, "the beginning of the year" its first month."""
    first, count = _PARTS_OF_YEAR[found["part"]]
    return months(clock, date(_named_year(found, clock), first, 1), count)


def _nth_of_year(found: re.Match[str], clock: Clock) -> Period | None:
    """ "the third week of 2027" (weeks as ISO 8601 counts them), "the last quarter of the year"."""
    year, nth = _named_year(found, clock), ordinal(found["nth"])
    if found["unit"] in ("quarter", "half"):
        return _share(clock, year, nth, 4 if found["unit"] == "quarter" else 2)
    last = date(year, 12, 28).isocalendar().week
    if nth < 0 and found["unit"] == "week":
        return days(clock, date(year, 12, 25), date(year, 12, 31))
    monday = date.fromisocalendar(year, last if nth < 0 else min(nth, last), 1)
    return (weekend if found["unit"] == "weekend" else week)(clock, monday)


def _numbered(found: re.Match[str], clock: Clock) -> Period | None:
    """ "Q3 2027", "2027 H2", "in Q1"; "q3" alone is no date."""
    given = found["year"] or found["before"]
    if not (given or found["how"]):
        return None
    share = int(found["number"]), 4 if found["short"] == "q" else 2
    period = _share(clock, int(given or clock.today.year), *share)
    is_over = not given and period and period.last < clock.today
    return _share(clock, clock.today.year + 1, *share) if is_over else period


def _share(clock: Clock, year: int, nth: int, count: int) -> Period | None:
    """The nth of so many equal parts of a year; -1 is the last."""
    length, nth = 12 // count, count if nth < 0 else nth
    return months(clock, date(year, (nth - 1) * length + 1, 1), length) if nth <= count else None


def _last_days(found: re.Match[str], clock: Clock) -> Period:
    """ "the last few days of the year"."""
    last = date(_named_year(found, clock), 12, 31)
    return days(clock, last - (number(found["count"]) - 1 if found["count"] else 2) * DAY, last)


# The first month and how many.
_PARTS_OF_YEAR = {"early": (1, 6), "beginning": (1, 1), "start": (1, 1), "mid": (5, 4)}
_PARTS_OF_YEAR |= {"middle": (5, 4), "late": (7, 6), "end": (12, 1)}
_OF_YEAR = r"(?: of| in)? (?:(?P<which>this|next|the) year|(?P<year>20[0-9]{2}))\b"
_NTH = rf"(?P<nth>{WRITTEN_ORDINAL}|[0-9]{{1,2}}(?:st|nd|rd|th)|last)"

RULES = Rules.of(
    r"year|20[0-9]|[qh][1-4]|spring|summer|fall|autumn|winter|holidays",
    (rf"\b(?:the )?{_NTH} (?P<unit>week|weekend|quarter|half){_OF_YEAR}", _nth_of_year),
    (
        r"\b(?:(?P<how>in|during) )?(?:(?P<before>20[0-9]{2})[ -]?)?(?P<short>[qh])"
        r"(?P<number>[1-4])\b(?:(?: of)? (?P<year>20[0-9]{2})\b)?",
        _numbered,
    ),
    (rf"\b(?:the )?last (?:(?P<count>{COUNT}) )?days{_OF_YEAR}", _last_days),
    (rf"\b(?:the )?{PART}{_OF_YEAR}", _part_of_year),
    (r"(?P<year>)\b(?:the )?(?P<which>year after (?:the )?next)\b", _year),
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
