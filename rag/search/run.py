"""Runs searches: a plan for each part, then the rows. Exact parts share one statement."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.grid import chord_to_miles
from core.prepared import Row, fetch
from rag.search.exact import ExactRows, ExactSearch, search_exactly
from rag.search.filters import SearchFilter, Where, parts_of
from rag.search.plan import (
    BOUND_UNKNOWN,
    Plan,
    choose_plan,
    current_sample,
    graph_candidates,
    most_steps,
)
from rag.search.statements import (
    MORE_FOR_GROUPS,
    MOST_BY_WORDS,
    SELECTED,
    Search,
    browse_statement,
    graph_statement,
    lexical_statement,
    steps_statement,
)
from rag.types import Candidate

# A list of so many different happenings is full.
_ENOUGH_GROUPS = 25


@dataclass(frozen=True, slots=True)
class PartFound:
    """How one part of a search was done. `estimated` is None where nothing was guessed;
    `counted` is how many rows matched, a lower bound unless `is_whole`."""

    where: Where
    plan: Plan
    estimated: float | None
    counted: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The best candidates, one a group, and how they were found."""

    candidates: tuple[Candidate, ...]
    parts: tuple[PartFound, ...]

    @property
    def plan(self) -> Plan:
        """The plan of the first part, the nearest one."""
        return self.parts[0].plan

    @property
    def counted(self) -> int:
        """How many rows matched; a lower bound unless every part `is_whole`."""
        return sum(part.counted for part in self.parts)


@dataclass(frozen=True, slots=True)
class PartRows:
    """The rows of one part: the best of its groups, and those by words (None: not looked for).

    `limit` is how many groups were asked for.
    """

    limit: int
    part: PartFound
    best: list[Row]
    by_words: list[Row] | None


# The online rows of one question, by filter without the circle.
FoundOnline = dict[SearchFilter, PartRows]


def run_search(search: Search, found_online: FoundOnline | None = None) -> Found:
    """The best matching rows, one a group: always `min(limit, matches)` of them.

    Rows that only full text finds come on top of that. `found_online` is read and filled:
    the same search around another circle reuses its online rows. A row that lies within
    the wider circle as well appears twice and is kept once, as one group.
    """
    return run_searches([search], found_online)[0]


def run_searches(
    searches: Sequence[Search], found_online: FoundOnline | None = None
) -> list[Found]:
    """Several searches that differ in dates, radius, price, age and attendance alone."""
    known = {} if found_online is None else found_online
    runs = [_Run(search, known) for search in searches]
    exact = [(run, asked) for run in runs if (asked := run.exact_search()) is not None]
    if exact:
        found = search_exactly([asked for _, asked in exact])
        for (run, _), rows in zip(exact, found, strict=True):
            run.exact_rows = rows
    return [run.finish() for run in runs]


