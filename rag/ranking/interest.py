"""Orders what was found without a topic: events before what is merely open or goes on. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum

from rag.ranking.scoring import Ranked
from rag.ranking.variety import Kin

# Entries that tell when a place is open or shut, as calendars of towns and churches have them.
_NOTICE = re.compile(
    r"\b(?:closed|closes early|office hours|office open|opening hours|hours of operation"
    r"|no school|no classes?|school holiday|teacher (?:work ?day|in-?service)|deadline"
    r"|cancel+ed|postponed|rescheduled)\b",
    re.IGNORECASE,
)
# Regular gatherings of those who belong: they are found when asked for.
_ROUTINE = re.compile(
    r"\b(?:worship|minyan|daven|eucharist|holy communion|mass|vespers"
    r"|(?:morning|evening|daily|noon) prayer|prayer (?:service|meeting)|sunday service"
    r"|(?:sub)?committee|(?:board|council|commission|staff|vestry|aa|na|al-?anon) meetings?"
    r"|(?:board|council) of \w+|choir (?:rehearsal|practice))\b",
    re.IGNORECASE,
)


class Interest(IntEnum):
    """What somebody who asks "what's on?" wants to hear first."""

    BEGINS = 0
    ROUTINE = 1
    ALL_DAY = 2
    GOES_ON = 3
    NOTICE = 4


def by_interest(ranked: Sequence[Ranked], kin: Mapping[int, Kin], since: datetime) -> list[Ranked]:
    """What begins at or after a moment, routine last; then what lasts all day, goes on, or
    is a notice.

    The order within each is kept.
    """
    return sorted(ranked, key=lambda one: _interest(one, kin.get(one.event_id), since))


def _interest(one: Ranked, kin: Kin | None, since: datetime) -> Interest:
    if kin is not None and _NOTICE.search(kin.title):
        return Interest.NOTICE
    if one.candidate.starts_at < since:
        return Interest.GOES_ON
    if kin is not None and kin.is_all_day:
        return Interest.ALL_DAY
    return Interest.ROUTINE if kin is not None and _ROUTINE.search(kin.title) else Interest.BEGINS
