"""Names in a message: what stands in quotation marks, and what is written with capitals."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.text import fold_name

# Double marks of several languages; single ones are apostrophes more often than not.
_QUOTED = re.compile(r"[\"“”„«»]\s*([^\"“”„«»]{2,120}?)\s*[\"“”„«»]")
# After one of these a quoted name is a place: that is not for here.
_BEFORE_PLACE = re.compile(r"(?:\b(?:in|near|around|at|from|to|of)|@)\s*$", re.IGNORECASE)
_CAPITALISED = re.compile(
    r"\b[A-Z][\w'’&.-]*(?:\s+(?:(?:of|the|and|de|la|le|for|&|in|on)\s+)*[A-Z0-9][\w'’&.-]*)+"
)
MOST_NAMES = 3
_MOST_WORDS = 8


def split_quoted(message: str, shown: Iterable[str] = ()) -> tuple[tuple[str, ...], str]:
    """The quoted names of a message, and the message without them.

    The titles of `shown` events are left in the message: they refer to those.

    >>> split_quoted('when does the "Blue Ridge Orchestra" play in Asheville?')
    (('Blue Ridge Orchestra',), 'when does the  play in Asheville?')
    """
    names: list[str] = []
    known = {fold_name(title) for title in shown}

    def take(found: re.Match[str]) -> str:
        if fold_name(found[1]) in known:
            return found[1]
        is_name = any(letter.isalnum() for letter in found[1])
        if _BEFORE_PLACE.search(message[: found.start()]) or not is_name:
            return found[0]
        names.append(" ".join(found[1].split()))
        return " "

    rest = _QUOTED.sub(take, message)
    return tuple(dict.fromkeys(names))[:MOST_NAMES], rest


def capitalised_names(query: str) -> tuple[str, ...]:
    """Runs of two and more capitalised words.

    >>> capitalised_names("the Blue Ridge Orchestra playing Bach")
    ('Blue Ridge Orchestra',)
    """
    found = (match[0].strip() for match in _CAPITALISED.finditer(query))
    return tuple(name for name in found if len(name.split()) <= _MOST_WORDS)[:MOST_NAMES]
