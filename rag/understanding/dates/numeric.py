"""Dates written with numbers alone: "2026-12-05", "12/5", "27-29/11", "5.12."."""

from __future__ import annotations

import re

from rag.understanding.dates.clock import Clock, Period, days
from rag.understanding.dates.days import Rule, dated, in_year


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


RULES: tuple[Rule, ...] = (
    Rule(re.compile(r"(?<![0-9])(20[0-9]{2})[-/.]([01]?[0-9])[-/.]([0-3]?[0-9])(?![0-9])"), _iso),
    Rule(
        re.compile(
            r"(?<![0-9/$.])(?!24/7|9/11 (?:memorial|museum)|50/50)([0-9]{1,2})/([0-9]{1,2})"
            r"(?:/((?:20)?[0-9]{2}))?(?![0-9/%]| (?:price|off|marathon|hours?|cups?|miles?|days?"
            r"|pints?|pounds?|times?|time)\b)"
        ),
        _numeric,
    ),
    Rule(
        re.compile(
            r"(?<![0-9/$.])(?:(?P<first>[0-9]{1,2}) ?- ?(?P<last>[0-9]{1,2})/(?P<month>[0-9]{1,2})"
            r"|(?P<month2>[0-9]{1,2})/(?P<first2>[0-9]{1,2}) ?- ?(?P<last2>[0-9]{1,2}))(?![0-9/%:])"
        ),
        _numeric_range,
    ),
    Rule(re.compile(r"(?<![0-9.])([0-3]?[0-9])\.([01]?[0-9])\.(20[0-9]{2})?(?![0-9])"), _dotted),
)
