"""Names in the words: quoted, written with capitals, and those of works, bands and teams.

The words of "the band Wednesday" or "Chicago the musical" would mean a day or a place elsewhere.
Such names are known by a word beside them, or from the list in `titles.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.text import fold_name
from rag.understanding.text import Span
from rag.understanding.word_lists import compile_patterns, read_lines

_PATTERNS = compile_patterns(__file__, "patterns.toml", "names")
QUOTE = re.compile('["“”„«»]')
# After one of these a quoted name is a place: that is not for here.
_BEFORE_PLACE = re.compile(r"(?:\b(?:in|near|around|at|from|to|of)|@)\s*$", re.IGNORECASE)
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

    rest = _PATTERNS["quoted"].sub(take, message)
    return tuple(dict.fromkeys(names))[:MOST_NAMES], rest


def capitalised_names(query: str) -> tuple[str, ...]:
    """Runs of two and more capitalised words.

    >>> capitalised_names("the Blue Ridge Orchestra playing Bach")
    ('Blue Ridge Orchestra',)
    """
    found = (match[0].strip() for match in _PATTERNS["capitalised"].finditer(query))
    return tuple(name for name in found if len(name.split()) <= _MOST_WORDS)[:MOST_NAMES]


LISTED = re.compile(
    rf"(?<![\w'])(?:{'|'.join(read_lines(__file__, 'titles.txt'))})(?![\w])", re.IGNORECASE
)


def find_titles(low: str) -> tuple[Span, ...]:
    """Where names stand whose words say nothing of dates, prices, ages or places."""
    explained = (
        (m, "name" if m["name"] else "tribute") for m in _PATTERNS["explained"].finditer(low)
    )
    weekdays = ((m, "name" if m["name"] else 0) for m in _PATTERNS["weekday_names"].finditer(low))
    return (
        *(Span(*match.span()) for match in LISTED.finditer(low)),
        *(Span(*match.span("name")) for match in _PATTERNS["announced"].finditer(low)),
        *(Span(*match.span(group)) for match, group in (*explained, *weekdays)),
    )


def without_titles(low: str, titles: tuple[Span, ...]) -> str:
    """The text with such names blotted out, character by character as long."""
    for title in titles:
        low = low[: title.start] + "x" * (title.end - title.start) + low[title.end :]
    return low
