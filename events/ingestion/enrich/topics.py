"""What an event is about, in a fixed vocabulary, decided by its title first.

A description mentions much that an event is not about (a market with live
music is a market), so it is asked only where the title says nothing, and only
for phrases that leave no doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from events.ingestion.enrich.topic_words import DESCRIPTION, ORGANIZER, TITLE, VENUE

# Topics of a title that leave the door open to a concert.
_SOFT = frozenset(
    {"nightlife", "drinks", "food", "festival", "holiday", "library", "tour", "dance", "animals"}
)
# A music listing or a music hall also has nights of another kind.
_NOT_MUSIC = frozenset(
    {
        "comedy",
        "games",
        "film",
        "theatre",
        "sports",
        "market",
        "government",
        "wellness",
        "craft",
        "books",
        "art",
    }
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What topics are read from."""

    title: str
    description: str = ""
    organizer: str = ""
    venue: str = ""


def _compiled(patterns: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {tag: re.compile(each, re.IGNORECASE | re.MULTILINE) for tag, each in patterns.items()}


_FOR_TITLE, _FOR_DESCRIPTION = _compiled(TITLE), _compiled(DESCRIPTION)
_FOR_ORGANIZER, _FOR_VENUE = _compiled(ORGANIZER), _compiled(VENUE)
TOPICS = tuple(TITLE)
# Where a description is about its event: the beginning.
_OPENING = 600


def read_topics(subject: Subject, stated: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The feed's own keywords first, then topics of `TOPICS`."""
    tags = dict.fromkeys(word.strip().casefold()[:100] for word in stated if word.strip())
    by_title = _matching(_FOR_TITLE, subject.title)
    found = set(by_title)
    if by_title <= _SOFT:
        found |= _matching(_FOR_DESCRIPTION, subject.description[:_OPENING])
    beside = _matching(_FOR_ORGANIZER, subject.organizer) | _matching(_FOR_VENUE, subject.venue)
    if found & _NOT_MUSIC and "music" not in found:
        beside.discard("music")
    found |= beside
    return tuple(tags | dict.fromkeys(topic for topic in TOPICS if topic in found))


def _matching(patterns: dict[str, re.Pattern[str]], text: str) -> set[str]:
    return {tag for tag, pattern in patterns.items() if text and pattern.search(text)}
