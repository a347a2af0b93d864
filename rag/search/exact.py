"""Searches exactly, several searches in one statement: compares every matching row.

Each search has up to two parts, one after the other: the rows within its circle (or
anywhere), then the online ones beyond it, which only fill up the list. Full text looks
only at the rows of these parts, so that a rare word far away costs nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.prepared import Row, fetch
from rag.search.areas import Condition
from rag.search.filters import Where, in_part, overlaps_by_index, wishes
from rag.search.statements import (
    BEST_OF_GROUPS,
    COLUMNS,
    FEWEST_ONLINE,
    GROUP,
    MORE_FOR_GROUPS,
    MOST_BY_WORDS,
    TABLE,
    Search,
)
from rag.search.words import WORDS_TABLE, coverage_of

# Up to so many rows their words are read one by one; of more, those that hold the words are
# looked up in the index first, which reads all events that do.
_FEW_ROWS = 600
_UNLIMITED = 2**31 - 1
# The parameters that may differ from search to search, with their types.
_OWN = {
    "date_from": "timestamptz",
    "date_to": "timestamptz",
    "since": "timestamptz",
    "cells": "text",
    "chord": "float8",
    "span_starts": "timestamptz[]",
    "span_ends": "timestamptz[]",
    "max_price": "float8",
    "currency": "text",
    "youngest": "int",
    "oldest": "int",
}
_BOUNDS = ("arms", "bound", "most", "online_arms", "online_cap", "online_most", "online_known")
_COLUMNS = {"number": "int", **_OWN, **dict.fromkeys(_BOUNDS, "int")}
_PLACEHOLDER = re.compile(rf"%\(({'|'.join(_OWN)})\)s")


@dataclass(frozen=True, slots=True)
class ExactSearch:
    """The parts of one search that are to be compared exactly.

    `first` is read up to `bound` rows (None: all). `then_online` asks for what is online
    beyond the circle, unless more of it is needed than the `online_known` that are known.
    """

    search: Search
    first: Where
    bound: int | None = None
    then_online: bool = False
    online_known: int = 0


@dataclass(slots=True)
class ExactRows:
    """The rows of one part: the best of its groups, those by words, how many it has in all.

    `limit` is how many groups were asked for.
    """

    limit: int
    counted: int
    best: list[Row]
    by_words: list[Row]


def search_exactly(wanted: Sequence[ExactSearch]) -> list[tuple[ExactRows, ExactRows | None]]:
    """The rows of each search: of its first part, and of what is online beyond it.

    The searches share vector, centre and words, and differ in dates, radius, price, age and
    attendance alone.
    """
    statement = _statement(wanted)
    found: list[tuple[ExactRows, ExactRows]] = [
        (ExactRows(_most(each), 0, [], []), ExactRows(0, 0, [], [])) for each in wanted
    ]
    for number, kind, *row in fetch(statement.sql, statement.parameters):
        first, online = found[number]
        if kind == _COUNTS:
            first.counted, online.counted, online.limit = row[0], row[_GROUP], int(row[_LIMIT])
            continue
        part = first if kind in (_FIRST, _FIRST_BY_WORDS) else online
        rows = part.best if kind in (_FIRST, _ONLINE) else part.by_words
        rows.append(tuple(row))
    return [
        (first, online if each.then_online else None)
        for each, (first, online) in zip(wanted, found, strict=True)
    ]


_FIRST, _ONLINE, _FIRST_BY_WORDS, _ONLINE_BY_WORDS, _COUNTS = range(5)
# Where the row of counts has the online rows, and the limit of the online part.
_GROUP, _LIMIT = 10, 5


def _most(wanted: ExactSearch) -> int:
    return wanted.search.in_part(wanted.first, 0).limit


class _Arms:
    """The distinct selections of rows among several searches; searches alike share theirs."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}
        self.parameters: dict[str, Any] = {}

    def add(self, search: Search, where: Where) -> tuple[int, Mapping[str, Any]]:
        """The number of the arms for a part, and the search's own parameters of them."""
        everywhere = in_part(where, search.wanted.circle) & wishes(search.wanted)
        arms = [everywhere & during for during in overlaps_by_index(search.wanted, where)]
        parameters = {name: value for arm in arms for name, value in arm.parameters.items()}
        own = {name: parameters.pop(name) for name in _OWN if name in parameters}
        self.parameters |= parameters
        texts = tuple(_PLACEHOLDER.sub(r"s.\1", arm.sql) for arm in arms)
        return self._numbers.setdefault(texts, len(self._numbers)), own

    def sql(self, column: str, similarity: str) -> str:
        """All arms, each read only by the searches whose `column` has its number."""
        return " UNION ALL ".join(
            f'SELECT r.event_id, {GROUP} AS "group", r.starts_at, {similarity} AS similarity'
            f" FROM {TABLE} AS r WHERE s.{column} = {number} AND {text}"
            for texts, number in self._numbers.items()
            for text in texts
        )


def _statement(wanted: Sequence[ExactSearch]) -> Condition:
    search = wanted[0].search
    first, online = _Arms(), _Arms()
    searches: list[dict[str, Any]] = []
    for number, each in enumerate(wanted):
        arms, own = first.add(each.search, each.first)
        online_arms = None
        if each.then_online:
            online_arms, more = online.add(each.search, Where.ONLINE_BEYOND)
            own = {**own, **more}
        online_most = each.search.online_limit
        bounds = {
            "number": number,
            "arms": arms,
            "bound": each.bound,
            "most": _most(each),
            "online_arms": online_arms,
            "online_cap": each.search.limit,
            "online_most": _UNLIMITED if online_most is None else online_most,
            "online_known": each.online_known,
        }
        searches.append({**own, **bounds})
    shown = search.shown()
    has_online = any(each.then_online for each in wanted)
    sql = _text(search, first, online if has_online else None)
    parameters = {
        **first.parameters, **online.parameters, **shown.parameters, **search.vector_parameters()
    }  # fmt: skip
    return Condition(sql, {**parameters, "searches": json.dumps(searches, default=str)})


