"""How sure the rules may be of a reading: where they are not, a language model may read too.

The figures and the threshold that they give are in docs/understanding.md.
"""

from __future__ import annotations

import re

from core.text import fold_name
from rag.types import Constraints, Reading
from rag.understanding.word_lists import read_toml

_LISTS = read_toml(__file__, "sureness.toml")
_OTHERS = frozenset(word for words in _LISTS["languages"].values() for word in words.split())
_ENGLISH = frozenset(_LISTS["english"].split())
_WORD = re.compile(r"[^\W\d_]+")
_CHOICE = re.compile(r"\w (?:or|and also|as well as) (?!\d)\w")
_REFUSAL = re.compile(
    r"\b(?:(?:do|does|is|are|can|wo|would)(?:n'?t|n’t| not)|not|except|besides|without|but no)\b"
)
_SEARCHES = frozenset({"find", "count", "plan"})
_FOREIGN, _UNREAD, _LONG = 0.2, 0.4, 0.5
# Beyond so many words that only a search by meaning can use, something was not understood.
_MOST_LEFT = 8


def sureness(message: str, reading: Reading) -> float:
    """From 0 to 1, whatever the acts themselves say."""
    words = _WORD.findall(message.lower())
    if is_foreign(words):
        return _FOREIGN
    wishes = reading.constraints
    own_query = wishes.query if wishes.sources.get("query") == "message" else ""
    if wishes.unknown_place or any(act.missing for act in reading.acts):
        return _UNREAD
    if reading.acts[0].kind in _SEARCHES and _is_passed_over(message.lower(), wishes):
        return _UNREAD
    return _LONG if len(fold_name(own_query).split()) > _MOST_LEFT else 1.0


def _is_passed_over(low: str, wishes: Constraints) -> bool:
    """Whether a choice or a refusal in the words has left no trace in the wishes."""
    chooses = _CHOICE.search(low) is not None and not (wishes.any_of or len(wishes.times) > 1)
    refuses = _REFUSAL.search(low) is not None and not (wishes.none_of or wishes.not_event_ids)
    return chooses or refuses


def is_foreign(words: list[str]) -> bool:
    """Whether words are of another language than English: by its letters or its small words."""
    letters = "".join(words)
    if sum(not _is_latin(letter) for letter in letters) * 2 > len(letters):
        return True
    foreign = [word for word in words if word in _OTHERS]
    # One alone is part of a name: "Las Vegas", "Des Moines".
    if len(foreign) < 2 and all(word.isascii() for word in foreign):
        return False
    return len(foreign) > sum(word in _ENGLISH for word in words)


def _is_latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter <= "\u1eff"
