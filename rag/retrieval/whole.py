"""Finds all that fits some words, beyond the page of a search: for counts and lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.prepared import fetch
from rag.embedding import get_backend
from rag.embedding.base import Vectors
from rag.ranking.fitting import holding
from rag.ranking.scoring import Ranked, names_only_an_audience, score_candidates
from rag.ranking.selection import select
from rag.retrieval.queries import (
    SIMILARITY_THRESHOLD,
    asked_of,
    load_model_event,
    search_filter,
    searches_of,
    vector_of,
    words_of,
)
from rag.search.filters import SearchFilter, matches
from rag.search.held import held_words
from rag.search.narrowing import exclusions_of, spans_of
from rag.search.plan import Plan
from rag.search.rows import as_retrieval_error, count_rows
from rag.search.run import run_search
from rag.search.statements import TABLE, Search
from rag.types import Candidate, Constraints, EventCount

_FIRST_LIMIT = 500
# More happenings of one topic than any calendar has; a count that reaches it says so.
MOST_COUNTED = 32_000


def count_events(constraints: Constraints, *, now: datetime) -> EventCount:
    """Counts what could be recommended for the constraints, to the last one.

    Raises:
        RetrievalError: the query could not be embedded or the search failed.
    """
    with as_retrieval_error():
        excluded = exclusions_of(constraints.none_of, constraints.timezone)
        wanted = search_filter(constraints, now=now, excluded=excluded)
        has_topic = constraints.query and not names_only_an_audience(constraints)
        if not (has_topic or constraints.more_like):
            return count_rows(wanted, None)
        fitting = _fitting_groups(constraints, wanted, now)
        counted = count_rows(wanted, fitting.groups)
        return EventCount(
            counted.happenings, counted.dates, fitting.is_whole, is_exact=fitting.is_exact
        )


@dataclass(frozen=True, slots=True)
class _Fitting:
    """The happenings that suit the words, whether these are all, and whether each holds all of
    the words."""

    groups: list[int]
    is_whole: bool
    is_exact: bool


def _fitting_groups(constraints: Constraints, wanted: SearchFilter, now: datetime) -> _Fitting:
    """The happenings that suit the words; the limit of the search grows until these are all."""
    model = load_model_event(constraints)
    groups: dict[int, None] = {}
    is_whole = is_exact = True
    for topic in searches_of(constraints):
        found, is_all = _search_whole(topic, wanted, vector_of(topic, model))
        if named := [one for one in found if one.named >= 1] if constraints.names else []:
            groups |= dict.fromkeys(one.group for one in named)  # those of that name alone
            continue
        scored = score_candidates(found, topic, now=now)
        chosen = [one.candidate for one in select(scored, topic).chosen]
        words = words_of(topic)
        asked = asked_of(words)
        held = held_words((one.event_id for one in chosen), words)
        fitting = holding(chosen, topic, asked, held)
        groups |= dict.fromkeys(one.group for one in fitting)
        is_whole = is_whole and is_all
        needed = {place for place, weight in enumerate(asked.weights) if weight}
        is_exact = is_exact and all(needed <= held.get(one.event_id, set()) for one in fitting)
    return _Fitting(list(groups), is_whole, is_exact)


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
        if is_whole or limit >= MOST_COUNTED:
            return found.candidates, is_whole
        limit *= 4


# The most happenings that are compared, and the most dates of theirs that are listed.
MOST_HAPPENINGS = 200
MOST_DATES = 500


@dataclass(frozen=True, slots=True)
class Match:
    """One date of a happening that fits; `rank` counts from 0, the most relevant happening."""

    event_id: int
    starts_at: datetime
    rank: int


def match_events(
    constraints: Constraints, wanted: SearchFilter, *, now: datetime, strictly: bool = False
) -> list[Match]:
    """Finds what could be recommended for the words, most relevant first, then soonest.

    Each happening comes with all of its dates that pass the filter, at most
    `MOST_DATES` in all. `strictly` is explained at `select`.

    Raises:
        RetrievalError: the words could not be embedded or the search failed.
    """
    with as_retrieval_error():
        wanted = narrowed(wanted, constraints)
        scored = _scored(constraints, wanted, now)
        chosen = select(scored, constraints, strictly=strictly).chosen
        groups = {one.candidate.group: rank for rank, one in enumerate(chosen)}
        return _dates(groups, wanted) if groups else []


def narrowed(wanted: SearchFilter, constraints: Constraints) -> SearchFilter:
    """A filter with the patterns of time and the unwanted things of the constraints."""
    if constraints.times and wanted.spans is None:
        zone = constraints.timezone
        spans = spans_of(constraints.times, wanted.date_from, wanted.date_to, zone)
        wanted = replace(wanted, spans=spans)
    if constraints.none_of and not wanted.excluded:
        excluded = exclusions_of(constraints.none_of, constraints.timezone)
        wanted = replace(wanted, excluded=excluded)
    return wanted


def _scored(constraints: Constraints, wanted: SearchFilter, now: datetime) -> list[Ranked]:
    found = run_search(
        Search(
            wanted,
            vector_of(constraints, load_model_event(constraints)),
            constraints.place,
            MOST_HAPPENINGS,
            SIMILARITY_THRESHOLD,
            plan=Plan.EXACT if wanted.is_unforeseeable else None,
            words=words_of(constraints),
            model=get_backend().name,
        )
    )
    return score_candidates(found.candidates, constraints, now=now)


def _dates(groups: Mapping[int, int], wanted: SearchFilter) -> list[Match]:
    condition = matches(wanted)
    rows = fetch(
        "SELECT r.event_id, r.starts_at, coalesce(r.group_key, r.event_id)"
        f" FROM {TABLE} AS r WHERE (r.group_key = ANY(%(groups)s::bigint[])"
        f" OR r.group_key IS NULL AND r.event_id = ANY(%(groups)s::bigint[])) AND {condition.sql}"
        f" ORDER BY r.starts_at, r.event_id LIMIT {MOST_DATES:d}",
        {**condition.parameters, "groups": list(groups)},
    )
    dates = [Match(event_id, starts_at, groups[group]) for event_id, starts_at, group in rows]
    return sorted(dates, key=lambda one: one.rank)
