"""Days that the words leave out: "this weekend except Sunday", "not today, tomorrow"."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from rag.understanding.dates.clock import Clock, Period, is_before

_REFUSED = re.compile(
    r"(?<!\bwhy )(?<!\bif )(?<!\bor )\b(?:(?:but )?not|but|except(?:ing)?(?: for)?|excluding"
    r"|apart from|other than|besides|outside of|(?:can'?t|cannot|can not|don'?t)"
    r" (?:do|make|come|go|want))(?: on| in| for)?(?: the| any)? $"
)
_BUT = re.compile(r"\b(?:any ?(?:day|time)|every ?day|anything|all days) but (?:on )?(?:the )?$")
_ONLY_BUT = re.compile(r"(?<!not )\bbut(?: on| in| for)?(?: the| any)? $")
_THE_NEXT_ONE = re.compile(
    r"\b(?:the )?(?:next|following) one\b|\b(?:the )?one after(?: that)?\b|\b(?:the )?next$"
)
# A remainder shorter than this is dropped, so that the rest is still one range.
_SHORT = timedelta(hours=12)


def refusal_before(before: str) -> int:
    """How many characters at the end of a text refuse the day after them; 0 when none do."""
    found = _REFUSED.search(before)
    if found is None or (_ONLY_BUT.search(before) and not _BUT.search(before)):
        return 0
    return len(found.group())


def asks_for_the_next(low: str, after: int) -> tuple[int, int] | None:
    """Where the words ask for the one after what they refused."""
    found = _THE_NEXT_ONE.search(low, after)
    return found.span() if found else None


def without_period(period: Period, refused: Period, clock: Clock) -> Period:
    """The longer side that is left of a period; all of it when the refused days part it in two."""
    end = period.end
    if end is None or refused.end is None:
        return period
    start = clock.now if is_before(period.start, clock.now) else period.start
    if not (is_before(start, refused.end) and is_before(refused.start, end)):
        return period
    left, right = _length(start, refused.start), _length(refused.end, end)
    if max(left, right) <= 0 or min(left, right) > _SHORT.total_seconds():
        return period
    return Period(start, refused.start) if left > right else Period(refused.end, end)


def _length(start: datetime, end: datetime) -> float:
    return end.timestamp() - start.timestamp()
