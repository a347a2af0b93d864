"""The full-text half of a search: rows that hold the query's rare words, or a name of it."""

from __future__ import annotations

from typing import Any

from rag.search.filters import Condition, matches
from rag.search.statements import (
    COLUMNS,
    GROUP,
    MORE_FOR_GROUPS,
    SELECTED,
    TABLE,
    WORDS_TABLE,
    Search,
)
from rag.search.words import FullTextQuery, any_phrase

# Rank fusion gives rows behind these next to nothing.
MOST_ROWS = 50


def lexical_statement(search: Search, words: FullTextQuery) -> Condition | None:
    """The best rows by words, under the search's own filter; None when no word is rare enough.

    The words are looked up first and the filter is applied to what they bring.
    """
    phrases = any_phrase(words)
    looked_up = " || ".join(
        part for part in ("%(rare)s::tsquery" if words.rare else "", phrases.sql) if part
    )
    if not looked_up:
        return None
    condition = matches(search.wanted)
    shown = search.shown()
    similarity = "0::float8"
    if search.vector is not None:
        similarity = f"coalesce({search.similarity()}, 0)"
    parameters: dict[str, Any] = {
        **condition.parameters,
        **shown.parameters,
        **search.vector_parameters(),
        **phrases.parameters,
        "rare": words.rare,
        "most": MOST_ROWS * MORE_FOR_GROUPS,
    }
    return Condition(
        f"WITH w AS MATERIALIZED ("
        f"SELECT event_id, words FROM {WORDS_TABLE} WHERE words @@ ({looked_up}))"
        f" SELECT 0, {COLUMNS}, {GROUP}, {similarity}, {shown.sql}"
        f" FROM w JOIN {TABLE} AS r ON r.event_id = w.event_id WHERE {condition.sql}"
        f" ORDER BY {_position('named')} DESC, {_position('coverage')} DESC,"
        f" r.starts_at, r.event_id LIMIT %(most)s",
        parameters,
    )


def _position(name: str) -> int:
    """The number of a selected column, as ORDER BY counts them."""
    return SELECTED.index(name) + 2
