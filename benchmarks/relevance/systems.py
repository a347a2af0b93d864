"""The systems compared: each turns a labelled query into ranked event keys.

All of them see the same events, those that satisfy what the understanding read
out of the message, so that only the ranking differs. The dates of a series are
one entry, at the place of its best date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from benchmarks.relevance.full_text import search_words
from benchmarks.relevance.happenings import rank_happenings
from benchmarks.relevance.labels import NOW, LabelledQuery, event_key
from events.models import Event
from rag.embedding import embed_query
from rag.retrieval.queries import search_filter
from rag.search.run import run_search
from rag.search.statements import Search
from rag.service import get_context_events, understand_message
from rag.types import Constraints

System = Callable[[LabelledQuery], list[str]]

# Rows searched, before the dates of a series are joined, and keys kept after.
_ROWS = 1500
KEPT = 50


def dense(query: LabelledQuery) -> list[str]:
    """By similarity of the embeddings and nothing else; without words, by start."""
    wishes = _understood(query)
    vector = embed_query(wishes.query) if wishes.query else None
    found = run_search(Search(search_filter(wishes, now=NOW), vector, wishes.place, _ROWS))
    return _keys(candidate.event_id for candidate in found.candidates)


def full_text(query: LabelledQuery) -> list[str]:
    """By Postgres full text and nothing else; without words, by start."""
    wishes = _understood(query)
    if not wishes.query:
        return dense(query)
    return _keys(search_words(wishes.query, search_filter(wishes, now=NOW), limit=_ROWS))


def hybrid(query: LabelledQuery) -> list[str]:
    """What the product answers: the recommended events, then the additional ones."""
    found = get_context_events(query.message, max_events=10, context=query.context, now=NOW)
    shown = [*found.in_tier("recommended"), *found.in_tier("additional")]
    return _keys(ranked.event.id for ranked in shown)


SYSTEMS: Mapping[str, System] = {"dense": dense, "full_text": full_text, "hybrid": hybrid}


def _understood(query: LabelledQuery) -> Constraints:
    return understand_message(query.message, context=query.context, now=NOW)


def _keys(event_ids: Iterable[int]) -> list[str]:
    """The keys of ranked events, each once, at its first place."""
    ids = list(event_ids)
    named = Event.objects.filter(pk__in=ids).values_list("pk", "source", "external_id", "series_id")
    keys = {pk: event_key(*name) for pk, *name in named}
    return rank_happenings(keys[pk] for pk in ids)[:KEPT]
