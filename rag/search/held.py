"""Which words of a query some events hold, wherever they stand in the event.

`rag.search.words.coverage_of` tells a title from a mention, which a ranking needs; a count asks
only whether the words are there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.prepared import fetch
from rag.search.words import WORDS_TABLE, FullTextQuery


def held_words(event_ids: Iterable[int], query: FullTextQuery | None) -> dict[int, frozenset[int]]:
    """Event id → the places of the telling words that it holds; events with none are left out."""
    ids = list(event_ids)
    if query is None or not query.words or not ids:
        return {}
    parameters: dict[str, Any] = {
        f"w{number}": word.tsquery() for number, word in enumerate(query.words)
    }
    holds = ", ".join(f"w.words @@ %({name})s::tsquery" for name in parameters)
    parameters |= {"ids": ids, "anyword": " | ".join(word.tsquery() for word in query.words)}
    rows = fetch(
        f"SELECT w.event_id, ARRAY[{holds}] FROM {WORDS_TABLE} AS w"
        " WHERE w.event_id = ANY(%(ids)s::bigint[]) AND w.words @@ %(anyword)s::tsquery",
        parameters,
    )
    return {
        event_id: frozenset(number for number, is_held in enumerate(held) if is_held)
        for event_id, held in rows
    }
