"""Which definitions of time zones (VTIMEZONE) are worth following."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MOST_LINES = 5000
# A change of clocks comes once a year, on a day that every year has. A rule by
# the second, or for the 30th of February, would be followed for minutes.
_YEARLY = re.compile(
    r"RRULE:(?:(?:FREQ=YEARLY|INTERVAL=1|BYMONTH=\d{1,2}|BYDAY=(?:-1|[+]?[1-4])?(?:MO|TU|WE|TH|FR|SA|SU)"
    r"|BYMONTHDAY=(?:[12]?\d)(?:,[12]?\d)*|UNTIL=\d{8}(?:T\d{6}Z?)?|COUNT=\d{1,3}|WKST=[A-Z]{2}"
    r"|BYHOUR=\d{1,2}|BYMINUTE=\d{1,2}|BYSECOND=0)(?:;|$))+",
    re.IGNORECASE,
)


def is_sound_zone(lines: Sequence[str]) -> bool:
    """Whether a definition can be followed quickly; others are as if they were not there."""
    if len(lines) > _MOST_LINES:
        return False
    rules = [line.strip() for line in lines if line[:5].upper() == "RRULE"]
    return all(_YEARLY.fullmatch(rule) and "FREQ=YEARLY" in rule.upper() for rule in rules)
