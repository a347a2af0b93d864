"""Counts all that fits, as "how many" asks for, where a search stops at a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rag.embedding import get_backend
from rag.embedding.base import Vectors
from rag.ranking.fitting import fits_at_all
from rag.ranking.scoring import score_candidates
from rag.ranking.selection import select
from rag.retrieval.more_like import load_model_event, vector_of
from rag.retrieval.pipeline import SIMILARITY_THRESHOLD, search_filter, words_of
from rag.retrieval.topics import searches_of
from rag.search.counts import count_rows
from rag.search.errors import as_retrieval_error
from rag.search.exclusions import exclusions_of
from rag.search.filters import SearchFilter
from rag.search.plan import Plan
from rag.search.run import run_search
from rag.search.statements import Search
from rag.types import Candidate, Constraints, EventCount

_FIRST_LIMIT = 500
# More happenings of one topic than any calendar has; a count that reaches it says so.
MOST_HAPPENINGS = 32_000


def count_events(constraints: Constraints, *, now: datetime) -> EventCount:
    """Counts what could be recommended for the constraints, to the last one.

    Raises:
        RetrievalError: the query could not be embedded or the search failed.
    """
    with as_retrieval_error():
        excluded = exclusions_of(constraints.none_of, constraints.timezone)
        wanted = search_filter(constraints, now=now, excluded=excluded)
        if not (constraints.query or constraints.more_like or constraints.audience):
            return count_rows(wanted, None)
        groups, is_whole = _fitting_groups(constraints, wanted, now)
        counted = count_rows(wanted, groups)
        return EventCount(counted.happenings, counted.dates, is_whole)


def _fitting_groups(
    constraints: Constraints, wanted: SearchFilter, now: datetime
) -> tuple[list[int], bool]:
    """The happenings that suit the words, and whether these are all; the limit grows until so."""
    model = load_model_event(constraints)
    groups: dict[int, None] = {}
    is_whole = True
    for topic in searches_of(constraints):
        found, is_all = _search_whole(topic, wanted, vector_of(topic, model))
        scored = score_candidates(found, topic, now=now)
        chosen = [one.candidate for one in select(scored, topic).chosen]
        words = words_of(topic)
        if fits_at_all(chosen, topic, len(words.words) if words is not None else 0):
            groups |= dict.fromkeys(one.group for one in chosen)
        is_whole = is_whole and is_all
    return list(groups), is_whole


def _search_whole(
    constraints: Constraints, wanted: SearchFilter, vector: Vectors | None
) -> tuple[Sequence[Candidate], bool]:
    """All candidates of one topic, and whether these are all."""
    limit = _FIRST_LIMIT
    while True:
        found = run_search(
            Search(
                wanted,
                vector,
                constraints.place,
                limit,
                SIMILARITY_THRESHOLD,
                plan=Plan.EXACT,
                words=words_of(constraints),
                model=get_backend().name,
            )
        )
        is_whole = len(found.candidates) < limit
        if is_whole or limit >= MOST_HAPPENINGS:
            return found.candidates, is_whole
        limit *= 4
