"""The SQL of a search, from its conditions. Values are parameters, never text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from events.grid import unit_vector
from rag.search.filters import Condition, SearchFilter
from rag.search.plan import Plan
from rag.types import Centre

_TABLE = "events_eventsearchrow"
_KNOWN = (
    *("event_id", "starts_at", "ends_at", "can_attend_online", "can_attend_in_person"),
    *("min_price", "age_min", "age_max", "audience_tags", "metadata_tags"),
)
# What every search selects, in this order.
SELECTED = (*_KNOWN, "similarity", "chord")
_COLUMNS = ", ".join(f"r.{name}" for name in _KNOWN)


# The graph gives its rows in nearly the right order: more are taken, then sorted.
_MORE_FROM_GRAPH = 3


@dataclass(frozen=True, slots=True)
class Search:
    """One search: what rows must satisfy, what they should resemble, how many."""

    wanted: SearchFilter
    vector: NDArray[np.float32] | None
    centre: Centre | None
    limit: int
    similarity_threshold: float = -1.0
    plan: Plan | None = None


def bounded_count(condition: Condition, *, at_most: int) -> Condition:
    """Counts the rows of a condition, but no further than `at_most`."""
    return Condition(
        f"SELECT count(*) FROM (SELECT 1 FROM {_TABLE} r WHERE {condition.sql}"
        f" LIMIT {at_most}) AS bounded",
        condition.parameters,
    )


def select_rows(plan: Plan, search: Search, condition: Condition) -> Condition:
    """The SELECT of one plan: `SELECTED`, in the search's order, at most `limit` rows.

    The inner query carries only what decides; the rest is fetched for the
    few rows that are answered.
    """
    parameters = {**condition.parameters, "limit": search.limit}
    chord = "NULL::float8"
    if search.centre is not None:
        cx, cy, cz = unit_vector(search.centre.lat, search.centre.lng)
        parameters |= {"cx": cx, "cy": cy, "cz": cz}
        chord = "(r.x - %(cx)s) ^ 2 + (r.y - %(cy)s) ^ 2 + (r.z - %(cz)s) ^ 2"
    source = f"FROM {_TABLE} r WHERE {condition.sql}"
    if search.vector is None:
        return Condition(
            f"SELECT {_COLUMNS}, 0::float8, {chord} {source}"
            " ORDER BY greatest(r.starts_at, %(date_from)s), r.event_id LIMIT %(limit)s",
            parameters,
        )
    parameters |= {
        "vector": HalfVector(search.vector).to_text(),
        "threshold": search.similarity_threshold,
        "candidates": search.limit * (_MORE_FROM_GRAPH if plan is Plan.GRAPH else 1),
    }
    distance = "r.embedding <#> %(vector)s::halfvec"
    # An expression that no index answers keeps the planner from taking the
    # graph after all.
    order = distance if plan is Plan.GRAPH else f"({distance}) + 0"
    nearest = (
        f"SELECT r.event_id, -({distance}) AS similarity {source} ORDER BY {order}"
        " LIMIT %(candidates)s"
    )
    return Condition(
        f"SELECT {_COLUMNS}, nearest.similarity, {chord}"
        f" FROM ({nearest}) AS nearest JOIN {_TABLE} r USING (event_id)"
        " WHERE nearest.similarity >= %(threshold)s"
        " ORDER BY nearest.similarity DESC, event_id LIMIT %(limit)s",
        parameters,
    )
