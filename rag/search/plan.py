"""Which way to search: ours to choose, from a bounded count, never the planner's alone."""

from __future__ import annotations

from enum import StrEnum

# Up to this many matching rows an exact scan is quicker than the graph, and
# it is always right. See `docs/benchmarks.md`.
EXACT_UP_TO = 20_000


class Plan(StrEnum):
    """How the rows are found.

    BROWSE orders by time and needs no vector; EXACT compares the query with
    every matching row; GRAPH walks the HNSW index until enough rows match.
    """

    BROWSE = "browse"
    EXACT = "exact"
    GRAPH = "graph"


def choose_plan(*, has_query: bool, counted: int) -> Plan:
    """The plan for a search whose filter matches `counted` rows (or at least so many)."""
    if not has_query:
        return Plan.BROWSE
    return Plan.EXACT if counted <= EXACT_UP_TO else Plan.GRAPH