class _Run:
    """One search on its way: its parts, their plans and the rows that are known already."""

    def __init__(self, search: Search, known: FoundOnline) -> None:
        self._search, self._known = search, known
        self._sample = current_sample() if search.vector is not None else None
        self._parts = parts_of(search.wanted)
        self._plans = {where: self._plan(where) for where in self._parts}
        self.exact_rows: tuple[ExactRows, ExactRows | None] | None = None

    def _plan(self, where: Where) -> tuple[Plan, float | None]:
        """How to read a part, and about how many rows it has."""
        search, sample = self._search, self._sample
        if search.vector is None:
            return Plan.BROWSE, None
        estimated = sample.estimate(where, search.wanted) if sample else None
        if search.plan is not None:
            return search.plan, estimated
        if sample is None or estimated is None:
            return Plan.EXACT, None
        online = where in (Where.ONLINE, Where.ONLINE_BEYOND)
        indexed = sample.online if online else sample.indexed
        plan = choose_plan(matching=estimated, indexed=indexed, limit=search.limit)
        return plan, estimated

    def exact_search(self) -> ExactSearch | None:
        """What to read in a statement with the other searches, if it can be."""
        first, *beyond = self._parts
        if self._plans[first][0] is not Plan.EXACT:
            return None
        then_online = bool(beyond) and self._plans[beyond[0]][0] is Plan.EXACT
        known = self._known.get(self._anywhere()) if then_online else None
        return ExactSearch(
            self._search, first, self._bound(first), then_online, known.limit if known else 0
        )

    def _anywhere(self) -> SearchFilter:
        return replace(self._search.wanted, circle=None)

    def _bound(self, where: Where) -> int | None:
        """Up to how many rows are read without an estimate, and one more."""
        is_unknown = self._plans[where][1] is None and self._search.plan is None
        return BOUND_UNKNOWN + 1 if is_unknown else None

    def finish(self) -> Found:
        """Reads what is missing and merges the parts."""
        first, *beyond = self._parts
        parts = [self._first(first)]
        if beyond:
            parts.append(self._online(len(parts[0].best)))
        best = sorted((row for part in parts for row in part.best), key=_order(self._search))
        best = _first_of_groups(best)[: self._search.limit]
        by_words = self._by_words(parts)
        candidates = tuple(_candidate(row) for row in _first_of_groups([*best, *by_words]))
        return Found(candidates, tuple(part.part for part in parts))

    def _first(self, where: Where) -> PartRows:
        asked = self._search.in_part(where, 0)
        if self.exact_rows is None:
            return self._read(asked, where)
        rows = self._taken(asked, where, self.exact_rows[0])
        return self._graph(asked, where) if rows is None else rows

    def _online(self, found: int) -> PartRows:
        """What is online beyond the circle, unless enough of it is known already."""
        asked = self._search.in_part(Where.ONLINE_BEYOND, found)
        anywhere = self._anywhere()
        known = self._known.get(anywhere)
        if known is not None and known.limit >= asked.limit:
            return known
        read = self.exact_rows[1] if self.exact_rows else None
        rows = None
        if read is not None and read.limit == asked.limit:
            rows = self._taken(asked, Where.ONLINE_BEYOND, read)
        if rows is None:
            rows = self._read(asked, Where.ONLINE_BEYOND)
        self._known[anywhere] = rows
        return rows

    def _taken(self, asked: Search, where: Where, rows: ExactRows) -> PartRows | None:
        """What an exact scan read; None when there are more rows than it may read."""
        bound = self._bound(where)
        if bound is not None and rows.counted >= bound:
            return None
        estimated = self._plans[where][1]
        part = PartFound(where, Plan.EXACT, estimated, rows.counted, is_whole=True)
        return PartRows(asked.limit, part, rows.best, rows.by_words)

    def _read(self, asked: Search, where: Where) -> PartRows:
        """Reads one part by itself."""
        plan, _ = self._plans[where]
        if plan is Plan.BROWSE:
            rows = _fetch(browse_statement(asked, where))
            is_whole = len(rows) < asked.limit * MORE_FOR_GROUPS
            part = PartFound(where, plan, None, len(rows), is_whole)
            return PartRows(asked.limit, part, rows, None)
        if plan is Plan.GRAPH:
            return self._graph(asked, where)
        return self._exact(asked, where, self._bound(where)) or self._graph(asked, where)

    def _exact(self, asked: Search, where: Where, bound: int | None) -> PartRows | None:
        alone = replace(asked, online_limit=None)
        [(rows, _)] = search_exactly([ExactSearch(alone, where, bound)])
        return self._taken(asked, where, rows)

    def _graph(self, asked: Search, where: Where) -> PartRows:
        estimated = self._plans[where][1]
        _fetch(steps_statement(most_steps(estimated)))
        for candidates in graph_candidates(asked.limit):
            met = _fetch(graph_statement(asked, where, candidates))
            counted, rows = met[0][0], [row[1:] for row in met if row[1] is not None]
            if counted < candidates or len(rows) >= min(asked.limit, _ENOUGH_GROUPS):
                break
        gave_up = counted < graph_candidates(asked.limit)[0]
        if gave_up or len(rows) < min(asked.limit, _ENOUGH_GROUPS):
            # The filter excludes what resembles the query, so the rows met are not the nearest.
            exact = self._exact(asked, where, None)
            if exact is not None:
                return exact
        part = PartFound(where, Plan.GRAPH, estimated, counted, is_whole=False)
        return PartRows(asked.limit, part, rows, None)

    def _by_words(self, parts: Sequence[PartRows]) -> list[Row]:
        """The rows of all parts that hold the words, the best first."""
        search = self._search
        if search.words is None or not search.words.can_look_up:
            return []
        rows = [row for part in parts for row in part.by_words or ()]
        unread = [part.part.where for part in parts if part.by_words is None]
        if unread:
            rows += _fetch(lexical_statement(search, unread))
        kept = sorted(rows, key=_by_words_as_read)[: MOST_BY_WORDS * MORE_FOR_GROUPS]
        return sorted(kept, key=_by_words_first)


_ID, _STARTS_AT = SELECTED.index("event_id"), SELECTED.index("starts_at")
_GROUP, _SIMILARITY = SELECTED.index("group"), SELECTED.index("similarity")
_CHORD, _PRICE = SELECTED.index("chord"), SELECTED.index("min_price")
_COVERAGE, _NAMED = SELECTED.index("coverage"), SELECTED.index("named")


def _order(search: Search) -> Callable[[Row], tuple[Any, ...]]:
    """The statements' own order, for merging the rows of several parts."""
    if search.vector is None:
        since = search.wanted.date_from
        first = _first_by(search)
        return lambda row: (first(row), row[_STARTS_AT] < since, row[_STARTS_AT], row[_ID])
    return lambda row: (-row[_SIMILARITY], row[_STARTS_AT], row[_ID])


def _first_by(search: Search) -> Callable[[Row], float]:
    """What comes before the start; what is unknown comes last."""
    if search.order not in ("distance", "price"):
        return lambda row: 0.0
    column = _CHORD if search.order == "distance" else _PRICE
    return lambda row: math.inf if row[column] is None else row[column]


def _by_words_as_read(row: Row) -> tuple[Any, ...]:
    return (-row[_NAMED], -row[_COVERAGE], row[_STARTS_AT], row[_ID])


def _by_words_first(row: Row) -> tuple[Any, ...]:
    return (-row[_NAMED], -row[_COVERAGE], -row[_SIMILARITY], row[_ID])


def _first_of_groups(rows: Iterable[Row]) -> list[Row]:
    kept: dict[int, Row] = {}
    for row in rows:
        kept.setdefault(row[_GROUP], row)
    return list(kept.values())


def _fetch(statement: Any) -> list[Row]:
    return fetch(statement.sql, statement.parameters)


def _candidate(row: Row) -> Candidate:
    *known, audiences, tags, group, similarity, chord, coverage, named = row
    miles = None if chord is None else chord_to_miles(chord)
    fields: tuple[Any, ...] = (
        *(*known, tuple(audiences), tuple(tags)),
        *(similarity, miles, group, coverage, named),
    )
    return Candidate(*fields)
