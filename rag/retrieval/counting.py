"""Counts all that fits, as "how many" asks for, where a search stops at a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.prepared import fetch
from rag.embedding import get_backend
from rag.ranking.scoring import score_candidates
from rag.ranking.selection import select
from rag.retrieval.more_like import load_model_event, vector_of
from rag.retrieval.pipeline import SIMILARITY_THRESHOLD, search_filter, words_of
from rag.search.errors import as_retrieval_error
from rag.search.exclusions import exclusions_of
from rag.search.filters import SearchFilter, matches
from rag.search.plan import Plan
from rag.search.run import run_search
from rag.search.statements import TABLE, Search
from rag.types import Constraints

_FIRST_LIMIT = 500
# More happenings of one topic than any calendar has; a count that reaches it says so.
MOST_HAPPENINGS = 32_000


@dataclass(frozen=True, slots=True)
class EventCount:
    """How many happenings fit, and on how many dates they take place in all.

    `is_whole` is false only when there were more than `MOST_HAPPENINGS`.
    """

    happenings: int
    dates: int
    is_whole: bool = True


def count_events(constraints: Constraints, *, now: datetime) -> EventCount:
    """Counts what could be recommended for the constraints, to the last one.

    Raises:
        RetrievalError: the query could not be embedded or the search failed.
    """
    with as_retrieval_error():
        excluded = exclusions_of(constraints.none_of, constraints.timezone)
        wanted = search_filter(constraints, now=now, excluded=excluded)
        if not (constraints.query or constraints.more_like or constraints.audience):
            return _count(wanted, None)
        groups, is_whole = _fitting_groups(constraints, wanted, now)
        counted = _count(wanted, groups)
        return EventCount(counted.happenings, counted.dates, is_whole)


def _fitting_groups(
    constraints: Constraints, wanted: SearchFilter, now: datetime
) -> tuple[list[int], bool]:
    """The happenings that suit the words, and whether these are all; the limit grows until so."""
    vector = vector_of(constraints, load_model_event(constraints))
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
            scored = score_candidates(found.candidates, constraints, now=now)
            chosen = select(scored, constraints).chosen
            return [one.candidate.group for one in chosen], is_whole
        limit *= 4


def _count(wanted: SearchFilter, groups: Sequence[int] | None) -> EventCount:
    condition = matches(wanted)
    within = (
        ""
        if groups is None
        else "coalesce(r.group_key, r.event_id) = ANY(%(groups)s::bigint[]) AND "
    )
    statement = (
        "SELECT count(DISTINCT coalesce(r.group_key, r.event_id)), count(*)"
        f" FROM {TABLE} AS r WHERE {within}{condition.sql}"
    )
    parameters = {**condition.parameters, "groups": list(groups or ())}
    [(happenings, dates)] = fetch(statement, parameters)
    return EventCount(happenings, dates)
