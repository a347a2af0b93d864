"""The SQL of a search, from its conditions. Values are parameters, never text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from core.grid import unit_vector
from rag.search.areas import Condition, squared_chord_to
from rag.search.filters import SearchFilter, Where, in_part, overlaps, overlaps_by_index, wishes
from rag.search.plan import Plan
from rag.search.words import WORDS_TABLE, FullTextQuery, asked_words, coverage_of
from rag.types import Centre, Order

TABLE = "events_eventsearchrow"
_KNOWN = (
    *("event_id", "starts_at", "ends_at", "can_attend_online", "can_attend_in_person"),
    *("min_price", "age_min", "age_max", "audience_tags", "metadata_tags"),
)
# The selected columns of every search, in this order.
SELECTED = (*_KNOWN, "group", "similarity", "chord", "coverage", "named")
COLUMNS = ", ".join(f"r.{name}" for name in _KNOWN)
GROUP = "coalesce(r.group_key, r.event_id)"
# How many times the limit are read before grouping: a weekly event has many rows.
MORE_FOR_GROUPS = 6
FEWEST_ONLINE = 10
# Rank fusion gives rows by words behind these next to nothing.
MOST_BY_WORDS = 50


@dataclass(frozen=True, slots=True)
class Search:
    """One search: what rows must satisfy, what they should resemble, how many.

    Without a `vector` the soonest rows are found. `words` adds the rows that hold the
    query's words. With a `model`, only vectors of that embedding model are compared: a
    cosine between two models says nothing. A given `plan` is used as it is (for
    measuring); else it is chosen.
    With an `online_limit`, what is online only fills up what was found in the circle to
    so many rows, and is never fewer than `FEWEST_ONLINE`. `order` is what a search without
    a vector goes by.
    """

    wanted: SearchFilter
    vector: NDArray[np.float32] | None
    centre: Centre | None
    limit: int
    similarity_threshold: float = -1.0
    plan: Plan | None = None
    words: FullTextQuery | None = None
    model: str | None = None
    online_limit: int | None = None
    order: Order = "relevance"

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
        coverage, chord = coverage_of(self.words), self.chord()
        parameters = {
            **chord.parameters, **coverage.parameters, **asked_words(self.words).parameters
        }  # fmt: skip
        return Condition(f"{chord.sql}, {coverage.sql}", parameters)

    def chord(self) -> Condition:
        """The squared chord between a row and the centre; NULL without one."""
        if self.centre is None:
            return Condition("NULL::float8")
        x, y, z = unit_vector(self.centre.lat, self.centre.lng)
        return Condition(squared_chord_to("c"), {"cx": x, "cy": y, "cz": z})

    def asked(self, more: str = ",") -> str:
        """The beginning of a statement: `asked`, with which `shown` compares names."""
        return f"WITH asked AS MATERIALIZED ({asked_words(self.words).sql}){more}"

    def join_words(self) -> str:
        """The join that the coverage needs."""
        if self.words is None:
            return ""
        return f"LEFT JOIN {WORDS_TABLE} AS w ON w.event_id = r.event_id"

    def vector_parameters(self) -> Mapping[str, Any]:
        return {
            "vector": None if self.vector is None else HalfVector(self.vector),
            "threshold": self.similarity_threshold,
            "model": self.model,
        }


_DISTANCE = "r.embedding <#> %(vector)s::halfvec"


def graph_statement(search: Search, where: Where, candidates: int) -> Condition:
    """Takes the first `candidates` matching rows of the graph and sorts them.

    Each row of the answer begins with how many rows were met; there is one of nothing
    but that when none matched.
    """
    wanted = search.wanted
    condition = in_part(where, wanted.circle) & wishes(wanted) & overlaps(wanted)
    if search.model is not None:
        condition &= Condition("r.embedding_model = %(model)s")
    shown = search.shown()
    # `candidates` is a literal, because the generic plan must know that it is small. The
    # inner query reads only what decides; the rest is fetched for the few rows of the answer.
    sql = f"""
        {search.asked()} nearest AS MATERIALIZED (
            SELECT r.event_id, {GROUP} AS "group", r.starts_at, -({_DISTANCE}) AS similarity
            FROM {TABLE} AS r WHERE {condition.sql} ORDER BY {_DISTANCE} LIMIT {candidates:d}
        )
        SELECT counted.rows, {COLUMNS}, best."group", best.similarity, {shown.sql}
        FROM (SELECT count(*) AS rows FROM nearest) AS counted
        LEFT JOIN (
            SELECT * FROM ({BEST_OF_GROUPS}) AS best
            ORDER BY similarity DESC, starts_at, event_id LIMIT {search.limit:d}
        ) AS best ON true
        LEFT JOIN {TABLE} AS r ON r.event_id = best.event_id
        {search.join_words()}
    """
    return Condition(
        sql, {**condition.parameters, **shown.parameters, **search.vector_parameters()}
    )


BEST_OF_GROUPS = """
    SELECT DISTINCT ON ("group") event_id, "group", starts_at, similarity FROM nearest
    WHERE similarity >= %(threshold)s ORDER BY "group", similarity DESC, starts_at, event_id
