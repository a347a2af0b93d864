"""A message made ready for the recognisers, and the parts of it that they claim."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from core.text import fold_name
from rag.understanding.spelling import mended

Value = TypeVar("Value")

# Typographic signs become the plain ones that the patterns are written with.
_PLAIN_SIGNS = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "`": "'",
        "“": '"',
        "”": '"',
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        "\x00": " ",
    }
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
# In a long message (pasted text) the wish stands at the beginning or at the end.
_READ_AT_EACH_END = 1000
# What may stand between two words of one name: "St. Louis", "Winston-Salem", "Frankfurt (Oder)".
_INSIDE_NAME = frozenset({" ", "-", ". ", ".", " ("})


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters of the cleaned text."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Word:
    """One word, with where it stands; `low` is in lower case."""

    start: int
    end: int
    text: str
    low: str


@dataclass(frozen=True)
class Utterance:
    """A cleaned message: `text` as typed, `low` in lower case, character by character alike."""

    text: str
    low: str

    @classmethod
    def of(cls, message: str) -> Utterance:
        """Cleans a message: plain signs, single spaces, no control characters.

        Corrects the spelling of the calendar's words. Keeps only the first and the
        last thousand of more than 2,000 characters. Single spaces let every pattern
        write one plain space, so that matching takes linear time whatever was typed.
        """
        plain = message.translate(_PLAIN_SIGNS)
        text = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
        if len(text) > 2 * _READ_AT_EACH_END:
            text = f"{text[:_READ_AT_EACH_END]} {text[-_READ_AT_EACH_END:]}"
        text = mended(text)
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        return cls(text, low)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(
            Word(found.start(), found.end(), self.text[found.start() : found.end()], found.group())
            for found in _WORD.finditer(self.low)
        )

    def fold(self, first: int, last: int) -> str:
        """The folded text of the words from index `first` to `last`, both included."""
        if first == last and self.words[first].low.isascii() and self.words[first].low.isalnum():
            return self.words[first].low
        return fold_name(self.text[self.words[first].start : self.words[last].end])

    def is_one_name(self, first: int, last: int) -> bool:
        """Whether nothing but a space, a hyphen or an abbreviation's dot parts the words."""
        return all(self.gap_after(index) in _INSIDE_NAME for index in range(first, last))

    def gap_after(self, index: int) -> str:
        """What stands between a word and the next one, or the end."""
        if index + 1 >= len(self.words):
            return self.text[self.words[index].end :]
        return self.text[self.words[index].end : self.words[index + 1].start]


def longest_first(spans: Iterable[Span]) -> list[Span]:
    """Drops the shorter (else the later) of two overlapping spans; returns the rest in order."""
    kept: list[Span] = []
    by_length = sorted(spans, key=lambda s: (s.start - s.end, s.start))
    taken = bytearray(max((span.end for span in by_length), default=0))
    for span in by_length:
        if not any(taken[span.start : span.end]):
            kept.append(span)
            taken[span.start : span.end] = b"\x01" * (span.end - span.start)
    return sorted(kept, key=lambda s: s.start)


@dataclass(frozen=True, slots=True)
class Wish(Generic[Value]):
    """What the words say of one wish, and which words they are.

    `said` without a value means that the wish is dropped ("any price").
    """

    value: Value | None = None
    said: bool = False
    spans: tuple[Span, ...] = ()
