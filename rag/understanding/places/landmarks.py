"""Street addresses and landmarks in the words, to ask a geocoder about.

By grammar alone, like towns. What the place table knows is not asked for; a
town in the words ("Faneuil Hall, Boston") says where the landmark stands. An address counts only
where one may stand: after a preposition, at the beginning of the message, or as all of it. Its
numbers are no dates, prices or postal codes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.understanding.places.mention import Text
from rag.understanding.places.recognition import phrase_start
from rag.understanding.places.vocabulary import (
    ANY_LANDMARK,
    CONNECTIVES,
    JOINING,
    LANDMARK_NOUNS,
    LANDMARK_NOUNS_FIRST,
    LANGUAGES,
    NAMES_OF_PEOPLE,
    ORDINARY_WORDS,
    WELL_KNOWN_LANDMARKS,
)
from rag.understanding.text import Span
from rag.understanding.word_lists import compile_patterns

_MOST_WORDS = 6
_MOST_WORDS_WITHOUT_NOUN = 3
# A name of these alone is no name.
_EVERYDAY = ORDINARY_WORDS | ANY_LANDMARK | JOINING | LANDMARK_NOUNS
_NEAR = frozenset({"near", "nearby", "around", "outside", "to", "towards", "visit", "visiting"})


_MOST_LANDMARKS = 3


@dataclass(frozen=True, slots=True)
class LandmarkWords:
    """The name to ask for, the words that say it with their preposition, and what is the name.

    `has_noun` says that it is called a hall, a park, a museum or the like.
    """

    name: str
    phrase: Span
    span: Span
    has_noun: bool = True

    def is_town(self, town: Span | None) -> bool:
        """Whether the words are the town's own name, not one that merely begins like it."""
        if town is None or not town.overlaps(self.span):
            return False
        return town.end >= self.span.end or not self.has_noun


def find_landmarks(text: Text) -> list[LandmarkWords]:
    """The first few landmarks named; some may be towns."""
    words = text.utterance.words
    found: list[LandmarkWords] = []
    end = 0
    for first, word in enumerate(words):
        if word.start < end or not _may_begin(text, first):
            continue
        start, preposition = phrase_start(text, first)
        last = _last(text, first) if preposition else None
        if last is None or not _is_landmark(text, first, last, preposition):
            continue
        end = words[last].end
        name = text.utterance.text[word.start : end]
        span = Span(word.start, end)
        found.append(LandmarkWords(name, Span(start, end), span, _has_noun(text, first, last)))
        if len(found) == _MOST_LANDMARKS:
            break
    return found


def _may_begin(text: Text, first: int) -> bool:
    word = text.utterance.words[first]
    return word.text[0].isalpha() and word.low != "the" and not text.is_taken(first)


def _is_capital(text: Text, first: int) -> bool:
    """Whether a capital says that a name begins here: not where all words have one."""
    utterance = text.utterance
    around = [
        word.text[0].isupper()
        for index, word in enumerate(utterance.words)
        if len(word.text) > 3 and index < first
    ]
    is_title = len(around) > 1 and all(around)
    is_upper = utterance.words[first].text[0].isupper() and not utterance.text.isupper()
    return is_upper and not is_title


def _last(text: Text, first: int) -> int | None:
    """The last word of the name that begins at `first`."""
    words = text.utterance.words
    capital = _is_capital(text, first)
    last = None
    for index in range(first, min(first + _MOST_WORDS, len(words))):
        word = words[index]
        if text.is_taken(index) or (
            index > first and not text.utterance.is_one_name(index - 1, index)
        ):
            break
        joins = word.low in JOINING or (word.low == "the" and words[index - 1].low in JOINING)
        if index > first and joins:
            continue
        if index > first and word.low in CONNECTIVES:
            break
        if capital and not (word.text[0].isupper() or word.text[0].isdigit()):
            break
        last = index
        if not capital and word.low in LANDMARK_NOUNS and not _goes_on(text, index):
            break
    return last


def _goes_on(text: Text, index: int) -> bool:
    """Whether "of" or another noun follows: "museum of fine arts", "library park"."""
    words = text.utterance.words
    following = words[index + 1].low if index + 1 < len(words) else ""
    return following in JOINING or following in LANDMARK_NOUNS


def _has_noun(text: Text, first: int, last: int) -> bool:
    words = text.utterance.words
    inside = {word.low for word in words[first + 1 : last + 1]}
    return last > first and (
        not inside.isdisjoint(LANDMARK_NOUNS) or words[first].low in LANDMARK_NOUNS_FIRST
    )


def _is_landmark(text: Text, first: int, last: int, preposition: str) -> bool:
    parts = [word.low for word in text.utterance.words[first : last + 1]]
    name = " ".join(parts)
    is_everyday = all(
        part in ORDINARY_WORDS | ANY_LANDMARK | JOINING | LANDMARK_NOUNS for part in parts
    )
    if parts[0] in ANY_LANDMARK | LANGUAGES or (len(parts) == 1 and is_everyday):
        return False
    capital, noun = _is_capital(text, first), _has_noun(text, first, last)
    if not capital:
        if name in WELL_KNOWN_LANDMARKS:
            return True
        if is_everyday or not text.is_closed_after(last):
            return noun and not is_everyday
        return noun or (preposition in _NEAR and len(parts) <= _MOST_WORDS_WITHOUT_NOUN)
    if preposition in _NEAR:
        return noun or not is_everyday
    if preposition == "at":
        return noun or (not is_everyday and name not in NAMES_OF_PEOPLE)
    return noun


_PATTERNS = compile_patterns(__file__, "patterns.toml", "addresses")
_SURELY_BEFORE = ("near", "around", "outside", "next to", "close to")


def find_address(text: str, low: str) -> Span | None:
    """Where the street and its number stand, the preposition not included.

    >>> find_address("jazz near 123 Main St", "jazz near 123 main st")
    Span(start=10, end=21)
    """
    for found in _PATTERNS["address"].finditer(low):
        if _is_written_as_a_name(text, found):
            return Span(*found.span("address"))
    return None


def without_address(low: str, address: Span | None) -> str:
    """The text with the address blotted out, character by character as long."""
    if address is None:
        return low
    return low[: address.start] + "x" * (address.end - address.start) + low[address.end :]


def _is_written_as_a_name(text: str, found: re.Match[str]) -> bool:
    """ "At 9 Park Drive" and "near 9 oak street" name addresses, "at 9 jazz street" does not."""
    start = found.start("address")
    number, _, rest = text[start:].partition(" ")
    if rest[:1].isupper() or len(number) > 2 or not number[:1].isdigit():
        return True
    return found["weak"] is None and found["before"].startswith(_SURELY_BEFORE)
