"""Regions behind a town's name ("Newton, MA"), and which codes are everyday words ("in", "or").

A module of its own because these exceptions grow apart from the grammar in `recognition`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from events.places.regions import Region, region_of, regions_by_code, regions_by_name
from rag.understanding.places.mention import Mention
from rag.understanding.text import Utterance

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
