"""What an event is about, in a fixed vocabulary, decided by its title first.

A description mentions much that an event is not about (a market with live
music is a market), so it is asked only where the title says nothing, and only
for phrases that leave no doubt. The words stand in `topics.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from events.ingestion.enrich.clues import REMEMBERED, remembered
from events.ingestion.enrich.evidence import words_of_tags
from events.ingestion.enrich.vocabulary import read_vocabulary

_WORDS = read_vocabulary("topics")
TOPICS = _WORDS["title"].tags
# Where a description is about its event: the beginning.
_OPENING = 600
# Topics of a title that leave the door open to a concert.
_SOFT = frozenset(
    {"animals", "dance", "drinks", "festival", "food", "holiday", "library", "nightlife", "tour"}
)
# A music listing or a music hall also has nights of another kind.
_NOT_MUSIC = frozenset(
    {"art", "books", "comedy", "craft", "film", "games", "government", "market", "sports"}
    | {"theatre", "wellness"}
)
# A church also has a blood drive: what it stands for counts when nothing else is known.
_IF_SILENT = frozenset({"religion", "government", "theatre"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What topics are read from."""

    title: str
    description: str = ""
    organizer: str = ""
    venue: str = ""


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags, and the words that gave them away (see `words_of_tags`)."""

    tags: tuple[str, ...] = ()
    evidence: str = ""


@remembered
def _said_in(field: str, text: str) -> Mapping[str, str]:
    """Titles, venues and the texts of a series come again and again."""
    return MappingProxyType(_WORDS[field].matching_tags(text))


@lru_cache(maxsize=REMEMBERED)
def _meant_by(keyword: str) -> frozenset[str]:
    """The topics that a feed's own keyword stands for as a whole."""
    return _WORDS["keyword"].tags_meant(keyword)


def read_topics(subject: Subject, stated: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The feed's own keywords first, then topics of `TOPICS`."""
    return find_topics(subject, stated).tags


def find_topics(subject: Subject, stated: tuple[str, ...] = ()) -> Tags:
    """The same with the words that they were read from."""
    tags = dict.fromkeys(word.strip().casefold()[:100] for word in stated if word.strip())
    found = {topic: tag for tag in tags for topic in _meant_by(tag)}
    found |= _said_in("title", subject.title)
    if found.keys() <= _SOFT:
        found = {**_said_in("description", subject.description[:_OPENING]), **found}
    beside = {**_said_in("venue", subject.venue), **_said_in("organizer", subject.organizer)}
    if found.keys() & _NOT_MUSIC:
        beside.pop("music", None)
    if found:
        beside = {topic: words for topic, words in beside.items() if topic not in _IF_SILENT}
    found = beside | found
    every = tuple(tags | dict.fromkeys(topic for topic in TOPICS if topic in found))
    return Tags(every, words_of_tags(every, dict.fromkeys(tags, "a keyword of the feed") | found))
