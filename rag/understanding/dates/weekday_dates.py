"""A weekday with a day of the month: "Friday the 13th"."""

from __future__ import annotations

import re

from rag.understanding.dates.calendar_words import WEEKDAY, weekday_number
from rag.understanding.dates.clock import Clock, Period, days
from rag.understanding.dates.days import NTH, Rule, in_year

# No weekday and day of the month stay apart for longer.
_MOST_MONTHS = 40


def _weekday_the_nth(found: re.Match[str], clock: Clock) -> Period | None:
    """The next such day of a month that is that weekday."""
    wanted, number = weekday_number(found["weekday"]), int(re.sub(r"\D", "", found["nth"]))
    for ahead in range(_MOST_MONTHS):
        months = clock.today.month - 1 + ahead
        day = in_year(clock.today.year + months // 12, months % 12 + 1, number)
        if day and day >= clock.today and day.weekday() == wanted:
            return days(clock, day, day, repeats=True)
    return None


RULES: tuple[Rule, ...] = (
    Rule(
        re.compile(rf"\b(?P<weekday>{WEEKDAY}),? the (?P<nth>{NTH})(?!\w)(?! (?:of|week)\b)"),
        _weekday_the_nth,
    ),
)
