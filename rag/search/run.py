"""Runs one search: a bounded count, a plan, the rows. One database visit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from events.grid import chord_to_miles
from rag.search.filters import Condition, in_every_case, places_to_look
from rag.search.plan import EXACT_UP_TO, Plan, choose_plan
from rag.search.statements import SELECTED, Search, bounded_count, select_rows

_EF_SEARCH = 200
# The graph is walked until enough rows match; this bounds a filter that
# almost nothing passes, and the exact plan then takes over.
_MOST_STEPS = 60_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A matching row. `similarity` is the cosine to the query, 0 without one."""

    event_id: int
    starts_at: datetime
    ends_at: datetime
    can_attend_online: bool
    can_attend_in_person: bool
    min_price: float | None
    age_min: int | None
    age_max: int | None
    audience_tags: tuple[str, ...]
    metadata_tags: tuple[str, ...]
    similarity: float
    distance_miles: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """The best `limit` candidates, and how they were found.

    `counted` is how many rows match, exact up to `EXACT_UP_TO` and a lower
    bound past it.
    """

    candidates: tuple[Candidate, ...]
    plan: Plan
    counted: int


def run_search(search: Search) -> Found:
    """The best matching rows: always `min(limit, matches)` of them.

    A given `search.plan` is used as it is (for measuring); else it is chosen.
    """
    everywhere = in_every_case(search.wanted)
    conditions = [everywhere & where for where in places_to_look(search.wanted)]
    with transaction.atomic():
        counted = _bounded_count(conditions)
        plan = search.plan or choose_plan(has_query=search.vector is not None, counted=counted)
        rows = _run(plan, search, conditions)
        short = len(rows) < min(search.limit, counted)
        if plan is Plan.GRAPH and short:  # the filter and the query point apart
            plan, rows = Plan.EXACT, _run(Plan.EXACT, search, conditions)
    return Found(tuple(_candidate(row) for row in rows), plan, counted)


def _run(plan: Plan, search: Search, conditions: list[Condition]) -> list[tuple[Any, ...]]:
    if plan is Plan.GRAPH:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true),"
                " set_config('hnsw.ef_search', %s, true),"
                " set_config('hnsw.max_scan_tuples', %s, true)",
                [str(_EF_SEARCH), str(_MOST_STEPS)],
            )
    statements = [select_rows(plan, search, condition) for condition in conditions]
    rows = [row for statement in statements for row in _fetch(statement)]
    if len(statements) == 1:
        return rows
    return sorted(rows, key=_order(plan, search.wanted.date_from))[: search.limit]


def _order(plan: Plan, date_from: datetime) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """The statements' own order, for merging their rows."""
    if plan is Plan.BROWSE:
        return lambda row: (max(row[1], date_from), row[0])
    return lambda row: (-row[-2], row[0])


def _bounded_count(conditions: Iterable[Condition]) -> int:
    """How many rows match, counting no further than the threshold of the exact plan."""
    return sum(_fetch(bounded_count(each, at_most=EXACT_UP_TO + 1))[0][0] for each in conditions)


def _fetch(statement: Condition) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, dict(statement.parameters))
        return list(cursor.fetchall())


def _candidate(row: tuple[Any, ...]) -> Candidate:
    known = dict(zip(SELECTED, row, strict=True))
    chord = known.pop("chord")
    known["audience_tags"] = tuple(known["audience_tags"])
    known["metadata_tags"] = tuple(known["metadata_tags"])
    return Candidate(**known, distance_miles=None if chord is None else chord_to_miles(chord))
