"""Finds a day in a text as people write it, in any order and in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from core.text import fold_name
from core.world_names import month_of, weekdays

_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<y>\d{4})\s?(?:[-/.]|年)\s?(?P<m>\d{1,2})\s?(?:[-/.]|月)\s?(?P<d>\d{1,2})日?(?!\d)"
)
_COMPACT = re.compile(r"(?<!\d)(?P<y>(?:19|20|21)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)")
_NUMBERS = re.compile(
    r"(?<![\d.:/])(?P<one>\d{1,2})\s?(?P<mark>[-/.])\s?(?P<two>\d{1,2})\s?(?P=mark)\s?"
    r"(?P<y>['’]?\d{2}|\d{4})(?![\d:])"
)
_WORD = r"(?P<month>[^\W\d_]{3,})"
_ORDINAL = r"(?:st|nd|rd|th|er|ère|e|\.|º|ª|°|:e)?"
# Two figures are a year unless they begin a time.
_YEAR = r"(?P<y>\d{4}|['’]\d{2}|\d{2}(?!\s?(?:[:.h]\s?\d|h\b|uhr|[ap]\.?\s?m|\d)))(?!\d)"
_DAY_MONTH = re.compile(
    rf"(?<![\d:])(?P<d>\d{{1,2}}){_ORDINAL}[\s\-/.]*(?:(?:de|of|di|den)\s+|d['’])?{_WORD}\.?"
    rf"(?:(?:\s*,?\s+|[\-/.])(?:(?:de|del|of)\s+)?{_YEAR})?(?![^\W\d_])",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"(?<![^\W\d_]){_WORD}\.?[\s\-/]*(?P<d>\d{{1,2}}){_ORDINAL}(?![\d:])(?!\s?[ap]\.?m\b)"
    rf"(?:(?:\s*,?\s+|[\-/](?=\d{{4}})){_YEAR})?",
    re.IGNORECASE,
)
_YEAR_MONTH_DAY = re.compile(
    rf"(?<!\d)(?P<y>\d{{4}})[\s/\-.]+{_WORD}\.?[\s/\-.]+(?P<d>\d{{1,2}})(?!\d)"
)
_WITHOUT_YEAR = re.compile(
    r"(?<![\d.:/])(?P<one>\d{1,2})(?:(?P<mark>/)|(?P<dot>\.))\s?(?P<two>\d{1,2})(?(dot)\.)(?![\d/:])"
)
_LONE_YEAR = re.compile(r"(?<![\d.:/])((?:19|20|21)\d\d)(?![\d.:/])")
_ISO_MARK = re.compile(r"^[Tt](?=\d)")
_LETTERS = re.compile(r"[^\W\d_]+\.?")
# Spreadsheets count days from here, the 29th of February 1900 included.
_SERIAL_ZERO = date(1899, 12, 30)
_SERIAL = re.compile(r"(?P<days>[3-6]\d{4})(?:[.,](?P<share>\d+))?")
# A day without a year is one to come, or one that has only just been.
_LATELY = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A day; `other` is what it is in the other order of day and month, if that is a day too.

    `rest` is the text without it. `proven` tells that the weekday beside it decided.
    """

    day: date
    rest: str = ""
    other: date | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    """Year (None: not written), month, day, and whether the two can be exchanged."""

    year: int | None
    month: int
    day: int
    is_ambiguous: bool = False


def find_day(text: str, *, day_first: bool, today: date | None = None) -> FoundDay | None:
    """The first day in a text; `today` chooses the year of one that has none.

    >>> find_day("Sat., 5. Dezember 2026, 19 Uhr", day_first=False)
    FoundDay(day=datetime.date(2026, 12, 5), rest='19 Uhr', other=None)
    """
    for start, end, reading in _readings(text, day_first=day_first):
        rest = f"{text[:start]} {text[end:]}"
        if reading.year is None and (written := _LONE_YEAR.search(rest)):
            reading = _Reading(int(written[1]), reading.month, reading.day, reading.is_ambiguous)
            rest = f"{rest[: written.start()]} {rest[written.end() :]}"
        rest, named = _without_weekdays(rest)
        found = _dated(reading, named, today)
        if found is not None:
            return FoundDay(found[0], _tidy(rest), found[1])
    return None