"""


def steps_statement(steps: int) -> Condition:
    """How far the walks of this session go from now on."""
    sql = "SELECT set_config('hnsw.max_scan_tuples', %(steps)s, false)"
    return Condition(sql, {"steps": str(steps)})


def browse_statement(search: Search, where: Where) -> Condition:
    """The matching rows without a vector: what begins next, then what has begun already.

    In the order of an index of starts, so that a wide search reads few rows.
    Within a circle the cells are read instead: their rows are few, and the next
    ones to begin anywhere are seldom near. Ordered by distance or price, all matching
    rows are read.
    """
    wanted = search.wanted
    everywhere = in_part(where, wanted.circle) & wishes(wanted)
    brief, long = overlaps_by_index(wanted, where)
    most = search.limit * MORE_FOR_GROUPS
    start = "r.starts_at + interval '0'" if where is Where.WITHIN else "r.starts_at"
    begun = Condition("r.starts_at <= %(date_from)s")
    first = _first_by(search)
    arms = (
        (brief & Condition("r.starts_at > %(date_from)s"), f"{first}{start}, r.event_id"),
        (brief & begun, f"{first}r.event_id"),
        (long, f"{first}greatest(r.starts_at, %(date_from)s), r.event_id"),
    )
    rows = " UNION ALL ".join(
        f'(SELECT {COLUMNS}, {GROUP} AS "group", r.x, r.y, r.z FROM {TABLE} AS r'
        f" WHERE {(everywhere & during).sql} ORDER BY {order} LIMIT {most:d})"
        for during, order in arms
    )
    shown = search.shown()
    return Condition(
        f"{search.asked('')}"
        f' SELECT {COLUMNS}, r."group", 0::float8, {shown.sql} FROM ({rows}) AS r'
        f" {search.join_words()} ORDER BY {first}r.starts_at < %(date_from)s, r.starts_at,"
        " r.event_id",
        {**(everywhere & brief & long).parameters, **shown.parameters},
    )


def _first_by(search: Search) -> str:
    """What comes before the start in the order of rows; unknown distances and prices last."""
    if search.order == "distance" and search.centre is not None:
        return f"{search.chord().sql} NULLS LAST, "
    return "r.min_price NULLS LAST, " if search.order == "price" else ""


def lexical_statement(search: Search, parts: Sequence[Where]) -> Condition:
    """The best rows by words of the parts that are not compared exactly.

    An exact search reads the words of its own rows (`rag.search.exact`); a walk of the
    graph does not meet all of its rows, so here the index of words comes first.
    """
    wanted = search.wanted
    places = [in_part(where, wanted.circle, by_cells=wanted.by_cells) for where in parts]
    somewhere = " OR ".join(f"({place.sql})" for place in places)
    condition = wishes(wanted) & overlaps(wanted)
    shown = search.shown()
    similarity = "0::float8"
    if search.vector is not None:
        similarity = f"coalesce({search.similarity()}, 0)"
    parameters: dict[str, Any] = {
        **condition.parameters,
        **{name: value for place in places for name, value in place.parameters.items()},
        **shown.parameters,
        **search.vector_parameters(),
        "by_words": MOST_BY_WORDS * MORE_FOR_GROUPS,
    }
    return Condition(
        f"{search.asked()} w AS MATERIALIZED (SELECT event_id, words FROM {WORDS_TABLE}"
        f" WHERE words @@ (SELECT looked_up FROM asked))"
        f" SELECT {COLUMNS}, {GROUP}, {similarity}, {shown.sql}"
        f" FROM w JOIN {TABLE} AS r ON r.event_id = w.event_id"
        f" WHERE {condition.sql} AND ({somewhere})"
        f" ORDER BY {_position('named')} DESC, {_position('coverage')} DESC,"
        f" r.starts_at, r.event_id LIMIT %(by_words)s",
        parameters,
    )


def _position(name: str) -> int:
    """The number of a selected column, as ORDER BY counts them."""
    return SELECTED.index(name) + 1
