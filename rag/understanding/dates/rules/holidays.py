"""Holidays that people ask for by name, and the day each falls on; the list is `holidays.toml`."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dateutil.easter import easter

from rag.understanding.dates.calendar_words import YEAR, month_number, weekday_number
from rag.understanding.dates.clock import EVENING, MIDNIGHT, Clock, Period, Rules, days
from rag.understanding.numbers import ordinal
from rag.understanding.word_lists import read_toml

DayOfYear = Callable[[int], date]
# "December 25", "fourth Thursday of November", "Easter", each perhaps with days added.
_DAY = re.compile(
    r"(?:(?P<easter>easter)|(?P<nth>\w+) (?P<weekday>\w+) of (?P<in>\w+)"
    r"|(?P<month>\w+) (?P<day>[0-9]+))(?: (?P<added>[+-][0-9]+))?"
)


@dataclass(frozen=True, slots=True)
class _Holiday:
    """A name, as a pattern, and the day that it means in each year, by country."""

    names: str
    day: DayOfYear
    elsewhere: dict[str, DayOfYear]

    @classmethod
    def of(cls, row: dict[str, Any]) -> _Holiday:
        elsewhere = {code: _day_of_year(day) for code, day in row.get("elsewhere", {}).items()}
        return cls(row["names"], _day_of_year(row["day"]), elsewhere)

    def day_in(self, year: str | None, clock: Clock) -> date:
        """The user's country's in that year, else the nearest one, today included."""
        day_of = self.elsewhere.get(clock.country_code or "", self.day)
        if year:
            return day_of(int(year))
        return min(d for y in (0, 1) if (d := day_of(clock.today.year + y)) >= clock.today)


def _day_of_year(words: str) -> DayOfYear:
    """The day that a line of the list means.

    >>> _day_of_year("fourth Thursday of November +1")(2026)
    datetime.date(2026, 11, 27)
    """
    found = _DAY.fullmatch(words.lower())
    if found is None:
        raise ValueError(f"no day of the year: {words!r}")
    base = _base(found)
    added = timedelta(days=int(found["added"] or 0))
    return lambda year: base(year) + added


def _base(found: re.Match[str]) -> DayOfYear:
    if found["easter"]:
        return easter
    if found["month"]:
        month, day = month_number(found["month"]), int(found["day"])
        return lambda year: date(year, month, day)
    month, weekday = month_number(found["in"]), weekday_number(found["weekday"])
    nth = ordinal(found["nth"])

    def find(year: int) -> date:
        weeks = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
        return date(year, month, weeks[nth if nth < 0 else nth - 1])

    return find


_HOLIDAYS = [_Holiday.of(row) for row in read_toml(__file__, "holidays.toml")["holidays"]]
# One pattern for all of them; a group a holiday tells which one was named.
_ANY = "|".join(f"(?P<h{index}>{each.names})" for index, each in enumerate(_HOLIDAYS))
# "Christmas carols" or "Halloween costumes" is a topic: the day alone must be meant.
_TOPIC = (
    r"(?! (?:carols?|caroling|trees?|lights?|music|markets?|songs?|costumes?|movies?|themed"
    r"|shows?|concerts?|crafts?|cookies?|decorations?|stor(?:y|ies)|shopping|bazaars?|plays?"
    r"|ornaments?|wreaths?|fairs?|season|jazz|pageants?|village|sing|films?|ballet|cards?"
    r"|baking|gifts?|traditions|egg|eggs|candy|spectacular))"
)
_PATTERN = re.compile(
    rf"(?<![\w'])(?:{_ANY})(?P<weekend> (?:long )?weekend)?(?!\w)(?!'s){YEAR}?{_TOPIC}"
)


def _evaluate(found: re.Match[str], clock: Clock) -> Period:
    """The nearest day of the holiday, today included; or the weekend around it."""
    groups = found.groupdict()
    index = next(i for i in range(len(_HOLIDAYS)) if groups[f"h{i}"] is not None)
    day = _HOLIDAYS[index].day_in(groups["year"], clock)
    if groups["weekend"]:
        return _weekend_around(day, clock)
    return days(clock, day, day, repeats=groups["year"] is None)


def _weekend_around(day: date, clock: Clock) -> Period:
    """The long weekend of a holiday: Friday evening to Sunday, and the day itself next to it.

    A Monday or Thursday holiday belongs to its weekend; one in the middle of
    the week has the weekend that follows it.
    """
    friday = day + timedelta(days=-3 if day.weekday() == calendar.MONDAY else 4 - day.weekday())
    begins = clock.moment(friday, EVENING)
    if day.weekday() == calendar.THURSDAY:
        begins = clock.moment(day)
    last = max(day, friday + timedelta(days=2))
    return Period(begins, clock.moment(last, MIDNIGHT), repeats=True)


RULES = Rules.of(
    r"",
    (_PATTERN.pattern, _evaluate),
)
