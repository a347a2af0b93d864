"""Decides the order of day and month in 5/12/2026 from all dates of a file, not from one alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from core.text import fold_name
from core.world_names import weekdays

_NUMBERS = re.compile(r"(?<![\d./:-])(\d{1,2})[/-](\d{1,2})(?:[/-](?:\d{4}|\d{2}))?(?![\d/:])")
_WITH_YEAR = re.compile(r"(?<![\d./:-])(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?![\d/:])")
_WORDS = re.compile(r"[^\W\d_]{2,}")


def day_comes_first(texts: Iterable[str]) -> bool | None:
    """Whether the day is written before the month; None where no date proves it.

    A number beyond 12 proves it, and so does a weekday that fits one order alone.

    >>> day_comes_first(["05/12/2026", "25/12/2026"]), day_comes_first(["05/12/2026"])
    (True, None)
    """
    balance = sum(_vote(text) for text in texts)
    return balance > 0 if balance else None


def _vote(text: str) -> int:
    """1 for the day first, -1 for the month first, 0 for neither."""
    for match in _NUMBERS.finditer(text):
        one, two = int(match[1]), int(match[2])
        if one > 12 >= two or two > 12 >= one:
            return 1 if one > 12 else -1
    for match in _WITH_YEAR.finditer(text):
        named = {day for word in _WORDS.findall(text) for day in _days_of(word)}
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
        one, two = int(match[1]), int(match[2])
        day_first = _weekday(year, two, one) in named
        if day_first != (_weekday(year, one, two) in named):
            return 1 if day_first else -1
    return 0


def _days_of(word: str) -> frozenset[int]:
    return weekdays().get(fold_name(word), frozenset())


def _weekday(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).weekday()
    except ValueError:
        return None
