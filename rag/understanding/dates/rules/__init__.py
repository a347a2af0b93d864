"""The rules of the calendar: each a pattern, and the time that a match of it means."""

from rag.understanding.dates.rules import calendar_dates, from_now, holidays, months, seasons, weeks

# Of two rules that match the very same words the earlier one counts.
RULES = (
    calendar_dates.RULES,
    weeks.RULES,
    from_now.RULES,
    months.RULES,
    seasons.RULES,
    holidays.RULES,
)
