"""Compares two titles: their likeness, and what only one of them says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz

from core.text import fold_name

# Line breaks that a feed lost: "Keb’ MoRoom On The Porch".
_RUN_TOGETHER = re.compile(r"(?<=[a-z’'])(?=[A-Z][a-z])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_DATE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?\b"
    r"|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b",
    re.IGNORECASE,
)
_WORDS: dict[str, str] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
_EMPTY, COMMON, PARTS, _CLOSED = (
    frozenset(_WORDS[name].split()) for name in ("empty", "common", "parts", "closed")
)
_CONTRASTS = tuple(frozenset(line.split()) for line in _WORDS["contrasts"].strip().splitlines())
_ALIKE = 86


@dataclass(frozen=True, slots=True)
class TitleWords:
    """`telling` words tell an event from others; `numbers` and `dates` are kept beside them.

    `about_place` are the words of the title that name its own venue, town or publisher.
    """

    telling: frozenset[str]
    numbers: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    about_place: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """`likeness` from 0 to 1; `shared` counts words, common ones half.

    `own` are the words that only one of the titles has; `by_place` says that
    they share no more than the name of a place.
    """

    likeness: float
    shared: float
    own: tuple[frozenset[str], frozenset[str]]
    contrast: tuple[str, str] | None = None
    by_place: bool = False

    @property
    def is_within(self) -> bool:
        """Whether one title says all that the other one says."""
        return self.shared > 0 and not all(self.own)


def title_words(title: str, context: Iterable[str] = ()) -> TitleWords:
    """The words of a title by what they are good for."""
    dates = frozenset(fold_name(match[0]) for match in _DATE.finditer(title))
    folded = fold_name(_RUN_TOGETHER.sub(" ", _DATE.sub(" ", title))).split()
    around = {_stem(word) for text in context for word in fold_name(text).split()}
    words = {word for word in folded if word not in _EMPTY and not _YEAR.fullmatch(word)}
    numbers = {word for word in words if word.isdigit()}
    telling = {
        _stem(word) for word in words - numbers if len(word) > 1 and not _ORDINAL.fullmatch(word)
    }
    about_place = frozenset((telling & around) - COMMON)
    telling -= about_place
    return TitleWords(frozenset(telling), frozenset(numbers), dates, about_place)


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    """Without a plural's ending, so that "Sunsets" meets "Sunset"."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def match_titles(one: TitleWords, other: TitleWords) -> TitleMatch:
    """Compares word by word, in any order, forgiving small slips of the pen."""
    left, right = _without_places(one, other), _without_places(other, one)
    by_place = not left & right
    if by_place:
        left, right = one.telling | one.about_place, other.telling | other.about_place
    common = left & right
    mine, theirs = set(left - common), set(right - common)
    shared = _weight(common) + _take_similar(mine, theirs)
    total = _weight(left) + _weight(right)
    likeness = 2 * shared / total if total else float(one == other)
    return TitleMatch(
        likeness,
        shared,
        (frozenset(mine), frozenset(theirs)),
        _contrast(one, other, mine, theirs),
        by_place=by_place,
    )


def _weight(words: Iterable[str]) -> float:
    return sum(0.5 if word in COMMON else 1.0 for word in words)


def _without_places(one: TitleWords, other: TitleWords) -> frozenset[str]:
    """A venue that only one title names tells nothing; one that both name does not count either."""
    return one.telling - other.about_place


def _take_similar(mine: set[str], theirs: set[str]) -> int:
    """Takes out of both what differs by a slip ("obervatory"), and counts it."""
    taken = 0
    for word in sorted(mine):
        if len(word) < 4:
            continue
        near = [each for each in theirs if fuzz.ratio(word, each) >= _ALIKE]
        if near:
            mine.remove(word)
            theirs.remove(min(near))
            taken += 1
    return taken


def _contrast(
    one: TitleWords, other: TitleWords, mine: set[str], theirs: set[str]
) -> tuple[str, str] | None:
    """The words, numbers or dates in which two titles contradict each other."""
    for left, right in ((one.numbers, other.numbers), (one.dates, other.dates)):
        if left and right and left != right:
            return " ".join(sorted(left - right or left)), " ".join(sorted(right - left or right))
    if one.telling & _CLOSED and other.telling & _CLOSED:
        return "closed", "closed"
    for family in _CONTRASTS:
        if mine & family and theirs & family:
            return min(mine & family), min(theirs & family)
    return None