def _text(search: Search, first: _Arms, online: _Arms | None) -> str:
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    taken = ", ".join(_COLUMNS).replace("cells", "cells::int[] AS cells")
    words = search.words if search.words is not None and search.words.can_look_up else None
    looked_up = (
        f", held AS MATERIALIZED (SELECT event_id FROM {WORDS_TABLE}"
        " WHERE words @@ (SELECT looked_up FROM asked))"
        if words
        else ""
    )
    chosen = _chosen(search, with_online=online is not None, by_words=words is not None)
    counted = "(SELECT rows FROM online_count)" if online is not None else "0"
    coverage = coverage_of(search.words).sql
    return f"""
        {search.asked()} s AS MATERIALIZED (
            SELECT {taken} FROM json_to_recordset(%(searches)s::json) AS t({columns})
        ){looked_up}
        SELECT s.number, found.* FROM s CROSS JOIN LATERAL (
            WITH {", ".join(_ctes(search, first, online))}
            SELECT w.kind, {COLUMNS}, w."group", w.similarity, {search.chord().sql},
                w.coverage, w.named
            FROM (
                SELECT *, row_number() OVER (
                    PARTITION BY kind ORDER BY named DESC, coverage DESC, starts_at, event_id
                ) AS place
                FROM (
                    SELECT kind, event_id, "group", starts_at, similarity, {coverage}
                    FROM ({" UNION ALL ".join(chosen)}) AS w
                ) AS w
            ) AS w
            JOIN {TABLE} AS r ON r.event_id = w.event_id
            WHERE w.kind < {_FIRST_BY_WORDS} OR w.place <= {MOST_BY_WORDS * MORE_FOR_GROUPS}
            UNION ALL
            SELECT {_COUNTS}, (SELECT rows FROM first_count), NULL, NULL, NULL, NULL,
                (SELECT most FROM room), NULL, NULL, NULL, NULL, {counted}, NULL, NULL, NULL, NULL
        ) AS found
    """


def _ctes(search: Search, first: _Arms, online: _Arms | None) -> list[str]:
    """The rows of each part, the best of them, and the room that is left for online ones."""
    ctes = [
        f"first_rows AS MATERIALIZED (SELECT * FROM ({first.sql('arms', search.similarity())})"
        " AS rows LIMIT s.bound)",
        _best("first", "s.most"),
        # Online rows only fill up the list.
        "room AS MATERIALIZED (SELECT least(s.online_cap, greatest(s.online_most"
        f" - (SELECT count(*) FROM first_best), {FEWEST_ONLINE}))::int AS most)",
    ]
    if online is not None:
        ctes += [
            "online_rows AS MATERIALIZED (SELECT * FROM"
            f" ({online.sql('online_arms', search.similarity())}) AS rows"
            " WHERE (SELECT most FROM room) > s.online_known)",
            _best("online", "(SELECT most FROM room)"),
        ]
    return ctes


def _chosen(search: Search, *, with_online: bool, by_words: bool) -> list[str]:
    """Selects the best rows of each part, and those that hold the words."""
    parts = [(_FIRST, _FIRST_BY_WORDS, "first")]
    if with_online:
        parts.append((_ONLINE, _ONLINE_BY_WORDS, "online"))
    words, joined = "NULL::tsvector", ""
    if search.words is not None:
        words, joined = "w.words", f"LEFT JOIN {WORDS_TABLE} AS w ON w.event_id = b.event_id"
    chosen = [
        f'SELECT {kind} AS kind, b.event_id, b."group", b.starts_at, b.similarity,'
        f" {words} AS words FROM {name}_best AS b {joined}"
        for kind, _, name in parts
    ]
    if by_words:
        chosen += [part for _, kind, name in parts for part in _holding(kind, f"{name}_rows")]
    return chosen


def _best(part: str, most: str) -> str:
    """How many rows a part has, and the best row of each group among the nearest of them."""
    return (
        f"{part}_count AS MATERIALIZED (SELECT count(*) AS rows FROM {part}_rows),"
        f" {part}_best AS MATERIALIZED (WITH nearest AS MATERIALIZED ("
        f"SELECT * FROM {part}_rows ORDER BY similarity DESC NULLS LAST, starts_at, event_id"
        f" LIMIT {most} * {MORE_FOR_GROUPS})"
        f" SELECT * FROM ({BEST_OF_GROUPS}) AS best"
        f" ORDER BY similarity DESC, starts_at, event_id LIMIT {most})"
    )


def _holding(kind: int, name: str) -> Iterable[str]:
    """The rows of a part that hold the words, in the cheaper of two ways."""
    columns = (
        f'SELECT {kind}, b.event_id, b."group", b.starts_at, coalesce(b.similarity, 0), w.words'
        f" FROM {name} AS b"
    )
    few = f"(SELECT rows FROM {name.removesuffix('_rows')}_count) <= {_FEW_ROWS}"
    yield (
        f"{columns} JOIN {WORDS_TABLE} AS w ON w.event_id = b.event_id"
        f" WHERE {few} AND w.words @@ (SELECT looked_up FROM asked)"
    )
    yield (
        f"{columns} JOIN held ON held.event_id = b.event_id"
        f" JOIN {WORDS_TABLE} AS w ON w.event_id = b.event_id WHERE NOT {few}"
    )
