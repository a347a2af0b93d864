"""Patterns that are tried only where their words stand, and readings that are kept.

Looking for a few words takes a hundredth of the time that a pattern with many
alternatives takes, and most texts say nothing of prices, ages or registration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

# Texts whose reading is kept, and how long they may be: some megabytes at most.
REMEMBERED = 4096
_LONGEST_REMEMBERED = 2000


class Clue:
    """A pattern without case, and what each of its matches holds, in lower case.

    Each of `needs` lists words parted by "|", of which a match holds one, or is a
    pattern of a part of every match.

    >>> clue = Clue(r"at no cost|free of charge", "no cost|free")
    >>> clue.search("Come, it is FREE of charge.")
    <re.Match object; span=(12, 26), match='FREE of charge'>
    """

    def __init__(self, pattern: str, *needs: str | re.Pattern[str]) -> None:
        self.pattern = re.compile(pattern, re.IGNORECASE)
        self._words = tuple(tuple(each.split("|")) for each in needs if isinstance(each, str))
        self._parts = tuple(each for each in needs if isinstance(each, re.Pattern))

    def finditer(self, text: str, folded: str = "") -> Iterator[re.Match[str]]:
        """All matches; `folded` is the text in lower case, where it is at hand."""
        return self.pattern.finditer(text) if self._may_be_in(folded or fold(text)) else iter(())

    def search(self, text: str) -> re.Match[str] | None:
        """The first match."""
        return self.pattern.search(text) if self._may_be_in(fold(text)) else None

    def _may_be_in(self, folded: str) -> bool:
        return all(any(word in folded for word in words) for words in self._words) and all(
            part.search(folded) for part in self._parts
        )


def fold(text: str) -> str:
    """The text in lower case, as clues look for their words."""
    return text.casefold()


def remembered(read: Callable[_P, _T]) -> Callable[_P, _T]:
    """Keeps what was read from texts, which come again with each date of a series."""
    kept = lru_cache(maxsize=REMEMBERED)(read)

    @wraps(read)
    def reading(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        size = 0
        for text in args:  # a loop, since this runs a dozen times an event
            if isinstance(text, str):
                size += len(text)
        if size > _LONGEST_REMEMBERED or kwargs:
            return read(*args, **kwargs)
        return kept(*args)

    return reading
