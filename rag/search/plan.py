"""Chooses the plan of a search from the estimated number of matching rows.

Left to Postgres' planner, a filtered graph search loses rows silently. Costs are in
milliseconds of one core; only the point where they cross matters. `docs/benchmarks.md`
measures the choice.
"""

from __future__ import annotations

import math
from enum import StrEnum

# The longest walk of the graph, about as long as comparing all matching rows takes. A walk
# that ends early returns the rows that it met, not the nearest: with 2,000 steps single
# groups fell to a recall of 0.91.
_FEWEST_STEPS = 10_000
# The graph's order is approximate, so more rows are taken and then sorted.
_MORE_FROM_GRAPH = (20, 0.5)
# A second attempt, when the rows were dates of few happenings, takes this many times as many.
_MANY_MORE = 6
# Comparing a row's vector with the query, once the filter has let it through.
_EXACT_PER_ROW = 0.0012
# Walking the graph to its first `EF_SEARCH` rows, and each further one, with the
# look into the table that the filter needs.
_GRAPH_BEGIN = 1.5
_GRAPH_PER_ROW = 0.009
# Without a sample to estimate from, this many rows are compared before the graph is tried.
BOUND_UNKNOWN = 20_000


class Plan(StrEnum):
    """How the rows are found.

    BROWSE orders by time and needs no vector; EXACT compares the query with
    every matching row; GRAPH walks the HNSW index until enough rows match.
    """

    BROWSE = "browse"
    EXACT = "exact"
    GRAPH = "graph"


def choose_plan(*, matching: float, indexed: float, limit: int) -> Plan:
    """EXACT or GRAPH for about `matching` rows of the `indexed` ones that the graph holds."""
    return Plan.EXACT if matching <= most_exact_rows(indexed, limit) else Plan.GRAPH


def most_exact_rows(indexed: float, limit: int) -> float:
    """Up to how many matching rows the exact scan is the quicker way.

    The rarer the matching rows, the farther the graph must be walked to meet
    `limit` of them, so the two cross where
    per_row · n = begin + per_visit · limit · indexed / n.
    """
    visits = _GRAPH_PER_ROW * graph_candidates(limit)[0] * indexed
    half = _GRAPH_BEGIN / (2 * _EXACT_PER_ROW)
    return half + math.sqrt(half**2 + visits / _EXACT_PER_ROW)


def most_steps(matching: float | None) -> int:
    """How many nodes of the graph may be visited for about so many matching rows."""
    if matching is None:
        return _FEWEST_STEPS
    return max(_FEWEST_STEPS, round(matching * _EXACT_PER_ROW / _GRAPH_PER_ROW))


def graph_candidates(limit: int) -> tuple[int, int]:
    """How many rows to take from the graph for `limit` happenings: at first, and if they repeat."""
    least, share = _MORE_FROM_GRAPH
    first = limit + max(least, round(limit * share))
    return first, first * _MANY_MORE