def serial_day(text: str) -> tuple[date, Decimal] | None:
    """The day and the share of it that a spreadsheet's number stands for."""
    match = _SERIAL.fullmatch(text)
    if match is None:
        return None
    return _SERIAL_ZERO + timedelta(days=int(match["days"])), Decimal(f"0.{match['share'] or 0}")


def _readings(text: str, *, day_first: bool) -> Iterator[tuple[int, int, _Reading]]:
    """(start, end, reading) of what looks like a day, the surest form first."""
    for pattern in (_YEAR_FIRST, _COMPACT):
        for match in pattern.finditer(text):
            reading = _Reading(int(match["y"]), int(match["m"]), int(match["d"]))
            yield *match.span(), reading
    for match in _NUMBERS.finditer(text):
        is_dotted = match["mark"] == "."
        first = day_first or is_dotted
        yield (
            *match.span(),
            _ordered(match["one"], match["two"], _year(match["y"]), first, is_dotted),
        )
    for pattern in (_YEAR_MONTH_DAY, _DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(text):
            if (month := month_of(match["month"])) is not None:
                year = _year(match["y"]) if match["y"] else None
                yield *match.span(), _Reading(year, month, int(match["d"]))
    for match in _WITHOUT_YEAR.finditer(text):
        is_dotted = match["dot"] is not None
        first = day_first or is_dotted
        yield *match.span(), _ordered(match["one"], match["two"], None, first, is_dotted)


def _ordered(one: str, two: str, year: int | None, day_first: bool, is_dotted: bool) -> _Reading:
    day, month = (int(one), int(two)) if day_first else (int(two), int(one))
    if month > 12 >= day:
        return _Reading(year, day, month)
    return _Reading(year, month, day, is_ambiguous=day <= 12 and day != month and not is_dotted)


def _year(written: str) -> int:
    number = int(written.strip("'’"))
    return number + 2000 if number < 100 else number


def _dated(
    reading: _Reading, named: frozenset[int], today: date | None
) -> tuple[date, date | None] | None:
    """The day, and the other one; the weekday beside them chooses between the two."""
    day = _day(reading.year, reading.month, reading.day, named, today)
    if not reading.is_ambiguous:
        return None if day is None else (day, None)
    other = _day(reading.year, reading.day, reading.month, named, today)
    if day is None or other is None:
        found = day or other
        return None if found is None else (found, None)
    if named and (day.weekday() in named) != (other.weekday() in named):
        return (day if day.weekday() in named else other), None
    return day, other


def _day(
    year: int | None, month: int, day: int, named: frozenset[int], today: date | None
) -> date | None:
    if year is not None:
        return _valid(year, month, day)
    if today is None:
        return None
    years = (today.year - 1, today.year, today.year + 1)
    coming = [
        found for each in years if (found := _valid(each, month, day)) and found >= today - _LATELY
    ]
    fitting = [found for found in coming if found.weekday() in named]
    return next(iter([*fitting, *coming]), None)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _without_weekdays(text: str) -> tuple[str, frozenset[int]]:
    """The text without the names of weekdays, and the days that they may mean."""
    named: frozenset[int] = frozenset()

    def cut(match: re.Match[str]) -> str:
        nonlocal named
        days = weekdays().get(fold_name(match[0]))
        if days is None:
            return match[0]
        named |= days
        return " "

    return _LETTERS.sub(cut, text), named


def _tidy(rest: str) -> str:
    """The rest without the marks that joined it to the day."""
    bare = " ".join(rest.split()).strip(" ,;·|@-–—")
    return "" if bare == "T" else _ISO_MARK.sub("", bare)
