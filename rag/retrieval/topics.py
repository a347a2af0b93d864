"""Parts a wish for one of several topics into one search a topic. Pure.

The vector of "knitting or crochet" lies between both and finds neither, so each is searched
and scored by itself; an event then counts for the topic that it suits best.
"""

from __future__ import annotations

from dataclasses import replace

from core.text import fold_name
from rag.types import Constraints

MOST_TOPICS = 4
_JOINING = frozenset({"or", "and", "either", "any", "both", "maybe", "perhaps", "whatever"})


def searches_of(constraints: Constraints) -> list[Constraints]:
    """The constraints themselves, or one copy for each of their topics.

    What the query says beside the topics belongs to each: "swing or contra dancing" is
    "swing dancing" or "contra dancing".

    >>> wishes = Constraints(query="swing or contra dancing", any_of=("swing", "contra"))
    >>> [each.query for each in searches_of(wishes)]
    ['swing dancing', 'contra dancing']
    """
    topics = [topic for topic in dict.fromkeys(constraints.any_of) if fold_name(topic)]
    if len(topics) < 2:
        return [constraints]
    named = {word for topic in topics for word in fold_name(topic).split()} | _JOINING
    rest = [word for word in constraints.query.split() if not set(fold_name(word).split()) <= named]
    return [
        replace(constraints, query=" ".join([topic, *rest]), any_of=())
        for topic in topics[:MOST_TOPICS]
    ]
