"""Runs prepared statements on Django's connection, with values sent and read in binary.

A search of few rows is quicker than its planning, so each statement is planned once and
generically; `rag.search.plan` has chosen the way to search before.
Figures: `docs/decisions.md`, "Prepared searches".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Self
from weakref import WeakSet

import psycopg
from django.db import connection
from pgvector.psycopg.halfvec import register_halfvec_info
from psycopg.types import TypeInfo

Row = tuple[Any, ...]

# How many candidates a walk of the HNSW graph keeps at once (pgvector's `ef_search`).
EF_SEARCH = 100

# Set for the session, since nothing else on these connections is prepared or walks a graph.
_SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.ef_search": str(EF_SEARCH),
}
_SET = "SELECT " + ", ".join(["set_config(%s, %s, %s)"] * len(_SETTINGS))

_ready: WeakSet[psycopg.Connection[Any]] = WeakSet()


_PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|%)")


class _PreparedCursor(psycopg.RawCursor[Row]):
    """Prepares what it is given to execute, and reads it in binary."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        numbered, names = _numbered(query)
        values = [params[name] for name in names]
        return super().execute(numbered, values, prepare=True, binary=True)


@lru_cache(maxsize=1000)
def _numbered(query: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `$1` for `%(name)s`, and the names in the order of their numbers.

    psycopg keeps only short statements converted, and a search has a long one.
    """
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found[1]
        return "%" if name is None else f"${names.setdefault(name, len(names) + 1)}"

    return _PLACEHOLDER.sub(number, query), tuple(names)


def fetch(sql: str, parameters: Mapping[str, Any]) -> list[Row]:
    """The rows of a statement, on Django's connection and in its log of queries.

    Raises:
        django.db.Error: as any query does.
    """
    own: Any = _PreparedCursor(_connection())
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(own) as cursor:
        cursor.execute(sql, dict(parameters))
        rows: list[Row] = cursor.fetchall()
        return rows


def _connection() -> psycopg.Connection[Any]:
    """Django's connection, ready for prepared searches; its errors are Django's, as any query's."""
    connection.ensure_connection()
    own: psycopg.Connection[Any] = connection.connection
    if own not in _ready:
        with connection.wrap_database_errors:
            _prepare_session(own)
    return own


def _prepare_session(own: psycopg.Connection[Any]) -> None:
    info = TypeInfo.fetch(own, "halfvec")
    assert info is not None  # the table that is searched has such a column
    register_halfvec_info(own, info)
    own.prepare_threshold = 0  # Django's is None, with which psycopg prepares nothing
    # A rollback would undo what is set for the session within a transaction.
    lasting = not connection.in_atomic_block
    values = [part for name, value in _SETTINGS.items() for part in (name, value, not lasting)]
    psycopg.ClientCursor(own).execute(_SET, values)
    if lasting:
        _ready.add(own)
