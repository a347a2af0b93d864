"""How well an event suits the audience and the topic that a message names. Pure.

Each judgement is one of three: the event says that it suits, it says
otherwise, or nothing is known.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from events.ingestion.enrich.tags import Subject, read_topics


class Fit(Enum):
    """A judgement with its worth as a ranking factor."""

    SUITS = 1.0
    UNKNOWN = 0.5
    UNSUITABLE = 0.0


# Whole years, both ends included.
_AGES = {
    "babies": (0, 1),
    "toddlers": (1, 3),
    "kids": (3, 11),
    "tweens": (9, 12),
    "teens": (13, 17),
    "students": (16, 30),
    "adults": (18, 130),
    "seniors": (60, 130),
}
# What is for one of these is for the other too.
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
    if audience in tags or _RELATED.get(audience, set()) & set(tags):
        return Fit.SUITS
    known_ages = age_min is not None or age_max is not None
    if known_ages and audience in _AGES:
        youngest, oldest = _AGES[audience]
        overlaps = (age_min or 0) <= oldest and (130 if age_max is None else age_max) >= youngest
        return Fit.SUITS if overlaps else Fit.UNSUITABLE
    return Fit.UNSUITABLE if tags else Fit.UNKNOWN


def age_suits(audience: str, age: int) -> bool:
    """Whether somebody of this age may belong to an audience."""
    youngest, oldest = _AGES.get(audience, (0, 130))
    return youngest <= age <= oldest


def topics_of(query: str) -> frozenset[str]:
    """The topics that a query names, in the vocabulary in which events are tagged."""
    return frozenset(read_topics(Subject(title=query)))


def topic_fit(topics: Collection[str], tags: Collection[str]) -> Fit:
    """Whether an event with these tags is about one of `topics`."""
    if set(topics) & set(tags):
        return Fit.SUITS
    return Fit.UNSUITABLE if tags else Fit.UNKNOWN
