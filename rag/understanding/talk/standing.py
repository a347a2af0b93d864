"""What stays from the turn before, and what the words change or drop."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from rag.types import Constraints
from rag.understanding.dates.clock import is_before
from rag.understanding.text import Span
from rag.understanding.word_lists import read_patterns

_PATTERNS = read_patterns(__file__, "standing.toml")

_START_OVER = re.compile(_PATTERNS["start_over"])
_ANY_DAY = re.compile(_PATTERNS["any_day"])


def starts_over(low: str) -> bool:
    """Whether the words drop everything said before."""
    return _START_OVER.search(low) is not None


def drops_dates(low: str) -> Span | None:
    """Where the words say that the date does not matter."""
    found = _ANY_DAY.search(low)
    return Span(*found.span()) if found else None


def still_standing(standing: Constraints | None, now: datetime) -> Constraints | None:
    """The earlier constraints, without dates that have gone by."""
    if standing is None:
        return None
    if standing.date_to is not None and not is_before(now, standing.date_to):
        return replace(standing, date_from=None, date_to=None)
    if standing.date_from is not None and is_before(standing.date_from, now):
        return replace(standing, date_from=now)
    return standing
