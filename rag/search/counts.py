"""Counts the rows of a filter: a small module, because lists, counts and places share it."""

from __future__ import annotations

from collections.abc import Sequence

from core.prepared import fetch
from rag.search.filters import SearchFilter, matches
from rag.search.statements import GROUP, TABLE
from rag.types import EventCount


def count_rows(wanted: SearchFilter, groups: Sequence[int] | None = None) -> EventCount:
    """How many happenings and dates pass the filter, of some groups if these are given."""
    condition = matches(wanted)
    within = "" if groups is None else f"{GROUP} = ANY(%(groups)s::bigint[]) AND "
    parameters = {**condition.parameters, "groups": list(groups or ())}
    [(happenings, dates)] = fetch(
        f"SELECT count(DISTINCT {GROUP}), count(*) FROM {TABLE} AS r WHERE {within}{condition.sql}",
        parameters,
    )
    return EventCount(happenings, dates)
