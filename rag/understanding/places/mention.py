"""A stretch of words that may name a place, and the text in which it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from events.places.regions import Region
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
