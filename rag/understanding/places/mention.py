"""A stretch of words that may name a place, its text, and the region that stands behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from events.places.regions import Region, region_of, regions_by_code, regions_by_name
from rag.understanding.places.vocabulary import CONNECTIVES, DISTANCE_ENDS
from rag.understanding.text import Span, Utterance
from rag.understanding.wishes.topic import covered

Evidence = Literal["region", "preposition", "bare"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of words that may name a place.

    `keys` are its folded spellings, `span` covers the preposition and the
    region too. `is_closed` says that the phrase ends with the name,
    `is_whole` that the message says nothing else, `is_loose` that it only stands
    before other words.
    """

    evidence: Evidence
    first: int
    last: int
    span: Span
    keys: tuple[str, ...]
    preposition: str = ""
    regions: tuple[Region, ...] = ()
    is_sure: bool = True
    is_closed: bool = True
    is_whole: bool = False
    is_loose: bool = False

    @property
    def words(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Text:
    """An utterance with the words that already mean something else."""

    utterance: Utterance
    taken: tuple[Span, ...]

    @cached_property
    def _covered(self) -> bytearray:
        return covered(self.utterance, self.taken)

    @cached_property
    def after_distances(self) -> frozenset[int]:
        """Where the words after "5 miles from" or "within 10 km of" begin."""
        low = self.utterance.low
        ends = [s.end for s in self.taken if low[s.start : s.end].endswith(DISTANCE_ENDS)]
        return frozenset(end + 1 for end in ends) | frozenset(ends)

    def is_taken(self, index: int) -> bool:
        word = self.utterance.words[index]
        return any(self._covered[word.start : word.end])

    def is_title(self, mention: Mention) -> bool:
        """Whether the words around are capitalised too, so that a capital says nothing."""
        around = [
            word.text[0].isupper()
            for index, word in enumerate(self.utterance.words)
            if len(word.text) > 3 and not mention.first <= index <= mention.last
        ]
        return len(around) > 1 and all(around)

    def is_closed_after(self, last: int) -> bool:
        """Whether the phrase may end with this word."""
        gap = self.utterance.gap_after(last)
        if last + 1 >= len(self.utterance.words) or gap.strip():
            return True
        return self.is_taken(last + 1) or self.utterance.words[last + 1].low in CONNECTIVES


# Codes that are everyday words in lower case: "bloomington in", "portland or".
_WORD_CODES = frozenset(
    {"in", "or", "me", "hi", "ok", "oh", "de", "as", "al", "id", "la", "ma", "pa", "on", "us", "co"}
    | {"mt", "md", "mo", "ms", "ab", "nu", "pe", "ne", "de", "va", "sa", "vic"}
)
# Of these, codes that seldom stand for anything else after a town: "boston ma jazz".
_SELDOM_WORDS = frozenset({"ma", "pa", "md", "mo", "ms", "va", "mt"})
_LONGEST = 4
# "Washington state", "the province of Quebec": the region, not its namesake town.
_STATE = re.compile(r"^(?:the )?(?:state|province) of | (?:state|province)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RegionWords:
    """What the words from one word on may name, and how surely they do.

    `is_sure` is false for a lower-case code that is an everyday word.
    """

    regions: tuple[Region, ...]
    words: int
    is_code: bool
    is_sure: bool
    is_seldom_a_word: bool = False


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.split()[0] for name in regions_by_name())


def region_at(utterance: Utterance, index: int) -> RegionWords | None:
    """The region that the words from `index` on name, the longest name first."""
    words = utterance.words
    longest = _LONGEST if utterance.fold(index, index) in _first_words() else 0
    for count in range(min(longest, len(words) - index), 0, -1):
        last = index + count - 1
        if count > 1 and not utterance.is_one_name(index, last):
            continue
        regions = regions_by_name().get(utterance.fold(index, last))
        if regions:
            return RegionWords(regions, count, is_code=False, is_sure=True)
    word = words[index]
    regions = regions_by_code().get(word.low)
    if regions is None:
        return None
    is_sure = word.text.isupper() or word.low not in _WORD_CODES
    is_seldom = word.low in _SELDOM_WORDS
    return RegionWords(regions, 1, is_code=True, is_sure=is_sure, is_seldom_a_word=is_seldom)


def without_state(name: str) -> str:
    """A region's name alone.

    >>> without_state("Washington state"), without_state("the province of Quebec")
    ('Washington', 'Quebec')
    """
    return _STATE.sub("", name)


def is_called_state(utterance: Utterance, mention: Mention) -> bool:
    """Whether the words beside a name say that it is a state's: "Washington" before "state"."""
    words = utterance.words
    after = words[mention.last + 1].low if mention.last + 1 < len(words) else ""
    before = " ".join(word.low for word in words[max(0, mention.first - 2) : mention.first])
    if after not in ("state", "province") and before not in ("state of", "province of"):
        return False
    return bool(region_of(utterance.text[words[mention.first].start : words[mention.last].end]))
