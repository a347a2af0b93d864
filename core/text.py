"""Folding of names, so that spellings of one name meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NOT_WORD = re.compile(r"[\W_]+")
# Where combining marks stand; between them are the quotes and dashes that most texts hold at most.
_MAY_COMBINE = re.compile("[\u0300-\u1fff\u20d0-\U0010ffff]")
# Letters that Unicode does not decompose into a base letter and a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


# The same for the letters of ASCII, by which a table is ten times as fast.
_BLANKED = str.maketrans(
    {mark: "" if mark == "'" else " " for mark in map(chr, range(128)) if not mark.isalnum()}
)
# Names up to this length are remembered: each event's is folded several times.
_NAME = 120


def fold_name(name: str) -> str:
    """Lower case, without accents, words parted by single spaces.

    >>> fold_name("Saint-Denis (Île de France)")
    'saint denis ile de france'
    >>> fold_name("St. John's")
    'st johns'
    """
    return _remembered(name) if len(name) <= _NAME else _fold(name)


def _fold(name: str) -> str:
    if name.isascii():  # most are, and the rest of the way is long
        return " ".join(name.lower().translate(_BLANKED).split())
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(_PLAIN))
    bare = decomposed
    if _MAY_COMBINE.search(decomposed):
        bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return _NOT_WORD.sub(" ", bare.replace("'", "").replace("’", "")).strip()


_remembered = lru_cache(maxsize=8192)(_fold)
