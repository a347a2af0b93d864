"""The SQL of a search, from its conditions. Values are parameters, never text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from core.grid import unit_vector
from rag.search.filters import (
    Condition,
    SearchFilter,
    Where,
    in_part,
    overlaps,
    overlaps_by_index,
    squared_chord_to,
    wishes,
)
from rag.search.plan import Plan
from rag.search.words import FullTextQuery, coverage_of
from rag.types import Centre

TABLE = "events_eventsearchrow"
WORDS_TABLE = "events_eventwords"
_KNOWN = (
    *("event_id", "starts_at", "ends_at", "can_attend_online", "can_attend_in_person"),
    *("min_price", "age_min", "age_max", "audience_tags", "metadata_tags"),
)
# The selected columns of every search, in this order, after the count.
SELECTED = (*_KNOWN, "group", "similarity", "chord", "coverage", "named")
COLUMNS = ", ".join(f"r.{name}" for name in _KNOWN)
GROUP = "coalesce(r.group_key, r.event_id)"
# How many times the limit are read before grouping: a weekly event has many rows.
MORE_FOR_GROUPS = 6
FEWEST_ONLINE = 10


@dataclass(frozen=True, slots=True)
class Search:
    """One search: what rows must satisfy, what they should resemble, how many.

    Without a `vector` the soonest rows are found. `words` adds the rows that hold the
    query's words. With a `model`, only vectors of that embedding model are compared: a
    cosine between two models says nothing. A given `plan` is used as it is (for
    measuring); else it is chosen. With `counts` an exact scan counts what it compares.
    With an `online_limit`, what is online only fills up what was found in the circle to
    so many rows, and is never fewer than `FEWEST_ONLINE`.
    """

    wanted: SearchFilter
    vector: NDArray[np.float32] | None
    centre: Centre | None
    limit: int
    similarity_threshold: float = -1.0
    plan: Plan | None = None
    words: FullTextQuery | None = None
    model: str | None = None
    counts: bool = False
    online_limit: int | None = None

    def in_part(self, where: Where, found: int) -> Search:
        """What is asked of one part, when so many rows were found in the parts before."""
        if where not in (Where.ONLINE, Where.ONLINE_BEYOND) or self.online_limit is None:
            return self
        wanted = max(self.online_limit - found, FEWEST_ONLINE)
        return replace(self, limit=min(self.limit, wanted))

    def similarity(self) -> str:
        """SQL of a row's cosine to the query; NULL for a vector of another model."""
        if self.model is None:
            return f"-({_DISTANCE})"
        return f"CASE WHEN r.embedding_model = %(model)s THEN -({_DISTANCE}) END"

    def shown(self) -> Condition:
        """The columns that say how well a row fits: similarity aside."""
        coverage = coverage_of(self.words)
        if self.centre is None:
            return Condition(f"NULL::float8, {coverage.sql}", coverage.parameters)
        x, y, z = unit_vector(self.centre.lat, self.centre.lng)
        return Condition(
            f"{squared_chord_to('c')}, {coverage.sql}",
            {**coverage.parameters, "cx": x, "cy": y, "cz": z},
        )

    def vector_parameters(self) -> Mapping[str, Any]:
        return {
            "vector": None if self.vector is None else HalfVector(self.vector),
            "threshold": self.similarity_threshold,
            "model": self.model,
        }


# The inner queries read only what decides; the other columns are fetched for the few
# rows of the answer.
_DISTANCE = "r.embedding <#> %(vector)s::halfvec"
_BEST_OF_GROUPS = """
    SELECT DISTINCT ON ("group") event_id, "group", starts_at, similarity FROM nearest
    WHERE similarity >= %(threshold)s ORDER BY "group", similarity DESC, starts_at, event_id
"""
_ANSWER = """
    SELECT counted.rows, {columns}, best."group", best.similarity, {shown}
    FROM (SELECT count(*) AS rows FROM {counted}) AS counted
    LEFT JOIN (
        SELECT * FROM ({best}) AS best ORDER BY similarity DESC, starts_at, event_id LIMIT {limit:d}
    ) AS best ON true
    LEFT JOIN {table} AS r ON r.event_id = best.event_id
    {words}
    ORDER BY best.similarity DESC, best.starts_at, best.event_id
"""


