"""What stays from the turn before, and what the words change or drop."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from rag.types import Constraints
from rag.understanding.dates.clock import is_before
from rag.understanding.text import Span

_START_OVER = re.compile(
    r"\b(?:start (?:over|again|fresh)|new search|reset(?: everything)?|clear (?:everything|all"
    r"|the filters)|(?:forget|ignore|drop) (?:everything|all (?:of )?that|it all|what i said))\b"
)
_ANY_DAY = re.compile(
    r"\b(?:any ?(?:day|date|dates|time)(?: (?:of the (?:day|week)|is fine|works|at all))?|whenever"
    r"|no (?:particular|specific) (?:day|date|time)|all dates"
    r"|(?:forget|drop|ignore|remove|never ?mind) (?:about )?(?:the )?(?:dates?|days?|times?"
    r"|weekend)"
    r"|(?:doesn'?t|does not|don'?t|needn'?t|need not)(?: have| need)?(?: to)? be (?:on |in |for )?"
    r"(?:the |this |that |next |a )?(?:weekend|week|month|today|tonight|tomorrow|then|evening|night"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"|(?:other|different) (?:dates|days|times) (?:are|is|work|would be)(?: fine| ok(?:ay)?| too)?"
    r"|(?:the )?(?:date|day|time|when) (?:doesn'?t|does not) matter|doesn'?t matter when)\b"
    r"(?! (?:before|after|between|on|in|this|next|from|soon|until|tomorrow|today|now)\b)"
)


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
