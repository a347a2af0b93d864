"""Words that ask for no events: greetings, thanks, praise, and those that drop what is in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from core.text import fold_name
from rag.types import Constraints
from rag.understanding.dates.clock import is_before
from rag.understanding.text import Span
from rag.understanding.word_lists import compile_patterns, read_words

SmallTalk = Literal["about", "thanks", "farewell", "greeting", "praise"]


_FILE = read_words(__file__, "pleasantries.toml")
_PATTERNS = compile_patterns(__file__, "patterns.toml", "standing")
_PRAISE = _FILE["praise"] | _FILE["around_praise"]
_GREETED = _FILE["greeting"] | _FILE["around_greeting"]
_COURTESY = _FILE["thanks"] | _FILE["farewell"] | _FILE["polite"] | _GREETED | _PRAISE


def small_talk_kind(message: str) -> SmallTalk | None:
    """What a message does that asks for no events; None for all others, also an empty one."""
    folded = fold_name(message)
    words = frozenset(folded.split())
    if folded.replace(" ", "_") in _FILE["about"]:
        return "about"
    if words & _FILE["farewell"] and words <= _COURTESY:
        return "farewell"
    if words & _FILE["thanks"] and words <= _COURTESY:
        return "thanks"
    greets = words & _FILE["greeting"] or folded.startswith("good ")
    if greets and words <= _GREETED:
        return "greeting"
    return "praise" if words & _FILE["praise"] and words <= _PRAISE else None


def is_small_talk(message: str) -> bool:
    """Whether a message greets, thanks, praises or asks about the assistant, and no more."""
    return small_talk_kind(message) is not None


def starts_over(low: str) -> bool:
    """Whether the words drop everything said before."""
    return _PATTERNS["start_over"].search(low) is not None


def drops_dates(low: str) -> Span | None:
    """Where the words say that the date does not matter."""
    found = _PATTERNS["any_day"].search(low)
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


def is_nonsense(low: str) -> bool:
    """Whether text holds no word at all, or only what no language has as one."""
    words = fold_name(low).split()
    return not words or all(_PATTERNS["no_word"].search(word) for word in words)
