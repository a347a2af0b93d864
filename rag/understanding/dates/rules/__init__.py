"""The rules of the calendar: each a pattern, and the time that a match of it means."""

from rag.understanding.dates.rules import (
    calendar_dates,
    from_now,
    holidays,
    months,
    seasons,
    weekdays,
    weeks,
)
from rag.understanding.dates.rules.rule import Rule

# Of two rules that match the very same words the earlier one counts.
RULES: tuple[Rule, ...] = (
    *calendar_dates.RULES,
    *weekdays.RULES,
    *from_now.RULES,
    *weeks.RULES,
    *months.RULES,
    *seasons.RULES,
    *holidays.RULES,
)