def exact_statement(search: Search, where: Where, bound: int | None) -> Condition:
    """Compares every matching row, but no more than `bound` (None: all of them).

    Each row of the answer begins with how many rows were compared, or without
    a bound and `counts` with how many of them were kept; there is one of nothing
    but that when none matched.
    """
    wanted = search.wanted
    everywhere = in_part(where, wanted.circle) & wishes(wanted)
    arms = [everywhere & during for during in overlaps_by_index(wanted, where)]
    rows = " UNION ALL ".join(
        f'SELECT r.event_id, {GROUP} AS "group", r.starts_at, {search.similarity()} AS similarity'
        f" FROM {TABLE} AS r WHERE {arm.sql}"
        for arm in arms
    )
    best = f"ORDER BY similarity DESC NULLS LAST, starts_at, event_id LIMIT {exact_kept(search):d}"
    parameters = {name: value for arm in arms for name, value in arm.parameters.items()}
    if bound is None and not search.counts:
        with_ = f"WITH nearest AS MATERIALIZED (SELECT * FROM ({rows}) AS both_arms {best})"
        return _answer(search, with_, "nearest", parameters)
    return _answer(
        search,
        f"WITH passing AS MATERIALIZED (SELECT * FROM ({rows}) AS both_arms LIMIT %(bound)s),"
        f" nearest AS MATERIALIZED (SELECT * FROM passing {best})",
        "passing",
        {**parameters, "bound": bound},
    )


def exact_kept(search: Search) -> int:
    """Of how many of the best rows the groups are made."""
    return search.limit * MORE_FOR_GROUPS


def graph_statement(search: Search, where: Where, candidates: int) -> Condition:
    """Takes the first `candidates` matching rows of the graph and sorts them."""
    wanted = search.wanted
    condition = in_part(where, wanted.circle) & wishes(wanted) & overlaps(wanted)
    if search.model is not None:
        condition &= Condition("r.embedding_model = %(model)s")
    # A literal, because the generic plan must know that the number is small.
    nearest = (
        f'SELECT r.event_id, {GROUP} AS "group", r.starts_at, -({_DISTANCE}) AS similarity'
        f" FROM {TABLE} AS r WHERE {condition.sql} ORDER BY {_DISTANCE} LIMIT {candidates:d}"
    )
    with_ = f"WITH nearest AS MATERIALIZED ({nearest})"
    return _answer(search, with_, "nearest", condition.parameters)


def steps_statement(steps: int) -> Condition:
    """How far the walks of this session go from now on."""
    sql = "SELECT set_config('hnsw.max_scan_tuples', %(steps)s, false)"
    return Condition(sql, {"steps": str(steps)})


def _answer(search: Search, with_: str, counted: str, parameters: Mapping[str, Any]) -> Condition:
    shown = search.shown()
    sql = _ANSWER.format(
        columns=COLUMNS,
        shown=shown.sql,
        counted=counted,
        best=_BEST_OF_GROUPS,
        table=TABLE,
        words=join_words(search),
        limit=search.limit,
    )
    return Condition(with_ + sql, {**parameters, **shown.parameters, **search.vector_parameters()})


def join_words(search: Search) -> str:
    """The join that the coverage needs."""
    if search.words is None:
        return ""
    return f"LEFT JOIN {WORDS_TABLE} AS w ON w.event_id = r.event_id"


def browse_statement(search: Search, where: Where) -> Condition:
    """The soonest matching rows: what is on now first, then what begins next.

    In the order of an index of starts, so that a wide search reads few rows.
    Within a circle the cells are read instead: their rows are few, and the next
    ones to begin anywhere are seldom near.
    """
    wanted = search.wanted
    everywhere = in_part(where, wanted.circle) & wishes(wanted)
    brief, long = overlaps_by_index(wanted, where)
    most = search.limit * MORE_FOR_GROUPS
    start = "r.starts_at + interval '0'" if where is Where.WITHIN else "r.starts_at"
    begun = Condition("r.starts_at <= %(date_from)s")
    arms = (
        (brief & Condition("r.starts_at > %(date_from)s"), f"{start}, r.event_id"),
        (brief & begun, "r.event_id"),
        (long, "greatest(r.starts_at, %(date_from)s), r.event_id"),
    )
    rows = " UNION ALL ".join(
        f'(SELECT {COLUMNS}, {GROUP} AS "group", r.x, r.y, r.z FROM {TABLE} AS r'
        f" WHERE {(everywhere & during).sql} ORDER BY {order} LIMIT {most:d})"
        for during, order in arms
    )
    shown = search.shown()
    return Condition(
        f'SELECT 0, {COLUMNS}, r."group", 0::float8, {shown.sql} FROM ({rows}) AS r'
        f" {join_words(search)} ORDER BY greatest(r.starts_at, %(date_from)s), r.event_id",
        {**(everywhere & brief & long).parameters, **shown.parameters},
    )
