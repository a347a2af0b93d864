"""Synthetic event texts: a number gives one text, always the same one.

The texts of a topic are the numbers that leave its rest (`topic_of`), so that
any beginning of the sequence holds all topics alike.
"""

from __future__ import annotations

from random import Random

from benchmarks.search.material.vocabulary import (
    AUDIENCES,
    FORMS,
    GUESTS,
    LINES,
    MOODS,
    OCCASIONS,
    QUESTIONS,
    TOPICS,
    TREATS,
    VENUE_NAMES,
    VENUE_SORTS,
)

# Part of the cache's key: raise it whenever a text changes.
VERSION = 1
_LINE_SHARE = 0.35
_HIGHEST_NUMBER = 40


def topic_of(number: int) -> int:
    """Which topic the text of a number has."""
    return number % len(TOPICS)


def event_parts(number: int) -> tuple[str, str, list[str], str]:
    """Title, venue, tags and description of the event text of a number."""
    topic = TOPICS[topic_of(number)]
    random = Random(f"event {VERSION} {number}")
    title = random.choice(FORMS).format(
        subject=random.choice(topic.subjects),
        mood=random.choice(MOODS),
        occasion=random.choice(OCCASIONS),
        guest=random.choice(GUESTS),
        treat=random.choice(TREATS),
        number=random.randint(2, _HIGHEST_NUMBER),
    )
    venue = f"{random.choice(VENUE_NAMES)} {random.choice(VENUE_SORTS)}"
    tags = [random.choice(topic.tags), random.choice(AUDIENCES)]
    line = random.choice(LINES) if random.random() < _LINE_SHARE else ""
    return title[0].upper() + title[1:], venue, tags, line


def event_text(number: int) -> str:
    """The words that are embedded, in the order of `events.search_table.rows.embedding_text`."""
    title, venue, tags, line = event_parts(number)
    return f"{title}. {venue}. {', '.join(tags)}. {line}".strip()


def query_texts(topic: int) -> list[str]:
    """What people would ask for of a topic; none of them is an event's text."""
    random = Random(f"query {VERSION} {topic}")
    subjects = random.sample(TOPICS[topic].subjects, k=len(TOPICS[topic].subjects))
    return [
        question.format(
            subject=subjects[place % len(subjects)], tag=random.choice(TOPICS[topic].tags)
        )
        for place, question in enumerate(QUESTIONS)
    ]
