"""A message made ready for the recognisers, and the parts of it that they claim.

A word one letter away from a long word of the calendar (one too many, one missing, a wrong one,
two exchanged) is taken for it. That also reads month names of other languages ("Dezember").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Generic, TypeVar

from core.text import fold_name
from rag.understanding.word_lists import read_words

_FILE = read_words(__file__, "spelling.toml")
_WORDS, _TOPICS = _FILE["words"], _FILE["topics"]
_SLIPS = dict(each.split("=") for each in _FILE["slips"]) | {
    each.replace("'", ""): each for each in _FILE["contractions"]
}
# No town and no word of the calendar is longer.
_LONGEST_NAME = 40
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SPELLED = re.compile(r"(?<![\w'])[a-z0-9]{2,14}(?![\w'])", re.IGNORECASE)
_FORTNIGHT = re.compile(r"\b(?:(?:a|one) )?fortnight\b(?!')", re.IGNORECASE)


@lru_cache(maxsize=1)
def misspellings() -> dict[str, str]:
    """Every spelling one slip away from a word, and that word; the first letter stays."""
    found: dict[str, str] = {}
    for word in sorted(_WORDS):
        for near in slips_of(word):
            if (
                near not in _FILE["own_of_words"]
                and near not in _WORDS
                and near.removesuffix("s") != word
            ):
                found.setdefault(near, word)
    return found | _SLIPS


@lru_cache(maxsize=1)
def misspelt_topics() -> dict[str, str]:
    """Every spelling one slip away from what events are about, and the right one."""
    slips = {
        near: word
        for word in sorted(_TOPICS)
        for near in slips_of(word)
        if near.removesuffix("s") != word
    }
    known = _TOPICS | _FILE["own_of_topics"] | misspellings().keys()
    return {near: word for near, word in slips.items() if near not in known}


def topics_mended(text: str) -> tuple[tuple[str, str], ...]:
    """The misspelt topics of a text, as typed and as read.

    >>> topics_mended("comdey shows")
    (('comdey', 'comedy'),)
    """
    known = misspelt_topics()
    words = _SPELLED.findall(text)
    return tuple((word, known[word.lower()]) for word in words if word.lower() in known)


def slips_of(word: str) -> set[str]:
    """Every spelling one slip away from a word, none of a longer text; the first letter stays."""
    near: set[str] = set()
    if len(word) > _LONGEST_NAME:
        return near
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        near.update(head + letter + tail for letter in _LETTERS)
        if tail:
            near.add(head + tail[1:])
            near.update(head + letter + tail[1:] for letter in _LETTERS)
        if len(tail) > 1:
            near.add(head + tail[1] + tail[0] + tail[2:])
    return near - {word}


def mended(text: str) -> str:
    """The text with the words of the calendar spelled right.

    >>> mended("trivia on Wensday")
    'trivia on Wednesday'
    """
    for typed, word in topics_mended(text):
        text = text.replace(typed, word)
    known = misspellings()
    if not any(word.lower() in known for word in _SPELLED.findall(text)):
        return _FORTNIGHT.sub("two weeks", text)
    return _FORTNIGHT.sub("two weeks", _SPELLED.sub(_right, text))


def _right(found: re.Match[str]) -> str:
    word = found.group()
    right = misspellings().get(word.lower(), word)
    return right.capitalize() if word[0].isupper() and right is not word else right


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

    def moved(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)

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


def without(text: str, spans: Sequence[Span]) -> str:
    """The text with spaces in the place of spans."""
    for span in spans:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


def moved(spans: Sequence[Span], by: int) -> tuple[Span, ...]:
    return tuple(span.moved(by) for span in spans)


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
