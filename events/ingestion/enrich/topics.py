"""What an event is about, in a fixed vocabulary, decided by its title first.

A description mentions much that an event is not about (a market with live
music is a market), so it is asked only where the title says nothing, and only
for phrases that leave no doubt. The words stand in `topics.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from events.ingestion.enrich.vocabulary import REMEMBERED, matching_tags, read_vocabulary

_WORDS = read_vocabulary("topics")
TOPICS = tuple(_WORDS["title"])
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


@lru_cache(maxsize=REMEMBERED)
def _said_in(field: str, text: str) -> frozenset[str]:
    """Titles, venues and the texts of a series come again and again."""
    return matching_tags(_WORDS[field], text)


@lru_cache(maxsize=REMEMBERED)
def _meant_by(keyword: str) -> frozenset[str]:
    """The topics that a feed's own keyword stands for as a whole."""
    return frozenset(
        topic for topic, pattern in _WORDS["keyword"].items() if pattern.fullmatch(keyword)
    )


def read_topics(subject: Subject, stated: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The feed's own keywords first, then topics of `TOPICS`."""
    tags = dict.fromkeys(word.strip().casefold()[:100] for word in stated if word.strip())
    found = set(_said_in("title", subject.title))
    found |= {topic for tag in tags for topic in _meant_by(tag)}
    if found <= _SOFT:
        found |= _said_in("description", subject.description[:_OPENING])
    beside = set(_said_in("organizer", subject.organizer))
    beside |= _said_in("venue", subject.venue)
    if found & _NOT_MUSIC:
        beside.discard("music")
    if found:
        beside -= _IF_SILENT
    found |= beside
    return tuple(tags | dict.fromkeys(topic for topic in TOPICS if topic in found))
