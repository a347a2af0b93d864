"""For whom an event is, in a few plain words (see `audience.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from events.ingestion.enrich.ages import Ages
from events.ingestion.enrich.clues import remembered
from events.ingestion.enrich.evidence import words_of_tags
from events.ingestion.enrich.topics import Tags
from events.ingestion.enrich.vocabulary import read_vocabulary

_WORDS = read_vocabulary("audience")
AUDIENCES = _WORDS["title"].tags
_MINORS = frozenset({"babies", "toddlers", "kids", "teens", "families"})


@remembered
def _said_in(field: str, text: str) -> Mapping[str, str]:
    return MappingProxyType(_WORDS[field].matching_tags(text))


def read_audience(
    title: str, description: str, ages: Ages, stated: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Tags of `AUDIENCES`, those stated by the feed first, then what texts and ages say."""
    return find_audience(title, description, ages, stated).tags


def find_audience(title: str, description: str, ages: Ages, stated: tuple[str, ...] = ()) -> Tags:
    """The same with the words that they were read from."""
    tags = dict.fromkeys(word.strip().casefold() for word in stated if word.strip())
    spoken = dict.fromkeys(_by_ages(ages), ages.text)
    spoken |= _said_in("description", description)
    spoken |= _said_in("title", title)
    if ages.lowest is not None and ages.lowest >= 18:
        spoken = {tag: words for tag, words in spoken.items() if tag not in _MINORS}
    every = tuple(tags | dict.fromkeys(tag for tag in AUDIENCES if tag in spoken))
    return Tags(every, words_of_tags(every, dict.fromkeys(tags, "stated by the feed") | spoken))


def _by_ages(ages: Ages) -> set[str]:
    low, high = ages.lowest, ages.highest
    if low is None:
        return set()
    if low >= 18:
        return {"seniors"} if low >= 50 else {"adults"}
    if high is None:
        return set()
    tags = {"babies"} if low <= 1 and high <= 5 else set()
    if low <= 3 and 1 <= high <= 6:
        tags.add("toddlers")
    if low <= 11 and high >= 4:
        tags.add("kids")
    if low <= 15 and high >= 14:
        tags.add("teens")
    return tags
