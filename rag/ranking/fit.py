"""Judges whether an event suits the audience and the topic of a message. Pure.

Each judgement is one of three: the event says that it suits, it says
otherwise, or nothing is known.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from functools import lru_cache

from events.ingestion.enrich.tags import Subject, read_topics
from rag.understanding.wishes.company import AUDIENCE_AGES


class Fit(float, Enum):
    """A judgement with its worth as a ranking factor."""

    SUITS = 1.0
    UNKNOWN = 0.5
    UNSUITABLE = 0.0


# Audiences whose events suit the key too.
_NONE: frozenset[str] = frozenset()
_RELATED = {
    "kids": {"families", "toddlers", "tweens"},
    "toddlers": {"families", "babies", "kids"},
    "babies": {"families", "toddlers"},
    "tweens": {"families", "kids", "teens"},
    "teens": {"tweens"},
    "families": {"kids", "toddlers", "tweens", "babies"},
    "parents": {"families"},
}


def audience_fit(
    audience: str, tags: Collection[str], age_min: int | None, age_max: int | None
) -> Fit:
    """Whether an event with these audience tags and ages is for `audience`."""
    if audience in tags or not _RELATED.get(audience, _NONE).isdisjoint(tags):
        return Fit.SUITS
    known_ages = age_min is not None or age_max is not None
    if known_ages and audience in AUDIENCE_AGES:
        youngest, oldest = AUDIENCE_AGES[audience]
        overlaps = (age_min or 0) <= oldest and (130 if age_max is None else age_max) >= youngest
        return Fit.SUITS if overlaps else Fit.UNSUITABLE
    return Fit.UNSUITABLE if tags else Fit.UNKNOWN


@lru_cache(maxsize=1000)
def topics_of(query: str) -> frozenset[str]:
    """The topics that a query names, in the vocabulary in which events are tagged."""
    return frozenset(read_topics(Subject(title=query)))


def topic_fit(topics: frozenset[str], tags: Collection[str]) -> Fit:
    """Whether an event with these tags is about one of `topics`."""
    if not topics.isdisjoint(tags):
        return Fit.SUITS
    return Fit.UNSUITABLE if tags else Fit.UNKNOWN
